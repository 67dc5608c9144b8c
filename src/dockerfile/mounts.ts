// RUN --mount: what is mounted where while a RUN runs.
import type { Span } from "../text.ts";
import type { Flag, Instruction } from "./syntax.ts";

/** A mount with BuildKit's defaults; texts may hold variables, as written. */
export interface Mount {
  /** bind, cache, tmpfs, secret or ssh; anything else only where a variable stands in it. */
  readonly type: string;
  /** A stage, an image or a named context; without it the build context, for a cache nothing. */
  readonly from?: string;
  /** Where in `from`; its root if absent. For a secret, its id. */
  readonly source?: string;
  /** Where it is seen, relative to WORKDIR; absent for ssh, and for a secret given as a variable only. */
  readonly target?: string;
  readonly readonly: boolean;
  /** Of a cache, without one its cleaned target counts; of a secret or ssh. */
  readonly id?: string;
  /** Of a cache: shared, private or locked. */
  readonly sharing?: string;
  readonly required: boolean;
  /** The variable that holds a secret. */
  readonly env?: string;
  readonly mode?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly size?: string;
  /** The whole flag. */
  readonly span: Span;
}

const types = ["bind", "cache", "tmpfs", "secret", "ssh"];
const aliases: Readonly<Record<string, string>> = {
  src: "source",
  dst: "target",
  destination: "target",
  ro: "readonly",
  rw: "readwrite",
};
const withValue = ["type", "from", "source", "target", "id", "sharing", "env", "mode", "uid", "gid", "size"];
const lowered = ["type", "sharing"];
const withoutValue = ["readonly", "readwrite", "required"];

/** The mounts of a RUN in order; fields that BuildKit refuses are left out. */
export function runMounts(instruction: Instruction): Mount[] {
  if (instruction.keyword !== "RUN") return [];
  return instruction.flags.filter((flag) => flag.name === "mount").map((flag) => readMount(flag).mount);
}

/** A mount, and why BuildKit would refuse it. */
export function readMount(flag: Flag): { mount: Mount; problems: string[] } {
  const { fields, problem } = csvFields(flag.value ?? "");
  const problems = problem === undefined ? [] : [problem];
  const values: Record<string, string> = {};
  let readonly: boolean | undefined;
  let required = false;
  for (const field of fields) {
    const equals = field.indexOf("=");
    const written = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    const key = aliases[written] ?? written;
    const value = equals < 0 ? undefined : field.slice(equals + 1);
    if (withoutValue.includes(key)) {
      const on = value === undefined ? true : parseBool(value);
      if (on === undefined) problems.push(`${written} is either true or false, not ${value}`);
      else if (key === "required") required = on;
      else readonly = key === "readonly" ? on : !on;
    } else if (!withValue.includes(key)) {
      // Other builders have fields of their own, such as podman's z.
    } else if (value === undefined) {
      problems.push(`${written} needs a value`);
    } else if (key === "from" && /\$./s.test(value)) {
      problems.push("a mount's from takes no variable: give the image a stage of its own");
    } else {
      values[key] = lowered.includes(key) && !value.includes("$") ? value.toLowerCase() : value;
    }
  }
  const type = values.type ?? "bind";
  const mount: Mount = {
    type,
    readonly: readonly ?? (type !== "cache" && type !== "tmpfs"),
    required,
    span: flag.span,
    ...defaults(type, values),
    ...values,
  };
  return { mount, problems: [...problems, ...conflicts(mount)] };
}

function defaults(type: string, values: Readonly<Record<string, string>>): Partial<Mount> {
  if (type === "cache") return { sharing: "shared" };
  if (type !== "secret") return {};
  const id = values.source ?? values.id ?? baseName(values.target ?? "");
  return { id, ...(values.env === undefined && { target: `/run/secrets/${baseName(id)}` }) };
}

function conflicts(mount: Mount): string[] {
  const { type } = mount;
  if (type.includes("$")) return [];
  if (!types.includes(type)) return [`there is no mount type ${type}`];
  const secret = type === "secret";
  const problems: string[] = [];
  if (mount.required && !secret && type !== "ssh") problems.push(`a ${type} mount cannot be required`);
  if (mount.size !== undefined && type !== "tmpfs") problems.push(`a ${type} mount has no size`);
  if (type === "bind" || type === "tmpfs") {
    for (const key of ["mode", "uid", "gid"] as const) {
      if (mount[key] !== undefined) problems.push(`a ${type} mount has no ${key}`);
    }
  }
  if (mount.sharing !== undefined && type !== "cache") problems.push(`a ${type} mount has no sharing`);
  else if (
    !["shared", "private", "locked", undefined].includes(mount.sharing) &&
    !mount.sharing?.includes("$")
  ) {
    problems.push(`a cache is shared, private or locked, not ${mount.sharing}`);
  }
  if (secret && mount.from !== undefined) problems.push("a secret mount has no from");
  if (secret && mount.id === "") problems.push("a secret mount needs an id, a source or a target");
  return problems;
}

/** The fields of one line of CSV. */
function csvFields(text: string): { fields: string[]; problem?: string } {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const match = field.exec(text);
    if (match === null) return { fields, problem: "a quote in the middle of a mount's field" };
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === "") return { fields };
  }
}

/** What Go's strconv.ParseBool takes; a variable counts as true, since only the build knows. */
function parseBool(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text) || text.includes("$")) return true;
  return ["0", "f", "F", "FALSE", "false", "False"].includes(text) ? false : undefined;
}

function baseName(path: string): string {
  return path.replace(/\/+$/, "").split("/").at(-1) ?? "";
}
