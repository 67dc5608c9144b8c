// Which Python environment a command installs into or runs in: the prefix that holds its site-packages.
import type { Piece } from "../../shell/command.ts";
import { HOLE_START, knownText, knownValue, render, renderPieces } from "../../shell/word.ts";
import { isBelow, joinPath, normalizePath, parentPath, SITE_PACKAGES, type Target } from "../path.ts";
import { type Call, variable } from "../program.ts";

/** Prefixes whose `bin` says nothing: the system's own Python lies there. */
const SYSTEM_PREFIXES = new Set(["/usr", "/", "/usr/local"]);

/** The prefix that `python` or `pip`, called as this call is, belongs to. */
export function pythonPrefix(call: Call): string {
  return (
    prefixOfProgram(call) ?? activatedPrefix(call) ?? pathPrefix(call) ?? call.situation.base.pythonPrefix
  );
}

/** `/opt/venv/bin/pip` belongs to /opt/venv. */
function prefixOfProgram(call: Call): string | undefined {
  const program = call.command.words[0];
  if (program === undefined || !render(program).includes("/")) return undefined;
  const path = call.path(program);
  return path === undefined ? undefined : prefixOfExecutable(path, call);
}

/** The prefix of an interpreter's path; undefined for the system's. */
export function prefixOfExecutable(path: string, call: Call): string | undefined {
  const folder = parentPath(path);
  if (!folder.endsWith("/bin") && !folder.endsWith("/Scripts")) return undefined;
  const prefix = parentPath(folder);
  return SYSTEM_PREFIXES.has(prefix) ? call.situation.base.pythonPrefix : prefix;
}

/** An environment activated by a script, `conda activate`, or the variables that these set. */
export function activatedPrefix(call: Call): string | undefined {
  if (call.activated !== undefined) return call.activated;
  for (const name of ["VIRTUAL_ENV", "CONDA_PREFIX"]) {
    const pieces = call.command.lookup(name);
    if (pieces === undefined || pieces.length === 0 || isUnset(pieces, name)) continue;
    return normalizePath(renderPieces(pieces), call.command.cwd);
  }
  return undefined;
}

/** A variable that nothing in the file sets comes as a hole of its own name. */
function isUnset(pieces: readonly Piece[], name: string): boolean {
  return pieces.length === 1 && pieces[0]!.kind === "hole" && pieces[0]!.id === name;
}

/** `ENV PATH=/opt/venv/bin:$PATH`: the first `bin` folder on the PATH that is no system folder. */
function pathPrefix(call: Call): string | undefined {
  const pieces = call.command.lookup("PATH");
  if (pieces === undefined) return undefined;
  for (const part of renderPieces(pieces).split(":")) {
    if (part.startsWith(HOLE_START) && !part.includes("/")) return undefined;
    const path = normalizePath(part, "/");
    if (path === undefined || !path.endsWith("/bin")) continue;
    const prefix = parentPath(path);
    if (SYSTEM_PREFIXES.has(prefix)) return undefined;
    if (isPythonPrefix(prefix, call)) return prefix;
  }
  return undefined;
}

/** Folders that by their name, or by what made them, hold a Python. */
function isPythonPrefix(prefix: string, call: Call): boolean {
  return (
    /(venv|virtualenv|conda|mamba|python|pyenv)[^/]*$|\/(env|envs\/[^/]+|app-root)$/i.test(prefix) ||
    call.situation.isEnvironment(prefix)
  );
}

/** The prefix that uv works on: --python, --system, an active environment, or .venv in the folder. */
export function uvPrefix(
  call: Call,
  options: { readonly python: string | undefined; readonly system: boolean },
): string | undefined {
  const { situation } = call;
  if (options.python?.includes("/")) {
    const path = call.path(options.python);
    if (path === undefined) return undefined;
    return prefixOfExecutable(path, call) ?? path;
  }
  if (options.system || isOn(variable(call, "UV_SYSTEM_PYTHON"))) {
    // The first Python on the PATH that is no virtual environment; conda's is none.
    const first = pathPrefix(call);
    return first !== undefined && /conda|mamba/.test(first) ? first : situation.base.pythonPrefix;
  }
  const active = activatedPrefix(call);
  if (active !== undefined) return active;
  const made = ownEnvironment(call);
  // An image that nobody knows may have told uv where to install; a plain one has an environment here, or uv fails.
  return made !== undefined && (situation.isEnvironment(made) || situation.base.family !== "unknown")
    ? made
    : (pathPrefix(call) ?? situation.base.pythonPrefix);
}

/** The nearest `.venv` that an earlier step made, here or in a folder above; else the one that would be here. */
function ownEnvironment(call: Call): string | undefined {
  const { cwd } = call.command;
  for (let folder = cwd; folder !== undefined && folder !== "/"; folder = parentPath(folder)) {
    const made = joinPath(folder, ".venv");
    if (call.situation.isEnvironment(made)) return made;
    if (!folder.startsWith("/")) break;
  }
  return normalizePath(".venv", cwd);
}

/** uv sync and its like: the project's environment. */
export function uvProjectPrefix(call: Call, project: string | undefined): string | undefined {
  const pieces = call.command.lookup("UV_PROJECT_ENVIRONMENT");
  if (pieces !== undefined && pieces.length > 0 && !isUnset(pieces, "UV_PROJECT_ENVIRONMENT")) {
    return normalizePath(renderPieces(pieces), project ?? call.command.cwd);
  }
  return normalizePath(".venv", project ?? call.command.cwd);
}

/** Whether a variable has a value, known or not. */
export function isSet(call: Call, name: string): boolean {
  const pieces = call.command.lookup(name);
  if (pieces === undefined) return call.situation.base.env?.[name] !== undefined;
  return pieces.length > 0 && !isUnset(pieces, name);
}

export function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(1|true|yes|on|y|t)$/i.test(value);
}

/** Where an environment's packages lie. */
export function sitePackages(prefix: string): string {
  return joinPath(prefix, SITE_PACKAGES);
}

/** Files of unknown names among an environment's packages and programs. */
export function environmentTargets(prefix: string): readonly Target[] {
  return [
    { path: sitePackages(prefix), extent: "some" },
    { path: joinPath(prefix, "bin"), extent: "some" },
  ];
}

/** A venv's or target folder's whole tree. */
export function environmentTree(prefix: string): readonly Target[] {
  return [{ path: prefix, extent: "tree" }];
}

/** Whether a word is known and equal to a text. */
export function isWord(word: Parameters<typeof knownValue>[0] | undefined, text: string): boolean {
  return word !== undefined && knownValue(word) === text;
}

/** The known value of a variable's pieces, empty when unset. */
export function plainValue(call: Call, name: string): string {
  const pieces = call.command.lookup(name);
  return pieces === undefined ? "" : (knownText(pieces) ?? "");
}

/** Whether a path lies in an environment's tree. */
export function isInEnvironment(path: string, prefix: string): boolean {
  return isBelow(path, prefix);
}
