// The dependencies that Python project and lock files name: pyproject.toml, lock files, Pipfile, environment.yml.
import { posix } from "node:path";
import { parse as parseToml, type TomlTable, type TomlValue } from "smol-toml";
import { parseCondaSpec, poetrySpecifier } from "./constraints.ts";
import { normalizeName, type PythonRequirement, parseRequirement } from "./python.ts";
import { isVersion, pinnedVersion } from "./versions.ts";

export interface ProjectDependency {
  /** Normalized. */
  readonly name: string;
  /** The version when it is pinned. */
  readonly version?: string;
  /** PEP 440, "" for any. */
  readonly specifier: string;
  readonly extras?: readonly string[];
  readonly marker?: string;
  /** The extra or dependency group it is in; absent for what is always installed. */
  readonly group?: string;
  /** Who provides it when that is not a Python index. */
  readonly manager?: "conda";
}

/** Reads a project or lock file by its name; empty for other files and for what cannot be read. */
export function readProjectDependencies(fileName: string, text: string): ProjectDependency[] {
  const base = posix.basename(fileName);
  const read = READERS.find(([pattern]) => pattern.test(base))?.[1];
  if (read === undefined) return [];
  try {
    return read(text.replace(/^\uFEFF/, ""));
  } catch {
    // A file that is no TOML or JSON names nothing.
    return [];
  }
}

const READERS: readonly (readonly [RegExp, (text: string) => ProjectDependency[]])[] = [
  [/^pyproject\.toml$/, (text) => pyproject(parseToml(text))],
  [/^(?:poetry|uv|pdm)\.lock$/, (text) => lockedPackages(parseToml(text).package)],
  [/^pylock(?:\.[^.]+)?\.toml$/, (text) => lockedPackages(parseToml(text).packages)],
  [/^Pipfile$/, (text) => pipfile(parseToml(text))],
  [/^Pipfile\.lock$/, (text) => pipfileLock(JSON.parse(text))],
  [/^(?:environment|conda|env)[\w.-]*\.ya?ml$/, environmentFile],
];

function pyproject(file: TomlTable): ProjectDependency[] {
  const project = table(file.project);
  const poetry = table(table(file.tool).poetry);
  return [
    ...requirementList(project.dependencies),
    ...tables(project["optional-dependencies"]).flatMap(([group, list]) => requirementList(list, group)),
    ...tables(file["dependency-groups"]).flatMap(([group, list]) => requirementList(list, group)),
    ...namedTable(poetry.dependencies),
    ...namedTable(poetry["dev-dependencies"], "dev"),
    ...tables(poetry.group).flatMap(([group, value]) => namedTable(table(value).dependencies, group)),
  ];
}

function requirementList(value: TomlValue | undefined, group?: string): ProjectDependency[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((text) => {
    const requirement = typeof text === "string" ? parseRequirement(text) : undefined;
    return requirement === undefined ? [] : fromRequirement(requirement, group);
  });
}

function fromRequirement(requirement: PythonRequirement, group?: string): ProjectDependency[] {
  const { name, specifier, version, extras, marker } = requirement;
  if (name === undefined) return [];
  return [
    {
      name,
      specifier,
      ...(version !== undefined && { version }),
      ...(extras.length > 0 && { extras }),
      ...(marker !== undefined && { marker }),
      ...(group !== undefined && { group }),
    },
  ];
}

/** Poetry's and Pipenv's form: `name = "^1.2"` or `name = { version = "…", optional = true }`. */
function namedTable(value: TomlValue | undefined, group?: string): ProjectDependency[] {
  return tables(value).flatMap(([name, entry]) => {
    if (name === "python") return [];
    const written = typeof entry === "string" ? entry : table(entry).version;
    const optional = table(entry).optional === true;
    return dependency(
      name,
      poetrySpecifier(typeof written === "string" ? written : ""),
      optional ? name : group,
    );
  });
}

function pipfile(file: TomlTable): ProjectDependency[] {
  return [...namedTable(file.packages), ...namedTable(file["dev-packages"], "dev")];
}

function pipfileLock(file: { default?: unknown; develop?: unknown }): ProjectDependency[] {
  const read = (part: unknown, group?: string): ProjectDependency[] =>
    Object.entries((part ?? {}) as Record<string, { version?: unknown } | null>).flatMap(([name, entry]) =>
      dependency(name, typeof entry?.version === "string" ? entry.version : "", group),
    );
  return [...read(file.default), ...read(file.develop, "dev")];
}

/** `[[package]]` with name and version; the project itself and its workspace members are no dependencies. */
function lockedPackages(value: TomlValue | undefined): ProjectDependency[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry) => {
    const { name, version, source, category } = table(entry);
    const own = table(source);
    if (typeof name !== "string" || own.editable !== undefined || own.virtual !== undefined) return [];
    const specifier = typeof version === "string" ? `==${version}` : "";
    return dependency(name, specifier, category === "dev" ? "dev" : undefined);
  });
}

function dependency(name: string, specifier: string, group?: string): ProjectDependency[] {
  const pinned = pinnedVersion(specifier);
  return [
    {
      name: normalizeName(name),
      specifier,
      ...(pinned !== undefined && isVersion(pinned) && { version: pinned }),
      ...(group !== undefined && { group }),
    },
  ];
}

/**
 * conda's environment.yml, as it is written in practice: block lists of plain or quoted words. Anything else (flow
 * lists, anchors) is passed over.
 */
function environmentFile(text: string): ProjectDependency[] {
  const found: ProjectDependency[] = [];
  let listIndent: number | undefined;
  let pipIndent: number | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, blank = "", item = ""] = /^(\s*)(.*?)\s*$/.exec(line.replace(/(^|\s)#.*$/, "")) ?? [];
    if (item === "") continue;
    const indent = blank.length;
    if (!item.startsWith("-")) {
      listIndent = item === "dependencies:" && indent === 0 ? 0 : indent === 0 ? undefined : listIndent;
      pipIndent = undefined;
      continue;
    }
    if (listIndent === undefined) continue;
    const word = item.slice(1).trim();
    if (pipIndent !== undefined && indent <= pipIndent) pipIndent = undefined;
    if (word === "pip:") {
      pipIndent = indent;
      continue;
    }
    const plain = word.replace(/^(["'])(.*)\1$/, "$2");
    const requirement = pipIndent === undefined ? undefined : parseRequirement(plain);
    if (requirement !== undefined) found.push(...fromRequirement(requirement));
    const spec = pipIndent === undefined ? parseCondaSpec(plain) : undefined;
    if (spec !== undefined) {
      found.push(
        ...dependency(spec.name, spec.specifier).map((one) => ({ ...one, manager: "conda" as const })),
      );
    }
  }
  return found;
}

function table(value: TomlValue | undefined): TomlTable {
  const isTable = typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
  return isTable ? (value as TomlTable) : {};
}

function tables(value: TomlValue | undefined): [string, TomlValue][] {
  return Object.entries(table(value));
}
