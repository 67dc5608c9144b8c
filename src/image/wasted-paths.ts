// The wasted paths, made from columns one at a time: an image may have a million of them.
import { type Churn, churnOf } from "./churn.ts";
import { type Copies, changeBits, type reasonCodes, VISIBLE } from "./copies.ts";
import type { WalkedImage } from "./image.ts";
import { layerOf, type Overlay } from "./overlay.ts";

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
}

export function wastedPaths(image: WalkedImage, overlay: Overlay, copies: Copies): WastedPaths {
  const make = (place: number): WastedPath => wastedPath(image, overlay, copies, place);
  const order = sortPlaces(image, overlay, copies);
  return {
    length: order.length,
    at: (index) => (order[index] === undefined ? undefined : make(order[index])),
    has(path) {
      const id = image.paths.find(path);
      return id !== undefined && copies.place[id]! >= 0;
    },
    *[Symbol.iterator]() {
      for (const place of order) yield make(place);
    },
  };
}

/** The hidden copies of an image, in archive order. */
export function* hiddenCopies(image: WalkedImage, overlay: Overlay, copies: Copies): Iterable<HiddenCopy> {
  for (let copy = 0; copy < copies.count; copy++) {
    if (copies.reason[copy] !== VISIBLE) yield hiddenCopy(image, overlay, copies, copy);
  }
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
  const movedTo = copies.movedTo[copy]!;
  const bits = copies.changed[copy]!;
  return {
    layer,
    entry,
    size: image.layers[layer]!.entries.size(entry),
    reason: wasteReasons[copies.reason[copy]!]!,
    hiddenBy: hider,
    changed: bits === 0 ? unchanged : changes.filter((change) => (bits & changeBits[change]) !== 0),
    movedTo:
      movedTo < 0
        ? undefined
        : image.paths.path(image.layers[hider]!.entries.path(movedTo - offsets[hider]!)),
  };
}

const unchanged: readonly Change[] = [];

function wastedPath(image: WalkedImage, overlay: Overlay, copies: Copies, place: number): WastedPath {
  const path = image.paths.path(copies.paths[place]!);
  const hidden: HiddenCopy[] = [];
  const layers: number[] = [];
  const shares: Partial<Record<WasteReason, number>> = {};
  let [stored, waste, count] = [0, 0, 0];
  for (let copy = copies.first[place]!; copy >= 0; copy = copies.next[copy]!) {
    const number = copies.entry[copy]!;
    const layer = layerOf(overlay.offsets, number);
    const size = image.layers[layer]!.entries.size(number - overlay.offsets[layer]!);
    count++;
    stored += size;
    if (layers.at(-1) !== layer) layers.push(layer);
    if (copies.reason[copy] === VISIBLE) continue;
    const one = hiddenCopy(image, overlay, copies, copy);
    waste += size;
    shares[one.reason] = (shares[one.reason] ?? 0) + size;
    hidden.push(one);
  }
  const reason = wasteReasons.reduce((a, b) => ((shares[b] ?? 0) > (shares[a] ?? 0) ? b : a));
  const visible = stored - waste;
  return { path, stored, visible, waste, copies: count, reason, layers, hidden, churn: churnOf(path) };
}

function sortPlaces(image: WalkedImage, { offsets }: Overlay, copies: Copies): Int32Array {
  const waste = new Float64Array(copies.paths.length);
  for (let place = 0; place < waste.length; place++) {
    for (let copy = copies.first[place]!; copy >= 0; copy = copies.next[copy]!) {
      if (copies.reason[copy] === VISIBLE) continue;
      const layer = layerOf(offsets, copies.entry[copy]!);
      waste[place]! += image.layers[layer]!.entries.size(copies.entry[copy]! - offsets[layer]!);
    }
  }
  const names: (string | undefined)[] = [];
  const name = (place: number): string => {
    names[place] ??= image.paths.path(copies.paths[place]!);
    return names[place];
  };
  return Int32Array.from(waste.keys()).sort(
    (a, b) => waste[b]! - waste[a]! || (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0),
  );
}
