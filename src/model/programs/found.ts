// Files that one program finds and another one works on: `find -exec`, `xargs`. The inner command line is translated
// with a hole for the found path, and its effects are put where the found files are.
import type { Piece, Word } from "../../shell/command.ts";
import { HOLE_END, HOLE_START } from "../../shell/word.ts";
import type { Effect, RetouchEffect } from "../effect.ts";
import { hasGlobSegment, isLiteral, joinPath, splitPath, type Target } from "../path.ts";
import type { Call } from "../program.ts";
import { opaque } from "./effects.ts";
import { folderAbove } from "./places.ts";

/** What was found. */
export interface Found {
  /** The found entries themselves; "tree" when every entry below was found. */
  readonly entries: readonly Target[];
  /** Only these kinds of entries. */
  readonly only?: RetouchEffect["only"];
  /** For messages: "files named *.pyc". */
  readonly what?: string;
}

const ID = "found-files";
const FOUND = `${HOLE_START}${ID}${HOLE_END}`;

/** Stands for a found path in an inner command line. */
export const foundPiece: Piece = { kind: "hole", id: ID, text: "{}", quoted: true };

/** Whether a path begins with what was found. */
export function isFound(path: string): boolean {
  return path.startsWith(FOUND);
}

/** The words with every `token` in them replaced by `pieces`. */
export function substitute(words: readonly Word[], token: string, pieces: readonly Piece[]): Word[] {
  return words.map((word) => {
    if (!word.pieces.some((piece) => piece.kind === "text" && piece.text.includes(token))) return word;
    const out: Piece[] = [];
    for (const piece of word.pieces) {
      if (piece.kind === "hole") {
        out.push(piece);
        continue;
      }
      piece.text.split(token).forEach((text, index) => {
        if (index > 0) out.push(...pieces);
        if (text !== "") out.push({ ...piece, text });
      });
    }
    return { ...word, pieces: out };
  });
}

/**
 * The effects of an inner command line on what was found. When nobody knows what was found, those effects go, and
 * an opaque one tells of it.
 */
export function placeFound(call: Call, effects: readonly Effect[], found: Found | undefined): Effect[] {
  let lost = false;
  const targets = (list: readonly Target[], reading: boolean): Target[] =>
    list.flatMap((target) => {
      const placed = placeTarget(target, found);
      if (placed === undefined && !reading) lost = true;
      return placed ?? [];
    });
  const out = effects.flatMap((effect): Effect[] => {
    switch (effect.kind) {
      case "retouch": {
        // A recursive change reaches files below the found folders, too.
        const deep = effect.targets.some(({ extent }) => extent === "tree");
        const only = effect.only ?? (deep && found?.only !== "differing" ? undefined : found?.only);
        return kept({
          ...effect,
          targets: targets(effect.targets, false),
          ...(only === undefined ? {} : { only }),
        });
      }
      case "remove": {
        if (emptyRemoval(effect.targets, found)) return [];
        const what = effect.what ?? found?.what;
        return kept({
          ...effect,
          targets: targets(effect.targets, false),
          ...(what === undefined ? {} : { what }),
        });
      }
      case "write": {
        const { origin } = effect;
        const sources = origin?.kind === "path" ? targets(origin.sources, true) : undefined;
        return kept({
          ...effect,
          targets: targets(effect.targets, false),
          ...(sources === undefined ? {} : { origin: { kind: "path", sources } }),
        });
      }
      case "edit":
        return kept({ ...effect, targets: targets(effect.targets, false) });
      case "read":
        return kept({ ...effect, targets: targets(effect.targets, true) });
      case "move": {
        const from = targets(effect.from, false);
        const to = placeTarget(effect.to, found)?.[0];
        return from.length === 0 || to === undefined
          ? []
          : [{ ...effect, from, to: manyInto(effect.to, to, from) }];
      }
      case "link": {
        const single = found?.entries.length === 1 ? found.entries[0] : undefined;
        if (effect.path.includes(FOUND)) return [];
        if (effect.target !== FOUND) return effect.target.includes(FOUND) ? [] : [effect];
        return single?.extent === "exact" ? [{ ...effect, target: single.path }] : [];
      }
      default:
        return [effect];
    }
  });
  return lost ? [...out, opaque(call)] : out;
}

function kept<T extends Effect & { readonly targets: readonly Target[] }>(effect: T): T[] {
  return effect.targets.length === 0 ? [] : [effect];
}

/** Folders and links removed without what is below them: next to no bytes. */
function emptyRemoval(targets: readonly Target[], found: Found | undefined): boolean {
  const bare = found?.only === "directories" || found?.only === "links";
  return (
    bare &&
    targets.every(({ path, extent }) => isFound(path) && (found.only === "links" || extent === "exact"))
  );
}

/** Several files moved to one path: it is their folder. */
function manyInto(wanted: Target, to: Target, from: readonly Target[]): Target {
  const many = from.length > 1 || from.some(({ path, extent }) => extent === "some" || hasGlobSegment(path));
  return many && !wanted.path.includes(FOUND) && wanted.extent === "tree" ? { ...to, extent: "some" } : to;
}

function placeTarget(target: Target, found: Found | undefined): readonly Target[] | undefined {
  const segments = splitPath(target.path);
  const at = segments.findIndex((segment) => segment.includes(FOUND));
  if (at < 0) return [target];
  // Below a folder that is known: /dest/{}.
  if (at > 0) return [{ path: segments.slice(0, at).join("/") || "/", extent: "some" }];
  if (found === undefined) return undefined;
  const below = segments.slice(1);
  return found.entries.map((entry): Target => {
    if (segments[0] !== FOUND) return { path: folderOf(entry), extent: "some" };
    if (below.length === 0) return entry.extent === "exact" ? { ...entry, extent: target.extent } : entry;
    if (entry.extent !== "exact") return { path: entry.path, extent: "some" };
    return { path: below.reduce(joinPath, entry.path), extent: target.extent };
  });
}

/** Where a name made from the entry's own (`{}.bak`) lies. */
function folderOf(entry: Target): string {
  return entry.extent === "exact" && !isLiteral(entry.path) ? folderAbove(entry.path) : entry.path;
}
