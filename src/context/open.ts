// Opens build contexts: a folder on disk with its .dockerignore, or files in memory.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { NoRegularFile, readFound } from "../found-file.ts";
import type { BuildContext } from "./context.ts";
import { compilePatterns, readIgnoreFile } from "./patterns.ts";
import { diskTree, memoryTree, type Tree } from "./tree.ts";
import { viewTree } from "./view.ts";

/** How many entries one measurement looks at before it stops and says so. */
const MOST_ENTRIES = 1_000_000;

export interface ContextOptions {
  /** The Dockerfile's path on disk: `<it>.dockerignore` beside it replaces the root's .dockerignore. */
  readonly dockerfile?: string;
  /** How many entries one measurement looks at before it stops (default 1,000,000). */
  readonly limit?: number;
  /** The root's tree, when several contexts share one root; it keeps what it has read, and what was measured of it. */
  readonly tree?: Tree;
}

/** By tree and ignore file: many Dockerfiles in one folder have one context, and measuring it takes a walk. */
const opened = new WeakMap<Tree, Map<string, BuildContext>>();

/**
 * Opens a folder as a build context; files are read when asked for. Throws an Error of one line if it is none, and a
 * Failure if a pipe or a device stands for the ignore file.
 */
export function openContext(root: string, options: ContextOptions = {}): BuildContext {
  const { dockerfile, tree = diskTree(root), limit = MOST_ENTRIES } = options;
  const own = dockerfile === undefined ? undefined : `${dockerfile}.dockerignore`;
  const ignoreFile = own !== undefined && existsSync(own) ? own : join(root, ".dockerignore");
  const key = `${limit} ${root} ${ignoreFile}`;
  const known = opened.get(tree)?.get(key);
  if (known !== undefined) return known;
  if (!isFolder(root)) throw new Error(`the build context ${root} is not a folder`);
  const ignore = compilePatterns(readIgnoreFile(textOf(ignoreFile) ?? ""));
  const context = viewTree(root, tree, ignore, limit);
  opened.set(tree, (opened.get(tree) ?? new Map<string, BuildContext>()).set(key, context));
  return context;
}

/** A context of small files, by path; its ".dockerignore" counts. A path that ends in "/" is an empty folder. */
export function memoryContext(files: Readonly<Record<string, string>>): BuildContext {
  const ignore = compilePatterns(readIgnoreFile(files[".dockerignore"] ?? ""));
  return viewTree("", memoryTree(files), ignore, MOST_ENTRIES);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFound(path).toString();
  } catch (error) {
    if (error instanceof NoRegularFile) throw new Failure(`${path}: ${error.message}`);
    return undefined;
  }
}
