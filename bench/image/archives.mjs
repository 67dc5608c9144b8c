// Makes the images that bench/image.mjs reads, once, below .cache/bench.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BLOCK = 512;

/** A generator of numbers that are the same on every run. */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function header(name, size, mtime) {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write(`${mtime.toString(8).padStart(11, "0")}\0`, 136);
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** Writes one layer; `files` yields name, size, the content's place in the pool, and the time. */
function writeLayer(path, files, pool) {
  const fd = openSync(path, "w");
  const parts = [];
  let bytes = 0;
  const flush = () => {
    writeSync(fd, Buffer.concat(parts.splice(0)));
    bytes = 0;
  };
  for (const { name, size, at, mtime } of files) {
    parts.push(header(name, size, mtime), pool.subarray(at, at + size));
    if (size % BLOCK) parts.push(Buffer.alloc(BLOCK - (size % BLOCK)));
    bytes += size;
    if (bytes > 8e6 || parts.length > 20_000) flush();
  }
  parts.push(Buffer.alloc(2 * BLOCK));
  flush();
  closeSync(fd);
}

/**
 * Layers in which some paths come again: with the same content and another time, with other content of the same size,
 * or with another size.
 */
function* layers(count, perLayer, sizeOf, repeated, poolSize, seed) {
  const next = random(seed);
  let before = [];
  for (let layer = 0; layer < count; layer++) {
    const files = [];
    for (let i = 0; i < perLayer; i++) {
      const again = before.length > 0 && next() < repeated ? before[i] : undefined;
      const size = again && next() < 0.9 ? again.size : Math.min(sizeOf(next()), poolSize - 1);
      const at =
        again && size === again.size && next() < 0.8 ? again.at : Math.floor(next() * (poolSize - size));
      const folder = `usr/lib/part-${Math.floor(i / 800)}/module-${Math.floor(i / 25) % 32}`;
      const name = again?.name ?? `${folder}/layer-${layer}-file-${i}.so`;
      files.push({ name, size, at, mtime: 1_700_000_000 + layer });
    }
    yield files;
    before = files;
  }
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

function sha256Of(path) {
  return execFileSync("sha256sum", [path], { encoding: "utf8" }).slice(0, 64);
}

/** A docker-archive of layer files, by GNU tar. */
function dockerArchive(path, layerPaths, folder) {
  const work = join(folder, `docker-${process.pid}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  const diffIds = layerPaths.map((layer) => `sha256:${sha256Of(layer)}`);
  const config = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { diff_ids: diffIds } });
  writeFileSync(join(work, "config.json"), config);
  const names = layerPaths.map((layer, i) => {
    execFileSync("ln", ["-f", layer, join(work, `${i}.tar`)]);
    return `${i}.tar`;
  });
  writeFileSync(
    join(work, "manifest.json"),
    JSON.stringify([{ Config: "config.json", RepoTags: ["bench:1"], Layers: names }]),
  );
  const part = `${path}.${process.pid}.part`;
  execFileSync("tar", ["-cf", part, "-C", work, ...names, "config.json", "manifest.json"]);
  renameSync(part, path);
  rmSync(work, { recursive: true });
}

/** What makes a compressed blob another one with the same content: an empty member of a gzip, a frame zstd skips. */
function head(command, i) {
  if (command.startsWith("gzip")) return gzipSync("").fill(i, 4, 5);
  return Buffer.from([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, i]);
}

/** An OCI layout of layer files, compressed by `command`; each of them `times` times under as many digests. */
function ociLayout(path, layerPaths, command, times) {
  const part = `${path}.${process.pid}.part`;
  const blobs = join(part, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const place = (bytes) => {
    const hex = sha256(bytes);
    writeFileSync(join(blobs, hex), bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const packed = join(part, "packed");
  const stored = layerPaths.flatMap((layer) => {
    // From a pipe, so that zstd writes no content size, as builders do.
    execFileSync("sh", ["-c", `cat "$1" | ${command} > "$2"`, "sh", layer, packed]);
    return Array.from({ length: times }, (_, i) => {
      const blob = join(blobs, "part");
      writeFileSync(blob, times === 1 ? "" : head(command, i));
      execFileSync("sh", ["-c", 'cat "$1" >> "$2"', "sh", packed, blob]);
      const hex = sha256Of(blob);
      renameSync(blob, join(blobs, hex));
      return { digest: `sha256:${hex}`, size: statSync(join(blobs, hex)).size };
    });
  });
  rmSync(packed);
  const diffIds = layerPaths.flatMap((layer) => Array(times).fill(`sha256:${sha256Of(layer)}`));
  const config = place(
    Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { diff_ids: diffIds } })),
  );
  const manifest = place(Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: stored })));
  writeFileSync(join(part, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  writeFileSync(
    join(part, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType, ...manifest }] }),
  );
  writeFileSync(
    join(part, "layers"),
    stored.map(({ digest }) => join(path, "blobs", "sha256", digest.slice(7))).join("\n"),
  );
  renameSync(part, path);
}

function once(path, make) {
  if (!existsSync(path)) {
    console.error(`making ${path}`);
    make(path);
  }
  return path;
}

/** All archives; makes what is not there yet. Needs root for debootstrap, tar, gzip, zstd, about 12 GB and some minutes. */
export function makeArchives(folder) {
  mkdirSync(folder, { recursive: true });
  const at = (name) => join(folder, name);
  const rootfs = once(at("rootfs.tar"), (path) => {
    if (!existsSync(at("rootfs/etc/debian_version"))) {
      execFileSync("debootstrap", [
        "--variant=minbase",
        "--include=build-essential,ca-certificates,curl,git,python3",
        "bookworm",
        at("rootfs"),
      ]);
    }
    execFileSync("tar", ["--sort=name", "--numeric-owner", "-cf", path, "-C", at("rootfs"), "."]);
  });
  const pool = readFileSync(rootfs);

  const stack = (name, count, perLayer, sizeOf, repeated) => {
    const paths = Array.from({ length: count }, (_, i) => at(`${name}-${i}.tar`));
    if (!existsSync(paths.at(-1))) {
      console.error(`making the layers of ${name}`);
      let i = 0;
      for (const files of layers(count, perLayer, sizeOf, repeated, pool.length, count * perLayer)) {
        writeLayer(paths[i++], files, pool);
      }
    }
    return paths;
  };
  // 21 KB on average, a quarter of the files below 6 KB.
  const payload = (x) => Math.floor(-21_400 * Math.log(1 - x));
  const a = stack("A", 8, 8750, payload, 0.3);
  const tiny = (x) => Math.floor(x * 400);
  const d = stack("D", 4, 125_000, tiny, 0.1);
  const w = stack("W", 2, 250_000, tiny, 1);
  const oci = (name, layerPaths, command, times = 1) => {
    const path = once(at(name), (it) => ociLayout(it, layerPaths, command, times));
    return { path, blobs: readFileSync(join(path, "layers"), "utf8").split("\n") };
  };
  const gzip = "gzip -6 -n";
  const zstd = "zstd -3 -q";
  return {
    a: { path: once(at("A.tar"), (it) => dockerArchive(it, a, folder)), layers: a, entries: 70_000 },
    d: { path: once(at("D.tar"), (it) => dockerArchive(it, d, folder)), layers: d, entries: 500_000 },
    w: { path: once(at("W.tar"), (it) => dockerArchive(it, w, folder)), layers: w, entries: 500_000 },
    rootfsGzip: oci("rootfs-gzip", [rootfs], gzip),
    rootfsZstd: oci("rootfs-zstd", [rootfs], zstd),
    eightGzip: oci("eight-gzip", [rootfs], gzip, 8),
    eightZstd: oci("eight-zstd", [rootfs], zstd, 8),
    aGzip: oci("A-gzip", [rootfs, ...a], gzip),
    aZstd: oci("A-zstd", [rootfs, ...a], zstd),
    dGzip: oci("D-gzip", [rootfs, ...d], gzip),
    dZstd: oci("D-zstd", [rootfs, ...d], zstd),
  };
}
