// Tells how a blob is compressed by its first bytes, and inflates it chunk by chunk.

import type { Gunzip, ZlibOptions } from "node:zlib";
import { ImageError } from "../error.ts";
import type { Compression, ReadLimits } from "../image.ts";
import { zstdShare } from "../limits.ts";
import { chunkBytes } from "./read.ts";
import { collectYoung, prepareRelease, release } from "./release.ts";
import { createZstdSlicer, type SliceLimits } from "./zstd-slices.ts";

/** First bytes needed to tell. */
export const magicBytes = 6;

const strangers: readonly (readonly [string, readonly number[]])[] = [
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["lz4", [0x04, 0x22, 0x4d, 0x18]],
];

/** Throws ImageError for compressions that images do not use. */
export function compressionOf(start: Uint8Array, where: string): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  const zstd = start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd && start[0] === 0x28;
  const skippable =
    (start[0]! & 0xf0) === 0x50 &&
    start[1] === 0x2a &&
    start[2] === 0x4d &&
    start[3] === 0x18 &&
    start.length > 3;
  if (zstd || skippable) return "zstd";
  for (const [name, magic] of strangers) {
    if (magic.every((byte, i) => start[i] === byte)) {
      throw new ImageError(`${where} is compressed with ${name}; images have gzip or zstd`);
    }
  }
  return "none";
}

/** What the blobs of an image that inflate to more than `inflation` times their size have become, all together. */
export interface SwollenTally {
  bytes: number;
}

/**
 * The uncompressed bytes of a whole blob: of all members of a gzip, all frames of a zstd. A chunk is good until
 * the next one is asked for. Throws ImageError for corrupt or truncated data and when `limits` are exceeded.
 */
export async function* inflated(
  compression: Compression,
  input: AsyncIterable<Uint8Array>,
  where: string,
  limits: ReadLimits,
  swollen: SwollenTally = { bytes: 0 },
): AsyncGenerator<Uint8Array, void> {
  if (compression === "none") {
    yield* input;
    return;
  }
  let taken = 0;
  let given = 0;
  /** As many of them as `swollen` has in it. */
  let counted = 0;
  const most = limits.inflatedBytes * (compression === "zstd" ? zstdShare : 1);
  async function* compressed(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of input) {
      taken += chunk.length;
      yield chunk;
    }
  }
  // Decoders are loaded when they are needed: most images on disk are not compressed.
  const inflate = compression === "gzip" ? await gunzip() : unzstd;
  try {
    for await (const chunk of inflate(compressed())) {
      given += chunk.length;
      if (given > taken * limits.inflation) {
        swollen.bytes += given - counted;
        counted = given;
        if (swollen.bytes > most) {
          throw new ImageError(
            `${where} looks like a decompression bomb: ${taken} bytes became more than ${given - chunk.length}`,
          );
        }
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ImageError || !isCodecError(error)) throw error;
    throw new ImageError(`${where} is corrupt or truncated ${compression} data: ${error.message}`, {
      cause: error,
    });
  }
}

let gzip: typeof import("./gunzip.ts") | undefined;

async function gunzip() {
  gzip ??= await import("./gunzip.ts");
  return gzip.gunzip;
}

/** For when no further blob is expected: threads that wait for one have some ten megabytes each. */
export async function endIdleThreads(): Promise<void> {
  await gzip?.endIdleThreads();
}

/** Errors of the codecs have codes of their own; those of the input go their way. */
function isCodecError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error.name === "Error";
  return code.startsWith("Z_") || code.startsWith("ZSTD_") || code === "ERR_TRAILING_JUNK_AFTER_STREAM_END";
}

/** libuv's pool inflates one chunk while the one before is used. */
async function* throughZlib(
  codec: Gunzip,
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let failed: unknown;
  let wake = () => {};
  codec.once("close", () => wake());
  const feed = async () => {
    for await (const chunk of input) {
      if (codec.destroyed) return;
      // Not before the codec is done with a chunk may its buffer be filled again.
      await new Promise<void>((resolve) => {
        wake = resolve;
        codec.write(chunk, () => resolve());
      });
      if (codec.destroyed) return;
    }
    codec.end();
  };
  feed().catch((error) => {
    failed = error;
    codec.destroy();
  });
  try {
    for await (const chunk of codec as AsyncIterable<Uint8Array>) {
      yield chunk;
      release(chunk);
    }
  } catch (error) {
    throw failed ?? error;
  } finally {
    codec.destroy();
  }
}

/** Node's own zstd from 22.15 on, an addon before. */
async function* unzstd(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  prepareRelease();
  const zlib = (await import("node:zlib")) as { createZstdDecompress?: (options: ZlibOptions) => Gunzip };
  if (zlib.createZstdDecompress === undefined) {
    yield* throughAddon(input);
    return;
  }
  // Node takes a frame that ends within what it is given for the end of all.
  const frames = zstdSlices(input, { blocks: Number.POSITIVE_INFINITY, frames: 1 });
  yield* throughZlib(zlib.createZstdDecompress({ chunkSize: chunkBytes }), frames);
}

/** Neither decoder tells data that were cut off from such as end. */
async function* zstdSlices(
  input: AsyncIterable<Uint8Array>,
  limits: SliceLimits,
): AsyncGenerator<Uint8Array, void> {
  const slicer = createZstdSlicer(limits);
  for await (const chunk of input) {
    for (let at = 0; at < chunk.length; ) {
      const end = slicer.next(chunk, at);
      yield chunk.subarray(at, end);
      at = end;
    }
  }
  if (!slicer.complete()) throw new Error("unexpected end of data");
}

/** The addon gives all output of a slice at once: a mebibyte. */
const addonBlocks = 8;

/** The addon makes a buffer of 128 KiB for itself in each call, which would pile up to 32 MB before V8 looks. */
const callsToForget = 16;

/** Decoders that have come to the end of a frame. Each has a window of megabytes, which only a collection frees. */
const idle: AddonDecompressor[] = [];

async function* throughAddon(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const codec = idle.pop() ?? (await addon());
  const parts: Buffer[] = [];
  const keep = (part: Buffer) => void parts.push(part);
  const limits = { blocks: addonBlocks, frames: Number.POSITIVE_INFINITY };
  let calls = 0;
  for await (const { buffer, byteOffset, byteLength } of zstdSlices(input, limits)) {
    codec.data(Buffer.from(buffer, byteOffset, byteLength), keep);
    calls += 1;
    for (const part of parts.splice(0)) {
      yield part;
      release(part);
    }
    if (calls % callsToForget === 0) collectYoung();
  }
  idle.push(codec);
}

interface AddonDecompressor {
  data(bytes: Buffer, output: (part: Buffer) => void): void;
}

async function addon(): Promise<AddonDecompressor> {
  try {
    const { _NapiBindings } = await import("@cloudpss/zstd/napi");
    return new _NapiBindings.Decompressor();
  } catch (error) {
    throw new ImageError("reading zstd layers needs Node 22.15 or later on this platform", { cause: error });
  }
}
