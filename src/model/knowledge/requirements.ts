// Requirements files as pip reads them: requirements, constraints, options, and the files they include.
import { posix } from "node:path";
import { HOLE_END, HOLE_START } from "../../shell/word.ts";
import { type PythonRequirement, parseRequirement } from "./python.ts";

export interface RequirementLine extends PythonRequirement {
  /** The file it stands in, as the path given or as resolved from it. */
  readonly path: string;
  /** Where it begins, from 1. */
  readonly line: number;
  readonly editable: boolean;
}

/** Options that stand in the files; each list in order. */
export interface RequirementOptions {
  readonly indexUrls: readonly string[];
  readonly extraIndexUrls: readonly string[];
  readonly findLinks: readonly string[];
  /** --no-index. */
  readonly noIndex: boolean;
  /** --pre. */
  readonly prereleases: boolean;
  /** All others, as written. */
  readonly others: readonly string[];
}

export interface RequirementsFile {
  readonly requirements: readonly RequirementLine[];
  readonly constraints: readonly RequirementLine[];
  readonly options: RequirementOptions;
  /** Files named by -r that could not be read: there may be more requirements than these. */
  readonly missing: readonly string[];
  /** The same for -c: a requirement without a version may yet be bound to one. */
  readonly missingConstraints: readonly string[];
  /** Lines that are no requirement, or one that only the build knows. */
  readonly unreadable: readonly { readonly path: string; readonly line: number; readonly text: string }[];
}

export interface RequirementsReader {
  /** The text of a further file; its path is resolved from the one that names it. */
  readonly read: (path: string) => string | undefined;
  /** The path of the file itself (default "requirements.txt"). */
  readonly path?: string;
  /** Values for `${NAME}`; a name without one becomes a hole. */
  readonly variable?: (name: string) => string | undefined;
}

const INCLUDE = /^(?:(-r|--requirement|-c|--constraint)[\s=]*)(.+)$/;
const EDITABLE = /^(?:-e|--editable)[\s=]*(.+)$/;
const OPTION = /^(--?[A-Za-z][\w-]*)(?:(?:\s+|=)(.*))?$/s;

/** Reads a requirements file and what it includes, each file once. */
export function parseRequirements(text: string, reader: RequirementsReader): RequirementsFile {
  const requirements: RequirementLine[] = [];
  const constraints: RequirementLine[] = [];
  const missing = new Set<string>();
  const missingConstraints = new Set<string>();
  const unreadable: { path: string; line: number; text: string }[] = [];
  const options: MutableOptions = {
    indexUrls: [],
    extraIndexUrls: [],
    findLinks: [],
    noIndex: false,
    prereleases: false,
    others: [],
  };
  const seen = new Set<string>();

  const include = (name: string, from: string, into: RequirementLine[]): void => {
    const remote = name.includes("://");
    const path = remote || name.startsWith("/") ? name : posix.join(posix.dirname(from), name);
    const included = remote || path.includes(HOLE_START) ? undefined : reader.read(path);
    if (included === undefined) (into === constraints ? missingConstraints : missing).add(path);
    else visit(included, path, into);
  };

  const visit = (content: string, path: string, into: RequirementLine[]): void => {
    const key = `${into === constraints ? "c" : "r"} ${path}`;
    if (seen.has(key)) return;
    seen.add(key);
    for (const { text: whole, line } of logicalLines(content)) {
      const written = expanded(whole, reader.variable);
      const [, kind, file] = INCLUDE.exec(written) ?? [];
      if (kind !== undefined) {
        include(unquoted(file!), path, kind.startsWith("-r") || kind.startsWith("--r") ? into : constraints);
        continue;
      }
      const editable = EDITABLE.exec(written)?.[1];
      if (editable === undefined && written.startsWith("-")) {
        addOption(written, options);
        continue;
      }
      const requirement = parseRequirement(unquoted(withoutOptions(editable ?? written)));
      if (requirement === undefined) unreadable.push({ path, line, text: written });
      else into.push({ ...requirement, path, line, editable: editable !== undefined });
    }
  };

  visit(text, reader.path ?? "requirements.txt", requirements);
  return {
    requirements,
    constraints,
    options,
    missing: [...missing],
    missingConstraints: [...missingConstraints],
    unreadable,
  };
}

/** Lines joined over a backslash at the end, comments and blanks taken out (pip's req_file.py). */
function logicalLines(text: string): { text: string; line: number }[] {
  const lines: { text: string; line: number }[] = [];
  let joined = "";
  let start = 0;
  const flush = (): void => {
    const clean = joined.replace(/(^|\s+)#.*$/s, "").trim();
    if (clean !== "") lines.push({ text: clean, line: start });
    joined = "";
    start = 0;
  };
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (start === 0) start = index + 1;
    const comment = /^\s*#/.test(line);
    if (line.endsWith("\\") && !comment) {
      joined += line.slice(0, -1);
      continue;
    }
    // A comment inside a continued line ends it; the blank makes it one.
    joined += comment ? ` ${line}` : line;
    flush();
  }
  flush();
  return lines;
}

/** pip replaces only `${NAME}` in capitals. */
function expanded(text: string, variable: ((name: string) => string | undefined) | undefined): string {
  return text.replace(
    /\$\{([A-Z0-9_]+)\}/g,
    (_, name: string) => variable?.(name) ?? HOLE_START + name + HOLE_END,
  );
}

/** The requirement without `--hash=…` and the like behind it. */
function withoutOptions(text: string): string {
  return text.replace(/\s+--?[A-Za-z].*$/s, "").trim();
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  return /^(["']).*\1$/s.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}

interface MutableOptions extends RequirementOptions {
  indexUrls: string[];
  extraIndexUrls: string[];
  findLinks: string[];
  noIndex: boolean;
  prereleases: boolean;
  others: string[];
}

const LISTS: Readonly<Record<string, "indexUrls" | "extraIndexUrls" | "findLinks">> = {
  "-i": "indexUrls",
  "--index-url": "indexUrls",
  "--pypi-url": "indexUrls",
  "--extra-index-url": "extraIndexUrls",
  "-f": "findLinks",
  "--find-links": "findLinks",
};

function addOption(text: string, options: MutableOptions): void {
  // A short option may stand right before its value: `-ihttps://…`.
  const [, name = text, value = ""] = OPTION.exec(text.replace(/^(-[a-z])(?=[^\s=-])/i, "$1 ")) ?? [];
  const list = LISTS[name];
  if (list !== undefined) options[list].push(unquoted(value));
  else if (name === "--no-index") options.noIndex = true;
  else if (name === "--pre") options.prereleases = true;
  else options.others.push(text);
}
