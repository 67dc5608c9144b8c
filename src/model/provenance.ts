// Which files of the image came unchanged from the build context, so that small ones can be read.
import type { BuildContext } from "../context/context.ts";
import type { Origin } from "./effect.ts";
import { hasGlobSegment, isBelow, isLiteral, joinPath, restBelow, splitPath } from "./path.ts";

/** A path of the image and where it came from. */
export interface Provenance {
  /** Image path that was written. */
  readonly path: string;
  /** Path in the context, "" for its root; or in a stage's image. */
  readonly source: string;
  /** The stage's own record, when it was copied from there; else it is from the context. */
  readonly stage?: readonly Provenance[];
}

/** The context path that an image path came from, as far as the newest fitting record says. */
export function contextPath(records: readonly Provenance[], path: string, depth = 0): string | undefined {
  if (depth > 20) return undefined;
  for (let i = records.length - 1; i >= 0; i -= 1) {
    const record = records[i]!;
    if (!isBelow(path, record.path)) continue;
    const rest = restBelow(path, record.path);
    if (record.stage === undefined) return [record.source, rest].filter((part) => part !== "").join("/");
    const inner = rest === "" ? record.source : joinPath(record.source, rest);
    return contextPath(record.stage, inner, depth + 1);
  }
  return undefined;
}

/** The text of an image file that came from the context. */
export function readImageFile(
  records: readonly Provenance[],
  context: BuildContext | undefined,
  path: string,
): string | undefined {
  if (context === undefined || !isLiteral(path)) return undefined;
  const source = contextPath(records, path);
  return source === undefined || source === "" ? undefined : context.read(source);
}

/** Image paths of what lies at a path or glob that came from the context; undefined when it did not. */
export function listImageFiles(
  records: readonly Provenance[],
  context: BuildContext | undefined,
  path: string,
): readonly string[] | undefined {
  if (context === undefined) return undefined;
  const segments = splitPath(path);
  const firstGlob = segments.findIndex(hasGlobSegment);
  const fixed = (firstGlob < 0 ? segments : segments.slice(0, firstGlob)).join("/") || "/";
  const source = contextPath(records, fixed);
  if (source === undefined) return undefined;
  const rest = firstGlob < 0 ? [] : segments.slice(firstGlob);
  const wanted = [source, ...rest].filter((part) => part !== "").join("/");
  const found = context.files(wanted === "" ? "." : wanted, 1000);
  return found.map((file) => joinPath(fixed, source === "" ? file : file.slice(source.length + 1)));
}

/** Where what lies below a copied folder is in the build context; undefined when several sources were copied. */
export function pathInContext(
  { sources }: Extract<Origin, { kind: "context" }>,
  rest: string,
): string | undefined {
  if (sources.length !== 1) return undefined;
  return [sources[0]!, rest].filter((part) => part !== "").join("/") || ".";
}
