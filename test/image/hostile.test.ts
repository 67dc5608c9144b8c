// Where a careless reader breaks: each case ends with one clear line, in bounded time and memory.

import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { compress } from "@cloudpss/zstd";
import { describe, expect, test } from "vitest";
import { ImageError, oneLine } from "../../src/image/error.ts";
import type { OpenImage, ReadOptions } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { walkImage } from "../../src/image/walk.ts";
import { measureWaste } from "../../src/image/waste.ts";
import {
  asArchive,
  blob,
  chunked,
  configOf,
  dockerSave,
  type ImageParts,
  ociIndex,
  ociLayout,
  sha256,
  temporaryFolder,
  writeFolder,
} from "./archives.ts";
import { directory, file, stack, symlink } from "./stack.ts";
import { paxHeader, type TarEntry, tar, tarEntry } from "./tar-writer.ts";

const folder = temporaryFolder();
let count = 0;
const place = (name: string) => join(folder, `${count++}-${name}`);
function stored(bytes: Uint8Array): string {
  const path = place("archive.tar");
  writeFileSync(path, bytes);
  return path;
}

/** Reading must fail with one line that says this. */
async function refused(
  source: Parameters<typeof readImage>[0],
  message: RegExp,
  options: ReadOptions = {},
): Promise<void> {
  const error = await readImage(source, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ImageError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/^[^\n\r\u001b]{1,500}$/);
}

/** From disk and as a stream. */
async function refusedBoth(archive: Buffer, message: RegExp, options: ReadOptions = {}): Promise<void> {
  await refused(stored(archive), message, options);
  await refused(chunked(archive), message, options);
}

const layer = tar([{ name: "a", content: "a".repeat(2000) }, { name: "b" }]);
const parts: ImageParts = { layers: [layer] };
const only = (bytes: Buffer): ImageParts => ({ layers: [bytes] });
const asIs = (bytes: Buffer): ImageParts => ({ layers: [bytes], compress: (it) => it });
const save = (...images: ImageParts[]) => tar(dockerSave(images));
const oci = (...images: ImageParts[]) => ociLayout(images);

/** An OCI archive of which the first file that matches is changed. */
function spoiled(match: (bytes: Buffer) => boolean, change: (bytes: Buffer) => Buffer | undefined): Buffer {
  const files = oci(parts);
  const [name, bytes] = [...files].find(([path, it]) => path.startsWith("blobs") && match(it))!;
  const changed = change(bytes);
  if (changed === undefined) files.delete(name);
  else files.set(name, changed);
  return asArchive(files);
}
const isLayer = (bytes: Buffer) => bytes[0] === 0x1f;
const isManifest = (bytes: Buffer) => bytes.includes('"layers":');
const isConfig = (bytes: Buffer) => bytes.includes('"diff_ids":');
const flipped = (at: number) => (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at]! ^= 0xff;
  return copy;
};

describe("archives", () => {
  test("cut anywhere are refused, or nothing is missing", async () => {
    for (const archive of [save(parts), asArchive(oci(parts))]) {
      // Behind the last document only padding and the end are missing.
      const needed = archive.length - 1024 - 512;
      for (let size = 1; size < needed; size += 97) {
        await refused(stored(archive.subarray(0, size)), /./);
        await refused(chunked(archive.subarray(0, size)), /./);
      }
    }
  });
  test("that are something else", async () => {
    await refusedBoth(Buffer.alloc(0), /no tar archive|neither a tar|is empty/);
    await refusedBoth(Buffer.from("hello"), /no tar archive|neither a tar/);
    await refusedBoth(Buffer.alloc(100_000, 88), /no tar archive|neither a tar/);
    await refusedBoth(Buffer.alloc(10_240), /is no image/);
    await refusedBoth(tar([{ name: "etc/passwd", content: "root" }]), /is no image: it has neither/);
    await refusedBoth(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2]), /compressed with xz/);
    await refusedBoth(gzipSync("hello"), /no tar archive/);
    await refused(place("nothing"), /no such file/);
    await refused(writeFolder(place("folder"), new Map([["a", layer]])), /is no image/);
    await refused("a\0b", /NUL/);
    await refused(`oci-archive:${stored(save(parts))}`, /has no index.json/);
    await refused(`docker-archive:${stored(asArchive(oci(parts)))}`, /no manifest.json/);
  });
  test("with a document twice", async () => {
    const [first] = dockerSave([parts]).slice(-1) as [TarEntry];
    await refusedBoth(tar([...dockerSave([parts]), first]), /holds manifest.json twice/);
  });
  test("with links that lead astray", async () => {
    const linked = (links: TarEntry[]) =>
      tar(dockerSave([parts]).flatMap((entry) => (entry.name.endsWith("layer.tar") ? links : [entry])));
    const name = dockerSave([parts]).find((entry) => entry.name.endsWith("layer.tar"))!.name;
    const link = (from: string, to: string, type = "2"): TarEntry => ({ name: from, type, link: to });
    await refusedBoth(linked([link(name, "layer.tar")]), /leads to itself/);
    await refusedBoth(linked([link(name, "../x"), link("x", "y"), link("y", name)]), /leads to itself/);
    await refusedBoth(linked([link(name, "../../../etc/passwd")]), /leads outside/);
    await refusedBoth(linked([link(name, "/etc/passwd")]), /leads outside/);
    await refusedBoth(linked([link(name, "../../x", "1")]), /leads outside/);
    await refusedBoth(linked([link(name, "nowhere")]), /missing/);
  });
  test("that go on for ever behind their end", async () => {
    async function* endless(): AsyncGenerator<Uint8Array, void> {
      yield* chunked(save(parts));
      for (;;) yield Buffer.alloc(65_536, 1);
    }
    const image = await readImage(endless());
    expect(image.layers[0]!.entries.count).toBe(2);
  });
  test("that break off", async () => {
    async function* broken(): AsyncGenerator<Uint8Array, void> {
      yield* chunked(save(parts).subarray(0, 3000));
      throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" });
    }
    await refused(broken(), /ECONNRESET/);
  });
});

describe("documents", () => {
  const changed = (change: Parameters<typeof dockerSave>[1]) => tar(dockerSave([parts], change));

  test("that name files outside, or none", async () => {
    const naming = (name: string) => changed((manifest) => [{ ...manifest[0], Layers: [name] }]);
    await refusedBoth(naming("../../../etc/passwd"), /outside the image/);
    await refusedBoth(naming("/etc/passwd"), /outside the image/);
    await refusedBoth(naming("a/../../b"), /outside the image/);
    await refusedBoth(naming("a\0b"), /outside the image/);
    await refusedBoth(naming("nowhere/layer.tar"), /nowhere\/layer.tar is missing/);
    await refusedBoth(naming("manifest.json"), /layer 0.* (is no tar archive|wrong checksum|truncated)/);
    await refusedBoth(naming("\u001b[31mred\nline"), /\\x1b\[31mred\\nline is missing/);
    await refusedBoth(
      changed((manifest) => [{ ...manifest[0], Config: "../x" }]),
      /outside the image/,
    );
  });
  test("that are malformed", async () => {
    for (const bytes of [
      "",
      "{",
      "[1]",
      "null",
      '"x"',
      '[{"Config":5}]',
      '[{"Layers":{}}]',
      "[".repeat(100_000),
    ]) {
      await refusedBoth(
        tar([{ name: "manifest.json", content: bytes }]),
        /manifest.json is (not JSON|malformed)/,
      );
    }
    await refusedBoth(
      tar([{ name: "manifest.json", content: '[{"Config":5}]' }]),
      /manifest.json is malformed: 0.Config: .*expected string, received number/,
    );
    await refusedBoth(tar([{ name: "manifest.json", content: "[]" }]), /holds no image/);
    await refusedBoth(
      changed((manifest) => [{ ...manifest[0], Layers: [] }]),
      /config has 1 layers, the manifest 0/,
    );
    await refusedBoth(
      save({ ...parts, config: { rootfs: { diff_ids: ["sha256:short"] } } }),
      /diff_ids.0.*digest/,
    );
    await refusedBoth(save({ ...parts, config: { history: [{ created_by: 5 }] } }), /history.0.created_by/);
    await refused(
      writeFolder(place("layout"), new Map([["index.json", Buffer.from('{"manifests":[]}')]])),
      /no image/,
    );
  });
  test("that are too large", async () => {
    const options = { limits: { documentBytes: 1000 } };
    const bytes = Buffer.from(`[${" ".repeat(2000)}]`);
    await refusedBoth(
      tar([{ name: "manifest.json", content: bytes }]),
      /2002 bytes, more than the 1000/,
      options,
    );
  });
  test("in circles, or too deep", async () => {
    const nested = (depth: number) =>
      ociLayout([parts], ({ files, descriptors }) => {
        let inner: unknown[] = descriptors;
        for (let i = 0; i < depth; i++)
          inner = [blob(files, JSON.stringify({ manifests: inner, i }), ociIndex)];
        return inner;
      });
    const image = await readImage(stored(asArchive(nested(8))));
    await image.close();
    await refusedBoth(asArchive(nested(9)), /nested more than 8 deep/);
    const itself = ociLayout([], ({ files }) => {
      const digest = sha256("itself");
      const text = (size: number) => JSON.stringify({ manifests: [{ mediaType: ociIndex, digest, size }] });
      const bytes = Buffer.from(text(text(100).length));
      files.set(`blobs/sha256/${digest.slice(7)}`, bytes);
      return [{ mediaType: ociIndex, digest, size: bytes.length }];
    });
    await refusedBoth(asArchive(itself), /corrupt: its digest is/);
    const old = (json: object) =>
      tar([
        { name: "a/json", content: JSON.stringify(json) },
        { name: "a/layer.tar", content: layer },
        { name: "repositories", content: JSON.stringify({ app: { latest: "a" } }) },
      ]);
    await refusedBoth(old({ id: "a", parent: "a" }), /layer a is its own parent/);
    await refusedBoth(old({ id: "a", parent: "../../b" }), /outside the image/);
  });
});

describe("blobs", () => {
  test("that are missing or have another size", async () => {
    const gone = () => undefined;
    await refusedBoth(spoiled(isLayer, gone), /layer 0 \(sha256:.* is missing/);
    await refusedBoth(spoiled(isConfig, gone), /config sha256:.* is missing/);
    await refusedBoth(spoiled(isManifest, gone), /names no manifest that is there/);
    const short = (bytes: Buffer) => bytes.subarray(0, bytes.length - 1);
    for (const match of [isLayer, isConfig, isManifest])
      await refusedBoth(spoiled(match, short), /are announced/);
  });
  test("with the wrong digest", async () => {
    for (const match of [isConfig, isManifest]) {
      await refusedBoth(spoiled(match, flipped(-3)), /corrupt: its digest is sha256:\w+, not sha256/);
    }
    // The time in the gzip header: nothing but the digest tells.
    await refusedBoth(spoiled(isLayer, flipped(4)), /layer 0 .*corrupt: its digest is/);
  });
  test("of classic archives with the wrong digest: in a stream always, on disk when that is asked", async () => {
    const entries = dockerSave([parts]).map((entry) =>
      entry.name.endsWith("layer.tar") ? { ...entry, content: flipped(600)(layer) } : entry,
    );
    const archive = tar(entries);
    await refused(chunked(archive), /layer 0 is corrupt: its digest is/);
    await refused(stored(archive), /layer 0 is corrupt: its digest is/, { verify: true });
    await (await readImage(stored(archive))).close();
  });
  test("of classic archives with a config that is not what its name says, when that is asked", async () => {
    const config = Buffer.from(configOf(parts));
    const digest = sha256(config);
    const changed = Buffer.from(config.toString().replace("step 0", "step 1"));
    const named = (name: string, content: Buffer) =>
      tar(
        dockerSave([parts], ([manifest]) => [{ ...manifest, Config: name }]).map((entry) =>
          entry.name.endsWith(".json") && entry.name !== "manifest.json" ? { name, content } : entry,
        ),
      );
    const hex = digest.slice("sha256:".length);
    for (const name of [`${hex}.json`, `blobs/sha256/${hex}`, digest]) {
      const line = `the config ${digest} is corrupt: its digest is ${sha256(changed)}, not ${digest}`;
      await refusedBoth(named(name, changed), new RegExp(`: ${line}$`), { verify: true });
      await (await readImage(stored(named(name, config)), { verify: true })).close();
      await (await readImage(stored(named(name, changed)))).close();
    }
    for (const name of ["config.json", `${hex.slice(1)}.json`])
      await (await readImage(chunked(named(name, changed)), { verify: true })).close();
  });
  test("with the wrong diff id, when that is asked", async () => {
    const files = oci({ layers: [layer], config: { rootfs: { diff_ids: [sha256("other")] } } });
    await refusedBoth(asArchive(files), /corrupt: its digest is/, { verify: true });
    await (await readImage(stored(asArchive(files)))).close();
  });
  test("compressed by strangers", async () => {
    const xz = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, ...layer]);
    await refusedBoth(asArchive(oci(asIs(xz))), /layer 0.*(compressed with xz|no tar archive)/);
  });
  test("with damaged compressed data", async () => {
    const large = tar([
      { name: "a", content: Buffer.from(Array.from({ length: 90_000 }, (_, i) => (i * i * 7) >> 3)) },
    ]);
    const damages = [
      (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1),
      (bytes: Buffer) => bytes.subarray(0, bytes.length - 4),
      // Where gzip has its checksum, and zstd, which has none here, the type of a block.
      (bytes: Buffer) => flipped(bytes[0] === 0x1f ? -6 : 9)(bytes),
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.length >> 1), Buffer.alloc(bytes.length, 0)]),
    ];
    for (const pack of [gzipSync, (bytes: Buffer) => Buffer.from(compress(bytes))]) {
      for (const damage of damages) {
        // With the right digest, so that the data themselves must tell.
        const files = oci({ layers: [large], compress: (it) => damage(pack(it)) });
        await refusedBoth(asArchive(files), /layer 0.*(corrupt|truncated|checksum)/);
      }
    }
  });
});

describe("bombs", () => {
  /** A gzip of this text repeated for ever, without making it: deflate blocks, repeated. */
  function gzipBomb(start: Buffer, zeros: number): Buffer {
    const piece = Buffer.alloc(1 << 20);
    const block = deflateRawSync(piece, { finishFlush: 2 });
    const head = deflateRawSync(start, { finishFlush: 2 });
    const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    const blocks = Array.from({ length: zeros / 2 ** 20 }, () => block);
    return Buffer.concat([header, head, ...blocks]);
  }
  const head = tarEntry({ name: "zeros", size: 2 ** 36, content: "" });
  const limits = { inflatedBytes: 50_000_000 };

  test("of gzip", async () => {
    const bomb = gzipBomb(head, 2 ** 31);
    await refusedBoth(asArchive(oci(asIs(bomb))), /layer 0.*looks like a decompression bomb/, { limits });
    await refused(chunked(bomb), /bomb|truncated/, { limits });
  });
  test("of zstd, whose blocks of four bytes become 128 KiB", async () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
    const raw = Buffer.alloc(3);
    raw.writeUIntLE((head.length << 3) | 0, 0, 3);
    const zeros = Buffer.alloc(4);
    zeros.writeUIntLE(((128 * 1024) << 3) | 2, 0, 3);
    const bomb = Buffer.concat([frame, raw, head, ...Array.from({ length: 100_000 }, () => zeros)]);
    const before = process.memoryUsage().rss;
    await refusedBoth(asArchive(oci(asIs(bomb))), /layer 0.*looks like a decompression bomb/, { limits });
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });
  test("of zeros behind the end of a layer are not inflated", async () => {
    const image = await readImage(stored(asArchive(oci(asIs(gzipBomb(Buffer.alloc(1024), 2 ** 31))))), {});
    expect(image.layers[0]!.entries.count).toBe(0);
    await image.close();
  });
  test("of a real file of zeros are let through while they are small", async () => {
    const zeros = tar([{ name: "zeros", content: Buffer.alloc(6_000_000) }]);
    await refused(stored(asArchive(oci(only(zeros)))), /bomb/, { limits: { inflatedBytes: 5_000_000 } });
    const image = await readImage(stored(asArchive(oci(only(zeros)))));
    expect(image.layers[0]!.entries.size(0)).toBe(6_000_000);
    await image.close();
  });
  const zeros = (bytes: number) => tar([{ name: "zeros", content: Buffer.alloc(bytes) }]);
  test("of a gigabyte of zeros in gzip are none", async () => {
    const size = 1200 * 2 ** 20;
    const mebibyte = gzipSync(Buffer.alloc(2 ** 20));
    const pack = [gzipSync(tarEntry({ name: "zeros", size })), ...Array(1200).fill(mebibyte)];
    const image = await readImage(stored(asArchive(oci(asIs(Buffer.concat(pack))))));
    expect(image.layers[0]!.entries.size(0)).toBe(size);
    await image.close();
  });
  test("of many layers count together, and within a compressed archive", async () => {
    const image = { layers: [zeros(6_000_000), zeros(6_100_000), layer] };
    const options = { limits: { inflatedBytes: 10_000_000 } };
    await refusedBoth(asArchive(oci(image)), /layer [01].* looks like a decompression bomb/, options);
    await (await readImage(stored(asArchive(oci({ layers: [zeros(6_000_000), layer] }))), options)).close();
    const inner = asArchive(oci({ layers: [zeros(6_000_000)] }));
    const outer = Buffer.concat([inner, Buffer.alloc(6_000_000)]);
    await (await readImage(chunked(inner), options)).close();
    await refused(chunked(gzipSync(outer)), /looks like a decompression bomb/, options);
  });
  test("of zstd are known sooner", async () => {
    const pack = (bytes: Buffer) => Buffer.from(compress(bytes));
    const options = { limits: { inflatedBytes: 20_000_000 } };
    await (await readImage(stored(asArchive(oci(only(zeros(6_000_000))))), options)).close();
    const image: ImageParts = { layers: [zeros(6_000_000)], compress: pack };
    await refusedBoth(asArchive(oci(image)), /looks like a decompression bomb/, options);
  });
  test("of entries", async () => {
    const many = tar(Array.from({ length: 2000 }, (_, i) => ({ name: `f${i}` })));
    await refusedBoth(save(only(many)), /more than 1000 (entries|paths)/, { limits: { entries: 1000 } });
    const deep = tar([{ name: "a", pax: { path: "d/".repeat(1500) } }]);
    await refusedBoth(save(only(deep)), /more than 1000 paths/, { limits: { entries: 1000 } });
  });
  test("of sizes", async () => {
    const patch = (header: Buffer) => void header.write("77777777777777777777".slice(0, 12), 483);
    const huge = { "GNU.sparse.size": "9007199254740990" };
    await refusedBoth(
      save(
        only(
          tar([
            { name: "a", pax: huge },
            { name: "b", pax: huge },
          ]),
        ),
      ),
      /more bytes than can be counted/,
    );
    const image = await readImage(stored(save(only(tar([{ name: "a", type: "S", patch }])))));
    expect(image.layers[0]!.entries.size(0)).toBe(0o777777777777);
    await image.close();
  });
});

describe("layers", () => {
  const bare: OpenImage = {
    name: "bare",
    digest: undefined,
    platform: undefined,
    config: {
      os: undefined,
      architecture: undefined,
      variant: undefined,
      created: undefined,
      history: [],
      diffIds: [],
      labels: {},
    },
    annotations: {},
    attestations: [],
    layers: [],
    close: async () => {},
  };
  const naming = (entry: TarEntry) => save(only(tar([{ name: "ok" }, entry])));

  test("with names that lead outside", async () => {
    await refusedBoth(naming({ name: "../x" }), /layer 0.*leads outside the image: \.\.\/x/);
    await refusedBoth(naming({ name: "a/../../x" }), /leads outside/);
    await refusedBoth(naming({ name: "../" }), /leads outside/);
    await refusedBoth(naming({ name: "../.wh.x" }), /leads outside/);
    await refusedBoth(naming({ name: "x", type: "1", link: "../../etc/passwd" }), /leads outside/);
    await refusedBoth(naming({ name: "../\u001b[31m\n" }), /\.\.\/\\x1b\[31m\\n/);
  });
  test("with whiteouts of nothing that can be named", async () => {
    for (const name of [".wh.", "a/.wh..", "a/.wh..."])
      await refusedBoth(naming({ name }), /whiteout .* names nothing/);
  });
  test("that are damaged say which and where", async () => {
    const spoil = (header: Buffer) => void header.write("z", 5);
    await refusedBoth(naming({ name: "abc", spoil }), /layer 0.*byte 512 has a wrong checksum/);
    await refusedBoth(naming({ name: "abc", pax: { size: "x" } }), /layer 0.*PAX size/);
    const cut = layer.subarray(0, 1500);
    await refusedBoth(save(only(cut)), /layer 0.*truncated/);
    await refusedBoth(asArchive(oci(only(cut))), /layer 0.*truncated/);
    const record = tarEntry({ name: "p", type: "x", size: 2 ** 30 });
    await refusedBoth(save(only(record)), /layer 0.*1073741824 bytes of extension/);
  });
  test("that are damaged stop the others, whose errors do not matter", async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Uint8Array, void> {
      yield tarEntry({ name: "a", size: 2 ** 40 }).subarray(0, 512);
      for (;;) {
        taken++;
        yield Buffer.alloc(65_536);
        await new Promise(setImmediate);
      }
    }
    const blob = (open: () => AsyncIterable<Uint8Array>, size: number) => {
      const data = { kind: "stream", open } as const;
      return { digest: undefined, diffId: undefined, mediaType: undefined, size, data };
    };
    const damaged = () => chunked(layer.subarray(0, 700));
    const image = { ...bare, layers: [blob(endless, 9), blob(damaged, 1)] };
    await expect(walkImage(image)).rejects.toThrow(/layer 1 is truncated/);
    expect(taken).toBeLessThan(1000);
  });
  const long = tar(["a", "b", "c"].map((name) => ({ name, content: name.repeat(3000) })));
  const zeroed = Buffer.from(long).fill(0, 512 + 3072, 512 + 3072 + 1024);
  /** An archive with other bytes in the layer's place. */
  const replaced = (entries: readonly TarEntry[], content: Buffer) =>
    tar(
      entries.map((entry) => (long.equals(Buffer.from(entry.content ?? "")) ? { ...entry, content } : entry)),
    );
  const asEntries = (files: ReadonlyMap<string, Buffer>): TarEntry[] =>
    [...files].map(([name, content]) => ({ name, content }));

  test("that seem to end in the middle are damaged, unless their digest says otherwise", async () => {
    await refusedBoth(replaced(dockerSave([only(long)]), zeroed), /^layer 0 is corrupt: its digest is/);
    await refusedBoth(replaced(asEntries(oci(asIs(long))), zeroed), /^layer 0 .* is corrupt: its digest is/);
    const old = (bytes: Buffer) => [
      { name: "a/json", content: JSON.stringify({ id: "a" }) },
      { name: "a/layer.tar", content: bytes },
      { name: "repositories", content: JSON.stringify({ app: { latest: "a" } }) },
    ];
    const noDigest = tar(old(zeroed));
    await refused(stored(noDigest), /^layer 0 goes on behind its end at byte 4608$/);
    await refused(stored(noDigest), /goes on behind its end/, { verify: true });
    for (const archive of [save(only(zeroed)), asArchive(oci(asIs(zeroed))), tar(old(long))]) {
      const image = await readImage(stored(archive));
      expect(image.layers[0]!.entries.count).toBe(archive.includes(zeroed) ? 1 : 3);
      await image.close();
    }
  });
  test("may be padded, as GNU tar does, and far more", async () => {
    for (const padding of [512, 9 * 1024, 70_000, 5 * 2 ** 20]) {
      const padded = Buffer.concat([long, Buffer.alloc(padding)]);
      const image = await readImage(stored(save(only(padded))));
      expect(image.layers[0]!.entries.count).toBe(3);
      await image.close();
    }
  });
  test("that the image does not have may be damaged", async () => {
    const archive = tar([
      { name: "stray/layer.tar", content: layer.subarray(0, 700) },
      ...dockerSave([parts]),
    ]);
    for (const source of [stored(archive), chunked(archive)]) await (await readImage(source)).close();
  });
  test("in folders may be links, but no pipes", async () => {
    const files = oci(parts);
    const layout = writeFolder(place("layout"), files);
    const [name] = [...files].find(([, bytes]) => isLayer(bytes))!;
    execFileSync("rm", [join(layout, name)]);
    execFileSync("mkfifo", [join(layout, name)]);
    await refused(layout, /layer 0 .* is missing/);
    execFileSync("rm", [join(layout, name)]);
    symlinkSync("/dev/zero", join(layout, name));
    await refused(layout, /layer 0 .* is missing/);
  });
  test("of a million entries take bounded memory", async () => {
    const count = 1_000_000;
    async function* many(): AsyncGenerator<Uint8Array, void> {
      const perChunk = 2000;
      // Seven digits, and what each lacks to nine: the sum, and so the checksum, is the same for all.
      const chunk = Buffer.concat(Array(perChunk).fill(tarEntry({ name: "usr/lib/00000009999999" })));
      for (let i = 0; i < count; i += perChunk) {
        for (let j = 0; j < perChunk; j++) {
          for (let digit = 0, rest = i + j; digit < 7; digit++, rest = Math.floor(rest / 10)) {
            chunk[j * 512 + 14 - digit] = 48 + (rest % 10);
            chunk[j * 512 + 21 - digit] = 57 - (rest % 10);
          }
        }
        yield chunk;
      }
      yield Buffer.alloc(1024);
    }
    const data = { kind: "stream", open: many } as const;
    const blob = { digest: undefined, diffId: undefined, mediaType: undefined, size: undefined, data };
    const image: OpenImage = { ...bare, layers: [blob] };
    const before = process.memoryUsage().rss;
    const walked = await walkImage(image);
    expect(walked.layers[0]!.entries.count).toBe(count);
    expect(walked.paths.path(walked.layers[0]!.entries.path(123_456))).toBe("/usr/lib/01234569876543");
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * count + 80_000_000);
  });
});

test("links that lead on and on end the measuring, not the patience", () => {
  const detour = "./".repeat(2000);
  const links = Array.from({ length: 30 }, (_, index) => symlink(`/${index}`, `${detour}${index + 1}`));
  const files = Array.from({ length: 5000 }, (_, index) => file(`/0/${index}`, 1));
  const begun = performance.now();
  const image = stack([[...links, directory("/30"), ...files]]);
  expect(() => measureWaste(image)).toThrow(ImageError);
  expect(() => measureWaste(image)).toThrow(/^the folders and links of the layers are too entangled$/);
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test("a stray global header does no harm, nor a member of no bytes at all", async () => {
  const archive = tar([paxHeader("g", { comment: "x" }), ...dockerSave([parts]), { name: "" }]);
  for (const source of [stored(archive), chunked(archive)]) await (await readImage(source)).close();
});

test("messages are one line", () => {
  expect(oneLine("a\nb\u001b[31m\u202ec\0")).toBe("a\\nb\\x1b[31m\\u202ec\\x00");
  expect(oneLine("x".repeat(600))).toHaveLength(500);
});
