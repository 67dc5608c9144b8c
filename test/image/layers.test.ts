// From members to entries: paths, whiteouts, links, content.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WalkedImage } from "../../src/image/image.ts";
import { createPaths } from "../../src/image/paths.ts";
import { readImage } from "../../src/image/read.ts";
import { measureWaste } from "../../src/image/waste.ts";
import { asArchive, chunked, dockerSave, ociLayout, temporaryFolder } from "./archives.ts";
import { seeking, streaming } from "./readers.ts";
import { type TarEntry, tar } from "./tar-writer.ts";

const folder = temporaryFolder();
let count = 0;
function stored(bytes: Buffer): string {
  const path = join(folder, `${count++}.tar`);
  writeFileSync(path, bytes);
  return path;
}

/** The image of these layers: from disk, as a stream, and with compressed layers. */
async function each(
  layers: readonly (readonly TarEntry[])[],
  check: (image: WalkedImage) => void,
): Promise<void> {
  const parts = { layers: layers.map((entries) => tar(entries)) };
  const archive = tar(dockerSave([parts]));
  for (const source of [stored(archive), chunked(archive), stored(asArchive(ociLayout([parts])))]) {
    const image = await readImage(source);
    check(image);
    await image.close();
  }
}

/** The entries of a layer, "kind path". */
function entriesOf(image: WalkedImage, layer = 0): string[] {
  const { entries } = image.layers[layer]!;
  return Array.from(
    { length: entries.count },
    (_, i) => `${entries.kind(i)} ${image.paths.path(entries.path(i))}`,
  );
}

describe("paths", () => {
  test("are the same in every spelling", async () => {
    const names = ["a/b", "./a/b", "/a/b", "a//b", "a/./b", "a/x/../b", "./a/b/", "a/b/."];
    await each([names.map((name) => ({ name, type: "0" }))], (image) => {
      expect(entriesOf(image)).toEqual(names.map(() => "file /a/b"));
    });
    const roots = ["./", "/", ".", "", "a/.."];
    await each([roots.map((name) => ({ name, type: "5" }))], (image) => {
      expect(entriesOf(image)).toEqual(roots.map(() => "directory /"));
    });
  });
  test("that look special are not", async () => {
    const names = [
      "...",
      ".a",
      "..a",
      "a..",
      ".w",
      ".wh",
      "a/..b/c",
      "new\nline",
      "\u001b[31m",
      "wh.x",
      "x.wh.y",
    ];
    await each([names.map((name) => ({ name }))], (image) => {
      expect(entriesOf(image)).toEqual(names.map((name) => `file /${name}`));
    });
  });
  test("are found by name, with their parents", async () => {
    await each([[{ name: "usr/bin/env" }]], ({ paths, layers }) => {
      const id = layers[0]!.entries.path(0);
      expect(paths.find("/usr/bin/env")).toBe(id);
      expect(paths.path(paths.parent(id))).toBe("/usr/bin");
      expect(paths.find("usr//bin/./")).toBe(paths.parent(id));
      expect(paths.parent(0)).toBe(0);
      expect(paths.find("/")).toBe(0);
      expect(paths.find("/usr/lib")).toBeUndefined();
      expect(paths.find("/..")).toBeUndefined();
      expect(paths.count).toBe(4);
    });
  });
  test("that are not UTF-8 stay apart, also behind symlinks", async () => {
    const latin1 = (text: string) => Buffer.from(text, "latin1");
    const named = (path: string, content = "x".repeat(100)): TarEntry => ({
      name: "latin1",
      content,
      pax: { path: latin1(path) },
    });
    const link: TarEntry = { name: "lib", type: "2", pax: { linkpath: latin1("usr/l\xefb") } };
    const wasteOf = async (lower: string, ...upper: string[]) => {
      const wastes: number[] = [];
      await each([[named(lower), link], upper.map((path) => named(path))], (image) =>
        wastes.push(measureWaste(image).waste),
      );
      return wastes;
    };
    expect(await wasteOf("usr/l\xefb/caf\xe9", "lib/caf\xe9")).toEqual([100, 100, 100]);
    expect(await wasteOf("usr/l\xefb/caf\xe8", "lib/caf\xe9", "lib/caf\xea")).toEqual([0, 0, 0]);
    expect(await wasteOf("usr/l\xefb/a", "lib/d\xe9/a", "lib/d\xe8/a", "lib/d\xe9/a")).toEqual([
      100, 100, 100,
    ]);
  });
  test("are kept apart and found again, however many", () => {
    // A dash sorts before the slash, letters behind it.
    const segment = fc.stringMatching(/^[ab-]{1,3}$/);
    const names = fc.array(fc.array(segment, { minLength: 1, maxLength: 4 }), { maxLength: 200 });
    fc.assert(
      fc.property(names, (all) => {
        const paths = createPaths(1e6);
        const byText = new Map<string, number>();
        for (const segments of all) {
          const bytes = Buffer.from(segments.join("/"));
          const slash = bytes.lastIndexOf("/") + 1;
          const parent = paths.folder(bytes, 0, slash);
          const id = paths.child(parent, bytes, slash, bytes.length);
          expect(byText.get(segments.join("/")) ?? id).toBe(id);
          byText.set(segments.join("/"), id);
          expect(paths.parent(id)).toBe(parent);
        }
        expect(new Set(byText.values()).size).toBe(byText.size);
        const ids = Array.from({ length: paths.count }, (_, id) => id);
        const order = (id: number) => Buffer.from(paths.path(id));
        expect([...ids].sort(paths.compare)).toEqual(ids.sort((a, b) => order(a).compare(order(b))));
        for (const [text, id] of byText) {
          expect(paths.path(id)).toBe(`/${text}`);
          expect(paths.find(`/${text}`)).toBe(id);
        }
      }),
    );
  });
});

describe("whiteouts", () => {
  test("name what they hide; opaque ones their folder", async () => {
    const names = [".wh.a", "d/.wh.a b", ".wh..wh..opq", "d/e/.wh..wh..opq", "./d/.wh..hidden", ".wh...a"];
    await each([names.map((name) => ({ name }))], (image) => {
      expect(entriesOf(image)).toEqual([
        "whiteout /a",
        "whiteout /d/a b",
        "opaque /",
        "opaque /d/e",
        "whiteout /d/.hidden",
        "whiteout /..a",
      ]);
    });
  });
  test("of any type count, and their content does not", async () => {
    const entries = [
      { name: ".wh.a", content: "xyz" },
      { name: ".wh.b/", type: "5" },
      { name: "c", content: "1" },
    ];
    await each([entries], (image) => {
      expect(entriesOf(image)).toEqual(["whiteout /a", "whiteout /b", "file /c"]);
      expect([0, 1, 2].map((i) => image.layers[0]!.entries.size(i))).toEqual([0, 0, 1]);
    });
  });
  test("of aufs itself are left out with all below them", async () => {
    const names = [
      ".wh..wh.aufs",
      ".wh..wh.orph/",
      ".wh..wh.plnk/",
      ".wh..wh.plnk/12.34",
      "d/.wh..wh.x",
      "e",
    ];
    await each([names.map((name) => ({ name, content: name.endsWith("/") ? "" : "q" }))], (image) => {
      expect(entriesOf(image)).toEqual(["file /e"]);
    });
  });
});

describe("links", () => {
  test("keep their targets: paths of hardlinks, texts of symlinks", async () => {
    const entries = [
      { name: "a", content: "1" },
      { name: "b", type: "1", link: "./a" },
      { name: "c", type: "2", link: "../../etc" },
      { name: "d", type: "2", link: "é" },
    ];
    await each([entries], ({ layers, paths }) => {
      const [{ entries }] = layers as [(typeof layers)[0]];
      expect(paths.path(entries.linkPath(1)!)).toBe("/a");
      expect([0, 1, 2, 3].map((i) => entries.linkText(i))).toEqual([undefined, undefined, "../../etc", "é"]);
      expect([0, 2].map((i) => entries.linkPath(i))).toEqual([undefined, undefined]);
    });
  });
});

describe("content", () => {
  const large = "z".repeat(700_000);
  const layers: TarEntry[][] = [
    [
      { name: "a", content: large },
      { name: "b", content: "same" },
      { name: "c", content: "" },
      { name: "d", content: "longer" },
    ],
    [
      { name: "a", content: `${large.slice(1)}y` },
      { name: "b", content: "same" },
      { name: "c", content: "" },
      { name: "d", content: "short" },
      { name: "e", content: large },
    ],
  ];

  test("is compared, on disk and from hashes", async () => {
    const hashes: bigint[][] = [];
    await each(layers, (image) => {
      expect([0, 1, 2, 3].map((i) => image.sameContent(0, i, 1, i))).toEqual([false, true, true, false]);
      expect(image.sameContent(0, 0, 1, 4)).toBe(true);
      expect(image.sameContent(1, 0, 1, 4)).toBe(false);
      expect(image.sameContent(1, 3, 1, 3)).toBe(true);
      hashes.push([0, 1, 2, 3, 4].map((i) => image.contentHash(1, i)));
    });
    expect(new Set(hashes[0]).size).toBe(5);
    expect(hashes[1]).toEqual(hashes[0]);
    expect(hashes[2]).toEqual(hashes[0]);
  });
  test("of a compressed layer meets that of one that is not", async () => {
    const tars = layers.map((entries) => tar(entries));
    const { gzipSync } = await import("node:zlib");
    const compress = (bytes: Buffer, i: number) => (i === 0 ? bytes : gzipSync(bytes));
    const image = await readImage(stored(asArchive(ociLayout([{ layers: tars, compress }]))));
    expect(image.layers.map((layer) => layer.compression)).toEqual(["none", "gzip"]);
    expect([0, 1, 2, 3].map((i) => image.sameContent(0, i, 1, i))).toEqual([false, true, true, false]);
    await image.close();
  });
  test("of sparse files counts with their maps", async () => {
    const sparse = (name: string, map: string, content: string): TarEntry => ({
      name,
      content,
      pax: { "GNU.sparse.size": "100000", "GNU.sparse.map": map },
    });
    const entries = [
      sparse("a", "0,4", "data"),
      sparse("b", "0,4", "data"),
      sparse("c", "512,4", "data"),
      sparse("d", "0,0", ""),
      sparse("e", "0,0", ""),
    ];
    await each([entries], (image) => {
      expect(image.layers[0]!.entries.size(0)).toBe(100_000);
      expect(image.sameContent(0, 0, 0, 1)).toBe(true);
      expect(image.sameContent(0, 0, 0, 2)).toBe(false);
      expect(image.sameContent(0, 0, 0, 3)).toBe(false);
      expect(image.sameContent(0, 3, 0, 4)).toBe(true);
      expect(image.contentHash(0, 0)).toBe(image.contentHash(0, 1));
      expect(image.contentHash(0, 0)).not.toBe(image.contentHash(0, 2));
    });
  });
});

const gnuTar = (() => {
  try {
    return execFileSync("tar", ["--version"], { encoding: "utf8" }).includes("GNU tar");
  } catch {
    return false;
  }
})();

describe.skipIf(!gnuTar)("GNU tar's own archives", () => {
  const source = join(folder, "source");
  const long = `${"deep/".repeat(25)}file`;
  mkdirSync(join(source, "deep/".repeat(25)), { recursive: true });
  writeFileSync(join(source, long), "long");
  writeFileSync(join(source, "plain"), "p".repeat(1000));
  writeFileSync(join(source, "sparse"), "start");
  truncateSync(join(source, "sparse"), 3_000_000);
  execFileSync("ln", ["-s", long, join(source, "symlink")]);
  execFileSync("ln", [join(source, "plain"), join(source, "hardlink")]);
  const sparseForms = ["--sparse-version=0.0", "--sparse-version=0.1", "--sparse-version=1.0"];
  const forms = [
    ["--format=v7"],
    ["--format=ustar"],
    ["--format=oldgnu"],
    ["--format=gnu"],
    ["--format=posix"],
    ["--format=oldgnu", "--sparse"],
    ["--format=gnu", "--sparse"],
    ...sparseForms.map((form) => ["--format=posix", "--sparse", form]),
    ["--format=gnu", "--blocking-factor=1"],
  ];

  test.each(forms.map((form) => [form.join(" "), form] as const))("%s", async (_, form) => {
    const path = join(folder, "gnu.tar");
    const v7 = form[0] === "--format=v7";
    const shortLinks = v7 || form[0] === "--format=ustar";
    const wanted = ["hardlink", "plain", "sparse", ...(shortLinks ? [] : ["symlink"]), ...(v7 ? [] : [long])];
    execFileSync("tar", ["-cf", path, ...form, "-C", source, ...wanted]);
    const archive = readFileSync(path);
    const found = await seeking(archive);
    expect(streaming(archive, [1000])).toEqual(found);
    const sizes: Record<string, number> = { hardlink: 1000, sparse: 3_000_000, [long]: 4 };
    expect(found.map(({ name, size }) => [name, size])).toEqual(
      wanted.map((name) => [name, sizes[name] ?? 0]),
    );
    expect(found[1]).toMatchObject({ kind: "hardlink", link: "hardlink" });
    if (!shortLinks) expect(found[3]).toMatchObject({ kind: "symlink", link: long });
  });
});
