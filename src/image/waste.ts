// The law of the image: bytes stored = bytes visible at the end + bytes wasted, in total, per layer and per path.
import { type Churn, churnOf } from "./churn.ts";
import { contentsOf } from "./content.ts";
import type { WalkedImage } from "./image.ts";
import { applyLayers, layerOf, type Overlay, REPLACED } from "./overlay.ts";

/**
 * What happened next to a copy that the final filesystem does not show: `repeated`, the same content with the same
 * owner, mode, time and xattrs was stored at its path again; `retouched`, the same content with others of those;
 * `overwritten`, something else stands at its path; `moved`, its path went and the layer that took it away stores
 * the same content elsewhere; `removed`, its path went.
 */
export const wasteReasons = ["repeated", "retouched", "overwritten", "removed", "moved"] as const;
export type WasteReason = (typeof wasteReasons)[number];

/** What a retouched copy differs in from the one that took its place. */
export const changes = ["owner", "mode", "time", "xattrs"] as const;
export type Change = (typeof changes)[number];

/** A stored copy that is not visible at the end. */
export interface HiddenCopy {
  /** The layer that stores it and the index of its entry there. */
  readonly layer: number;
  readonly entry: number;
  /** Bytes. */
  readonly size: number;
  readonly reason: WasteReason;
  /** The layer that hid it; its own when a later entry there has the same path. */
  readonly hiddenBy: number;
  /** In what it differs from the copy that follows; empty unless it was retouched. */
  readonly changed: readonly Change[];
  /** Where its content stands in the layer that hid it, if it was moved. */
  readonly movedTo: string | undefined;
}

/** A path that has hidden copies. Sizes are bytes; stored = visible + waste. */
export interface WastedPath {
  readonly path: string;
  readonly stored: number;
  readonly visible: number;
  readonly waste: number;
  /** How many copies of it the layers store, the visible one included. */
  readonly copies: number;
  /** The reason of most of its waste. */
  readonly reason: WasteReason;
  /** The layers that store it, each once. */
  readonly layers: readonly number[];
  /** Base first, in archive order. */
  readonly hidden: readonly HiddenCopy[];
  readonly churn: Churn | undefined;
}

/** One layer's share. Sizes are bytes; stored = visible + waste. */
export interface LayerWaste {
  readonly stored: number;
  readonly visible: number;
  /** Bytes of this layer that are hidden at the end, whichever layer hid them. */
  readonly waste: number;
  /** Bytes, of this layer or lower ones, that this layer hides. */
  readonly hides: number;
  /** Bytes of the blob, and the part of them that its hidden copies take: an estimate by size. */
  readonly compressed: number;
  readonly compressedWaste: number;
}

/** What an image stores and does not show. Sizes are bytes of file content; stored = visible + waste. */
export interface ImageWaste {
  readonly stored: number;
  readonly visible: number;
  readonly waste: number;
  /** visible / stored; 1 for an empty image. */
  readonly efficiency: number;
  readonly compressed: number;
  readonly compressedWaste: number;
  readonly reasons: Readonly<Record<WasteReason, number>>;
  /** Of the retouched bytes, those whose owner, mode, … changed; a copy that changed in two counts in both. */
  readonly changes: Readonly<Record<Change, number>>;
  readonly layers: readonly LayerWaste[];
  /** By waste, largest first, then by path. */
  readonly paths: readonly WastedPath[];
}

/**
 * Measures a walked image; call it before `close`, because equal sizes at one path make it read contents.
 *
 * A copy is a regular file entry. It is visible while any name leads to it: its own or a hardlink's, which adds no
 * bytes. Of several entries for one path in a layer the last one counts and the others are waste of that same
 * layer. A whiteout hides what lower layers store, before or behind its siblings; if that is nothing, nothing
 * happens. Time is linear in the entries.
 */
export function measureWaste(image: WalkedImage): ImageWaste {
  const overlay = applyLayers(
    image.paths,
    image.layers.map((layer) => layer.entries),
  );
  const judged = judgeHidden(image, overlay);
  const layers = image.layers.map(() => ({ stored: 0, visible: 0, waste: 0, hides: 0 }));
  const reasons: Record<WasteReason, number> = {
    repeated: 0,
    retouched: 0,
    overwritten: 0,
    removed: 0,
    moved: 0,
  };
  const changed: Record<Change, number> = { owner: 0, mode: 0, time: 0, xattrs: 0 };
  const paths = new Map<number, PathTally>();
  for (const copy of judged) {
    const path = image.layers[copy.layer]!.entries.path(copy.entry);
    const tally = paths.get(path);
    if (tally === undefined) paths.set(path, { hidden: [copy], layers: [], copies: 0, stored: 0 });
    else tally.hidden.push(copy);
    reasons[copy.reason] += copy.size;
    for (const change of copy.changed) changed[change] += copy.size;
    layers[copy.layer]!.waste += copy.size;
    layers[copy.hiddenBy]!.hides += copy.size;
  }
  for (const [number, { entries }] of image.layers.entries()) {
    const layer = layers[number]!;
    for (let index = 0; index < entries.count; index++) {
      if (entries.kind(index) !== "file") continue;
      const size = entries.size(index);
      layer.stored += size;
      const tally = paths.size > 0 ? paths.get(entries.path(index)) : undefined;
      if (tally === undefined) continue;
      tally.stored += size;
      tally.copies++;
      if (tally.layers.at(-1) !== number) tally.layers.push(number);
    }
    layer.visible = layer.stored - layer.waste;
  }
  const stored = sum(layers.map((layer) => layer.stored));
  const waste = sum(layers.map((layer) => layer.waste));
  const shares = layers.map((layer, index) => {
    const compressed = image.layers[index]!.compressedSize;
    const share = layer.stored === 0 ? 0 : Math.round((compressed * layer.waste) / layer.stored);
    return { ...layer, compressed, compressedWaste: share };
  });
  return {
    stored,
    visible: stored - waste,
    waste,
    efficiency: stored === 0 ? 1 : (stored - waste) / stored,
    compressed: sum(shares.map((layer) => layer.compressed)),
    compressedWaste: sum(shares.map((layer) => layer.compressedWaste)),
    reasons,
    changes: changed,
    layers: shares,
    paths: [...paths].map(([id, tally]) => wastedPath(image.paths.path(id), tally)).sort(byWaste),
  };
}

interface PathTally {
  readonly hidden: HiddenCopy[];
  readonly layers: number[];
  copies: number;
  stored: number;
}

function wastedPath(path: string, tally: PathTally): WastedPath {
  const waste = sum(tally.hidden.map((copy) => copy.size));
  const share = (reason: WasteReason): number =>
    sum(tally.hidden.filter((copy) => copy.reason === reason).map((copy) => copy.size));
  let reason: WasteReason = tally.hidden[0]!.reason;
  if (tally.hidden.length > 1) reason = wasteReasons.reduce((a, b) => (share(b) > share(a) ? b : a));
  const { stored, copies, layers, hidden } = tally;
  return {
    path,
    stored,
    visible: stored - waste,
    waste,
    copies,
    reason,
    layers,
    hidden,
    churn: churnOf(path),
  };
}

function byWaste(a: WastedPath, b: WastedPath): number {
  return b.waste - a.waste || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** The hidden copies that have bytes, in archive order, with the reason of each. */
function judgeHidden(image: WalkedImage, overlay: Overlay): HiddenCopy[] {
  const { offsets, hiddenBy, successor } = overlay;
  const contents = contentsOf(image, offsets);
  const copies: Draft[] = [];
  const gone = new Map<number, number[]>(); // by the layer that hid them: places in `copies`
  for (const [layer, { entries }] of image.layers.entries()) {
    for (let index = 0; index < entries.count; index++) {
      const number = offsets[layer]! + index;
      const by = hiddenBy[number]!;
      if (by < 0 || entries.kind(index) !== "file" || entries.size(index) === 0) continue;
      const after = successor[number]!;
      const draft: Draft = {
        layer,
        entry: index,
        size: entries.size(index),
        reason: "overwritten",
        hiddenBy: by,
        changed: [],
        movedTo: undefined,
      };
      copies.push(draft);
      if (after < 0) {
        if (after !== REPLACED) draft.reason = "removed";
        const others = gone.get(by);
        if (others === undefined) gone.set(by, [copies.length - 1]);
        else others.push(copies.length - 1);
      } else if (contents.same(number, after)) {
        draft.changed = changedBetween(image, offsets, number, after);
        draft.reason = draft.changed.length === 0 ? "repeated" : "retouched";
      }
    }
  }
  for (const [layer, places] of gone) {
    const numbers = places.map((place) => offsets[copies[place]!.layer]! + copies[place]!.entry);
    const moved = contents.matches(numbers, keptFiles(image, overlay, layer));
    places.forEach((place, at) => {
      const to = moved.get(numbers[at]!);
      if (to === undefined) return;
      copies[place]!.reason = "moved";
      copies[place]!.movedTo = image.paths.path(image.layers[layer]!.entries.path(to - offsets[layer]!));
    });
  }
  return copies;
}

type Draft = { -readonly [Key in keyof HiddenCopy]: HiddenCopy[Key] };

/** The files of a layer that are there when it ends. */
function* keptFiles(image: WalkedImage, overlay: Overlay, layer: number): Iterable<number> {
  const { entries } = image.layers[layer]!;
  for (let index = 0; index < entries.count; index++) {
    const number = overlay.offsets[layer]! + index;
    if (entries.kind(index) === "file" && overlay.hiddenBy[number] !== layer) yield number;
  }
}

const unchanged: readonly Change[] = [];

function changedBetween(image: WalkedImage, offsets: Int32Array, a: number, b: number): readonly Change[] {
  const layerA = layerOf(offsets, a);
  const layerB = layerOf(offsets, b);
  const before = image.layers[layerA]!.entries;
  const after = image.layers[layerB]!.entries;
  const i = a - offsets[layerA]!;
  const j = b - offsets[layerB]!;
  const differs: Record<Change, boolean> = {
    owner: before.uid(i) !== after.uid(j) || before.gid(i) !== after.gid(j),
    mode: before.mode(i) !== after.mode(j),
    time: before.mtime(i) !== after.mtime(j),
    xattrs: before.xattrs(i) !== after.xattrs(j),
  };
  const changed = changes.filter((change) => differs[change]);
  return changed.length === 0 ? unchanged : changed;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
