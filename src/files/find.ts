// What the words on the command line stand for: files, folders, globs and standard input.
import { realpathSync, type Stats, statSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import { Failure, systemReason } from "../failure.ts";
import { isDockerfileName } from "./names.ts";
import { walk } from "./walk.ts";

/** A Dockerfile to look at. */
export interface Source {
  /** As people see it: relative to the current folder when it lies below, "-" for standard input. */
  readonly path: string;
  /** Absolute; undefined for standard input. */
  readonly file: string | undefined;
  /** Named on the command line, rather than found in a folder or by a glob. */
  readonly named: boolean;
}

/**
 * The Dockerfiles that `words` stand for, each one once, in the order of the words; without words, those below
 * `cwd`. Throws a Failure for what is not there and for a folder or glob without Dockerfiles.
 */
export function findSources(words: readonly string[], cwd: string): Source[] {
  const seen = new Set<string>();
  const sources: Source[] = [];
  for (const word of words.length === 0 ? ["."] : words) {
    for (const source of expand(word, cwd)) {
      const key = source.file === undefined ? "-" : realPath(source.file);
      if (seen.has(key)) continue;
      seen.add(key);
      sources.push(source);
    }
  }
  return sources;
}

function expand(word: string, cwd: string): Source[] {
  if (word === "-") return [{ path: "-", file: undefined, named: true }];
  if (word === "") throw new Failure("an empty file name");
  const file = resolve(cwd, word);
  let stats: Stats;
  try {
    stats = statSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && picomatch.scan(word).isGlob) return glob(word, cwd);
    throw new Failure(`${word}: ${systemReason(error)}`);
  }
  if (!stats.isDirectory()) return [{ path: shown(file, cwd, word), file, named: true }];
  const found = walk(file, (_, name) => isDockerfileName(name));
  if (found.length === 0) throw new Failure(`${word}: no Dockerfile in this folder`);
  return found.map((path) => ({ path: shown(path, cwd, word), file: path, named: false }));
}

/** Git-ignored files match no glob, nor do the ignore files that may stand beside a Dockerfile. */
function glob(word: string, cwd: string): Source[] {
  const pattern = word
    .split(sep)
    .join("/")
    .replace(/^(\.\/)+/, "");
  const { base } = picomatch.scan(pattern);
  const folder = resolve(cwd, base);
  const matches = picomatch(pattern, { dot: true });
  const wanted = (path: string, name: string): boolean =>
    !/\.(docker|container)ignore$/i.test(name) &&
    matches((isAbsolute(word) ? path : relative(cwd, path)).split(sep).join("/"));
  const found = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? walk(folder, wanted) : [];
  if (found.length === 0) throw new Failure(`${word}: no file matches`);
  return found.map((path) => ({ path: shown(path, cwd, word), file: path, named: false }));
}

/** A path below the current folder is shown from there; another one as it was given, absolute or not. */
function shown(file: string, cwd: string, word: string): string {
  const inside = relative(cwd, file);
  const outside = inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return outside && isAbsolute(word) ? file : inside.split(sep).join("/");
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
