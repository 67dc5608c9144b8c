// Guesses which folder is a Dockerfile's build context: better none than a wrong one.
import { dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import type { BuildContext } from "./context.ts";
import { openContext } from "./open.ts";
import type { Tree } from "./tree.ts";

/** A context, or none, and why, as a sentence's end: "because …" fits before it. */
export interface ContextChoice {
  readonly context?: BuildContext;
  readonly reason: string;
}

/**
 * The Dockerfile's folder or the current one, whichever holds more of the literal COPY and ADD sources; none if
 * neither holds most of them. Sources that every folder has (".", "/") and globs such as "*" decide nothing; when no
 * other is left, it is the Dockerfile's folder. `treeOf` lets several contexts share what was read of one root. Throws a
 * Failure as `openContext` does.
 */
export function findContext(
  dockerfile: string,
  cwd: string,
  literalSources: readonly string[],
  treeOf?: (root: string) => Tree,
): ContextChoice {
  const open = (root: string): BuildContext | undefined => {
    try {
      return openContext(root, { dockerfile: path, ...(treeOf && { tree: treeOf(root) }) });
    } catch (error) {
      if (error instanceof Failure) throw error;
      return undefined;
    }
  };
  const path = resolve(cwd, dockerfile);
  const roots = [...new Set([dirname(path), resolve(cwd)])];
  const sources = [...new Set(literalSources)].filter((source) => !/^[./*]*$/.test(source));
  if (sources.length === 0) {
    const context = open(roots[0]!);
    if (context === undefined) return { reason: "the Dockerfile's folder cannot be read" };
    return { context, reason: "no source tells folders apart, so it is the Dockerfile's folder" };
  }
  let best: { readonly context: BuildContext; readonly held: number } | undefined;
  for (const root of roots) {
    const context = open(root);
    const held = context === undefined ? 0 : sources.filter((source) => context.has(source)).length;
    if (context !== undefined && held > (best?.held ?? 0)) best = { context, held };
  }
  const counted = `${best?.held ?? 0} of ${sources.length} sources`;
  if (best === undefined || best.held * 2 <= sources.length) {
    return { reason: `neither the Dockerfile's folder nor the current one holds more than ${counted}` };
  }
  return { context: best.context, reason: `it holds ${counted}` };
}
