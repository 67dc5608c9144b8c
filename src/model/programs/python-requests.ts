// What Python installers are asked for: words, requirements files, editable projects, wheels by path.
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import type { Arguments } from "../arguments.ts";
import type { PackageRequest } from "../effect.ts";
import { markerHolds } from "../knowledge/markers.ts";
import { type PythonRequirement, parseRequirement } from "../knowledge/python.ts";
import { parseRequirements } from "../knowledge/requirements.ts";
import { fileName, isOpen } from "../packages.ts";
import { hasGlobSegment, joinPath, normalizePath } from "../path.ts";
import { type Call, variable } from "../program.ts";

export interface Asked {
  readonly packages: readonly PackageRequest[];
  /** False when a file or a word could not be read. */
  readonly complete: boolean;
}

/** Everything that the words of `pip install` ask for; `exactly` for `uv pip sync FILE`. */
export function askedFor(call: Call, args: Arguments, exactly: boolean): Asked {
  const files = [...(args.options.get("-r") ?? []), ...(exactly ? args.operands : [])];
  const words = [...(exactly ? [] : args.operands), ...(args.options.get("-e") ?? [])];
  const read = files.map((word) => fileRequests(call, word));
  const packages = [...wordRequests(call, words), ...read.flatMap((file) => file.packages)];
  const complete = read.every((file) => file.complete) && !words.some((word) => wordIsOpen(call, word));
  return { packages, complete };
}

/** A word that may stand for packages that nobody can tell: an unquoted hole, a glob that matches unknown files. */
function wordIsOpen(call: Call, word: Word): boolean {
  return isOpen(word) && wordRequests(call, [word]).every(({ name }) => name === undefined);
}

/** The packages that words ask for; a glob of wheels that came from the build context is looked up there. */
export function wordRequests(call: Call, words: readonly Word[]): PackageRequest[] {
  return words.flatMap((word): PackageRequest[] => {
    const text = render(word);
    const requirement = parseRequirement(text);
    if (requirement === undefined) return [{ name: undefined, via: "name" }];
    const path = localPath(call, requirement);
    if (path !== undefined && hasGlobSegment(path)) {
      const found = call.situation.list(path) ?? [];
      if (found.length > 0) {
        return found.flatMap((file) => {
          const named = parseRequirement(file);
          return named === undefined ? [] : [{ ...requestOf(named), path: file }];
        });
      }
    }
    return [
      {
        ...requestOf(requirement),
        ...(path === undefined ? {} : { path }),
        ...projectName(call, requirement, path),
      },
    ];
  });
}

/** The name that a project's pyproject.toml gives it, when that came from the build context. */
function projectName(
  call: Call,
  requirement: PythonRequirement,
  path: string | undefined,
): { readonly name?: string } {
  if (requirement.source?.kind !== "project" || path === undefined || requirement.name !== undefined)
    return {};
  const text = call.situation.readFile(joinPath(path, "pyproject.toml"));
  const name = text === undefined ? undefined : /^\s*name\s*=\s*["']([\w.-]+)["']/m.exec(text)?.[1];
  return name === undefined ? {} : { name: name.toLowerCase().replace(/[-_.]+/g, "-") };
}

function localPath(call: Call, { source }: PythonRequirement): string | undefined {
  if (source?.kind !== "archive" && source?.kind !== "project") return undefined;
  return /^\w+:\/\//.test(source.location) ? undefined : call.path(source.location);
}

function requestOf(requirement: PythonRequirement): PackageRequest {
  const { name, version, specifier, extras, marker, source } = requirement;
  const via =
    source === undefined
      ? "name"
      : source.kind === "archive"
        ? "archive"
        : source.kind === "project"
          ? "project"
          : "url";
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(specifier === "" ? {} : { specifier }),
    ...(extras.length === 0 ? {} : { extras }),
    ...(marker === undefined ? {} : { marker }),
    via,
  };
}

/** The packages of a requirements file, read from the build context through COPY or a mount. */
function fileRequests(call: Call, word: Word): Asked {
  const path = call.path(word);
  const text = path === undefined ? undefined : call.situation.readFile(path);
  if (path === undefined || text === undefined) return { packages: [], complete: false };
  if (fileName(path) === "pyproject.toml") return { packages: [], complete: false };
  const parsed = parseRequirements(text, {
    path,
    read: (file) => call.situation.readFile(normalizePath(file, "/") ?? file),
    variable: (name) => variable(call, name),
  });
  const packages = parsed.requirements.flatMap((requirement): PackageRequest[] => {
    if (requirement.marker !== undefined && markerHolds(requirement.marker, LINUX) === false) return [];
    const shown = call.situation.contextPath(requirement.path) ?? requirement.path;
    const file = { path: shown, line: requirement.line, span: word.span };
    return [{ ...requestOf(requirement), via: "file", file }];
  });
  return { packages, complete: parsed.missing.length === 0 && parsed.unreadable.length === 0 };
}

/** What is the same in every Linux container. */
const LINUX = {
  sys_platform: "linux",
  os_name: "posix",
  platform_system: "Linux",
  implementation_name: "cpython",
};
