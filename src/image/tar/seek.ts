// Walks an uncompressed archive on disk from header to header; payloads are not read.

import { readSync } from "node:fs";
import { prepareRelease } from "../blob/release.ts";
import { ImageError } from "../error.ts";
import { BLOCK, padding } from "./block.ts";
import { createDecoder, readExtension, readHeader, readSparseMap } from "./decoder.ts";
import type { Member } from "./member.ts";

/** A part of an open file: bytes from its start, and how many. */
export interface FileRange {
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * A window that grows while headers lie near each other, and falls back to a small one behind a large payload: reading
 * 64 KiB costs as much as eight calls.
 */
const farStride = 8 * 1024;
const smallWindow = 1024;
const largeWindow = 64 * 1024;

/** Entries between two pauses in which other work gets its turn. */
const pauseEvery = 16_384;

/**
 * Calls `visit` for every member with the offset of its payload in the file. Ends at two zero blocks, or where the
 * range ends between members, as Docker's reader does, and answers where that is. Throws ImageError on anything else.
 */
export async function walkRange(
  range: FileRange,
  where: string,
  visit: (member: Member, payloadAt: number) => void,
  paused?: (done: number) => void,
): Promise<number> {
  const { fd, offset, length } = range;
  const decoder = createDecoder(where);
  const window = new Uint8Array(largeWindow);
  let size = smallWindow;
  let windowAt = 0;
  let windowEnd = 0;
  let position = 0;
  let previous = 0;
  let zeros = 0;
  let members = 0;
  let mapping = false;

  function read(into: Uint8Array, at: number, count: number): number {
    let done = 0;
    while (done < count) {
      const got = readSync(fd, into, done, count - done, offset + at + done);
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  while (position < length) {
    const left = length - position;
    if (position < windowAt || position + BLOCK > windowEnd) {
      if (left < BLOCK) throw truncated(where, position);
      size = position - previous > farStride ? smallWindow : Math.min(size * 4, largeWindow);
      const got = read(window, position, Math.min(size, left));
      if (got < BLOCK) throw truncated(where, position);
      windowAt = position;
      windowEnd = position + got;
    }
    previous = position;
    const at = position - windowAt;
    const step = mapping ? readSparseMap(decoder, window, at) : readHeader(decoder, window, at, position);
    position += BLOCK;
    mapping = false;
    if (step === "zero") {
      if (++zeros === 2) break;
      continue;
    }
    if (zeros > 0) throw new ImageError(`${where}: a lone zero block at byte ${previous - BLOCK}`);
    switch (step) {
      case "continued":
        mapping = true;
        break;
      case "extension": {
        const count = decoder.extension;
        if (count > length - position) throw truncated(where, position);
        const bytes = new Uint8Array(count);
        const inWindow = position - windowAt;
        if (position + count <= windowEnd) bytes.set(window.subarray(inWindow, inWindow + count));
        else if (read(bytes, position, count) < count) throw truncated(where, position);
        position += count + padding(count);
        readExtension(decoder, bytes);
        break;
      }
      case "skip":
        if (decoder.extension > length - position) throw truncated(where, position);
        position += decoder.extension + padding(decoder.extension);
        break;
      case "member": {
        const { payload } = decoder.member;
        if (payload > length - position) throw tooShort(where, payload, length - position);
        visit(decoder.member, offset + position);
        position += payload + padding(payload);
        if (++members % pauseEvery === 0) {
          paused?.(position);
          prepareRelease();
          await new Promise(setImmediate);
        }
      }
    }
  }
  if (mapping) throw truncated(where, position);
  paused?.(length);
  return Math.min(position, length);
}

export function truncated(where: string, position: number): ImageError {
  return new ImageError(`${where} is truncated at byte ${position}`);
}

export function tooShort(where: string, payload: number, left: number): ImageError {
  return new ImageError(`${where} is truncated: an entry of ${payload} bytes where ${left} are left`);
}
