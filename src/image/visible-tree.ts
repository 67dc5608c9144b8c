// The filesystem as the layers so far show it: what stands at each path, and what lies below each folder.

import { release } from "./blob/release.ts";
import type { PathTable } from "./entries.ts";

/** What stands at a path. */
export const Standing = { ABSENT: 0, DIRECTORY: 1, FILE: 2, SYMLINK: 3, OTHER: 4 } as const;

/** Paths are ids of the table; those that no entry names have ids behind it. */
export interface VisibleTree {
  /** A `Standing`. */
  kind(id: number): number;
  /** The entry behind a file or a symlink. */
  entry(id: number): number;
  parent(id: number): number;
  /** The last segment, one character a byte. */
  name(id: number): string;
  /** The path of that name below a folder; -1 for one never seen, unless `create`. */
  child(folder: number, name: string, create: boolean): number;
  /** Puts something at a path where nothing stands. */
  put(id: number, what: number, entry: number): void;
  /** Takes away what stands at a path, and all below. */
  remove(id: number): void;
  /** Takes away all below a folder. */
  clear(id: number): void;
  /** Every path at which a file stands; those that entries name come first. */
  files(visit: (id: number, entry: number) => void): void;
  /** The whole path. */
  path(id: number): string;
  /** Gives its memory back; of no use afterwards. */
  close(): void;
}

const { ABSENT, DIRECTORY, FILE } = Standing;

/** Only the root is there. `lost` is told of every file that goes, with the path it stood at. */
export function createTree(table: PathTable, lost: (entry: number, id: number) => void): VisibleTree {
  let room = table.count + 16;
  let kind = new Uint8Array(room);
  let node = new Int32Array(room);
  // The children of a folder as a linked list; 0, the root, is nobody's child and ends it.
  let first = new Int32Array(room);
  let next = new Int32Array(room);
  let previous = new Int32Array(room);
  kind[0] = DIRECTORY;

  const extraParents: number[] = [];
  const extraNames: string[] = [];
  const extraIds = new Map<string, number>();

  function parent(id: number): number {
    return id < table.count ? table.parent(id) : extraParents[id - table.count]!;
  }

  function grow(): void {
    const wider = <T extends Int32Array | Uint8Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    room *= 2;
    kind = wider(kind, new Uint8Array(room));
    node = wider(node, new Int32Array(room));
    first = wider(first, new Int32Array(room));
    next = wider(next, new Int32Array(room));
    previous = wider(previous, new Int32Array(room));
  }

  function take(id: number): void {
    if (kind[id] === FILE) lost(node[id]!, id);
    kind[id] = ABSENT;
  }

  const folders: number[] = [];
  function clear(id: number): void {
    folders.push(id);
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      let child = first[folder]!;
      first[folder] = 0;
      for (; child !== 0; child = next[child]!) {
        take(child);
        if (first[child] !== 0) folders.push(child);
      }
    }
  }

  function path(id: number): string {
    const names: string[] = [];
    let at = id;
    for (; at >= table.count; at = parent(at)) names.push(extraNames[at - table.count]!);
    const known = at === 0 ? "" : table.path(at);
    return [known, ...names.reverse().map((name) => Buffer.from(name, "latin1").toString())].join("/") || "/";
  }

  return {
    kind: (id) => kind[id]!,
    entry: (id) => node[id]!,
    parent,
    name: (id) => (id < table.count ? table.name(id) : extraNames[id - table.count]!),
    child(folder, name, create) {
      const key = `${folder}/${name}`;
      const known = (folder < table.count ? table.findChild(folder, name) : undefined) ?? extraIds.get(key);
      if (known !== undefined) return known;
      if (!create) return -1;
      const id = table.count + extraNames.length;
      extraParents.push(folder);
      extraNames.push(name);
      extraIds.set(key, id);
      if (id >= room) grow();
      return id;
    },
    put(id, what, entry) {
      const folder = parent(id);
      kind[id] = what;
      node[id] = entry;
      const head = first[folder]!;
      next[id] = head;
      previous[id] = 0;
      if (head !== 0) previous[head] = id;
      first[folder] = id;
    },
    remove(id) {
      const before = previous[id]!;
      const after = next[id]!;
      if (before !== 0) next[before] = after;
      else first[parent(id)] = after;
      if (after !== 0) previous[after] = before;
      take(id);
      clear(id);
    },
    clear,
    files(visit) {
      const end = table.count + extraNames.length;
      for (let id = 0; id < end; id++) if (kind[id] === FILE) visit(id, node[id]!);
    },
    path,
    close() {
      for (const array of [kind, node, first, next, previous]) release(array);
    },
  };
}
