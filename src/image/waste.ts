// The law of the image: bytes stored = bytes visible at the end + bytes wasted, in total, per layer and per path.
import { churnOf } from "./churn.ts";
import { type Copies, collectCopies, VISIBLE } from "./copies.ts";
import type { WalkedImage } from "./image.ts";
import { applyLayers, layerOf, type Overlay } from "./overlay.ts";
import {
  type Change,
  changedSets,
  type WastedPaths,
  type WasteReason,
  wastedPaths,
  wasteReasons,
} from "./wasted-paths.ts";

export {
  type Change,
  changes,
  type HiddenCopy,
  type WastedPath,
  type WastedPaths,
  type WasteReason,
  wasteReasons,
} from "./wasted-paths.ts";

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
  /** Of the waste, that in databases, caches and logs of package managers. */
  readonly churn: number;
  readonly layers: readonly LayerWaste[];
  readonly paths: WastedPaths;
}

/**
 * Measures a walked image; call it before `close`, because equal sizes at one path make it read contents. The
 * result stays good afterwards.
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
  const copies = collectCopies(image, overlay);
  const layers = image.layers.map(() => ({ stored: 0, visible: 0, waste: 0, hides: 0 }));
  const reasons: Record<WasteReason, number> = {
    repeated: 0,
    retouched: 0,
    overwritten: 0,
    removed: 0,
    moved: 0,
  };
  const changed: Record<Change, number> = { owner: 0, mode: 0, time: 0, xattrs: 0 };
  for (let copy = 0; copy < copies.count; copy++) {
    if (copies.reason[copy] === VISIBLE) continue;
    const entry = copies.entry[copy]!;
    const layer = layerOf(overlay.offsets, entry);
    const size = image.layers[layer]!.entries.size(entry - overlay.offsets[layer]!);
    reasons[wasteReasons[copies.reason[copy]!]!] += size;
    for (const change of changedSets[copies.changed[copy]!]!) changed[change] += size;
    layers[layer]!.waste += size;
    layers[overlay.hiddenBy[entry]!]!.hides += size;
  }
  for (const [number, { entries }] of image.layers.entries()) {
    const layer = layers[number]!;
    for (let index = 0; index < entries.count; index++) {
      if (entries.kind(index) === "file") layer.stored += entries.size(index);
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
    churn: churnBytes(image, overlay, copies),
    layers: shares,
    paths: wastedPaths(image, overlay, copies),
  };
}

function churnBytes({ paths, layers }: WalkedImage, { offsets }: Overlay, copies: Copies): number {
  let bytes = 0;
  for (let place = 0; place < copies.paths.length; place++) {
    if (churnOf(paths.path(copies.paths[place]!)) === undefined) continue;
    for (let copy = copies.first[place]!, more = true; more; copy = copies.next[copy]!, more = copy !== 0) {
      if (copies.reason[copy] === VISIBLE) continue;
      const layer = layerOf(offsets, copies.entry[copy]!);
      bytes += layers[layer]!.entries.size(copies.entry[copy]! - offsets[layer]!);
    }
  }
  return bytes;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
