// Which stored copies are equal in content: hashes are taken only where sizes meet. Columns all through: an image may
// have a million files to compare.
import type { WalkedImage } from "./image.ts";
import { layerOf } from "./overlay.ts";
import { firstFrom, sortNumbers } from "./sort.ts";

/** The files of an image by entry number (see Overlay). */
export interface Contents {
  size(entry: number): number;
  same(a: number, b: number): boolean;
  /** Those of equal size and content, two at least, empty files left out. Sorts what it is given. */
  groups(entries: Int32Array): Iterable<readonly number[]>;
  /**
   * Tells of each of `wanted` that has its like among `others`: one with the same file name if there is one. Sorts
   * what it is given, and leaves some out.
   */
  match(wanted: Int32Array, others: Int32Array, found: (wanted: number, like: number) => void): void;
}

export function contentsOf(image: WalkedImage, offsets: Int32Array): Contents {
  function size(entry: number): number {
    const layer = layerOf(offsets, entry);
    return image.layers[layer]!.entries.size(entry - offsets[layer]!);
  }

  function path(entry: number): number {
    const layer = layerOf(offsets, entry);
    return image.layers[layer]!.entries.path(entry - offsets[layer]!);
  }

  function hash(entry: number): bigint {
    const layer = layerOf(offsets, entry);
    return image.contentHash(layer, entry - offsets[layer]!);
  }

  function same(a: number, b: number): boolean {
    if (size(a) !== size(b)) return false;
    const layerA = layerOf(offsets, a);
    const layerB = layerOf(offsets, b);
    return image.sameContent(layerA, a - offsets[layerA]!, layerB, b - offsets[layerB]!);
  }

  const bySize = (a: number, b: number): number => size(a) - size(b);

  function* groups(entries: Int32Array): Iterable<readonly number[]> {
    sortNumbers(entries, bySize);
    for (let at = 0, end = 0; at < entries.length; at = end) {
      end = at + 1;
      while (end < entries.length && size(entries[end]!) === size(entries[at]!)) end++;
      if (end - at < 2 || size(entries[at]!) === 0) continue;
      const alike = entries.subarray(at, end);
      // A comparison of two stops at the first difference; hashing reads both to the end.
      if (alike.length > 2) yield* equalHashes(alike);
      else if (same(alike[0]!, alike[1]!)) yield [...alike];
    }
  }

  function* equalHashes(entries: Int32Array): Iterable<readonly number[]> {
    const { order, compare } = sortedByHash(entries, () => 0);
    for (let at = 0, end = 0; at < order.length; at = end) {
      end = at + 1;
      while (end < order.length && compare(order[end]!, order[at]!) === 0) end++;
      if (end - at > 1) yield [...order.subarray(at, end)].map((place) => entries[place]!);
    }
  }

  /** The places of entries by the hashes of their contents, then as `then` says, then as they come. */
  function sortedByHash(entries: Int32Array, then: (a: number, b: number) => number) {
    // One more than there are, for a hash that is looked for.
    const hashes = new BigUint64Array(entries.length + 1);
    const words = new Uint32Array(hashes.buffer);
    const order = new Int32Array(entries.length);
    for (let place = 0; place < entries.length; place++) {
      hashes[place] = hash(entries[place]!);
      order[place] = place;
    }
    const compare = (a: number, b: number): number =>
      words[2 * a]! - words[2 * b]! || words[2 * a + 1]! - words[2 * b + 1]!;
    sortNumbers(order, (a, b) => compare(a, b) || then(entries[a]!, entries[b]!));
    return { hashes, order, compare };
  }

  const match: Contents["match"] = (wanted, others, found) => {
    sortNumbers(others, bySize);
    let count = 0;
    for (const entry of wanted) {
      const place = firstFrom(others, (other) => size(other) - size(entry));
      if (place < others.length && size(others[place]!) === size(entry)) wanted[count++] = entry;
    }
    const sought = wanted.subarray(0, count);
    sortNumbers(sought, bySize);
    for (let at = 0, from = 0; at < sought.length; ) {
      const bytes = size(sought[at]!);
      const end = at + firstFrom(sought.subarray(at), (entry) => (size(entry) > bytes ? 1 : -1));
      while (size(others[from]!) < bytes) from++;
      const to = from + firstFrom(others.subarray(from), (entry) => (size(entry) > bytes ? 1 : -1));
      matchAlike(sought.subarray(at, end), others.subarray(from, to), found);
      at = end;
      from = to;
    }
  };

  function matchAlike(wanted: Int32Array, others: Int32Array, found: (a: number, b: number) => void): void {
    if (wanted.length === 1 && others.length === 1) {
      if (same(wanted[0]!, others[0]!)) found(wanted[0]!, others[0]!);
      return;
    }
    const names = (a: number, b: number): number => image.paths.compareNames(path(a), path(b));
    const { hashes, order, compare } = sortedByHash(others, names);
    const own = others.length;
    for (const entry of wanted) {
      hashes[own] = hash(entry);
      const first = order[firstFrom(order, (place) => compare(place, own))];
      if (first === undefined || compare(first, own) !== 0) continue;
      const named = order[firstFrom(order, (place) => compare(place, own) || names(others[place]!, entry))];
      const alike = named !== undefined && compare(named, own) === 0 && names(others[named]!, entry) === 0;
      found(entry, others[alike ? named : first]!);
    }
  }

  return { size, same, groups, match };
}
