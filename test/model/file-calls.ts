// Turns a script into the effects of its file programs, one short line each, for tables in tests.
import { expect, test } from "vitest";
import type { Effect } from "../../src/model/effect.ts";
import type { Knowledge } from "../../src/model/knowledge/schema.ts";
import { baseName, normalizePath, showPath, splitPath, type Target } from "../../src/model/path.ts";
import type { BaseImage, Call, ProgramTable, Situation } from "../../src/model/program.ts";
import { accountPrograms } from "../../src/model/programs/accounts.ts";
import { archivePrograms } from "../../src/model/programs/archives.ts";
import { binaryPrograms } from "../../src/model/programs/binaries.ts";
import { compressionPrograms } from "../../src/model/programs/compression.ts";
import { copyingPrograms } from "../../src/model/programs/copying.ts";
import { fetchPrograms } from "../../src/model/programs/fetch.ts";
import { filePrograms } from "../../src/model/programs/files.ts";
import { findPrograms } from "../../src/model/programs/find.ts";
import { gitPrograms } from "../../src/model/programs/git.ts";
import { metadataPrograms } from "../../src/model/programs/metadata.ts";
import { quietPrograms } from "../../src/model/programs/quiet.ts";
import { redirectEffects } from "../../src/model/programs/redirects.ts";
import { systemPrograms } from "../../src/model/programs/system.ts";
import { textPrograms } from "../../src/model/programs/text.ts";
import { xargsPrograms } from "../../src/model/programs/xargs.ts";
import type { ShellCommand, Word } from "../../src/shell/command.ts";
import { readShell } from "../../src/shell/script.ts";
import { render } from "../../src/shell/word.ts";
import { wholeExcerpt } from "../../src/text.ts";

export const tables: readonly ProgramTable[] = [
  accountPrograms,
  archivePrograms,
  binaryPrograms,
  compressionPrograms,
  copyingPrograms,
  fetchPrograms,
  filePrograms,
  findPrograms,
  gitPrograms,
  metadataPrograms,
  quietPrograms,
  systemPrograms,
  textPrograms,
  xargsPrograms,
];

export const programs: ProgramTable = Object.assign({}, ...tables);

export interface Place {
  readonly cwd?: string;
  readonly home?: string;
  readonly family?: BaseImage["family"];
  /** Files that came from the context, by image path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly folders?: readonly string[];
  /** Symbolic links, by path. */
  readonly links?: Readonly<Record<string, string>>;
}

const knowledge: Knowledge = { distributions: [], artifacts: [] };

/** One segment of a path, in which only "*" is a glob. */
function segmentExpression(segment: string): RegExp {
  const parts = segment.split("*").map((part) => part.replace(/[^\w]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

function situationOf(place: Place): Situation {
  const files = place.files ?? {};
  const follow = (path: string): string => {
    for (const [link, to] of Object.entries(place.links ?? {})) {
      if (path === link || path.startsWith(`${link}/`)) return follow(to + path.slice(link.length));
    }
    return path;
  };
  return {
    user: "root",
    home: place.home ?? "/root",
    base: { family: place.family ?? "debian", cleansApt: false, pythonPrefix: "/usr/local" },
    knowledge,
    readFile: (path) => files[path],
    list(path) {
      const wanted = splitPath(path).map(segmentExpression);
      const found = Object.keys(files).filter((file) => {
        const segments = splitPath(file);
        return (
          wanted.length <= segments.length &&
          wanted.every((expression, at) => expression.test(segments[at] ?? ""))
        );
      });
      return found.length === 0 ? undefined : found;
    },
    follow,
    isFolder: (path) => place.folders?.includes(path) ?? false,
    isMounted: () => false,
    isEnvironment: () => false,
    contextPath: () => undefined,
  };
}

export function makeCall(
  command: ShellCommand,
  words: readonly Word[],
  pipeline: readonly ShellCommand[],
  place: Place,
): Call {
  const situation = situationOf(place);
  const first = words[0];
  return {
    command,
    name: first === undefined ? "" : baseName(render(first)),
    words: words.slice(1),
    situation,
    pipeline,
    path(word) {
      const path = normalizePath(typeof word === "string" ? word : render(word), command.cwd);
      return path === undefined ? undefined : situation.follow(path);
    },
    translate: (inner) => translate(makeCall(command, inner, pipeline, place)),
  };
}

function translate(call: Call): readonly Effect[] | undefined {
  return Object.hasOwn(programs, call.name) ? programs[call.name]!(call) : undefined;
}

/** The effects of a script's commands; an unknown command is opaque. */
export function effectsOf(script: string, place: Place = {}): Effect[] {
  const { commands } = readShell(wholeExcerpt(script, { start: 0, end: script.length }), {
    environment: new Map([["HOME", [{ kind: "text", text: place.home ?? "/root", quoted: true }]]]),
    cwd: place.cwd ?? "/job",
  });
  return commands.flatMap((command) => {
    const pipeline: ShellCommand[] = [];
    for (let from = command.pipedFrom; from !== undefined; from = commands[from]!.pipedFrom) {
      pipeline.push(commands[from]!);
    }
    const call = makeCall(command, command.words, pipeline, place);
    const unknown: Effect = { kind: "opaque", program: call.name, span: command.span, runs: command.runs };
    const own = command.words.length === 0 ? [] : (translate(call) ?? [unknown]);
    return [...own, ...redirectEffects(call)];
  });
}

/** As a person reads it, with `$X` for what only the build knows. */
function plain(text: string): string {
  return showPath(text).replace(/\$\{(\w+)\}/g, "$$$1");
}

const MARKS = { exact: "", tree: "/**", some: "/~" } as const;

/** "/a/**" for a tree, "/a/~" for some files below, "/a" for the path itself. */
export function showTarget({ path, extent, except }: Target): string {
  const left = except === undefined ? "" : ` but ${except.map(plain).join(" ")}`;
  return plain(path) + MARKS[extent] + left;
}

/** One line per effect; reads only when asked for. */
export function shown(effects: readonly Effect[], reads = false): string[] {
  return effects.filter(({ kind }) => reads || kind !== "read").map(showEffect);
}

function showEffect(effect: Effect): string {
  const list = (targets: readonly Target[]): string => targets.map(showTarget).join(" ");
  switch (effect.kind) {
    case "write": {
      const size =
        effect.size.kind === "bytes"
          ? ` ${effect.size.value} bytes`
          : effect.size.kind === "unknown"
            ? ""
            : " small";
      return `${effect.how} ${list(effect.targets)}${size}${effect.keeps === true ? " keeps" : ""}`;
    }
    case "edit":
      return `edit ${list(effect.targets)}`;
    case "retouch": {
      const { owner, group, mode, attributes } = effect.change;
      const owned = group === undefined ? owner : `${owner ?? ""}:${group}`;
      const change = [owned, mode, attributes].filter((part) => part !== undefined).join(" ");
      const only = effect.only === undefined ? "" : ` only ${effect.only}`;
      return `retouch ${list(effect.targets)} to ${plain(change)}${only}`;
    }
    case "remove":
      return `remove ${list(effect.targets)}${effect.what === undefined ? "" : ` (${effect.what})`}`;
    case "move":
      return `move ${list(effect.from)} to ${showTarget(effect.to)}`;
    case "link":
      return `link ${plain(effect.path)} to ${plain(effect.target)}`;
    case "account": {
      const names = ["user", "group", "uid", "gid"] as const;
      return `account ${names.flatMap((name) => (effect[name] === undefined ? [] : `${name}=${plain(effect[name])}`)).join(" ")}`;
    }
    case "read":
      return `read ${list(effect.targets)}`;
    case "opaque":
      return `opaque ${effect.program}`;
    default:
      return effect.kind;
  }
}

/** One row of a table: a script, what it does, and where. */
export type Row = readonly [script: string, expected: readonly string[], place?: Place];

/** One test per row. */
export function table(rows: readonly Row[]): void {
  for (const [script, expected, place] of rows) {
    test(script, () => {
      expect(shown(effectsOf(script, place))).toEqual(expected);
    });
  }
}
