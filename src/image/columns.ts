// One layer's entries as columns of numbers, in chunks that never move, so that a million entries stay small.

import type { LayerEntries } from "./entries.ts";
import { ImageError } from "./error.ts";
import { KindCode, kinds } from "./kinds.ts";
import { AUFS, OUTSIDE, type PathInterner } from "./paths.ts";
import type { Member } from "./tar/decoder.ts";

const { FILE, HARDLINK, OPAQUE, SYMLINK, WHITEOUT } = KindCode;

const chunkShift = 10;
const chunkRows = 1 << chunkShift;
const rowMask = chunkRows - 1;

/** The widest columns first, so that each starts aligned. */
interface Chunk {
  readonly size: Float64Array;
  readonly mtime: Float64Array;
  /** Where the payload lies in its file, or a hash of it; `LayerColumns.hashed` tells. */
  readonly offset: Float64Array;
  readonly hash: BigUint64Array;
  readonly path: Uint32Array;
  readonly uid: Uint32Array;
  readonly gid: Uint32Array;
  /** A hardlink's target path, or where a symlink's text starts. */
  readonly link: Uint32Array;
  readonly xattrs: Uint32Array;
  readonly mode: Uint16Array;
  readonly kind: Uint8Array;
}

const rowBytes = 3 * 8 + 5 * 4 + 2 + 1;

function createChunk(): Chunk {
  const buffer = new ArrayBuffer(chunkRows * rowBytes);
  let at = 0;
  const next = (bytes: number) => {
    const start = at;
    at += bytes * chunkRows;
    return start;
  };
  const size = new Float64Array(buffer, next(8), chunkRows);
  const mtime = new Float64Array(buffer, next(8), chunkRows);
  const content = next(8);
  return {
    size,
    mtime,
    offset: new Float64Array(buffer, content, chunkRows),
    hash: new BigUint64Array(buffer, content, chunkRows),
    path: new Uint32Array(buffer, next(4), chunkRows),
    uid: new Uint32Array(buffer, next(4), chunkRows),
    gid: new Uint32Array(buffer, next(4), chunkRows),
    link: new Uint32Array(buffer, next(4), chunkRows),
    xattrs: new Uint32Array(buffer, next(4), chunkRows),
    mode: new Uint16Array(buffer, next(2), chunkRows),
    kind: new Uint8Array(buffer, next(1), chunkRows),
  };
}

/** What differs for a sparse file: the bytes its archive holds, and its map where that is not among them. */
export interface SparseFile {
  readonly payload: number;
  readonly map: number;
}

/** Entries as the walk adds them; also where their content is. */
export interface LayerColumns extends LayerEntries {
  /** Bytes of all its files. */
  readonly bytes: number;
  /**
   * Adds a member and answers its index, or -1 for one that is no entry (aufs' own files). Throws ImageError for
   * a name that leaves the image.
   */
  add(member: Member): number;
  /** Whether an entry is a file that has bytes in the archive. */
  hasContent(index: number): boolean;
  setOffset(index: number, offset: number): void;
  offset(index: number): number;
  setHash(index: number, hash: bigint): void;
  hash(index: number): bigint;
  sparse(index: number): SparseFile | undefined;
}

/** Counts over all layers of an image, to keep it within bounds. */
export interface ImageTally {
  readonly limit: number;
  entries: number;
}

const SLASH = 47;
const DOT = 46;
const W = 119;
const H = 104;

/** `.wh.`, at a place in a name. */
function isWhiteout(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    end - at >= 4 && bytes[at] === DOT && bytes[at + 1] === W && bytes[at + 2] === H && bytes[at + 3] === DOT
  );
}

const opaqueName = ".wh..wh..opq";

export function createColumns(where: string, paths: PathInterner, tally: ImageTally): LayerColumns {
  const chunks: Chunk[] = [];
  const sparseFiles = new Map<number, SparseFile>();
  let count = 0;
  // In an array of doubles it can pass 2^31 without making the code that adds to it slow.
  const bytes = new Float64Array(1);
  let texts = new Uint8Array(0);
  let textsEnd = 0;

  function outside(member: Member, start: number, end: number, name: Uint8Array): ImageError {
    const text = Buffer.from(name.subarray(start, end)).toString();
    return new ImageError(`${where}: the entry at byte ${member.position} leads outside the image: ${text}`);
  }

  function add(member: Member): number {
    const { nameBytes, nameStart } = member;
    let { nameEnd } = member;
    while (nameEnd > nameStart && nameBytes[nameEnd - 1] === SLASH) nameEnd--;
    let last = nameEnd;
    while (last > nameStart && nameBytes[last - 1] !== SLASH) last--;

    let kind: number = member.kind;
    let path = paths.folder(nameBytes, nameStart, last);
    if (path === AUFS) return -1;
    const dots = isDots(nameBytes, last, nameEnd);
    if (dots) {
      path = paths.intern(nameBytes, nameStart, nameEnd);
    } else if (path !== OUTSIDE) {
      if (!isWhiteout(nameBytes, last, nameEnd)) {
        path = paths.child(path, nameBytes, last, nameEnd);
      } else if (!isWhiteout(nameBytes, last + 4, nameEnd)) {
        if (isDots(nameBytes, last + 4, nameEnd)) {
          throw new ImageError(`${where}: the whiteout at byte ${member.position} names nothing`);
        }
        kind = WHITEOUT;
        path = paths.child(path, nameBytes, last + 4, nameEnd);
      } else {
        if (Buffer.from(nameBytes.subarray(last, nameEnd)).toString("latin1") !== opaqueName) return -1;
        kind = OPAQUE;
      }
    }
    if (path === OUTSIDE) throw outside(member, nameStart, nameEnd, nameBytes);

    let link = 0;
    if (kind === HARDLINK) {
      link = paths.intern(member.linkBytes, member.linkStart, member.linkEnd);
      if (link === OUTSIDE) throw outside(member, member.linkStart, member.linkEnd, member.linkBytes);
      // The file behind it is kept where no image shows it; the link has no content of its own.
      if (link === AUFS) link = path;
    } else if (kind === SYMLINK) {
      link = keepText(member.linkBytes, member.linkStart, member.linkEnd);
    }

    const index = count++;
    if (++tally.entries > tally.limit) throw new ImageError(`the image has more than ${tally.limit} entries`);
    const row = index & rowMask;
    if (row === 0) chunks.push(createChunk());
    const chunk = chunks[index >> chunkShift]!;
    chunk.kind[row] = kind;
    chunk.path[row] = path;
    chunk.mode[row] = member.mode;
    chunk.uid[row] = member.uid;
    chunk.gid[row] = member.gid;
    chunk.mtime[row] = member.mtime;
    chunk.link[row] = link;
    chunk.xattrs[row] = member.xattrs;
    if (kind === FILE) {
      chunk.size[row] = member.size;
      bytes[0]! += member.size;
      if (member.sparse) sparseFiles.set(index, { payload: member.payload, map: member.sparseMap });
    }
    return index;
  }

  /** Keeps a symlink's text in the arena, its length in two bytes before it. */
  function keepText(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const at = textsEnd;
    if (at + 2 + length > texts.length) {
      const larger = new Uint8Array(Math.max(1024, at + 2 + length, Math.ceil(texts.length * 1.6)));
      larger.set(texts);
      texts = larger;
    }
    texts[at] = length >> 8;
    texts[at + 1] = length & 0xff;
    for (let i = 0; i < length; i++) texts[at + 2 + i] = bytes[start + i]!;
    textsEnd = at + 2 + length;
    return at;
  }

  const chunkOf = (index: number) => chunks[index >> chunkShift]!;

  return {
    get count() {
      return count;
    },
    get bytes() {
      return bytes[0]!;
    },
    add,
    kind: (index) => kinds[chunkOf(index).kind[index & rowMask]!]!,
    path: (index) => chunkOf(index).path[index & rowMask]!,
    size: (index) => chunkOf(index).size[index & rowMask]!,
    mode: (index) => chunkOf(index).mode[index & rowMask]!,
    uid: (index) => chunkOf(index).uid[index & rowMask]!,
    gid: (index) => chunkOf(index).gid[index & rowMask]!,
    mtime: (index) => chunkOf(index).mtime[index & rowMask]!,
    xattrs: (index) => chunkOf(index).xattrs[index & rowMask]!,
    linkPath(index) {
      const chunk = chunkOf(index);
      const row = index & rowMask;
      return chunk.kind[row] === HARDLINK ? chunk.link[row] : undefined;
    },
    linkText(index) {
      const chunk = chunkOf(index);
      const row = index & rowMask;
      if (chunk.kind[row] !== SYMLINK) return undefined;
      const at = chunk.link[row]!;
      const length = (texts[at]! << 8) | texts[at + 1]!;
      return Buffer.from(texts.buffer, at + 2, length).toString("utf8");
    },
    hasContent: (index) =>
      chunkOf(index).kind[index & rowMask] === FILE && chunkOf(index).size[index & rowMask]! > 0,
    setOffset(index, offset) {
      chunkOf(index).offset[index & rowMask] = offset;
    },
    offset: (index) => chunkOf(index).offset[index & rowMask]!,
    setHash(index, hash) {
      chunkOf(index).hash[index & rowMask] = hash;
    },
    hash: (index) => chunkOf(index).hash[index & rowMask]!,
    sparse: (index) => sparseFiles.get(index),
  };
}

/** "", "." or "..". */
function isDots(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  return (
    length === 0 || (bytes[start] === DOT && (length === 1 || (length === 2 && bytes[start + 1] === DOT)))
  );
}
