// One layer's entries as columns of numbers, in chunks that never move, so that a million entries stay small.

import type { EntryKind, LayerEntries } from "./entries.ts";
import { KindCode, kinds } from "./kinds.ts";
import type { Member } from "./tar/member.ts";

const { FILE, HARDLINK, SYMLINK } = KindCode;

const chunkShift = 10;
const chunkRows = 1 << chunkShift;
const rowMask = chunkRows - 1;

/** What most entries have is 0 in no column at all: files are root's and have no xattrs. */
interface Chunk {
  readonly size: Float64Array;
  readonly mtime: Float64Array;
  /** Where the payload lies in its file, or a hash of it; whoever walked the layer knows which. */
  readonly offset: Float64Array;
  readonly hash: BigUint64Array;
  /** The hashes in halves: to compare two of them so makes no bigint. */
  readonly halves: Uint32Array;
  /** In the place of content: a hardlink's target path, or where a symlink's text starts. */
  readonly link: Float64Array;
  readonly path: Uint32Array;
  readonly mode: Uint16Array;
  readonly kind: Uint8Array;
  uid: Uint32Array | undefined;
  gid: Uint32Array | undefined;
  xattrs: Uint32Array | undefined;
}

const rowBytes = 3 * 8 + 4 + 2 + 1;

/** The widest columns first, so that each starts aligned. */
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
  const offset = new Float64Array(buffer, next(8), chunkRows);
  return {
    size,
    mtime,
    offset,
    hash: new BigUint64Array(buffer, offset.byteOffset, chunkRows),
    halves: new Uint32Array(buffer, offset.byteOffset, 2 * chunkRows),
    link: offset,
    path: new Uint32Array(buffer, next(4), chunkRows),
    mode: new Uint16Array(buffer, next(2), chunkRows),
    kind: new Uint8Array(buffer, next(1), chunkRows),
    uid: undefined,
    gid: undefined,
    xattrs: undefined,
  };
}

/** What differs for a sparse file: the bytes its archive holds, and its map where that is not among them. */
export interface SparseFile {
  readonly payload: number;
  readonly map: number;
}

/**
 * Entries as the walk adds them; also where their content is. A class, unlike most here: its methods are called
 * millions of times over all layers, and only methods that the layers share compile to one piece of fast code.
 */
export class LayerColumns implements LayerEntries {
  count = 0;
  readonly #chunks: Chunk[] = [];
  readonly #sparse = new Map<number, SparseFile>();
  /** In an array of doubles a sum can pass 2^31 without making the code that adds to it slow. */
  readonly #bytes = new Float64Array(1);
  /** Texts of symlinks, each with its length in two bytes before it. */
  #texts = new Uint8Array(0);
  #textsEnd = 0;

  /** Bytes of all its files. */
  get bytes(): number {
    return this.#bytes[0]!;
  }

  /**
   * Adds a member under its kind and path and answers its index. `link` is the path of a hardlink's target; a symlink's
   * text is taken from the member.
   */
  append(member: Member, kind: number, path: number, link: number): number {
    const index = this.count++;
    const row = index & rowMask;
    if (row === 0) this.#chunks.push(createChunk());
    const chunk = this.#chunks[index >> chunkShift]!;
    chunk.kind[row] = kind;
    chunk.path[row] = path;
    chunk.mode[row] = member.mode;
    if (member.uid !== 0) {
      chunk.uid ??= new Uint32Array(chunkRows);
      chunk.uid[row] = member.uid;
    }
    if (member.gid !== 0) {
      chunk.gid ??= new Uint32Array(chunkRows);
      chunk.gid[row] = member.gid;
    }
    chunk.mtime[row] = member.mtime;
    if (member.xattrs !== 0) {
      chunk.xattrs ??= new Uint32Array(chunkRows);
      chunk.xattrs[row] = member.xattrs;
    }
    if (kind === FILE) {
      chunk.size[row] = member.size;
      this.#bytes[0]! += member.size;
      if (member.sparse) this.#sparse.set(index, { payload: member.payload, map: member.sparseMap });
    } else if (kind === HARDLINK) {
      chunk.link[row] = link;
    } else if (kind === SYMLINK) {
      chunk.link[row] = this.#keepText(member.linkBytes, member.linkStart, member.linkEnd);
    }
    return index;
  }

  #keepText(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const at = this.#textsEnd;
    if (at + 2 + length > this.#texts.length) {
      const larger = new Uint8Array(Math.max(at + 2 + length, Math.ceil(this.#texts.length * 1.6)));
      larger.set(this.#texts);
      this.#texts = larger;
    }
    this.#texts[at] = length >> 8;
    this.#texts[at + 1] = length & 0xff;
    this.#texts.set(bytes.subarray(start, end), at + 2);
    this.#textsEnd = at + 2 + length;
    return at;
  }

  kind(index: number): EntryKind {
    return kinds[this.#chunks[index >> chunkShift]!.kind[index & rowMask]!]!;
  }

  path(index: number): number {
    return this.#chunks[index >> chunkShift]!.path[index & rowMask]!;
  }

  size(index: number): number {
    return this.#chunks[index >> chunkShift]!.size[index & rowMask]!;
  }

  mode(index: number): number {
    return this.#chunks[index >> chunkShift]!.mode[index & rowMask]!;
  }

  uid(index: number): number {
    return this.#chunks[index >> chunkShift]!.uid?.[index & rowMask] ?? 0;
  }

  gid(index: number): number {
    return this.#chunks[index >> chunkShift]!.gid?.[index & rowMask] ?? 0;
  }

  mtime(index: number): number {
    return this.#chunks[index >> chunkShift]!.mtime[index & rowMask]!;
  }

  xattrs(index: number): number {
    return this.#chunks[index >> chunkShift]!.xattrs?.[index & rowMask] ?? 0;
  }

  linkPath(index: number): number | undefined {
    const chunk = this.#chunks[index >> chunkShift]!;
    const row = index & rowMask;
    return chunk.kind[row] === HARDLINK ? chunk.link[row] : undefined;
  }

  linkText(index: number): string | undefined {
    return this.linkBytes(index)?.toString("utf8");
  }

  linkBytes(index: number): Buffer | undefined {
    const chunk = this.#chunks[index >> chunkShift]!;
    const row = index & rowMask;
    if (chunk.kind[row] !== SYMLINK) return undefined;
    const at = chunk.link[row]!;
    const length = (this.#texts[at]! << 8) | this.#texts[at + 1]!;
    return Buffer.from(this.#texts.buffer, at + 2, length);
  }

  /** Whether an entry is a file that has content. */
  hasContent(index: number): boolean {
    return this.#chunks[index >> chunkShift]!.size[index & rowMask]! > 0;
  }

  setOffset(index: number, offset: number): void {
    this.#chunks[index >> chunkShift]!.offset[index & rowMask] = offset;
  }

  offset(index: number): number {
    return this.#chunks[index >> chunkShift]!.offset[index & rowMask]!;
  }

  setHash(index: number, hash: bigint): void {
    this.#chunks[index >> chunkShift]!.hash[index & rowMask] = hash;
  }

  hash(index: number): bigint {
    return this.#chunks[index >> chunkShift]!.hash[index & rowMask]!;
  }

  /** Whether `hash(index)` is `others.hash(other)`. */
  sameHash(index: number, others: LayerColumns, other: number): boolean {
    const { halves } = this.#chunks[index >> chunkShift]!;
    const { halves: otherHalves } = others.#chunks[other >> chunkShift]!;
    const at = 2 * (index & rowMask);
    const otherAt = 2 * (other & rowMask);
    return halves[at] === otherHalves[otherAt] && halves[at + 1] === otherHalves[otherAt + 1];
  }

  sparse(index: number): SparseFile | undefined {
    return this.#sparse.get(index);
  }
}
