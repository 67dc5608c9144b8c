// Which build context each Dockerfile has.
import { statSync } from "node:fs";
import { join, relative } from "node:path";
import type { BuildContext } from "./context/context.ts";
import { findContext } from "./context/find.ts";
import { openContext } from "./context/open.ts";
import { diskTree, type Tree } from "./context/tree.ts";
import { copyParts } from "./dockerfile/copy.ts";
import { parseDockerfile } from "./dockerfile/parse.ts";
import { Failure } from "./failure.ts";
import type { Source } from "./files/find.ts";

export type ContextOf = (source: Source, text: string) => BuildContext | undefined;

/**
 * `choice` is an absolute folder, false for no context, or undefined: then the folder that holds what is copied.
 * Contexts of one folder share what they read of it. Throws a Failure when the folder is none.
 */
export function contexts(choice: string | false | undefined, cwd: string): ContextOf {
  if (choice === false) return () => undefined;
  const trees = new Map<string, Tree>();
  const treeOf = (root: string): Tree => {
    const tree = trees.get(root) ?? diskTree(root);
    trees.set(root, tree);
    return tree;
  };
  if (choice === undefined) {
    return (source, text) =>
      findContext(source.file ?? join(cwd, "Dockerfile"), cwd, literalSources(text), treeOf).context;
  }
  if (statSync(choice, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Failure(`the build context ${relative(cwd, choice) || "."} is not a folder`);
  }
  return ({ file }) => openContext(choice, { tree: treeOf(choice), ...(file && { dockerfile: file }) });
}

/** What COPY and ADD take from the build context under names without variables. */
function literalSources(text: string): string[] {
  if (!/^\s*(copy|add)\s/im.test(text)) return [];
  return parseDockerfile(text).instructions.flatMap((instruction) => {
    const parts = copyParts(instruction);
    if (parts === undefined || parts.from !== undefined) return [];
    return parts.sources
      .map((source) => source.text)
      .filter((source) => !/\$|^[a-z]+:\/\/|^git@/i.test(source));
  });
}
