// Lists of ignore patterns as BuildKit applies them to a tree: .dockerignore, COPY --exclude, COPY --parents.
import { posix } from "node:path";
import { compileGlob, globSource } from "./glob.ts";

/** Which of a list's patterns match a folder or one of its parents: what its children inherit. */
export type FolderState = readonly boolean[];

/**
 * A list of patterns; the last one that matches a path or one of its parents decides. Follows
 * `MatchesUsingParentResults` of github.com/moby/patternmatcher, which is what BuildKit asks while it walks.
 */
export interface Matcher {
  /** The state of the tree's root. */
  readonly root: FolderState;
  /** Whether the list takes a path (without leading "/") in a folder whose state is `parent`. */
  matches(path: string, parent: FolderState): boolean;
  /** The same for a folder, with what its children need. */
  enter(path: string, parent: FolderState): { readonly matched: boolean; readonly state: FolderState };
  /** Whether there is a `!` pattern at all. */
  readonly hasExceptions: boolean;
  /** False when BuildKit does not look into an ignored folder: no `!` pattern reaches into it. */
  hasExceptionBelow(folder: string): boolean;
  /** False when nothing below an unmatched folder can match. */
  mayMatchBelow(folder: string): boolean;
}

interface Pattern {
  readonly exception: boolean;
  readonly test: (path: string) => boolean;
  /** The only number of path components that it can match; undefined when `**` makes it any. */
  readonly depth: number | undefined;
  /** What every path it matches begins with. */
  readonly prefix: string;
  /** The pattern without a glob at its end. */
  readonly plain: string;
}

/** The patterns of a .dockerignore file, in order (github.com/moby/patternmatcher/ignorefile). */
export function readIgnoreFile(text: string): string[] {
  const patterns: string[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split("\n")) {
    if (line.startsWith("#")) continue;
    const trimmed = line.trim();
    if (trimmed === "") continue;
    const exception = trimmed.startsWith("!");
    const body = exception ? trimmed.slice(1).trim() : trimmed;
    const path = body === "" ? "" : cleaned(body).replace(/^\/(?=.)/, "");
    patterns.push(exception ? `!${path}` : path);
  }
  return patterns;
}

/** Compiles patterns; a malformed one, on which a build would fail, is left out. */
export function compilePatterns(patterns: readonly string[]): Matcher {
  const list = patterns.map(compilePattern).filter((pattern) => pattern !== undefined);

  const exceptions = list.filter((pattern) => pattern.exception);
  // BuildKit goes by the beginnings alone when no exception has a glob but at its end: `!a/*/**` opens only `a`.
  const plain = exceptions.every((pattern) => !/[*[\]?^\\]/.test(pattern.plain));

  const evaluate = (path: string, parent: FolderState, state?: boolean[]): boolean => {
    const depth = componentCount(path);
    let matched = false;
    for (let at = 0; at < list.length; at++) {
      const pattern = list[at]!;
      let match = parent[at]!;
      if (!match) {
        // BuildKit asks a pattern only when its answer could change something, and remembers "no" otherwise.
        if (pattern.exception !== matched) continue;
        if (pattern.depth !== undefined && pattern.depth !== depth) continue;
        match = pattern.test(path);
      }
      if (state !== undefined) state[at] = match;
      if (match) matched = !pattern.exception;
    }
    return matched;
  };

  const reaches = (pattern: Pattern, folder: string): boolean => {
    const inside = `${folder}/`;
    if (pattern.depth !== undefined && pattern.depth <= componentCount(folder)) return false;
    return inside.startsWith(pattern.prefix) || pattern.prefix.startsWith(inside);
  };

  return {
    root: list.map(() => false),
    hasExceptions: exceptions.length > 0,
    matches: (path, parent) => evaluate(path, parent),
    enter(path, parent) {
      const state = list.map(() => false);
      return { matched: evaluate(path, parent, state), state };
    },
    hasExceptionBelow: (folder) =>
      exceptions.some((pattern) =>
        plain ? `${pattern.plain}/`.startsWith(`${folder}/`) : reaches(pattern, folder),
      ),
    mayMatchBelow: (folder) => list.some((pattern) => !pattern.exception && reaches(pattern, folder)),
  };
}

function compilePattern(text: string): Pattern | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const path = cleaned(trimmed);
  const exception = path.startsWith("!");
  const pattern = exception ? path.slice(1) : path;
  if (pattern === "" || compileGlob(pattern) === undefined) return undefined;
  const test = testOf(pattern);
  if (test === undefined) return undefined;
  // A negated class can match "/" in Go, so that such a pattern has no fixed depth either.
  const deep = pattern.includes("**") || pattern.includes("[^");
  return {
    exception,
    test,
    depth: deep ? undefined : componentCount(pattern),
    prefix: /^[^*?[\\]*/.exec(pattern)![0],
    plain: pattern.replace(/\/\*\*$/, "").replace(/\/\*$/, ""),
  };
}

/** How a pattern is tested; the plain kinds need no regular expression, and BuildKit reads `**x` as "ends with x". */
function testOf(pattern: string): ((path: string) => boolean) | undefined {
  if (!/[*?[\\]/.test(pattern)) return (path) => path === pattern;
  const head = pattern.slice(0, -2);
  if (pattern.endsWith("**") && !/[*?[\\]/.test(head)) return (path) => path.startsWith(head);
  const tail = pattern.slice(2);
  if (pattern.startsWith("**") && !/[*?[\\]/.test(tail)) {
    return (path) => path.endsWith(tail) || (tail[0] === "/" && path === tail.slice(1));
  }
  const source = globSource(pattern, true);
  if (source === undefined) return undefined;
  const expression = new RegExp(`^${source}$`, "u");
  return (path) => expression.test(path);
}

function componentCount(path: string): number {
  let count = 1;
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) count++;
  return count;
}

/** As Go's filepath.Clean: without doubled slashes, "." and resolvable "..", and without a slash at the end. */
function cleaned(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}
