// The wasted paths, made from columns one at a time: an image may have a million of them.
import { release } from "./blob/release.ts";
import { type Churn, churnOf } from "./churn.ts";
import { type Copies, changeBits, type reasonCodes, VISIBLE } from "./copies.ts";
import type { WalkedImage } from "./image.ts";
import { layerOf, type Overlay } from "./overlay.ts";
import { sortNumbers } from "./sort.ts";

/**
 * What happened next to a copy that the final filesystem does not show: `repeated`, the same content with the same
 * owner, mode, time and xattrs was stored at its path again; `retouched`, the same content with others of those;
 * `overwritten`, something else stands at its path; `moved`, its path went and the layer that took it away stores
 * the same content elsewhere; `removed`, its path went.
 */
export const wasteReasons = ["repeated", "retouched", "overwritten", "removed", "moved"] as const;
export type WasteReason = keyof typeof reasonCodes;

/** What a retouched copy differs in from the one that took its place. */
export const changes = ["owner", "mode", "time", "xattrs"] as const;
export type Change = keyof typeof changeBits;

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
  /** Its id in the image's paths. */
  readonly id: number;
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

/** By waste, largest first, then by path. Each is made when it is asked for. */
export interface WastedPaths extends Iterable<WastedPath> {
  readonly length: number;
  at(index: number): WastedPath | undefined;
  has(path: string): boolean;
  /** All of them in no order that means anything, for sums: sorting takes longer than the rest. */
  unsorted(): Iterable<WastedPath>;
}

export function wastedPaths(image: WalkedImage, overlay: Overlay, copies: Copies): WastedPaths {
  const make = (place: number): WastedPath => wastedPath(image, overlay, copies, place);
  let sorted: Int32Array | undefined;
  const order = (): Int32Array => {
    sorted ??= sortPlaces(image, overlay, copies);
    return sorted;
  };
  return {
    length: copies.paths.length,
    at: (index) => (order()[index] === undefined ? undefined : make(order()[index]!)),
    has(path) {
      const id = image.paths.find(path);
      return id !== undefined && copies.place[id] !== 0;
    },
    *unsorted() {
      for (let place = 0; place < copies.paths.length; place++) yield make(place);
    },
    *[Symbol.iterator]() {
      for (const place of order()) yield make(place);
    },
  };
}

function hiddenCopy(
  image: WalkedImage,
  { offsets, hiddenBy }: Overlay,
  copies: Copies,
  copy: number,
): HiddenCopy {
  const number = copies.entry[copy]!;
  const layer = layerOf(offsets, number);
  const entry = number - offsets[layer]!;
  const hider = hiddenBy[number]!;
  const movedTo = copies.movedTo[copy]! - 1;
  return {
    layer,
    entry,
    size: image.layers[layer]!.entries.size(entry),
    reason: wasteReasons[copies.reason[copy]!]!,
    hiddenBy: hider,
    changed: changedSets[copies.changed[copy]!]!,
    movedTo:
      movedTo < 0
        ? undefined
        : image.paths.path(image.layers[hider]!.entries.path(movedTo - offsets[hider]!)),
  };
}

/** What each value of `Copies.changed` means. */
export const changedSets: readonly (readonly Change[])[] = Array.from({ length: 16 }, (_, bits) =>
  changes.filter((change) => (bits & changeBits[change]) !== 0),
);

function wastedPath(image: WalkedImage, overlay: Overlay, copies: Copies, place: number): WastedPath {
  const id = copies.paths[place]!;
  const path = image.paths.path(id);
  const hidden: HiddenCopy[] = [];
  const layers: number[] = [];
  let [stored, waste, count] = [0, 0, 0];
  for (let copy = copies.first[place]!, more = true; more; copy = copies.next[copy]!, more = copy !== 0) {
    const number = copies.entry[copy]!;
    const layer = layerOf(overlay.offsets, number);
    const size = image.layers[layer]!.entries.size(number - overlay.offsets[layer]!);
    count++;
    stored += size;
    if (layers.at(-1) !== layer) layers.push(layer);
    if (copies.reason[copy] === VISIBLE) continue;
    waste += size;
    hidden.push(hiddenCopy(image, overlay, copies, copy));
  }
  const reason = hidden.length === 1 ? hidden[0]!.reason : mainReason(hidden);
  const visible = stored - waste;
  return { path, id, stored, visible, waste, copies: count, reason, layers, hidden, churn: churnOf(path) };
}

function mainReason(hidden: readonly HiddenCopy[]): WasteReason {
  const shares: Partial<Record<WasteReason, number>> = {};
  for (const copy of hidden) shares[copy.reason] = (shares[copy.reason] ?? 0) + copy.size;
  return wasteReasons.reduce((a, b) => ((shares[b] ?? 0) > (shares[a] ?? 0) ? b : a));
}

function sortPlaces(image: WalkedImage, { offsets }: Overlay, copies: Copies): Int32Array {
  const order = new Int32Array(copies.paths.length);
  const waste = new Float64Array(order.length);
  for (let place = 0; place < order.length; place++) order[place] = place;
  for (let copy = 0; copy < copies.count; copy++) {
    if (copies.reason[copy] === VISIBLE) continue;
    const layer = layerOf(offsets, copies.entry[copy]!);
    const { entries } = image.layers[layer]!;
    const index = copies.entry[copy]! - offsets[layer]!;
    waste[copies.place[entries.path(index)]! - 1]! += entries.size(index);
  }
  sortNumbers(
    order,
    (a, b) => waste[b]! - waste[a]! || image.paths.compare(copies.paths[a]!, copies.paths[b]!),
  );
  release(waste);
  return order;
}
