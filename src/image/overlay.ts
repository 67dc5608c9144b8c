// Applies an image's layers one over the other, as a runtime does, and tells for every stored file what hid it.
import { release } from "./blob/release.ts";
import type { EntryKind, LayerEntries, PathTable } from "./entries.ts";
import { ImageError } from "./error.ts";
import { createTree, Standing } from "./visible-tree.ts";

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

const { ABSENT, DIRECTORY, FILE, OTHER, SYMLINK } = Standing;

// Linux gives up (ELOOP) after 40 links, and no path there is longer than 4096 bytes.
const MOST_LINKS = 40;
const LONGEST_LINK = 4096;
// Far more than any image takes: each step is a folder made, or a part of a link followed, and 100 an entry come on top.
const MOST_STEPS = 1_000_000;

/**
 * Applies the layers, base first. As the OCI image specification has it, whiteouts hide lower layers only,
 * wherever they stand in theirs. Where it is silent (an entry below a symlink of a lower layer), this does what umoci
 * and those of containerd's snapshotters do that unpack into the whole tree: the symlink is followed inside the image;
 * a directory entry for it replaces it. On overlay, containerd and Docker unpack into a folder of the layer's own,
 * where they see no lower symlink; in practice builders write real paths, so that all agree. Time is linear in the
 * entries: each name is linked once and unlinked once.
 *
 * `otherNames` is filled with a path of each visible copy that does not stand at its own, which went or led elsewhere.
 */
export function applyLayers(
  table: PathTable,
  layers: readonly LayerEntries[],
  otherNames?: Map<number, string>,
): Overlay {
  const offsets = new Int32Array(layers.length + 1);
  layers.forEach((layer, index) => {
    offsets[index + 1] = offsets[index]! + layer.count;
  });
  const entries = offsets[layers.length]!;
  const hiddenBy = new Int32Array(entries).fill(-1);
  const successor = new Int32Array(entries).fill(REMOVED);
  const names = new Int32Array(entries); // visible names of a copy

  let current = 0; // the layer being applied
  // Copies that lost a name in this layer. Until the layer ends `successor` holds that name (the copy's own path
  // if that is among several), because what comes to stand there, or a hardlink that keeps it, may come later.
  const lost = new Int32Array(entries);
  let losses = 0;
  // By path: one more than the entry of lower layers that this one hid. A hardlink beside the whiteout of its target
  // still means that. And which paths this layer made names of lower layers' copies.
  let hidden = none32;
  let relinked = none8;
  let steps = MOST_STEPS + 100 * entries;

  const lose = (copy: number, path: number): void => {
    if (copy < offsets[current]! && relinked[path] === 0) hidden[path] = copy + 1;
    names[copy]!--;
    lost[losses++] = copy;
    const layer = layerOf(offsets, copy);
    const own = layers[layer]!.path(copy - offsets[layer]!);
    if (successor[copy]! < 0 || path === own) successor[copy] = path;
  };
  const tree = createTree(table, lose);

  /**
   * The directory that `path` means, symlinks on the way followed; -1 when there is none. With `create` missing
   * ones are made, as unpacking makes them. `blocked` says of a symlink that this layer itself replaces it.
   */
  const directory = (path: number, create: boolean, blocked?: (id: number) => boolean): number => {
    if (tree.kind(path) === DIRECTORY) return path;
    // What is still to go, last one first: paths, and names where a link led elsewhere.
    const ahead: (number | string)[] = [];
    let at = path;
    for (; tree.kind(at) !== DIRECTORY; at = tree.parent(at)) ahead.push(at);
    let links = 0;
    for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
      if (--steps < 0) throw new ImageError("the folders and links of the layers are too entangled");
      if (part === "" || part === ".") continue;
      if (part === "..") {
        at = tree.parent(at);
        continue;
      }
      const known = typeof part === "number" && tree.parent(part) === at ? part : undefined;
      const id = known ?? tree.child(at, typeof part === "number" ? tree.name(part) : part, create);
      if (id < 0) return -1;
      const kind = tree.kind(id);
      if (kind === SYMLINK && links < MOST_LINKS && !blocked?.(id)) {
        const layer = layerOf(offsets, tree.entry(id));
        const bytes = layers[layer]!.linkBytes(tree.entry(id) - offsets[layer]!) ?? none8;
        const text = Buffer.from(bytes).toString("latin1");
        if (text !== "" && text.length <= LONGEST_LINK) {
          links++;
          if (text.startsWith("/")) at = 0;
          ahead.push(...text.split("/").reverse());
          continue;
        }
      }
      if (kind !== DIRECTORY) {
        if (!create) return -1;
        if (kind !== ABSENT) tree.remove(id);
        tree.put(id, DIRECTORY, -1);
      }
      at = id;
    }
    return at;
  };
  /** Where an entry for `path` really lands: itself unless a symlink stands on the way; -1 when nowhere. */
  const place = (path: number, create: boolean, blocked?: (id: number) => boolean): number => {
    const parent = tree.parent(path);
    const folder = directory(parent, create, blocked);
    if (folder === parent) return path;
    return folder < 0 ? -1 : tree.child(folder, tree.name(path), create);
  };

  const applyWhiteouts = (layer: LayerEntries): void => {
    let directories: Set<number> | undefined;
    const blocked = (id: number): boolean => {
      directories ??= pathsOf(layer, "directory");
      return directories.has(id);
    };
    for (let index = 0; index < layer.count; index++) {
      const what = layer.kind(index);
      if (what !== "whiteout" && what !== "opaque") continue;
      const path = layer.path(index);
      // An opaque whiteout lies within its folder, so a symlink at the folder's own path is followed, too.
      if (what === "opaque" || path === 0) {
        const id = directory(path, false, blocked);
        if (id >= 0) tree.clear(id);
        continue;
      }
      const id = place(path, false, blocked);
      if (id >= 0 && tree.kind(id) !== ABSENT) tree.remove(id);
    }
  };

  const linked = (path: number): { readonly what: number; readonly entry: number } => {
    const id = path === 0 ? 0 : place(path, false);
    const what = id < 0 ? ABSENT : tree.kind(id);
    if (what === FILE || what === SYMLINK) return { what, entry: tree.entry(id) };
    const before = hidden[id] || hidden[path] || 0;
    return before === 0 ? { what: OTHER, entry: -1 } : { what: FILE, entry: before - 1 };
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
    const before = tree.kind(id);
    if (what === "directory") {
      if (before === DIRECTORY) return;
      if (before !== ABSENT) tree.remove(id);
      tree.put(id, DIRECTORY, entry);
      return;
    }
    // Counted before the old name goes: a hardlink written again must not lose its content in between.
    if (target?.what === FILE) names[target.entry]!++;
    if (before !== ABSENT) tree.remove(id);
    if (target !== undefined) {
      tree.put(id, target.what, target.entry);
      if (target.what === FILE && target.entry < offsets[current]!) relinked[id] = 1;
    } else if (what === "file") {
      names[entry] = 1;
      tree.put(id, FILE, entry);
    } else tree.put(id, what === "symlink" ? SYMLINK : OTHER, entry);
  };

  const settle = (): void => {
    for (let loss = 0; loss < losses; loss++) {
      const copy = lost[loss]!;
      const name = successor[copy]!;
      if (hiddenBy[copy]! >= 0) continue;
      if (names[copy]! > 0) {
        successor[copy] = REMOVED;
        continue;
      }
      hiddenBy[copy] = current;
      const kind = tree.kind(name);
      if (kind === FILE) successor[copy] = tree.entry(name);
      else successor[copy] = kind === ABSENT ? REMOVED : REPLACED;
    }
    losses = 0;
  };

  // Paths that no entry names are few; what does not fit is not remembered.
  const room = table.count + entries;
  for (const layer of layers) {
    const hardlinks = has(layer, "hardlink");
    if (hardlinks) {
      hidden = new Int32Array(room);
      relinked = new Uint8Array(room);
    }
    applyWhiteouts(layer);
    for (let index = 0; index < layer.count; index++) applyEntry(layer, index);
    settle();
    current++;
    if (hardlinks) {
      release(hidden);
      release(relinked);
      hidden = none32;
      relinked = none8;
    }
  }
  if (otherNames !== undefined) {
    tree.files((id, copy) => {
      const layer = layerOf(offsets, copy);
      const own = layers[layer]!.path(copy - offsets[layer]!);
      const atOwn = tree.kind(own) === FILE && tree.entry(own) === copy;
      if (!atOwn && !otherNames.has(copy)) otherNames.set(copy, tree.path(id));
    });
  }
  tree.close();
  release(lost);
  release(names);
  return { offsets, hiddenBy, successor };
}

const none32 = new Int32Array(0);
const none8 = new Uint8Array(0);

function has(layer: LayerEntries, kind: EntryKind): boolean {
  for (let index = 0; index < layer.count; index++) if (layer.kind(index) === kind) return true;
  return false;
}

function pathsOf(layer: LayerEntries, kind: EntryKind): Set<number> {
  const paths = new Set<number>();
  for (let index = 0; index < layer.count; index++) {
    if (layer.kind(index) === kind) paths.add(layer.path(index));
  }
  return paths;
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
