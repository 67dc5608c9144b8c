// Every dialect of tar, by every reader.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ImageError } from "../../src/image/error.ts";
import { fenced, type Read, seeking, streaming } from "./readers.ts";
import { octal, paxHeader, sparsePairs, type TarEntry, tar, tarEntry } from "./tar-writer.ts";

/** Reads with both readers of our own, in several chunkings, and insists that they agree. */
async function read(archive: Buffer): Promise<Read[]> {
  const found = await seeking(archive);
  expect(await seeking(archive, 1234)).toEqual(found);
  for (const sizes of [[65_536], [512], [1], [511, 513, 7]]) expect(streaming(archive, sizes)).toEqual(found);
  return found;
}

/** And with tar-stream, where it can. */
async function readAll(archive: Buffer): Promise<Read[]> {
  const found = await read(archive);
  const names = found.map(({ name, content }) => ({ name, content }));
  expect(await fenced(archive)).toEqual(names);
  expect(await fenced(archive, 100)).toEqual(names);
  return found;
}

const one = async (entry: TarEntry, reading = readAll): Promise<Read> => {
  const next: TarEntry = { name: "next", content: "n" };
  const found = await reading(tar([entry, next]));
  expect(found).toHaveLength(2);
  expect(found[1]).toMatchObject({ kind: "file", name: "next", content: "n", size: 1, xattrs: 0, uid: 0 });
  return found[0]!;
};

describe("names", () => {
  const long = `${"folder/".repeat(30)}file`;

  test("of up to 100 bytes fill their field without a NUL", async () => {
    const name = "x".repeat(100);
    expect(await one({ name, content: "a" })).toMatchObject({ name, kind: "file", size: 1 });
  });
  test("have a prefix in POSIX headers", async () => {
    expect(await one({ name: "c", prefix: "a/b" })).toMatchObject({ name: "a/b/c" });
    expect(await one({ name: "c", prefix: "p".repeat(155) })).toMatchObject({ name: `${"p".repeat(155)}/c` });
  });
  test("have none in GNU headers, where times stand there", async () => {
    const magic = { name: "c", magic: "gnu", prefix: "14371234567" } as const;
    expect(await one(magic)).toMatchObject({ name: "c" });
    expect(await one({ ...magic, magic: "v7" })).toMatchObject({ name: "c" });
  });
  test("have a shorter one in star's", async () => {
    const entry: TarEntry = { name: "c", magic: "star", prefix: "p".repeat(155) };
    expect(await one(entry, read)).toMatchObject({ name: `${"p".repeat(131)}/c` });
  });
  test("are long by GNU's way", async () => {
    const entry: TarEntry = { name: long, longName: true, magic: "gnu", content: "abc" };
    expect(await one(entry)).toMatchObject({ name: long, content: "abc" });
    const both: TarEntry = { name: long, type: "2", link: `${long}!`, longName: true, longLink: true };
    expect(await one(both)).toMatchObject({ name: long, kind: "symlink", link: `${long}!` });
  });
  test("are long by PAX's way, which wins", async () => {
    const pax = { path: long, linkpath: `${long}!` };
    expect(await one({ name: "short", type: "2", link: "x", pax })).toMatchObject({
      name: long,
      link: `${long}!`,
    });
    expect(await one({ name: `${long}?`, longName: true, pax })).toMatchObject({ name: long });
  });
  test("of any bytes survive", async () => {
    for (const name of ["näme", "a\nb", "\u001b[31m", "日本"])
      expect(await one({ name })).toMatchObject({ name });
  });
});

describe("numbers", () => {
  test("are octal, in every spelling", async () => {
    const spellings = ["0000000017\0", "        17 ", "         17", "17\0", "\0\0\0\0 17"];
    for (const text of spellings) {
      const patch = (header: Buffer) => {
        header.fill(0, 136, 148);
        header.write(text, 136, "latin1");
      };
      expect(await one({ name: "a", patch })).toMatchObject({ mtime: 15 });
    }
  });
  test("are base-256 where octal is too short", async () => {
    const entry = { name: "a", base256: true, uid: 2 ** 31 + 5, gid: 3, mtime: 2 ** 35, content: "abc" };
    expect(await one(entry)).toMatchObject({
      uid: 2 ** 31 + 5,
      gid: 3,
      mtime: 2 ** 35,
      size: 3,
      content: "abc",
    });
    expect(await one({ name: "a", base256: true, mtime: -5 })).toMatchObject({ mtime: -5 });
  });
  test("come from PAX", async () => {
    const pax = { uid: "4294967294", gid: "70000", mtime: "1700000000.25", atime: "3", comment: "a=b\nc" };
    expect(await one({ name: "a", uid: 1, pax })).toMatchObject({
      uid: 4294967294,
      gid: 70000,
      mtime: 1700000000.25,
    });
    expect(await one({ name: "a", pax: { mtime: "-1.5" } })).toMatchObject({ mtime: -1.5 });
  });
  test("of PAX give the size that counts", async () => {
    expect(await one({ name: "a", size: 0, content: "abcd", pax: { size: "4" } })).toMatchObject({
      content: "abcd",
    });
  });
  test("of modes keep setuid, setgid and sticky", async () => {
    expect(await one({ name: "a", mode: 0o104755 })).toMatchObject({ mode: 0o4755 });
  });
});

describe("xattrs", () => {
  const a = ["SCHILY.xattr.user.a", "1"] as const;
  const b = ["SCHILY.xattr.security.capability", "\u0001\0\0\u0002"] as const;
  const hashOf = async (pax: readonly (readonly [string, string])[]) =>
    (await one({ name: "f", pax })).xattrs;

  test("are told apart, in any order", async () => {
    const both = await hashOf([a, b]);
    expect(both).not.toBe(0);
    expect(await hashOf([b, a])).toBe(both);
    expect(await hashOf([a])).not.toBe(both);
    expect(await hashOf([["SCHILY.xattr.user.a", "2"]])).not.toBe(await hashOf([a]));
    expect(await hashOf([["comment", "1"]])).toBe(0);
  });
});

describe("global PAX headers", () => {
  test("hold for all that follow, until a local one says otherwise", async () => {
    const archive = tar([
      { name: "a" },
      paxHeader("g", { uid: "5", mtime: "9.5" }),
      { name: "b" },
      { name: "c", pax: { uid: "6" } },
      { name: "d", pax: { uid: "" } },
      paxHeader("g", { uid: "7" }),
      { name: "e" },
    ]);
    const found = await readAll(archive);
    expect(found.map(({ name, uid, mtime }) => [name, uid, mtime])).toEqual([
      ["a", 0, 0],
      ["b", 5, 9.5],
      ["c", 6, 9.5],
      ["d", 0, 9.5],
      ["e", 7, 9.5],
    ]);
  });
});

describe("types", () => {
  const types = [
    ["0", "file"],
    ["\0", "file"],
    ["7", "file"],
    ["1", "hardlink"],
    ["2", "symlink"],
    ["3", "character-device"],
    ["4", "block-device"],
    ["5", "directory"],
    ["6", "fifo"],
  ] as const;

  test.each(types)("%j is a %s", async (type, kind) => {
    expect(await one({ name: "a", type, link: "b" })).toMatchObject({ kind, size: 0 });
  });
  test("of old tars tell folders by a slash", async () => {
    expect(await one({ name: "a/", type: "\0" })).toMatchObject({ kind: "directory" });
  });
  test("that nobody knows are files", async () => {
    expect(await one({ name: "a", type: "Z", content: "abc" })).toMatchObject({
      kind: "file",
      content: "abc",
    });
  });
  test("other than files have no payload, whatever they claim", async () => {
    for (const type of ["1", "2", "3", "4", "5", "6"]) {
      const entry = { name: "a", type, link: "b", size: 5000 };
      expect(await one(entry, read)).toMatchObject({ size: 0 });
      expect(await one({ ...entry, pax: { size: "5000" } }, read)).toMatchObject({ size: 0 });
      await expect(fenced(tar([entry]))).rejects.toThrow(/no file but claims a size/);
    }
  });
  test("that mean nothing here are passed over", async () => {
    const found = await read(tar([{ name: "label", type: "V", content: "xyz" }, { name: "a" }]));
    expect(found.map(({ name }) => name)).toEqual(["a"]);
    expect(await one({ name: "dump", type: "D", content: "Ya\0Nb\0\0" }, read)).toMatchObject({
      kind: "directory",
    });
  });
});

describe("sparse files have their real size", () => {
  const stored = "data".repeat(300);

  test("old GNU, also with blocks of map behind the header", async () => {
    const map = (pairs: [number, number][], more: boolean) => (header: Buffer) => {
      sparsePairs(pairs).copy(header, 386);
      header[482] = Number(more);
      octal(1_000_000, 12).copy(header, 483);
    };
    const entry: TarEntry = {
      name: "s",
      type: "S",
      magic: "gnu",
      content: stored,
      patch: map([[4096, 1200]], false),
    };
    expect(await one(entry, read)).toMatchObject({ kind: "file", size: 1_000_000, content: stored });
    const block = (last: boolean) => {
      const bytes = Buffer.alloc(512);
      sparsePairs([[8192, 100]]).copy(bytes);
      bytes[504] = Number(!last);
      return bytes;
    };
    const extended = { ...entry, patch: map([[4096, 1100]], true), blocks: [block(false), block(true)] };
    expect(await one(extended, read)).toMatchObject({ name: "s", size: 1_000_000, content: stored });
    await expect(fenced(tar([entry]))).rejects.toThrow(/sparse/);
  });
  test("PAX 0.0 and 0.1", async () => {
    const zero: [string, string][] = [
      ["GNU.sparse.size", "5000"],
      ["GNU.sparse.numblocks", "1"],
      ["GNU.sparse.offset", "4096"],
      ["GNU.sparse.numbytes", "1200"],
    ];
    expect(await one({ name: "s", content: stored, pax: zero }, read)).toMatchObject({
      size: 5000,
      content: stored,
    });
    const pax = { "GNU.sparse.name": "real", "GNU.sparse.size": "5000", "GNU.sparse.map": "0,1200" };
    expect(await one({ name: "GNUSparseFile.1/s", content: stored, pax }, read)).toMatchObject({
      name: "real",
      size: 5000,
    });
  });
  test("PAX 1.0", async () => {
    const pax = {
      "GNU.sparse.major": "1",
      "GNU.sparse.minor": "0",
      "GNU.sparse.name": "real",
      "GNU.sparse.realsize": "7000",
    };
    const content = Buffer.concat([Buffer.from("1\n4096\n1200\n".padEnd(512, "\0")), Buffer.from(stored)]);
    const found = await one({ name: "GNUSparseFile.1/s", content, pax }, read);
    expect(found).toMatchObject({ name: "real", size: 7000, content: content.toString("latin1") });
  });
});

describe("the end", () => {
  test("is two blocks of zeros, whatever follows", async () => {
    const rest = Buffer.concat([tarEntry({ name: "behind" }), Buffer.alloc(3000, 255)]);
    const found = await readAll(Buffer.concat([tar([{ name: "a", content: "x" }]), rest]));
    expect(found.map(({ name }) => name)).toEqual(["a"]);
  });
  test("may be the end of the data", async () => {
    for (const end of [Buffer.alloc(0), Buffer.alloc(512)]) {
      expect(await read(tar([{ name: "a", content: "x" }], end))).toHaveLength(1);
      expect(await read(tar([], end))).toEqual([]);
    }
    expect(await readAll(tar([]))).toEqual([]);
  });
});

describe("what is wrong ends in one sentence", () => {
  const cut = (bytes: Buffer, by: number) => bytes.subarray(0, bytes.length - by);
  const file = tarEntry({ name: "a", content: "x".repeat(1000) });
  const sparse = tarEntry({ name: "s", type: "S", patch: (header) => void header.fill(1, 482, 483) });
  const spoil = (header: Buffer) => void header.write("z", 5);
  const sizeField = (text: string) => (header: Buffer) => void header.write(text, 124, 12, "latin1");
  const minusOne = (header: Buffer) => void header.fill(255, 124, 136);
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ["cut in a payload", cut(file, 600), /truncated/],
    ["cut in a header", file.subarray(0, 300), /truncated/],
    ["cut behind a header", file.subarray(0, 512), /truncated/],
    ["cut in a PAX header", paxHeader("x", { path: "y".repeat(900) }).subarray(0, 1000), /truncated/],
    ["cut in a sparse map", sparse, /truncated/],
    ["cut in a second header", Buffer.concat([file, file.subarray(0, 100)]), /truncated at byte/],
    ["a wrong checksum", tar([{ name: "a", spoil }]), /byte 0 has a wrong checksum/],
    ["noise", Buffer.alloc(2048, 7), /wrong checksum/],
    ["a lone zero block", Buffer.concat([file, Buffer.alloc(512), file]), /lone zero block/],
    ["2^53 bytes in base-256", tar([{ name: "a", size: 2 ** 53 }]), /claims 9007199254740992 bytes/],
    ["8 GiB that are not there", tar([{ name: "a", size: 2 ** 33 }]), /truncated/],
    ["a negative size", tar([{ name: "a", patch: minusOne }]), /negative size/],
    ["a size that is no number", tar([{ name: "a", patch: sizeField("12x4") }]), /size that is no number/],
    ["a size with a minus", tar([{ name: "a", patch: sizeField("-1") }]), /size that is no number/],
    [
      "a PAX size of 2^53",
      tar([{ name: "a", pax: { size: "9007199254740992" } }]),
      /claims 9007199254740992 bytes/,
    ],
    ["a PAX size that is no number", tar([{ name: "a", pax: { size: "-5" } }]), /PAX size that is no number/],
    [
      "a PAX time that is no number",
      tar([{ name: "a", pax: { mtime: "now" } }]),
      /PAX mtime that is no number/,
    ],
    [
      "a PAX header of a gigabyte",
      tarEntry({ name: "p", type: "x", size: 2 ** 30 }),
      /1073741824 bytes of ext/,
    ],
    [
      "a GNU name of a gigabyte",
      tarEntry({ name: "p", type: "L", size: 2 ** 30 }),
      /1073741824 bytes of ext/,
    ],
    ["a PAX record too short", tarEntry({ name: "p", type: "x", content: "6 a=b" }), /malformed PAX/],
    ["a PAX record too long", tarEntry({ name: "p", type: "x", content: "99 path=b\n" }), /malformed PAX/],
    ["a PAX record without a key", tarEntry({ name: "p", type: "x", content: "5 ab\n" }), /malformed PAX/],
    ["a PAX record of no length", tarEntry({ name: "p", type: "x", content: "0 a=b\n" }), /malformed PAX/],
    ["a PAX path with NUL", tar([{ name: "a", pax: { path: "a\0b" } }]), /NUL/],
    ["a path of 5,000 bytes", tar([{ name: "a", pax: { path: "d/".repeat(2500) } }]), /longer than 4096/],
  ];

  test.each(cases)("%s", async (_, archive, message) => {
    await expect(seeking(archive)).rejects.toThrow(message);
    for (const sizes of [[65_536], [1], [512], [700]])
      expect(() => streaming(archive, sizes)).toThrow(message);
    await expect(fenced(archive)).rejects.toThrow(ImageError);
  });
});

const segment = fc.stringMatching(/^[a-z.é-]{1,12}$/).filter((text) => !/^\.+$/.test(text));
const name = fc.array(segment, { minLength: 1, maxLength: 30 }).map((segments) => segments.join("/"));
const content = fc.oneof(
  fc.constant(""),
  fc.string({ maxLength: 40 }),
  fc.integer({ min: 0, max: 3000 }).map((length) => "p".repeat(length)),
  fc.constant("q".repeat(70_000)),
);

const randomEntry: fc.Arbitrary<TarEntry | Buffer> = fc
  .record({
    name,
    content,
    link: name,
    type: fc.constantFrom("0", "0", "0", "\0", "7", "1", "2", "3", "5", "6"),
    dialect: fc.constantFrom("plain", "gnu", "pax", "v7"),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.oneof(fc.integer({ min: 0, max: 2 ** 21 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    gid: fc.integer({ min: 0, max: 2 ** 21 }),
    mtime: fc.oneof(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 0, max: 2 ** 40 })),
    base256: fc.boolean(),
    global: fc.constantFrom(false, false, false, true),
  })
  .map(({ dialect, global, ...it }) => {
    const linked = it.type === "1" || it.type === "2";
    const isFile = ["0", "\0", "7"].includes(it.type);
    const magic = dialect === "gnu" ? "gnu" : dialect === "v7" ? "v7" : "ustar";
    const entry = { ...it, magic, link: linked ? it.link : "", content: isFile ? it.content : "" } as const;
    if (global) return paxHeader("g", { mtime: String(it.mtime) });
    if (dialect === "pax") return { ...entry, pax: { path: it.name, ...(linked && { linkpath: it.link }) } };
    const bytes = Buffer.byteLength(it.name);
    const long = bytes > 99;
    const longLink = linked && Buffer.byteLength(it.link) > 99;
    return { ...entry, longName: long, longLink };
  });

test("readers agree on random archives", async () => {
  const property = fc.asyncProperty(
    fc.array(randomEntry, { maxLength: 12 }),
    fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 0, max: 3000 }),
    async (entries, sizes, offset) => {
      const archive = tar(entries);
      const found = await seeking(archive, offset);
      expect(streaming(archive, sizes)).toEqual(found);
      expect(await fenced(archive, sizes[0])).toEqual(found.map(({ name, content }) => ({ name, content })));
      const files = entries.filter((entry): entry is TarEntry => !Buffer.isBuffer(entry));
      expect(found.map(({ name }) => name)).toEqual(files.map((entry) => entry.name));
      expect(found.map(({ content }) => content)).toEqual(
        files.map((entry) => Buffer.from((entry.content ?? "") as string).toString("latin1")),
      );
      expect(found.map(({ link }) => link)).toEqual(files.map((entry) => entry.link));
      expect(found.map(({ mode, uid, gid }) => [mode, uid, gid])).toEqual(
        files.map(({ mode, uid, gid }) => [mode, uid, gid]),
      );
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

test("a damaged archive is read alike by both readers, or refused by both", async () => {
  const property = fc.asyncProperty(
    fc.array(randomEntry, { minLength: 1, maxLength: 6 }),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
    fc.nat(),
    async (entries, damage, cut) => {
      const archive = tar(entries);
      for (const [at, value] of damage) archive[at % archive.length] = value;
      const damaged = archive.subarray(0, archive.length - (cut % 3 === 0 ? cut % archive.length : 0));
      const asked = await seeking(damaged).catch((error: Error) => error.message);
      let streamed: Read[] | string;
      try {
        streamed = streaming(damaged, [700]);
      } catch (error) {
        streamed = (error as Error).message;
      }
      if (typeof asked === "string") expect(typeof streamed).toBe("string");
      else expect(streamed).toEqual(asked);
    },
  );
  await fc.assert(property, { numRuns: 300 });
});
