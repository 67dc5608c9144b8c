// One 512-byte tar block: its checksum, and the numbers and texts in it.

export const BLOCK = 512;

/** Bytes from the end of a payload to the next block. The low bits of any safe integer survive `&`, which is fast. */
export function padding(size: number): number {
  return -size & (BLOCK - 1);
}

const ZERO = 48;
const SEVEN = 55;
const SPACE = 32;

/** What a block is by its checksum field. */
export type BlockState = "header" | "zero" | "corrupt";

/**
 * What looking at one block after the other needs to remember. State and functions are apart, here and in the decoder,
 * so that one compiled function serves all layers.
 */
export interface BlockReader {
  readonly scratch: Uint8Array;
  readonly scratchWords: Uint32Array;
  /** The block's buffer as words, and the block's first one. */
  buffer: ArrayBufferLike | undefined;
  words: Uint32Array;
  word: number;
  /** Mode, uid and gid: 24 bytes from the hundredth on. */
  readonly owner: Uint32Array;
}

export function createBlockReader(): BlockReader {
  const scratch = new Uint8Array(BLOCK);
  const scratchWords = new Uint32Array(scratch.buffer);
  return {
    scratch,
    scratchWords,
    buffer: undefined,
    words: scratchWords,
    word: 0,
    owner: new Uint32Array(6),
  };
}

/** What the block at `at` is; summed four bytes at a time. */
export function blockState(reader: BlockReader, bytes: Uint8Array, at: number): BlockState {
  const position = bytes.byteOffset + at;
  if ((position & 3) === 0) {
    if (bytes.buffer !== reader.buffer) {
      reader.buffer = bytes.buffer;
      reader.words = new Uint32Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 2);
    }
    reader.word = position >>> 2;
  } else {
    reader.scratch.set(bytes.subarray(at, at + BLOCK));
    reader.buffer = undefined;
    reader.words = reader.scratchWords;
    reader.word = 0;
  }
  const { words, word } = reader;
  // Two 16-bit lanes a sum cannot overflow: 128 words of at most 2 × 255 stay below 2^16.
  let even = 0;
  let odd = 0;
  for (let i = word, end = word + 128; i < end; i++) {
    const value = words[i]!;
    even += value & 0x00ff00ff;
    odd += (value >>> 8) & 0x00ff00ff;
  }
  if ((even | odd) === 0) return "zero";
  let sum = (even & 0xffff) + (even >>> 16) + (odd & 0xffff) + (odd >>> 16) + 8 * SPACE;
  for (let i = at + 148; i < at + 156; i++) sum -= bytes[i]!;
  const stored = number(bytes, at + 148, 8);
  return stored === sum || stored === signedSum(bytes, at) ? "header" : "corrupt";
}

/** Whether the block looked at has the mode, owner and group of the one this was asked of before; most have. */
export function sameOwner({ words, word, owner }: BlockReader): boolean {
  let same = true;
  for (let i = 0; i < 6; i++) {
    const value = words[word + 25 + i]!;
    if (owner[i] === value) continue;
    owner[i] = value;
    same = false;
  }
  return same;
}

/** Some old writers summed signed characters. */
function signedSum(bytes: Uint8Array, at: number): number {
  let sum = 8 * SPACE;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += (bytes[at + i]! << 24) >> 24;
  return sum;
}

/** A number field, octal or base-256; NaN when it is neither. Beyond 2^53 it is only nearly right. */
export function number(bytes: Uint8Array, at: number, length: number): number {
  const end = at + length;
  let i = at;
  let byte = bytes[i]!;
  if (byte & 0x80) return base256(bytes, at, end);
  while (i < end && (byte === SPACE || byte === 0)) byte = bytes[++i]!;
  let value = 0;
  while (i < end && byte >= ZERO && byte <= SEVEN) {
    value = value * 8 + (byte - ZERO);
    byte = bytes[++i]!;
  }
  return i === end || byte === SPACE || byte === 0 ? value : Number.NaN;
}

/** Big-endian two's complement; the first byte's top bit marks the form, the next one is the sign. */
function base256(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  const flip = first & 0x40 ? 0xff : 0;
  let value = (first ^ flip) & 0x3f;
  for (let i = at + 1; i < end; i++) value = value * 256 + (bytes[i]! ^ flip);
  return flip ? -value - 1 : value;
}

/** The end of a NUL-terminated field. */
export function ended(bytes: Uint8Array, at: number, length: number): number {
  const nul = bytes.indexOf(0, at);
  return nul < 0 || nul > at + length ? at + length : nul;
}

/** POSIX headers have 155 bytes of prefix, star's 131; GNU's keep other things there. */
export function prefixLength(bytes: Uint8Array, at: number): number {
  const ustar =
    bytes[at + 257] === 117 &&
    bytes[at + 258] === 115 &&
    bytes[at + 259] === 116 &&
    bytes[at + 260] === 97 &&
    bytes[at + 261] === 114 &&
    bytes[at + 262] === 0;
  if (!ustar) return 0;
  const star =
    bytes[at + 508] === 116 && bytes[at + 509] === 97 && bytes[at + 510] === 114 && bytes[at + 511] === 0;
  return ended(bytes, at + 345, star ? 131 : 155) - (at + 345);
}
