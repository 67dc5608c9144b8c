// What a walk over an image's layers yields: interned paths and, per layer, its entries as columns.

export type EntryKind =
  | "file"
  | "directory"
  | "symlink"
  | "hardlink"
  | "character-device"
  | "block-device"
  | "fifo"
  | "whiteout"
  | "opaque";

/**
 * Every path seen in any layer, once. Ids are small integers in order of first sight; 0 is the root "/".
 * Paths are normalized: absolute, without "." and empty segments, whiteout prefixes (".wh.") taken off.
 */
export interface PathTable {
  readonly count: number;
  /** The id of the folder that holds a path; the root's parent is itself. */
  parent(id: number): number;
  /** The whole path, "/usr/bin/env". */
  path(id: number): string;
  /** The order of two paths, byte by byte: below 0 when the first comes first. */
  compare(a: number, b: number): number;
  /** The same for their last segments alone; 0 for equal names in whatever folders. */
  compareNames(a: number, b: number): number;
  /** The id of a path already seen. */
  find(path: string): number | undefined;
  /** The last segment, one character a byte: names need not be UTF-8, and must not be mistaken for one another. */
  name(id: number): string;
  /** The id of a name, spelled as `name` spells it, below a folder, if it was seen already. */
  findChild(folder: number, name: string): number | undefined;
}

/** One layer's entries in archive order; index 0 to count - 1. Duplicates within a layer are all here. */
export interface LayerEntries {
  readonly count: number;
  kind(index: number): EntryKind;
  /** Path id. For a whiteout the path it hides, for an opaque whiteout the folder. */
  path(index: number): number;
  /** Bytes of content; 0 for anything but a file (a hardlink's content belongs to its target). */
  size(index: number): number;
  /** Permission bits with setuid, setgid and sticky, e.g. 0o4755. */
  mode(index: number): number;
  uid(index: number): number;
  gid(index: number): number;
  /** Seconds since 1970. */
  mtime(index: number): number;
  /** Path id of a hardlink's target; the text of a symlink's target is in `linkText`. */
  linkPath(index: number): number | undefined;
  linkText(index: number): string | undefined;
  /** The same as stored; good until the next entry is added. */
  linkBytes(index: number): Uint8Array | undefined;
  /** A hash over all xattrs (PAX SCHILY.xattr.*); 0 when there are none. */
  xattrs(index: number): number;
}
