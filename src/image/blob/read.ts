// Reads stored bytes in chunks: ranges of files, with one read ahead, and their digests.

import type { Hash } from "node:crypto";
import { read } from "node:fs";
import { promisify } from "node:util";
import { ImageError } from "../error.ts";
import type { FileRange } from "../tar/seek.ts";

export const chunkBytes = 256 * 1024;

const readAt = promisify(read);

/**
 * The bytes of a range in order. A chunk is good until the next one is asked for: two buffers take turns, one being
 * filled while the other is used.
 */
export async function* readChunks(range: FileRange, where: string): AsyncGenerator<Uint8Array, void> {
  const { fd, offset, length } = range;
  const size = Math.min(chunkBytes, length);
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(Math.min(size, length - size))];
  let asked = 0;
  const ask = (turn: number) => {
    const at = asked;
    const count = Math.min(chunkBytes, length - at);
    asked += count;
    return count === 0 ? undefined : fill(fd, buffers[turn]!, offset + at, count);
  };
  let turn = 0;
  let next = ask(turn);
  try {
    while (next !== undefined) {
      const chunk = buffers[turn]!.subarray(0, await next);
      turn = 1 - turn;
      next = undefined;
      if (chunk.length === 0) throw new ImageError(`${where} is shorter than it was when it was opened`);
      next = ask(turn);
      yield chunk;
    }
  } finally {
    // A read under way must not outlive its file.
    await next?.catch(() => 0);
  }
}

async function fill(fd: number, buffer: Buffer, position: number, count: number): Promise<number> {
  let done = 0;
  while (done < count) {
    const { bytesRead } = await readAt(fd, buffer, done, count - done, position + done);
    if (bytesRead === 0) return 0;
    done += bytesRead;
  }
  return done;
}

const algorithms: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Whether a text is a digest that can be checked: "sha256:" and 64 hex digits. */
export function isDigest(text: string): boolean {
  const [algorithm = "", hex = "", ...rest] = text.split(":");
  return rest.length === 0 && hex.length === algorithms[algorithm] && /^[0-9a-f]+$/.test(hex);
}

/** What a digest was made with; sha256 when there is none to ask. */
export function algorithmOf(digest: string | undefined): string {
  return digest?.split(":")[0] ?? "sha256";
}

/** node:crypto is loaded when it is needed: it takes longer than a small image. */
export async function startHash(algorithm: string): Promise<Hash> {
  const { createHash } = await import("node:crypto");
  return createHash(algorithm);
}

/** "sha256:…" of bytes at hand. */
export async function digestOfBytes(bytes: Uint8Array, algorithm = "sha256"): Promise<string> {
  const hash = await startHash(algorithm);
  return `${algorithm}:${hash.update(bytes).digest("hex")}`;
}

/** Throws ImageError when bytes are not those a digest promises. */
export async function checkBytes(bytes: Uint8Array, digest: string, where: string): Promise<void> {
  const found = await digestOfBytes(bytes, algorithmOf(digest));
  if (found !== digest) throw new ImageError(`${where} is corrupt: its digest is ${found}, not ${digest}`);
}
