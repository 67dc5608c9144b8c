// What Python installers are asked for: words, requirements files, editable projects, wheels by path.
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import type { Arguments } from "../arguments.ts";
import type { PackageRequest } from "../effect.ts";
import { markerHolds } from "../knowledge/markers.ts";
import { readProjectDependencies } from "../knowledge/project.ts";
import { type PythonRequirement, parseRequirement } from "../knowledge/python.ts";
import { parseRequirements } from "../knowledge/requirements.ts";
import { fileName, isOpen, requests } from "../packages.ts";
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
  const named = words.map((word) => ({ word, requests: wordRequests(call, [word]) }));
  const packages = [
    ...named.flatMap(({ requests }) => requests),
    ...(args.has("--no-deps") ? [] : words.flatMap((word) => projectRequests(call, word))),
    ...read.flatMap((file) => file.packages),
  ];
  const complete = read.every((file) => file.complete) && !named.some(isUnknown);
  return { packages, complete };
}

/** A word that may stand for packages that nobody can tell: a hole, a glob that matches unknown files. */
function isUnknown({ word, requests }: { word: Word; requests: readonly PackageRequest[] }): boolean {
  return requests.some(
    ({ name, via, path }) =>
      name === undefined && (via === "name" || (isOpen(word) && via !== "project" && path !== undefined)),
  );
}

/** The packages that words ask for; a glob of wheels that came from the build context is looked up there. */
export function wordRequests(call: Call, words: readonly Word[]): PackageRequest[] {
  return words.flatMap((word): PackageRequest[] => {
    const text = render(word);
    const requirement = parseRequirement(text);
    if (requirement === undefined) {
      const listed = listedRequests(call, word);
      if (listed !== undefined) return listed;
      // `"$(realpath dist/*.whl)[extra]"` is an archive, whatever its name.
      return [{ name: undefined, via: /\.(whl|tar\.gz)\b/.test(word.text) ? "archive" : "name" }];
    }
    const path = localPath(call, requirement);
    if (path !== undefined && hasGlobSegment(path)) {
      const found = call.situation.list(path) ?? [];
      if (found.length > 0) {
        return found.flatMap((file) => {
          const named = parseRequirement(file);
          return named === undefined ? [] : [{ path: file, ...requestOf(named) }];
        });
      }
    }
    return [
      {
        path,
        ...requestOf(requirement),
        ...projectName(call, requirement, path),
      },
    ];
  });
}

/** What `$(cat requirements.txt)` and `$(grep -v '#' requirements.txt)` stand for. */
function listedRequests(call: Call, word: Word): PackageRequest[] | undefined {
  const { packages } = requests(call, [word], (text) => {
    const requirement = parseRequirement(text);
    return requirement === undefined ? undefined : requestOf(requirement);
  });
  return packages.length > 0 && packages.every(({ via }) => via === "file") ? [...packages] : undefined;
}

/** What a project of the build context needs, by its pyproject.toml: its dependencies and those of the extras asked for. */
function projectRequests(call: Call, word: Word): PackageRequest[] {
  const requirement = parseRequirement(render(word));
  const path = requirement === undefined ? undefined : localPath(call, requirement);
  if (requirement?.source?.kind !== "project" || path === undefined) return [];
  const file = joinPath(path, "pyproject.toml");
  const text = call.situation.readFile(file);
  if (text === undefined) return [];
  return readProjectDependencies("pyproject.toml", text)
    .filter(({ group }) => group === undefined || requirement.extras.includes(group))
    .map(({ name, version, specifier, marker }) => ({
      name,
      ...(version === undefined ? {} : { version }),
      ...(specifier === "" ? {} : { specifier }),
      ...(marker === undefined ? {} : { marker }),
      via: "dependency" as const,
    }));
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
    version,
    specifier: specifier || undefined,
    extras: extras.length === 0 ? undefined : extras,
    marker,
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
