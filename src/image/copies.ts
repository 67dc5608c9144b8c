// The stored copies of paths that waste something, as columns, each hidden one with what happened to it next.
import { release } from "./blob/release.ts";
import { contentsOf } from "./content.ts";
import type { LayerEntries } from "./entries.ts";
import type { WalkedImage } from "./image.ts";
import { layerOf, type Overlay, REPLACED } from "./overlay.ts";
import { firstFrom } from "./sort.ts";

/** In `reason`: the copy is visible, or empty. */
export const VISIBLE = 255;
/** In `reason`; the order is that of `wasteReasons`. */
export const reasonCodes = { repeated: 0, retouched: 1, overwritten: 2, removed: 3, moved: 4 } as const;
/** Bits in `changed`; the order is that of `changes`. */
export const changeBits = { owner: 1, mode: 2, time: 4, xattrs: 8 } as const;

/**
 * Copies in archive order, layer by layer; entries are numbered as in the overlay. Where most is "none", none is 0: what
 * is never written takes no memory.
 */
export interface Copies {
  readonly count: number;
  readonly entry: Int32Array;
  readonly reason: Uint8Array;
  readonly changed: Uint8Array;
  /** One more than the entry with the content of a moved copy, else 0. */
  readonly movedTo: Int32Array;
  /** The next copy of the same path, or 0: the first of all is nobody's next. */
  readonly next: Int32Array;
  /** The paths that waste something, by first sight: ids, and the first copy of each. */
  readonly paths: Int32Array;
  readonly first: Int32Array;
  /** By path id: one more than its place in `paths`, or 0. */
  readonly place: Int32Array;
}

export function collectCopies(image: WalkedImage, overlay: Overlay): Copies {
  const { offsets, hiddenBy } = overlay;
  const place = new Int32Array(image.paths.count);
  let wasted = 0;
  forFiles(image, (entries, index, layer) => {
    const path = entries.path(index);
    if (hiddenBy[offsets[layer]! + index]! < 0 || entries.size(index) === 0 || place[path] !== 0) return;
    place[path] = ++wasted;
  });
  let count = 0;
  forFiles(image, (entries, index) => {
    if (place[entries.path(index)] !== 0) count++;
  });
  const copies: Copies = {
    count,
    entry: new Int32Array(count),
    reason: new Uint8Array(count).fill(VISIBLE),
    changed: new Uint8Array(count),
    movedTo: new Int32Array(count),
    next: new Int32Array(count),
    paths: new Int32Array(wasted),
    first: new Int32Array(wasted),
    place,
  };
  const last = new Int32Array(wasted);
  let copy = 0;
  forFiles(image, (entries, index, layer) => {
    const path = entries.path(index);
    const at = place[path]! - 1;
    if (at < 0) return;
    copies.entry[copy] = offsets[layer]! + index;
    copies.paths[at] = path;
    if (last[at] === 0) copies.first[at] = copy;
    else copies.next[last[at]! - 1] = copy;
    last[at] = ++copy;
  });
  release(last);
  judge(image, overlay, copies);
  return copies;
}

function forFiles(
  image: WalkedImage,
  visit: (entries: LayerEntries, index: number, layer: number) => void,
): void {
  for (const [layer, { entries }] of image.layers.entries()) {
    for (let index = 0; index < entries.count; index++) {
      if (entries.kind(index) === "file") visit(entries, index, layer);
    }
  }
}

/** Fills in the reasons. Contents are read only where sizes are equal. */
function judge(image: WalkedImage, overlay: Overlay, copies: Copies): void {
  const { offsets, hiddenBy, successor } = overlay;
  const contents = contentsOf(image, offsets);
  /** By layer: how many copies went with their paths. */
  const gone = new Int32Array(image.layers.length);
  for (let copy = 0; copy < copies.count; copy++) {
    const entry = copies.entry[copy]!;
    const layer = hiddenBy[entry]!;
    if (layer < 0 || contents.size(entry) === 0) continue;
    const after = successor[entry]!;
    if (after < 0) {
      copies.reason[copy] = after === REPLACED ? reasonCodes.overwritten : reasonCodes.removed;
      gone[layer]!++;
    } else if (contents.same(entry, after)) {
      const changed = changedBetween(image, offsets, entry, after);
      copies.changed[copy] = changed;
      copies.reason[copy] = changed === 0 ? reasonCodes.repeated : reasonCodes.retouched;
    } else copies.reason[copy] = reasonCodes.overwritten;
  }
  for (const [layer, count] of gone.entries()) {
    const kept = count === 0 ? none : keptFiles(image, overlay, layer);
    if (kept.length === 0) continue;
    const lost = new Int32Array(count);
    let found = 0;
    for (let copy = 0; copy < copies.count; copy++) {
      const entry = copies.entry[copy]!;
      if (hiddenBy[entry] !== layer || successor[entry]! >= 0) continue;
      if (contents.size(entry) > 0) lost[found++] = entry;
    }
    contents.match(lost, kept, (entry, like) => {
      // Copies are in the order of their entries.
      const copy = firstFrom(copies.entry, (other) => other - entry);
      copies.reason[copy] = reasonCodes.moved;
      copies.movedTo[copy] = like + 1;
    });
    release(lost);
    release(kept);
  }
}

const none = new Int32Array(0);

/** The files of a layer that are there when it ends, empty ones left out. */
function keptFiles(image: WalkedImage, { offsets, hiddenBy }: Overlay, layer: number): Int32Array {
  const { entries } = image.layers[layer]!;
  const keeps = (index: number): boolean =>
    entries.size(index) > 0 && hiddenBy[offsets[layer]! + index] !== layer;
  let count = 0;
  for (let index = 0; index < entries.count; index++) if (keeps(index)) count++;
  const kept = new Int32Array(count);
  for (let index = entries.count - 1; index >= 0; index--)
    if (keeps(index)) kept[--count] = offsets[layer]! + index;
  return kept;
}

function changedBetween(image: WalkedImage, offsets: Int32Array, a: number, b: number): number {
  const layerA = layerOf(offsets, a);
  const layerB = layerOf(offsets, b);
  const before = image.layers[layerA]!.entries;
  const after = image.layers[layerB]!.entries;
  const i = a - offsets[layerA]!;
  const j = b - offsets[layerB]!;
  return (
    (before.uid(i) !== after.uid(j) || before.gid(i) !== after.gid(j) ? changeBits.owner : 0) |
    (before.mode(i) !== after.mode(j) ? changeBits.mode : 0) |
    (before.mtime(i) !== after.mtime(j) ? changeBits.time : 0) |
    (before.xattrs(i) !== after.xattrs(j) ? changeBits.xattrs : 0)
  );
}
