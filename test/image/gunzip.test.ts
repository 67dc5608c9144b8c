// Our own inflating, beside zlib's.

import {
  constants,
  crc32,
  deflateRawSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  type ZlibOptions,
} from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gunzip } from "../../src/image/blob/gunzip.ts";
import { chunked } from "./archives.ts";

async function inflate(bytes: Buffer, chunk = 1 << 16): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of gunzip(chunked(bytes, chunk))) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** What both make of the same bytes: the data, or that they are bad. */
async function outcomes(bytes: Buffer): Promise<[ours: string, zlibs: string]> {
  const ours = await inflate(bytes).then(
    (data) => data.toString("hex"),
    () => "bad",
  );
  try {
    return [ours, gunzipSync(bytes).toString("hex")];
  } catch {
    return [ours, "bad"];
  }
}

/** A member around a stream of blocks. */
function member(
  blocks: Uint8Array,
  content: Uint8Array,
  header = Buffer.from("1f8b0800000000000003", "hex"),
) {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length % 2 ** 32, 4);
  return Buffer.concat([header, blocks, trailer]);
}

/** Text with repetitions at all distances, from few letters or from all bytes. */
const content = fc
  .record({
    letters: fc.constantFrom(1, 2, 4, 20, 256),
    runs: fc.array(
      fc.record({ length: fc.nat(40_000), distance: fc.integer({ min: 1, max: 33_000 }), seed: fc.nat() }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ letters, runs }) => {
    const bytes = Buffer.alloc(runs.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const { length, distance, seed } of runs) {
      let state = seed | 1;
      for (const end = at + length; at < end; at++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        bytes[at] = at < distance || state % 64 === 0 ? (state >>> 16) % letters : bytes[at - distance]!;
      }
    }
    return bytes;
  });

const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
}) satisfies fc.Arbitrary<ZlibOptions>;

describe("gives what was packed", () => {
  test("at every level and strategy, in chunks of any size", async () => {
    const property = fc.asyncProperty(
      content,
      options,
      fc.integer({ min: 1, max: 20_000 }),
      async (bytes, how, chunk) => {
        expect((await inflate(gzipSync(bytes, how), chunk)).equals(bytes)).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  test("by several at once", async () => {
    const whole = Buffer.alloc(12_000_000, "some words that are said again and again, ");
    for (let i = 0; i < whole.length; i += 3) whole[i] = Math.imul(i, 0x9e3779b1) >>> 24;
    const packed = gzipSync(whole);
    expect(packed.length).toBeGreaterThan(2 * 1024 * 1024);
    const all = await Promise.all(Array.from({ length: 5 }, () => inflate(packed)));
    expect(all.map((it) => it.equals(whole))).toEqual([true, true, true, true, true]);
  });
});

describe("headers", () => {
  const blocks = deflateRawSync("abc");
  const abc = Buffer.from("abc");

  test("with all fields", async () => {
    const start = Buffer.from("1f8b081f000000000003", "hex");
    const fields = Buffer.concat([start, Buffer.from("0400", "hex"), Buffer.from("abcdname\0a comment\0")]);
    const sum = Buffer.alloc(2);
    sum.writeUInt16LE(crc32(fields) & 0xffff);
    expect(String(await inflate(member(blocks, abc, Buffer.concat([fields, sum])), 1))).toBe("abc");
    sum[0]! ^= 1;
    await expect(inflate(member(blocks, abc, Buffer.concat([fields, sum])))).rejects.toThrow(
      "incorrect checksum of the header",
    );
  });

  test.each([
    ["an empty extra field", "1f8b08040000000000030000"],
    ["a name", "1f8b080800000000000361616100"],
    ["a comment", "1f8b081000000000000300"],
  ])("with %s", async (_, header) => {
    expect(String(await inflate(member(blocks, abc, Buffer.from(header, "hex"))))).toBe("abc");
  });

  test.each([
    ["of another format", "1f8c0800000000000003"],
    ["of another method", "1f8b0700000000000003"],
    ["with flags that nobody knows", "1f8b0820000000000003"],
  ])("%s are refused", async (_, header) => {
    await expect(inflate(member(blocks, abc, Buffer.from(header, "hex")))).rejects.toThrow(
      "incorrect header",
    );
  });
});

test("zeros behind the data are padding, other bytes are not", async () => {
  const packed = gzipSync("abc");
  expect(String(await inflate(Buffer.concat([packed, Buffer.alloc(1000)])))).toBe("abc");
  await expect(inflate(Buffer.concat([packed, Buffer.from("more")]))).rejects.toThrow("incorrect header");
});

/** Bits, the first one lowest. */
function packedBits(...bits: string[]): Buffer {
  const all = bits.join("").replaceAll(" ", "");
  const bytes = all.match(/.{1,8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt([...byte].reverse().join("").padStart(8, "0"), 2)));
}

/** A number as deflate has those that are no codes: lowest bit first. */
const number = (value: number, width: number) =>
  [...value.toString(2).padStart(width, "0")].reverse().join("");

/** The start of a last block with codes of its own. */
const dynamic = (literals: number, distances: number, lengths: readonly number[]) =>
  `1 01 ${number(literals - 257, 5)} ${number(distances - 1, 5)} ${number(lengths.length - 4, 4)} ${lengths
    .map((it) => number(it, 3))
    .join("")}`;

describe("is refused, as by zlib,", () => {
  test.each([
    ["a block of no type", "invalid type of block", packedBits("1 11")],
    ["a stored block of two lengths", "invalid length of a stored block", Buffer.from("0101000000", "hex")],
    ["too many literals", "too many codes", packedBits(dynamic(287, 1, [0, 0, 0, 0]))],
    ["too many distances", "too many codes", packedBits(dynamic(257, 31, [0, 0, 0, 0]))],
    [
      "lengths of codes without a code",
      "invalid lengths of codes",
      packedBits(dynamic(257, 1, [0, 0, 0, 0])),
    ],
    ["too many lengths of codes", "invalid lengths of codes", packedBits(dynamic(257, 1, [1, 1, 1, 0]))],
    [
      "a repetition of nothing",
      "invalid lengths of codes",
      packedBits(dynamic(257, 1, [1, 0, 0, 1]), "1 00"),
    ],
    [
      "a repetition beyond the end",
      "invalid lengths of codes",
      packedBits(dynamic(257, 1, [0, 0, 1, 1]), "1 1111111 1 1111111"),
    ],
    [
      "codes without an end of the block",
      "invalid set of codes",
      packedBits(dynamic(257, 1, [0, 0, 1, 1]), "1 1111111 1 1101110"),
    ],
    ["the literal 286", "invalid code", packedBits("1 10 11000110")],
    ["the distance 30", "invalid distance", packedBits("1 10 00110000 0000001 11110")],
    ["a distance before the start", "invalid distance", packedBits("1 10 00110000 0000001 00001")],
  ])("%s", async (_, message, blocks) => {
    const bytes = member(Buffer.concat([blocks, Buffer.alloc(2000)]), Buffer.alloc(0));
    expect(() => inflateRawSync(Buffer.concat([blocks, Buffer.alloc(2000)]))).toThrow();
    await expect(inflate(bytes)).rejects.toThrow(message);
  });

  test("a wrong checksum or length", async () => {
    const packed = gzipSync("abc");
    const changed = (at: number) =>
      Buffer.from(packed.map((byte, i) => (i === packed.length + at ? byte ^ 1 : byte)));
    await expect(inflate(changed(-8))).rejects.toThrow("incorrect checksum");
    await expect(inflate(changed(-4))).rejects.toThrow("incorrect length");
  });

  test("a distance into the member before", async () => {
    const far = member(packedBits("1 10 00110000 0000001 00001 0000000"), Buffer.alloc(0));
    await expect(inflate(Buffer.concat([gzipSync("abcdef"), far]))).rejects.toThrow("invalid distance");
  });

  test("whatever is damaged", async () => {
    const damage = fc.record({
      bytes: content.map((bytes) => bytes.subarray(0, 3000)),
      how: options,
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      by: fc.integer({ min: 1, max: 255 }),
      cut: fc.boolean(),
    });
    const property = fc.asyncProperty(damage, async ({ bytes, how, at, by, cut }) => {
      const packed = gzipSync(bytes, how);
      const place = Math.floor(at * packed.length);
      packed[place]! ^= by;
      const [ours, zlibs] = await outcomes(cut ? packed.subarray(0, place) : packed);
      expect(ours).toBe(zlibs);
    });
    await fc.assert(property, { numRuns: 1500 });
  });
});

/** Bytes that packing does not make much smaller. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

const large = noise(9_000_000);
const packed = gzipSync(large, { level: 1 });

/** Does something while a large blob is under way, for which this thread would have taken the next one. */
async function beside<T>(work: () => Promise<T>): Promise<T> {
  let given = 0;
  for await (const chunk of gunzip(chunked(packed, 1 << 19))) {
    given += chunk.length;
    if (given > 4_000_000) return await work();
  }
  throw new Error("a large blob is over too early");
}

describe.each([
  ["in this thread", <T>(work: () => Promise<T>) => work()],
  ["in another thread", beside],
])("%s", (_, here) => {
  test("several members of many outputs are inflated", async () => {
    const [bytes] = fc.sample(fc.uint8Array({ minLength: 30_000, maxLength: 30_000 }), {
      numRuns: 1,
      seed: 7,
    });
    const parts = Array.from({ length: 300 }, (_, i) =>
      Buffer.from(bytes!.map((byte) => byte ^ (i % 7 === 0 ? i : 3))),
    );
    const whole = Buffer.concat(parts);
    await here(async () => {
      for (const level of [0, 1, 9]) {
        const packed = gzipSync(whole, { level });
        expect((await inflate(packed, 100_000)).equals(whole)).toBe(true);
        expect(
          (await inflate(Buffer.concat([packed, packed]), 3_000_000)).equals(Buffer.concat([whole, whole])),
        ).toBe(true);
      }
    });
  });

  test("who stops early leaves nothing behind for the next", async () => {
    await here(async () => {
      for (const stopAt of [1, 3, 8, 20]) {
        let seen = 0;
        for await (const _ of gunzip(chunked(packed, 1 << 19))) if (++seen === stopAt) break;
        expect((await inflate(packed)).equals(large)).toBe(true);
      }
    });
  });

  test("input that never comes holds nobody up who stops", async () => {
    async function* stuck() {
      yield packed.subarray(0, 4_000_000);
      await new Promise(() => {});
    }
    await here(async () => {
      let given = 0;
      for await (const chunk of gunzip(stuck())) {
        given += chunk.length;
        if (given > 3_000_000) break;
      }
      expect((await inflate(packed)).equals(large)).toBe(true);
    });
  });

  test("an error of the input is thrown where its data are asked for", async () => {
    async function* broken() {
      yield packed.subarray(0, 4_000_000);
      throw new Error("the line is dead");
    }
    await here(async () => {
      const all = async () => {
        for await (const _ of gunzip(broken())) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      await expect(all()).rejects.toThrow("the line is dead");
      expect((await inflate(packed)).equals(large)).toBe(true);
    });
  });

  test("corrupt and truncated data are refused", async () => {
    const damaged = Buffer.from(packed);
    damaged[7_000_000]! ^= 4;
    await here(async () => {
      await expect(inflate(damaged)).rejects.toThrow(/^incorrect|^invalid/);
      await expect(inflate(packed.subarray(0, 6_000_000))).rejects.toThrow("unexpected end of data");
      expect((await inflate(packed)).equals(large)).toBe(true);
    });
  });

  test("what lies behind the data is left to others", async () => {
    const behind = Buffer.concat([packed, Buffer.alloc(5_000_000)]);
    await here(async () => {
      expect((await inflate(behind)).equals(large)).toBe(true);
      expect((await inflate(packed)).equals(large)).toBe(true);
    });
  });
});
