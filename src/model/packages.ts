// How package managers' calls become effects: places from variables, package words with holes, the effects themselves.
import type { Word } from "../shell/command.ts";
import { HOLE_END, HOLE_START, hasGlob, knownValue, QUOTED, render } from "../shell/word.ts";
import {
  type InstallEffect,
  type Manager,
  type OpaqueEffect,
  type PackageRequest,
  type ReadEffect,
  type Size,
  UNKNOWN_SIZE,
  type UninstallEffect,
  type UpgradeEffect,
  type WriteEffect,
  type WriteMethod,
} from "./effect.ts";
import { normalizePath, splitPath, type Target } from "./path.ts";
import { type Call, effectBase } from "./program.ts";
import { opaque, readTargets, writeEffect } from "./programs/effects.ts";

/** The whole of a folder. */
export function tree(...paths: readonly string[]): Target[] {
  return paths.map((path) => ({ path, extent: "tree" }));
}

/** Files below a folder of which nothing more is known. */
export function some(...paths: readonly string[]): Target[] {
  return paths.map((path) => ({ path, extent: "some" }));
}

/** Single files. */
export function exact(...paths: readonly string[]): Target[] {
  return paths.map((path) => ({ path, extent: "exact" }));
}

/** A path below a folder that may begin with a hole. */
export function below(folder: string, rest: string): string {
  return normalizePath(rest, folder) ?? `${folder}/${rest}`;
}

/** The user's home folder as the program sees it. */
export function homeOf(call: Call): string {
  const { home } = call.situation;
  // sudo, su and gosu set HOME anew.
  if (call.command.user !== undefined) return home;
  return variablePath(call, "HOME") ?? home;
}

/** A path below the home folder. */
export function atHome(call: Call, rest: string): string {
  return below(homeOf(call), rest);
}

/** The first of these variables that is set, as a path, else the fallback. */
export function placeOf(call: Call, variables: readonly string[], fallback: string): string {
  for (const name of variables) {
    const path = variablePath(call, name);
    if (path !== undefined) return path;
  }
  return fallback;
}

/** A variable's path. A variable of which nothing is known but its name counts as not set, but for the base's. */
function variablePath(call: Call, name: string): string | undefined {
  const pieces = call.command.lookup(name);
  const first = pieces?.[0];
  const unset = pieces === undefined || (pieces.length === 1 && first?.kind === "hole" && first.id === name);
  if (!unset && pieces.length > 0) {
    return call.path({ pieces, text: `$${name}`, span: call.command.span });
  }
  return call.situation.base.env?.[name];
}

/** The value of a variable, also one that the base image sets; undefined when it is not set or not known. */
export function setting(call: Call, name: string): string | undefined {
  const pieces = call.command.lookup(name);
  const text = pieces === undefined ? undefined : knownValue({ pieces, text: "", span: call.command.span });
  return text ?? call.situation.base.env?.[name];
}

const HOLES = new RegExp(`${HOLE_START}[^${HOLE_END}]*${HOLE_END}`, "g");

/** A rendered text cut at the first place outside of holes where `separator` matches. */
export function cut(text: string, separator: RegExp): readonly [head: string, tail: string] {
  const mask = text.includes(HOLE_START)
    ? text.replace(HOLES, (hole) => HOLE_START.repeat(hole.length))
    : text;
  const at = mask.search(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

/** A rendered text without marks when no part of it is left to the build. */
export function settled(text: string): string | undefined {
  return text.includes(HOLE_START) ? undefined : text.replaceAll(QUOTED, "");
}

/** Whether a word may stand for several, or none, that only the build knows. */
export function isOpen(word: Word): boolean {
  return hasGlob(word) || word.pieces.some((piece) => piece.kind === "hole" && !piece.quoted);
}

/** What one word asks for; undefined when it asks for nothing. */
export type RequestReader = (text: string, word: Word) => PackageRequest | undefined;

/** Packages asked for, and whether they are all of them. */
export interface Requests {
  readonly packages: readonly PackageRequest[];
  readonly complete: boolean;
}

/** Reads package words; `$(cat list)` is read from a list that came from the build context. */
export function requests(call: Call, words: readonly Word[], reader: RequestReader): Requests {
  const packages: PackageRequest[] = [];
  let complete = true;
  for (const word of words) {
    const listed = listedPackages(call, word, reader);
    if (listed !== undefined) {
      packages.push(...listed);
      continue;
    }
    const request = reader(render(word), word);
    // A folder's path and an empty word name none.
    if (request?.name === "") continue;
    if (request !== undefined) packages.push(request);
    if (request?.name === undefined && (isOpen(word) || request?.via === "name")) complete = false;
  }
  return { packages, complete };
}

/** The packages that `$(cat file)` or `$(grep -v '#' file)` stands for. */
function listedPackages(call: Call, word: Word, reader: RequestReader): PackageRequest[] | undefined {
  const [piece] = word.pieces;
  if (word.pieces.length !== 1 || piece?.kind !== "hole") return undefined;
  const match =
    /^(?:\$\(|`)\s*(?:cat\s|<|grep\s+-v\w*\s+['"]?\^?[\\s*]*#['"]?\s)\s*([^\s|;&()$`'"]+)\s*[)`]$/.exec(
      piece.text,
    );
  const file = match?.[1];
  const path = file === undefined ? undefined : call.path(file);
  const content = path === undefined ? undefined : call.situation.readFile(path);
  if (file === undefined || content === undefined) return undefined;
  return content.split(/\r?\n/).flatMap((line, index) =>
    line
      .replace(/(^|\s)#.*$/, "")
      .split(/\s+/)
      .filter((text) => text !== "")
      .flatMap((text): PackageRequest[] => {
        const request = reader(text, { pieces: [], text, span: word.span });
        return request === undefined
          ? []
          : [{ ...request, via: "file", file: { path: file, line: index + 1 } }];
      }),
  );
}

/** A package by name with perhaps a version. */
export function named(name: string, version?: string, specifier?: string): PackageRequest {
  const settledName = settled(name);
  const settledVersion = version === undefined ? undefined : settled(version);
  return {
    name: settledName || undefined,
    version: settledVersion || undefined,
    specifier: specifier || undefined,
    via: "name",
  };
}

/** The last segment of a rendered path or URL. */
export function fileName(text: string): string {
  return splitPath(text.replace(/[?#].*$/, "")).at(-1) ?? "";
}

export interface InstallParts extends Requests {
  readonly manager: Manager;
  readonly environment: string;
  readonly targets: readonly Target[];
  readonly size?: Size;
  readonly force?: "reinstall" | "upgrade" | undefined;
  readonly noDependencies?: boolean;
  readonly development?: boolean | undefined;
}

/** Packages put into an environment. */
export function install(call: Call, parts: InstallParts): InstallEffect {
  const { manager, environment, packages, complete, targets, size, force, noDependencies, development } =
    parts;
  const { span, runs, command } = effectBase(call);
  return {
    kind: "install",
    manager,
    environment,
    packages,
    complete,
    force,
    noDependencies: noDependencies || undefined,
    development,
    targets: environment === "/" ? targets.map(withoutLocal) : targets,
    size: size ?? UNKNOWN_SIZE,
    span,
    runs,
    command,
  };
}

/** Packages of the system leave /usr/local to others (Filesystem Hierarchy Standard, 4.9). */
function withoutLocal(target: Target): Target {
  const { path, extent } = target;
  return path === "/usr" && extent === "some" ? { path, extent, except: ["/usr/local"] } : target;
}

export interface UninstallParts {
  readonly manager: Manager;
  readonly environment: string;
  readonly packages: readonly PackageRequest[];
  readonly targets: readonly Target[];
  readonly unneeded?: boolean;
  readonly development?: boolean;
}

/** Packages taken out of an environment. */
export function uninstall(call: Call, parts: UninstallParts): UninstallEffect {
  const { manager, environment, packages, targets, unneeded, development } = parts;
  const { span, runs, command } = effectBase(call);
  return {
    kind: "uninstall",
    manager,
    environment,
    packages,
    unneeded: unneeded || undefined,
    development: development || undefined,
    targets,
    span,
    runs,
    command,
  };
}

/** All packages of an environment brought to their newest versions. */
export function upgrade(call: Call, manager: Manager, environment: string): UpgradeEffect {
  return { kind: "upgrade", manager, environment, ...effectBase(call) };
}

/** Files written; `what` is a noun phrase for messages. */
export function write(
  call: Call,
  how: WriteMethod,
  targets: readonly Target[],
  what: string,
  size?: Size,
): WriteEffect {
  return writeEffect(call, how, targets, size, { what });
}

/** Files that a program leaves in its cache; what lies there already stays. */
export function cache(call: Call, targets: readonly Target[], what: string, size?: Size): WriteEffect {
  return writeEffect(call, "cache", targets, size, { what, keeps: true });
}

/** What a build makes among its sources; these stay. */
export function build(call: Call, targets: readonly Target[], what: string, size?: Size): WriteEffect {
  return writeEffect(call, "build", targets, size, { what, keeps: true });
}

/** A build tool's run: reads and adds below a folder, and may do anything else. */
export function anyBuild(
  call: Call,
  folder: string | undefined,
): (ReadEffect | WriteEffect | OpaqueEffect)[] {
  if (folder === undefined) return [opaque(call)];
  return [...readTargets(call, tree(folder)), build(call, some(folder), "build output"), opaque(call)];
}
