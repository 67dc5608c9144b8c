// Walks an archive that comes in chunks, in one pass.

import { ImageError } from "../error.ts";
import { BLOCK, padding } from "./block.ts";
import { createDecoder, readExtension, readHeader, readSparseMap } from "./decoder.ts";
import type { Member } from "./member.ts";
import { truncated } from "./seek.ts";

/** What happens with what is found; both are called synchronously and must copy what they keep. */
export interface StreamVisitor {
  /** A member; whether its payload is wanted. */
  member(member: Member): boolean;
  /** Consecutive parts of the payload of the last member; `last` with the part that ends it. Never empty. */
  payload(bytes: Uint8Array, start: number, end: number, last: boolean): void;
}

export interface StreamWalk {
  /** Bytes of the archive so far; once it has ended, its length. */
  readonly position: number;
  /** Takes the next bytes; false once the archive has ended and the rest means nothing. Throws ImageError. */
  push(chunk: Uint8Array): boolean;
  /** There are no more bytes. Throws ImageError if the archive is not complete. */
  end(): void;
}

/** Accepts and refuses exactly what `walkRange` does. */
export function createStreamWalk(where: string, visitor: StreamVisitor): StreamWalk {
  const decoder = createDecoder(where);
  /** A header that two chunks share. */
  const block = new Uint8Array(BLOCK);
  let filled = 0;
  let position = 0;
  let zeros = 0;
  let ended = false;
  let mapping = false;
  /** Payload bytes still to come, wanted or not, and the padding behind them. */
  let payload = 0;
  let wanted = false;
  let skip = 0;
  let extension: Uint8Array | undefined;
  let extensionFilled = 0;

  function blockAt(bytes: Uint8Array, at: number): void {
    const step = mapping ? readSparseMap(decoder, bytes, at) : readHeader(decoder, bytes, at, position);
    position += BLOCK;
    mapping = false;
    if (step === "zero") {
      if (++zeros === 2) ended = true;
      return;
    }
    if (zeros > 0) throw new ImageError(`${where}: a lone zero block at byte ${position - 2 * BLOCK}`);
    switch (step) {
      case "continued":
        mapping = true;
        return;
      case "extension":
        extension = new Uint8Array(decoder.extension);
        extensionFilled = 0;
        if (decoder.extension === 0) extended();
        return;
      case "skip":
        wanted = false;
        payload = decoder.extension;
        break;
      case "member":
        wanted = visitor.member(decoder.member);
        payload = decoder.member.payload;
    }
    skip = padding(payload);
  }

  function extended(): void {
    const bytes = extension!;
    extension = undefined;
    skip = padding(bytes.length);
    readExtension(decoder, bytes);
  }

  return {
    get position() {
      return position + filled;
    },
    push(given) {
      // Node's Buffers and plain arrays are two types to the compiler; one of them makes faster code.
      const chunk = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
      const size = chunk.length;
      let at = 0;
      while (at < size && !ended) {
        if (payload > 0) {
          const part = Math.min(payload, size - at);
          payload -= part;
          if (wanted) visitor.payload(chunk, at, at + part, payload === 0);
          at += part;
          position += part;
        } else if (extension !== undefined) {
          const part = Math.min(extension.length - extensionFilled, size - at);
          extension.set(chunk.subarray(at, at + part), extensionFilled);
          extensionFilled += part;
          at += part;
          position += part;
          if (extensionFilled === extension.length) extended();
        } else if (skip > 0) {
          const part = Math.min(skip, size - at);
          skip -= part;
          at += part;
          position += part;
        } else if (filled === 0 && size - at >= BLOCK) {
          blockAt(chunk, at);
          at += BLOCK;
        } else {
          const part = Math.min(BLOCK - filled, size - at);
          block.set(chunk.subarray(at, at + part), filled);
          filled += part;
          at += part;
          if (filled === BLOCK) {
            filled = 0;
            blockAt(block, 0);
          }
        }
      }
      return !ended;
    },
    end() {
      if (ended) return;
      // The padding of the last payload may be missing, as it may for the reader that seeks.
      if (payload > 0 || extension !== undefined || filled > 0 || mapping)
        throw truncated(where, position + filled);
    },
  };
}
