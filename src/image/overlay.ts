// Applies an image's layers one over the other, as a runtime does, and tells for every stored file what hid it.
import type { EntryKind, LayerEntries, PathTable } from "./entries.ts";

/** What took the place of a hidden copy when no regular file did. */
export const REMOVED = -1;
/** The path became a directory, a symlink or a device. */
export const REPLACED = -2;

/**
 * What became of each entry. Entries are numbered through all layers: entry `i` of layer `l` has the number
 * `offsets[l] + i`. Only regular files are copies; for other kinds the figures mean nothing.
 */
export interface Overlay {
  readonly offsets: Int32Array;
  /** Per entry: the layer that hid the last name of this copy, or -1 when a name is visible at the end. */
  readonly hiddenBy: Int32Array;
  /** Per hidden copy: the entry whose content has its path in the layer that hid it, else REMOVED or REPLACED. */
  readonly successor: Int32Array;
}

const ABSENT = 0;
const DIRECTORY = 1;
const FILE = 2;
const SYMLINK = 3;
const OTHER = 4;

// Linux gives up (ELOOP) after 40 links, and no path there is longer than 4096 bytes.
const MOST_LINKS = 40;
const LONGEST_LINK = 4096;

/**
 * Applies the layers, base first. As the OCI image specification has it, whiteouts hide lower layers only,
 * wherever they stand in theirs. Where it is silent (an entry below a symlink of a lower layer), this follows
 * containerd and umoci: the symlink is followed inside the image; a directory entry for it replaces it. Time is
 * linear in the entries: each name is linked once and unlinked once.
 */
export function applyLayers(table: PathTable, layers: readonly LayerEntries[]): Overlay {
  const offsets = new Int32Array(layers.length + 1);
  layers.forEach((layer, index) => {
    offsets[index + 1] = offsets[index]! + layer.count;
  });
  const entries = offsets[layers.length]!;
  const hiddenBy = new Int32Array(entries).fill(-1);
  const successor = new Int32Array(entries).fill(REMOVED);
  const names = new Int32Array(entries); // visible names of a copy

  // The visible tree, by path id: what stands there, the entry behind it, and the children as a linked list.
  let room = table.count + 16;
  let kind = new Uint8Array(room);
  let node = new Int32Array(room);
  let first = new Int32Array(room).fill(-1);
  let next = new Int32Array(room).fill(-1);
  let previous = new Int32Array(room).fill(-1);
  kind[0] = DIRECTORY;

  // Paths that no entry names, reached through symlinks, get ids behind the table's.
  const extraParents: number[] = [];
  const extraPaths: string[] = [];
  const extraIds = new Map<string, number>();
  const parentOf = (id: number): number =>
    id < table.count ? table.parent(id) : extraParents[id - table.count]!;
  const pathOf = (id: number): string => (id < table.count ? table.path(id) : extraPaths[id - table.count]!);
  const nameOf = (id: number): string => {
    const path = pathOf(id);
    return path.slice(path.lastIndexOf("/") + 1);
  };
  const childOf = (parent: number, name: string, create: boolean): number => {
    const path = parent === 0 ? `/${name}` : `${pathOf(parent)}/${name}`;
    const known = table.find(path) ?? extraIds.get(path);
    if (known !== undefined) return known;
    if (!create) return -1;
    const id = table.count + extraPaths.length;
    extraParents.push(parent);
    extraPaths.push(path);
    extraIds.set(path, id);
    if (id >= room) grow();
    return id;
  };
  const grow = (): void => {
    const wider = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const fresh = new Int32Array(room * 2).fill(-1);
      fresh.set(old);
      return fresh;
    };
    const kinds = new Uint8Array(room * 2);
    kinds.set(kind);
    kind = kinds;
    node = wider(node);
    first = wider(first);
    next = wider(next);
    previous = wider(previous);
    room *= 2;
  };

  let current = 0; // the layer being applied
  // Copies that lost a name in this layer. Until the layer ends `successor` holds that name (the copy's own path
  // if that is among several), because what comes to stand there, or a hardlink that keeps it, may come later.
  let lost: number[] = [];
  // What a path of lower layers held before this one hid it: a hardlink beside the whiteout of its target still means that.
  const hidden = new Map<number, number>();
  let hardlinks = false;
  const relinked = new Set<number>(); // paths that this layer made names of lower layers' copies

  const lose = (copy: number, path: number): void => {
    if (hardlinks && copy < offsets[current]! && !relinked.has(path)) hidden.set(path, copy);
    names[copy]!--;
    lost.push(copy);
    const layer = layerOf(offsets, copy);
    const own = layers[layer]!.path(copy - offsets[layer]!);
    if (successor[copy]! < 0 || path === own) successor[copy] = path;
  };
  const put = (id: number, parent: number, what: number, entry: number): void => {
    kind[id] = what;
    node[id] = entry;
    const head = first[parent]!;
    next[id] = head;
    previous[id] = -1;
    if (head >= 0) previous[head] = id;
    first[parent] = id;
  };
  const stack: number[] = [];
  const drainStack = (): void => {
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (kind[id] === FILE) lose(node[id]!, id);
      for (let child = first[id]!; child >= 0; child = next[child]!) stack.push(child);
      first[id] = -1;
      kind[id] = ABSENT;
    }
  };
  const remove = (id: number): void => {
    const before = previous[id]!;
    const after = next[id]!;
    if (before >= 0) next[before] = after;
    else first[parentOf(id)] = after;
    if (after >= 0) previous[after] = before;
    stack.push(id);
    drainStack();
  };
  const clear = (id: number): void => {
    for (let child = first[id]!; child >= 0; child = next[child]!) stack.push(child);
    first[id] = -1;
    drainStack();
  };

  /**
   * The directory that `path` means, symlinks on the way followed; -1 when there is none. With `create` missing
   * ones are made, as unpacking makes them. `blocked` says of a symlink that this layer itself replaces it.
   */
  const directory = (path: number, create: boolean, blocked?: (id: number) => boolean): number => {
    if (kind[path] === DIRECTORY) return path;
    const ahead: string[] = []; // names still to go, last one first
    let at = path;
    for (; kind[at] !== DIRECTORY; at = parentOf(at)) ahead.push(nameOf(at));
    let links = 0;
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      if (name === "" || name === ".") continue;
      if (name === "..") {
        at = parentOf(at);
        continue;
      }
      const id = childOf(at, name, create);
      if (id < 0) return -1;
      if (kind[id] === SYMLINK && links < MOST_LINKS && !blocked?.(id)) {
        const layer = layerOf(offsets, node[id]!);
        const text = layers[layer]!.linkText(node[id]! - offsets[layer]!) ?? "";
        if (text !== "" && text.length <= LONGEST_LINK) {
          links++;
          if (text.startsWith("/")) at = 0;
          ahead.push(...text.split("/").reverse());
          continue;
        }
      }
      if (kind[id] !== DIRECTORY) {
        if (!create) return -1;
        if (kind[id] !== ABSENT) remove(id);
        put(id, at, DIRECTORY, -1);
      }
      at = id;
    }
    return at;
  };
  /** Where an entry for `path` really lands: itself unless a symlink stands on the way; -1 when nowhere. */
  const place = (path: number, create: boolean, blocked?: (id: number) => boolean): number => {
    const parent = parentOf(path);
    const folder = directory(parent, create, blocked);
    return folder === parent || folder < 0 ? (folder < 0 ? -1 : path) : childOf(folder, nameOf(path), create);
  };

  const applyWhiteouts = (layer: LayerEntries): void => {
    let directories: Set<number> | undefined;
    const blocked = (id: number): boolean => {
      directories ??= new Set(
        Array.from({ length: layer.count }, (_, index) => index)
          .filter((index) => layer.kind(index) === "directory")
          .map((index) => layer.path(index)),
      );
      return directories.has(id);
    };
    for (let index = 0; index < layer.count; index++) {
      const what = layer.kind(index);
      if (what !== "whiteout" && what !== "opaque") continue;
      const id = layer.path(index) === 0 ? 0 : place(layer.path(index), false, blocked);
      if (id < 0) continue;
      if (what === "opaque" ? kind[id] === DIRECTORY : id === 0) clear(id);
      else if (what === "whiteout" && kind[id] !== ABSENT) remove(id);
    }
  };

  const linked = (path: number): { readonly what: number; readonly entry: number } => {
    const id = path === 0 ? 0 : place(path, false);
    if (id >= 0 && (kind[id] === FILE || kind[id] === SYMLINK)) return { what: kind[id]!, entry: node[id]! };
    const before = hidden.get(id) ?? hidden.get(path);
    return before === undefined ? { what: OTHER, entry: -1 } : { what: FILE, entry: before };
  };

  const applyEntry = (layer: LayerEntries, index: number): void => {
    const what = layer.kind(index);
    if (what === "whiteout" || what === "opaque") return;
    const entry = offsets[current]! + index;
    const path = layer.path(index);
    if (path === 0) {
      // The root cannot be anything but a directory; a file in its place is stored and never seen.
      if (what === "file") hiddenBy[entry] = current;
      return;
    }
    const target = what === "hardlink" ? linked(layer.linkPath(index) ?? path) : undefined;
    const id = place(path, true);
    if (what === "directory") {
      if (kind[id] === DIRECTORY) return;
      if (kind[id] !== ABSENT) remove(id);
      put(id, parentOf(id), DIRECTORY, entry);
      return;
    }
    // Counted before the old name goes: a hardlink written again must not lose its content in between.
    if (target?.what === FILE) names[target.entry]!++;
    if (kind[id] !== ABSENT) remove(id);
    if (target !== undefined) {
      put(id, parentOf(id), target.what, target.entry);
      if (target.what === FILE && target.entry < offsets[current]!) relinked.add(id);
    } else if (what === "file") {
      names[entry] = 1;
      put(id, parentOf(id), FILE, entry);
    } else put(id, parentOf(id), what === "symlink" ? SYMLINK : OTHER, entry);
  };

  const settle = (): void => {
    for (const copy of lost) {
      const name = successor[copy]!;
      if (hiddenBy[copy]! >= 0) continue;
      if (names[copy]! > 0) {
        successor[copy] = REMOVED;
        continue;
      }
      hiddenBy[copy] = current;
      if (kind[name] === FILE) successor[copy] = node[name]!;
      else successor[copy] = kind[name] === ABSENT ? REMOVED : REPLACED;
    }
    lost = [];
    hidden.clear();
    relinked.clear();
  };

  for (const layer of layers) {
    hardlinks = has(layer, "hardlink");
    applyWhiteouts(layer);
    for (let index = 0; index < layer.count; index++) applyEntry(layer, index);
    settle();
    current++;
  }
  return { offsets, hiddenBy, successor };
}

function has(layer: LayerEntries, kind: EntryKind): boolean {
  for (let index = 0; index < layer.count; index++) if (layer.kind(index) === kind) return true;
  return false;
}

/** The layer of the entry with this number. */
export function layerOf(offsets: Int32Array, entry: number): number {
  let low = 0;
  let high = offsets.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets[middle]! <= entry) low = middle;
    else high = middle - 1;
  }
  return low;
}
