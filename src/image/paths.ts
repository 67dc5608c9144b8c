// Interns paths byte by byte: one node per path, a parent id and the last segment's bytes in an arena.

import { randomInt } from "node:crypto";
import type { PathTable } from "./entries.ts";
import { ImageError } from "./error.ts";

const SLASH = 47;
const DOT = 46;

export interface PathInterner extends PathTable {
  /** The id of the last segment below a folder, added if it is new. */
  child(parent: number, bytes: Uint8Array, start: number, end: number): number;
  /**
   * The id of a path from the root, added if it is new; empty and "." segments vanish, ".." goes up.
   * -1 for a path that leaves the root.
   */
  intern(bytes: Uint8Array, start: number, end: number): number;
}

/** An empty table that may grow to `limit` paths; one more throws an ImageError. */
export function createPaths(limit: number): PathInterner {
  // Colliding names could otherwise be prepared; ids do not depend on the seed.
  const seed = randomInt(2 ** 31);
  let count = 1;
  let parents = new Uint32Array(1024);
  /** Where each name starts in the arena; it ends where the next one starts. */
  let starts = new Uint32Array(1025);
  let arena = new Uint8Array(16 * 1024);
  let slots = new Uint32Array(4096);

  // Entries of one folder mostly follow each other: the last folder is kept with its spelling.
  const lastFolder = new Uint8Array(512);
  let lastFolderLength = -1;
  let lastFolderId = 0;

  function hash(parent: number, bytes: Uint8Array, start: number, end: number): number {
    let value = Math.imul(parent ^ seed, 0x9e3779b1);
    for (let i = start; i < end; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
    value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
    return (value ^ (value >>> 13)) >>> 0;
  }

  function search(parent: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = slots.length - 1;
    const length = end - start;
    for (let slot = hash(parent, bytes, start, end) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id === 0) return -slot - 1;
      if (parents[id] !== parent) continue;
      const at = starts[id]!;
      if (starts[id + 1]! - at !== length) continue;
      let i = 0;
      while (i < length && arena[at + i] === bytes[start + i]) i++;
      if (i === length) return id;
    }
  }

  function child(parent: number, bytes: Uint8Array, start: number, end: number): number {
    const found = search(parent, bytes, start, end);
    if (found >= 0) return found;
    if (count >= limit) throw new ImageError(`the image holds more than ${limit} paths`);
    const at = starts[count]!;
    const length = end - start;
    if (at + length > arena.length) arena = grown(arena, at + length);
    if (count + 2 > starts.length) {
      parents = grown(parents, count + 1);
      starts = grown(starts, parents.length + 1);
    }
    for (let i = 0; i < length; i++) arena[at + i] = bytes[start + i]!;
    parents[count] = parent;
    starts[count + 1] = at + length;
    slots[-found - 1] = count;
    count++;
    if (count * 2 > slots.length) rehash();
    return count - 1;
  }

  function rehash(): void {
    slots = new Uint32Array(slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 1; id < count; id++) {
      let slot = hash(parents[id]!, arena, starts[id]!, starts[id + 1]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
  }

  /** Walks all segments; with `add` false, undefined for a path not seen. */
  function walk(bytes: Uint8Array, start: number, end: number, add: boolean): number | undefined {
    let id = 0;
    let at = start;
    while (at < end) {
      let stop = at;
      while (stop < end && bytes[stop] !== SLASH) stop++;
      const length = stop - at;
      if (length === 0 || (length === 1 && bytes[at] === DOT)) {
        // nothing to enter
      } else if (length === 2 && bytes[at] === DOT && bytes[at + 1] === DOT) {
        if (id === 0) return -1;
        id = parents[id]!;
      } else if (add) {
        id = child(id, bytes, at, stop);
      } else {
        id = search(id, bytes, at, stop);
        if (id < 0) return undefined;
      }
      at = stop + 1;
    }
    return id;
  }

  function intern(bytes: Uint8Array, from: number, to: number): number {
    let end = to;
    while (end > from && bytes[end - 1] === SLASH) end--;
    let slash = end - 1;
    while (slash >= from && bytes[slash] !== SLASH) slash--;
    if (slash < from || isDots(bytes, slash + 1, end)) return walk(bytes, from, end, true)!;

    const length = slash - from;
    if (length !== lastFolderLength || !startsWith(bytes, from, lastFolder, length)) {
      const id = walk(bytes, from, slash, true)!;
      if (id < 0) return -1;
      lastFolderLength = -1;
      if (length <= lastFolder.length) {
        for (let i = 0; i < length; i++) lastFolder[i] = bytes[from + i]!;
        lastFolderLength = length;
      }
      lastFolderId = id;
    }
    return child(lastFolderId, bytes, slash + 1, end);
  }

  function path(id: number): string {
    if (id === 0) return "/";
    let length = 0;
    for (let at = id; at !== 0; at = parents[at]!) length += 1 + starts[at + 1]! - starts[at]!;
    const bytes = Buffer.allocUnsafe(length);
    for (let at = id; at !== 0; at = parents[at]!) {
      const name = arena.subarray(starts[at]!, starts[at + 1]!);
      length -= name.length;
      bytes.set(name, length);
      bytes[--length] = SLASH;
    }
    return bytes.toString("utf8");
  }

  return {
    get count() {
      return count;
    },
    parent: (id) => parents[id] ?? 0,
    path,
    find(text) {
      const bytes = Buffer.from(text);
      const id = walk(bytes, 0, bytes.length, false);
      return id === -1 ? undefined : id;
    },
    child,
    intern,
  };
}

function isDots(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== DOT) return false;
  return end - start === 1 || (end - start === 2 && bytes[start + 1] === DOT);
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
  return copy;
}
