// Every format an image comes in gives the same image.

import { randomFillSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { compress } from "@cloudpss/zstd";
import { describe, expect, test } from "vitest";
import type { ReadOptions, WalkedImage } from "../../src/image/image.ts";
import { openImage, readImage } from "../../src/image/read.ts";
import {
  asArchive,
  blob,
  chunked,
  configOf,
  dockerSave,
  type ImageParts,
  ociIndex,
  ociLayout,
  ociManifest,
  sha256,
  temporaryFolder,
  writeFolder,
} from "./archives.ts";
import { tar } from "./tar-writer.ts";

const folder = temporaryFolder();
let count = 0;
const place = (name = "image") => join(folder, `${count++}-${name}`);
function stored(bytes: Buffer): string {
  const path = place("archive.tar");
  writeFileSync(path, bytes);
  return path;
}

const base = tar([
  { name: "./", mode: 0o755 },
  { name: "./etc/", mode: 0o755 },
  { name: "./etc/passwd", content: "root" },
  { name: "./etc/big", content: "x".repeat(3000) },
]);
const top = tar([
  { name: "etc/passwd", content: "root", uid: 7, mtime: 5 },
  { name: "etc/big", content: `${"x".repeat(2999)}y` },
  { name: "etc/.wh.gone" },
  { name: "var/.wh..wh..opq" },
  { name: "bin/sh", type: "2", link: "dash" },
  { name: "bin/dash", type: "1", link: "./etc/passwd" },
]);
const parts: ImageParts = { layers: [base, top], tags: ["example/app:1"] };

/** All a walk yields, as lines; formats must not differ in them. */
function lines(image: WalkedImage): string[][] {
  return image.layers.map(({ entries }) =>
    Array.from({ length: entries.count }, (_, i) => {
      const link = entries.linkText(i) ?? image.paths.path(entries.linkPath(i) ?? 0);
      return [entries.kind(i), image.paths.path(entries.path(i)), entries.size(i), entries.uid(i), link].join(
        " ",
      );
    }),
  );
}

const expected = [
  ["directory / 0 0 /", "directory /etc 0 0 /", "file /etc/passwd 4 0 /", "file /etc/big 3000 0 /"],
  [
    "file /etc/passwd 4 7 /",
    "file /etc/big 3000 0 /",
    "whiteout /etc/gone 0 0 /",
    "opaque /var 0 0 /",
    "symlink /bin/sh 0 0 dash",
    "hardlink /bin/dash 0 0 /etc/passwd",
  ],
];

async function check(
  source: Parameters<typeof readImage>[0],
  options: ReadOptions = {},
): Promise<WalkedImage> {
  const image = await readImage(source, options);
  try {
    expect(lines(image)).toEqual(expected);
    expect(image.sameContent(0, 2, 1, 0)).toBe(true);
    expect(image.sameContent(0, 3, 1, 1)).toBe(false);
    expect(image.contentHash(0, 2)).toBe(image.contentHash(1, 0));
    expect(image.contentHash(0, 3)).not.toBe(image.contentHash(1, 1));
    expect(image.config.history.map((entry) => entry.createdBy)).toEqual([
      "RUN /bin/sh -c step 0 # buildkit",
      "RUN /bin/sh -c step 1 # buildkit",
    ]);
    expect(image.platform).toBe("linux/amd64");
    expect(image.layers.map((layer) => layer.diffId)).toEqual([sha256(base), sha256(top)]);
  } finally {
    await image.close();
  }
  return image;
}

const zstdLayers = ociLayout([{ ...parts, compress: (layer) => Buffer.from(compress(layer)) }]);
const classic = tar(dockerSave([parts]));

describe("one image", () => {
  test("docker save, from disk and as a stream, verified and not", async () => {
    for (const verify of [false, true]) {
      const image = await check(stored(classic), { verify });
      expect(image.digest).toBe(sha256(configOf(parts)));
      expect(image.layers.map((layer) => layer.compression)).toEqual(["none", "none"]);
      expect(image.layers.map((layer) => layer.compressedSize)).toEqual([base.length, top.length]);
      await check(chunked(classic), { verify });
      await check(chunked(classic, 7), { verify });
    }
  });

  test("an archive that is compressed as a whole", async () => {
    for (const bytes of [gzipSync(classic), Buffer.from(compress(classic))]) {
      await check(stored(bytes), { verify: true });
      await check(chunked(bytes), {});
    }
  });

  test("docker save with layers as links, as skopeo writes them", async () => {
    const entries = dockerSave([parts]).map((entry) => {
      if (!entry.name.endsWith("layer.tar")) return [entry];
      const target = `${entry.name.slice(0, 10)}.tar`;
      return [
        { name: target, content: entry.content! },
        { name: entry.name, type: "2", link: `../${target}` },
      ];
    });
    const archive = tar(entries.flat());
    await check(stored(archive));
    await check(chunked(archive));
  });

  test("docker save with compressed layers", async () => {
    const entries = dockerSave([parts]).map((entry) =>
      entry.name.endsWith("layer.tar") ? { ...entry, content: gzipSync(entry.content as Buffer) } : entry,
    );
    const image = await check(stored(tar(entries)), { verify: true });
    expect(image.layers.map((layer) => layer.compression)).toEqual(["gzip", "gzip"]);
    await check(chunked(tar(entries)), { verify: true });
  });

  test("docker save before 1.10, without a manifest", async () => {
    const layer = (id: string, parent: string | undefined, step: number) => ({
      name: `${id}/json`,
      content: JSON.stringify({
        id,
        parent,
        os: "linux",
        architecture: "amd64",
        container_config: { Cmd: ["RUN", "/bin/sh", "-c", `step ${step} # buildkit`] },
      }),
    });
    const archive = tar([
      { name: "bbb/layer.tar", content: top },
      layer("bbb", "aaa", 1),
      { name: "aaa/layer.tar", content: base },
      layer("aaa", undefined, 0),
      { name: "repositories", content: JSON.stringify({ "example/app": { 1: "bbb" } }) },
    ]);
    for (const source of [stored(archive), chunked(archive)]) {
      const image = await readImage(source);
      expect(lines(image)).toEqual(expected);
      expect(image.config.history.map((entry) => entry.createdBy)).toEqual([
        "RUN /bin/sh -c step 0 # buildkit",
        "RUN /bin/sh -c step 1 # buildkit",
      ]);
      await image.close();
    }
  });

  test("OCI layout and archive, gzip and zstd, by every spelling", async () => {
    const plain = { ...parts, compress: (layer: Buffer) => layer };
    for (const files of [ociLayout([parts]), zstdLayers, ociLayout([plain])]) {
      const layout = writeFolder(place("layout"), files);
      const archive = stored(asArchive(files));
      for (const source of [layout, `oci:${layout}`, `oci://${layout}`, `oci:${layout}:example/app:1`]) {
        await check(source, { verify: true });
      }
      for (const source of [archive, `oci-archive:${archive}`, `oci-archive://${archive}:1`])
        await check(source);
      await check(chunked(asArchive(files)), { verify: true });
    }
  });

  test("multi-member gzip and multi-frame zstd", async () => {
    const cut = (pack: (part: Buffer) => Uint8Array) => (layer: Buffer) =>
      Buffer.concat([pack(layer.subarray(0, 700)), pack(layer.subarray(700))]);
    for (const pack of [gzipSync, compress] as const) {
      const files = ociLayout([{ ...parts, compress: cut((part) => pack(part)) }]);
      await check(writeFolder(place("layout"), files), { verify: true });
    }
  });

  test("large gzip layers, and no thread is left behind", async () => {
    const contents = [1, 2, 3].map((times) => randomFillSync(Buffer.alloc(times * 3_000_000)));
    const large = contents.map((content, i) => tar([{ name: `${i}`, content }]));
    const started: Worker[] = [];
    const note = (worker: Worker) => void started.push(worker);
    process.on("worker", note);
    try {
      const layout = writeFolder(place("layout"), ociLayout([{ layers: large }]));
      const image = await readImage(layout, { verify: true });
      expect(image.layers.map(({ diffId }) => diffId)).toEqual(large.map(sha256));
      await image.close();
    } finally {
      process.off("worker", note);
    }
    expect(started.length).toBeGreaterThan(0);
    // The number of a thread that is no more.
    expect(started.map(({ threadId }) => threadId)).toEqual(started.map(() => -1));
  });

  test("both formats at once, as Docker 25 writes them", async () => {
    const plain = { ...parts, compress: (layer: Buffer) => layer };
    const files = ociLayout([plain]);
    const manifest = [...files]
      .map(([, bytes]) => bytes.toString())
      .find((text) => text.includes('"layers":['))!;
    const { config, layers } = JSON.parse(manifest);
    const path = (of: { digest: string }) => `blobs/${of.digest.replace(":", "/")}`;
    const old = [{ Config: path(config), RepoTags: ["example/app:1"], Layers: layers.map(path) }];
    files.set("manifest.json", Buffer.from(JSON.stringify(old)));
    const archive = stored(asArchive(files));
    const oci = await check(archive);
    const docker = await check(`docker-archive:${archive}`, { verify: true });
    expect(docker.digest).toBe(config.digest);
    expect(oci.digest).toBe(sha256(manifest));
    expect(docker.layers.map((layer) => layer.digest)).toEqual([sha256(base), sha256(top)]);
    files.delete("index.json");
    await check(writeFolder(place("unpacked"), files));
  });

  test("the same layer twice", async () => {
    const twice = { layers: [base, base] };
    for (const source of [stored(tar(dockerSave([twice]))), stored(asArchive(ociLayout([twice])))]) {
      const image = await readImage(source);
      expect(lines(image)).toEqual([expected[0], expected[0]]);
      expect(image.sameContent(0, 3, 1, 3)).toBe(true);
      await image.close();
    }
  });

  test("a layer of no bytes, and documents that begin with a byte order mark", async () => {
    const empty: ImageParts = { layers: [base, Buffer.alloc(0)], compress: (layer) => layer };
    const mark = Buffer.from("\ufeff");
    const marked = dockerSave([empty]).map((entry) =>
      entry.name.endsWith("json")
        ? { ...entry, content: Buffer.concat([mark, Buffer.from(entry.content as string)]) }
        : entry,
    );
    for (const archive of [tar(dockerSave([empty])), asArchive(ociLayout([empty])), tar(marked)]) {
      for (const source of [stored(archive), chunked(archive), stored(gzipSync(archive))]) {
        const image = await readImage(source);
        expect(lines(image)).toEqual([expected[0], []]);
        await image.close();
      }
    }
  });

  test("is opened without its layers", async () => {
    const image = await openImage(stored(classic));
    expect(image.layers.map((layer) => layer.size)).toEqual([base.length, top.length]);
    await image.close();
  });
});

describe("several images", () => {
  const other: ImageParts = { layers: [base], tags: ["example/other:2"] };
  const arm: ImageParts = { ...parts, platform: { os: "linux", architecture: "arm64", variant: "v8" } };
  const armOf = (variant: string): ImageParts => ({
    ...parts,
    platform: { os: "linux", architecture: "arm", variant },
  });
  const amd: ImageParts = { ...parts, platform: { os: "linux", architecture: "amd64" } };

  test("in docker save are told by tag, id and place", async () => {
    const path = stored(tar(dockerSave([other, parts])));
    await expect(readImage(path)).rejects.toThrow(/2 images.*example\/other:2, example\/app:1/);
    const id = sha256(configOf(parts));
    for (const reference of ["example/app:1", "app:1", "1", id, id.slice(7, 19), "@1"]) {
      await check(path, { reference });
      await check(`docker-archive:${path}:${reference}`);
    }
    await expect(readImage(path, { reference: "3" })).rejects.toThrow(/has no image 3; it has/);
  });

  test("that are for another platform than asked for are not taken for it", async () => {
    const path = place("saved.tar");
    writeFileSync(path, tar(dockerSave([parts])));
    const read = async (platform: string) => (await readImage(path, { platform })).close();
    await read("linux/amd64");
    await read("linux/x86_64");
    await read("AMD64");
    writeFileSync(path, tar(dockerSave([armOf("v6")])));
    for (const platform of ["linux/arm", "linux/arm/v6", "armel"]) await read(platform);
    await expect(read("linux/arm/v7")).rejects.toThrow(/it is for linux\/arm\/v6/);
    writeFileSync(path, tar(dockerSave([parts])));
    await expect(read("linux/arm64")).rejects.toThrow(
      /has no image for linux\/arm64; it is for linux\/amd64/,
    );
  });

  test("of one index are told by platforms as containerd spells them", async () => {
    const path = stored(asArchive(ociLayout([amd, arm, armOf("v6"), armOf("v7")])));
    const chosen = async (platform: string) => {
      const image = await readImage(path, { platform });
      await image.close();
      return image.platform;
    };
    for (const platform of ["arm64", "LINUX/ARM64", "linux/arm64/v8", "aarch64", "Linux/aarch64"])
      expect(await chosen(platform)).toBe("linux/arm64/v8");
    for (const platform of ["arm", "linux/arm", "linux/arm/7", "linux/arm/v7", "armhf"])
      expect(await chosen(platform)).toBe("linux/arm/v7");
    for (const platform of ["armel", "linux/arm/v6", "linux/arm/6"])
      expect(await chosen(platform)).toBe("linux/arm/v6");
    for (const platform of ["amd64", "x86_64", "linux/x86-64", "linux/amd64/v1"])
      expect(await chosen(platform)).toBe("linux/amd64");
    for (const platform of ["", "386", "windows/amd64", "linux/arm/v5", "linux/amd64/v3", "linux/amd64/v1/x"])
      await expect(chosen(platform)).rejects.toThrow(/has no image for .*; it has /);
  });

  test("in an OCI index are told by tag, digest and platform", async () => {
    let digests: string[] = [];
    const files = ociLayout([other, amd, arm], ({ descriptors }) => {
      digests = descriptors.map((descriptor) => descriptor.digest);
      return descriptors;
    });
    const path = stored(asArchive(files));
    await expect(readImage(path)).rejects.toThrow(/3 images, say which/);
    await check(path, { reference: digests[1] });
    await check(path, { reference: "example/app:1", platform: "linux/amd64" });
    const image = await readImage(path, { platform: "linux/arm64" });
    expect(image.platform).toBe("linux/arm64/v8");
    await image.close();
    await expect(readImage(path, { platform: "linux/s390x" })).rejects.toThrow(
      /no image for linux\/s390x; it has/,
    );
  });

  test("in a nested index of platforms this machine's is taken; one that is not there is not missed", async () => {
    const here = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
    const mine: ImageParts = { ...parts, platform: { os: "linux", architecture: here } };
    const away: ImageParts = { ...parts, platform: { os: "linux", architecture: "riscv64" } };
    for (const drop of [false, true]) {
      const files = ociLayout([away, mine], ({ files, descriptors }) => {
        if (drop) files.delete(`blobs/${descriptors[0]!.digest.replace(":", "/")}`);
        const nested = JSON.stringify({ schemaVersion: 2, manifests: descriptors });
        return [{ ...blob(files, nested, ociIndex), annotations: { "io.containerd.image.name": "a/b:c" } }];
      });
      const image = await readImage(stored(asArchive(files)), { reference: "a/b:c" });
      expect(image.platform).toBe(`linux/${here}`);
      await image.close();
    }
  });

  test("attestations and annotations come with their image", async () => {
    const statement = {
      _type: "https://in-toto.io/Statement/v0.1",
      predicateType: "https://slsa.dev/provenance/v1",
    };
    const files = ociLayout([amd], ({ files, descriptors }) => {
      const layer = blob(files, JSON.stringify(statement), "application/vnd.in-toto+json");
      const config = blob(files, "{}", "application/vnd.oci.image.config.v1+json");
      const manifest = blob(files, JSON.stringify({ config, layers: [layer] }), ociManifest);
      const annotations = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": descriptors[0]!.digest,
      };
      const unknown = { os: "unknown", architecture: "unknown" };
      return [...descriptors, { ...manifest, annotations, platform: unknown }];
    });
    for (const source of [stored(asArchive(files)), chunked(asArchive(files))]) {
      const image = await check(source);
      expect(image.attestations).toEqual([{ predicateType: statement.predicateType, statement }]);
      expect(image.annotations["org.opencontainers.image.ref.name"]).toBe("example/app:1");
    }
  });
});

describe("files that are wanted", () => {
  test("are read from disk, and kept from layers that are read once", async () => {
    const capture = (path: string) => path === "/etc/passwd";
    for (const source of [stored(classic), chunked(classic), stored(asArchive(zstdLayers))]) {
      const image = await readImage(source, { capture });
      expect(Buffer.from(image.readFile(1, 0)!).toString()).toBe("root");
      expect(image.readFile(1, 5)).toBeUndefined();
      await image.close();
    }
  });

  test("are bounded", async () => {
    const limits = { capturedFileBytes: 100, capturedBytes: 7 };
    const image = await readImage(chunked(classic), { capture: () => true, limits });
    expect(image.readFile(0, 2)).toBeDefined();
    expect(image.readFile(0, 3)).toBeUndefined();
    expect(image.readFile(1, 0)).toBeUndefined();
  });
});

test("progress is told", async () => {
  const seen: number[] = [];
  const image = await readImage(stored(asArchive(ociLayout([parts]))), {
    progress: ({ done, total }) => seen.push(done / total!),
  });
  await image.close();
  expect(seen.length).toBeGreaterThan(0);
  expect(Math.max(...seen)).toBeLessThanOrEqual(1);
});
