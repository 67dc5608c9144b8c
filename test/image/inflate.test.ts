// Compressed data in every number of pieces.

import { gzipSync } from "node:zlib";
import { compress } from "@cloudpss/zstd";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compressionOf, inflated } from "../../src/image/blob/inflate.ts";
import { createZstdSlicer } from "../../src/image/blob/zstd-slices.ts";
import { defaultLimits } from "../../src/image/limits.ts";
import { chunked } from "./archives.ts";

const zstd = (bytes: Uint8Array, level?: number) => Buffer.from(compress(bytes, level));

/** A frame that decoders pass over. */
function skippable(content: string): Buffer {
  const head = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, Buffer.from(content)]);
}

async function whole(compression: "gzip" | "zstd", bytes: Buffer, chunk: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of inflated(compression, chunked(bytes, chunk), "it", defaultLimits)) {
    parts.push(Uint8Array.from(part));
  }
  return Buffer.concat(parts);
}

const piece = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.integer({ min: 1, max: 400_000 }).map((length) => new Uint8Array(length).fill(length)),
);

describe("data in several members or frames, in chunks of any size", () => {
  test("of gzip", async () => {
    const property = fc.asyncProperty(
      fc.array(piece, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 5000 }),
      async (pieces, chunk) => {
        const packed = Buffer.concat(pieces.map((it) => gzipSync(it)));
        expect((await whole("gzip", packed, chunk)).equals(Buffer.concat(pieces))).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test("of zstd, with frames to pass over", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.oneof(piece, fc.string({ maxLength: 40 })), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 5000 }),
      async (pieces, chunk) => {
        const frames = pieces.map((it) => (typeof it === "string" ? skippable(it) : zstd(it)));
        const packed = Buffer.concat(frames);
        const plain = pieces.filter((it) => typeof it !== "string");
        expect((await whole("zstd", packed, chunk)).equals(Buffer.concat(plain))).toBe(true);

        // Every frame ends where a slice ends.
        const ends = new Set<number>();
        const slicer = createZstdSlicer({ blocks: Number.POSITIVE_INFINITY, frames: 1 });
        for (let at = 0; at < packed.length; at += chunk) {
          const part = packed.subarray(at, at + chunk);
          for (let from = 0; from < part.length; ) {
            from = slicer.next(part, from);
            ends.add(at + from);
          }
        }
        let end = 0;
        for (const frame of frames) {
          end += frame.length;
          expect(ends).toContain(end);
        }
        expect(slicer.complete()).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test("that is cut off is refused, wherever", async () => {
    for (const [compression, packed] of [
      ["gzip", gzipSync(Buffer.alloc(5000, "abc"))],
      ["zstd", zstd(Buffer.alloc(5000, "abc"))],
    ] as const) {
      for (let size = 1; size < packed.length; size++) {
        await expect(whole(compression, packed.subarray(0, size), 100)).rejects.toThrow(
          /corrupt or truncated/,
        );
      }
    }
  });
});

test("compression is told by the first bytes", () => {
  expect(compressionOf(gzipSync("a"), "it")).toBe("gzip");
  expect(compressionOf(zstd(Buffer.from("a")), "it")).toBe("zstd");
  expect(compressionOf(skippable("a"), "it")).toBe("zstd");
  expect(compressionOf(Buffer.from("usr/"), "it")).toBe("none");
  expect(compressionOf(Buffer.alloc(0), "it")).toBe("none");
  expect(() => compressionOf(Buffer.from("BZh91"), "it")).toThrow(/bzip2/);
});
