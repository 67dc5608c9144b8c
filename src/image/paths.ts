// Interns paths byte by byte: one node per path, a parent id and the last segment's bytes in an arena.

import { release } from "./blob/release.ts";
import type { PathTable } from "./entries.ts";
import { ImageError } from "./error.ts";

const SLASH = 47;
const DOT = 46;

/** Instead of an id: the path leaves the root. */
export const OUTSIDE = -1;
/** Instead of an id: the path lies in one of aufs' own folders, ".wh..wh.plnk" and the like, which no image shows. */
export const AUFS = -2;

export interface PathInterner extends PathTable {
  /** The id of a name below a folder, added if it is new; the name is no "." or "..". */
  child(parent: number, bytes: Uint8Array, start: number, end: number): number;
  /** The id of a path, added if it is new, or OUTSIDE or AUFS; empty and "." segments vanish, ".." goes up. */
  intern(bytes: Uint8Array, start: number, end: number): number;
  /** The same, for paths of which many in a row are equal: folders. */
  folder(bytes: Uint8Array, start: number, end: number): number;
}

/** An empty table that may grow to `limit` paths; one more throws an ImageError. */
export function createPaths(limit: number): PathInterner {
  // Colliding names could otherwise be prepared; ids do not depend on the seed.
  const seed = Math.floor(Math.random() * 2 ** 31);
  // All start small and grow early: code that first runs when the hot loops are optimized would undo that.
  let count = 1;
  let parents = new Uint32Array(4);
  /** Where each name starts in the arena; it ends where the next one starts. */
  let starts = new Uint32Array(5);
  let arena = new Uint8Array(16);
  /** Ids by the hashes of parent and name, with as much of the hash above them as there is room for; 0 is free. */
  let slots = new Uint32Array(8);
  const idBits = 32 - Math.clz32(limit);
  const idMask = idBits === 32 ? -1 : (1 << idBits) - 1;

  const lastFolder = new Uint8Array(512);
  let lastFolderLength = -1;
  let lastFolderId = 0;
  /** Room for the path that is put together, used again: many thousands of them are asked for in a row. */
  let spelled = Buffer.allocUnsafeSlow(1024);

  /** The slot of a name, found or free. */
  function search(hash: number, parent: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = slots.length - 1;
    const length = end - start;
    const tag = hash & ~idMask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const value = slots[slot]!;
      if (value === 0) return slot;
      if (((value ^ tag) & ~idMask) !== 0) continue;
      const id = value & idMask;
      if (parents[id] !== parent) continue;
      const at = starts[id]!;
      if (starts[id + 1]! - at !== length) continue;
      let i = 0;
      while (i < length && arena[at + i] === bytes[start + i]) i++;
      if (i === length) return slot;
    }
  }

  function hashOf(parent: number, bytes: Uint8Array, start: number, end: number): number {
    let value = Math.imul(parent ^ seed, 0x9e3779b1);
    for (let i = start; i < end; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
    value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
    return (value ^ (value >>> 13)) >>> 0;
  }

  function child(parent: number, bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(parent, bytes, start, end);
    const slot = search(hash, parent, bytes, start, end);
    const found = slots[slot]! & idMask;
    if (found !== 0) return found;
    if (count >= limit) throw new ImageError(`the image holds more than ${limit} paths`);
    const at = starts[count]!;
    const length = end - start;
    if (at + length > arena.length) arena = grown(arena, at + length);
    // Each by itself: they round differently as they grow, and a write beyond the end is lost without a word.
    if (count >= parents.length) parents = grown(parents, count + 1);
    if (count + 2 > starts.length) starts = grown(starts, count + 2);
    for (let i = 0; i < length; i++) arena[at + i] = bytes[start + i]!;
    parents[count] = parent;
    starts[count + 1] = at + length;
    slots[slot] = (hash & ~idMask) | count;
    count++;
    if (count * 2 > slots.length) rehash();
    return count - 1;
  }

  function rehash(): void {
    const { length } = slots;
    release(slots);
    slots = new Uint32Array(2 * length);
    const mask = 2 * length - 1;
    for (let id = 1; id < count; id++) {
      const hash = hashOf(parents[id]!, arena, starts[id]!, starts[id + 1]!);
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = (hash & ~idMask) | id;
    }
  }

  /** The id of a name below a folder; 0 if it is new. */
  function known(parent: number, bytes: Uint8Array, start: number, end: number): number {
    return slots[search(hashOf(parent, bytes, start, end), parent, bytes, start, end)]! & idMask;
  }

  /** Walks all segments; with `add` false, undefined for a path not seen. */
  function walk(bytes: Uint8Array, start: number, end: number, add: boolean): number | undefined {
    let id = 0;
    let at = start;
    while (at < end) {
      let stop = at;
      while (stop < end && bytes[stop] !== SLASH) stop++;
      if (stop > at && bytes[at] !== DOT) {
        id = add ? child(id, bytes, at, stop) : known(id, bytes, at, stop);
        if (id === 0) return undefined;
      } else if (stop - at === 2 && bytes[at + 1] === DOT) {
        if (id === 0) return OUTSIDE;
        id = parents[id]!;
      } else if (stop - at > 1) {
        if (isAufsName(bytes, at, stop)) return AUFS;
        id = add ? child(id, bytes, at, stop) : known(id, bytes, at, stop);
        if (id === 0) return undefined;
      }
      at = stop + 1;
    }
    return id;
  }

  function folder(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length === lastFolderLength && startsWith(bytes, start, lastFolder, length)) return lastFolderId;
    const id = walk(bytes, start, end, true)!;
    if (length > lastFolder.length) return id;
    for (let i = 0; i < length; i++) lastFolder[i] = bytes[start + i]!;
    lastFolderLength = length;
    lastFolderId = id;
    return id;
  }

  /** Compares last segments; a tail is the byte that follows one in its path, -1 for none. */
  function compareNames(a: number, tailA: number, b: number, tailB: number): number {
    const startA = starts[a]!;
    const startB = starts[b]!;
    const lengthA = starts[a + 1]! - startA;
    const lengthB = starts[b + 1]! - startB;
    const common = Math.min(lengthA, lengthB);
    for (let i = 0; i < common; i++) {
      const difference = arena[startA + i]! - arena[startB + i]!;
      if (difference !== 0) return difference;
    }
    return (
      (common < lengthA ? arena[startA + common]! : tailA) -
      (common < lengthB ? arena[startB + common]! : tailB)
    );
  }

  function compare(a: number, b: number): number {
    let x = a;
    let y = b;
    for (let deeper = depth(a) - depth(b); deeper !== 0; deeper -= Math.sign(deeper)) {
      if (deeper > 0) x = parents[x]!;
      else y = parents[y]!;
    }
    // One is the other, or lies below it.
    if (x === y) return a === b ? 0 : x === a ? -1 : 1;
    while (parents[x] !== parents[y]) {
      x = parents[x]!;
      y = parents[y]!;
    }
    return compareNames(x, x === a ? -1 : SLASH, y, y === b ? -1 : SLASH);
  }

  function depth(id: number): number {
    let found = 0;
    for (let at = id; at !== 0; at = parents[at]!) found++;
    return found;
  }

  function path(id: number): string {
    if (id === 0) return "/";
    let length = 0;
    for (let at = id; at !== 0; at = parents[at]!) length += 1 + starts[at + 1]! - starts[at]!;
    if (length > spelled.length) spelled = Buffer.allocUnsafeSlow(2 * length);
    let to = length;
    for (let at = id; at !== 0; at = parents[at]!) {
      const start = starts[at]!;
      for (let from = starts[at + 1]! - 1; from >= start; from--) spelled[--to] = arena[from]!;
      spelled[--to] = SLASH;
    }
    return spelled.toString("utf8", 0, length);
  }

  return {
    get count() {
      return count;
    },
    parent: (id) => parents[id] ?? 0,
    path,
    compare,
    compareNames: (a, b) => compareNames(a, -1, b, -1),
    find(text) {
      const bytes = Buffer.from(text);
      const id = walk(bytes, 0, bytes.length, false);
      return id === undefined || id < 0 ? undefined : id;
    },
    name: (id) => Buffer.from(arena.subarray(starts[id]!, starts[id + 1]!)).toString("latin1"),
    findChild(folder, name) {
      const bytes = Buffer.from(name, "latin1");
      return known(folder, bytes, 0, bytes.length) || undefined;
    },
    child,
    intern: (bytes, start, end) => walk(bytes, start, end, true)!,
    folder,
  };
}

/** ".wh..wh." and something behind it. */
function isAufsName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8) return false;
  for (let i = 0; i < 8; i++) if (bytes[start + i] !== ".wh.".charCodeAt(i & 3)) return false;
  return true;
}

function startsWith(bytes: Uint8Array, from: number, prefix: Uint8Array, length: number): boolean {
  // Backwards: folders of one archive differ at their ends.
  for (let i = length - 1; i >= 0; i--) if (bytes[from + i] !== prefix[i]) return false;
  return true;
}

function grown<T extends Uint8Array | Uint32Array>(array: T, atLeast: number): T {
  const length = Math.max(atLeast, Math.ceil(array.length * 1.6));
  const copy = (array instanceof Uint32Array ? new Uint32Array(length) : new Uint8Array(length)) as T;
  copy.set(array);
  release(array);
  return copy;
}
