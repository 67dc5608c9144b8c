// Small images in every format, made in memory and put into a temporary folder.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll } from "vitest";
import { type TarEntry, tar } from "./tar-writer.ts";

export const sha256 = (bytes: Uint8Array | string) =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** A folder that goes with the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dfdedupe-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface ImageParts {
  /** Uncompressed tars, base first. */
  readonly layers: readonly Buffer[];
  readonly tags?: readonly string[];
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly config?: object;
  /** How OCI layers are stored. */
  readonly compress?: (layer: Buffer, index: number) => Buffer;
}

export function configOf(parts: ImageParts): string {
  return JSON.stringify({
    ...(parts.platform ?? { os: "linux", architecture: "amd64" }),
    config: { Labels: null },
    rootfs: { type: "layers", diff_ids: parts.layers.map(sha256) },
    history: parts.layers.map((_, i) => ({ created_by: `RUN /bin/sh -c step ${i} # buildkit` })),
    ...parts.config,
  });
}

const hexOf = (digest: string) => digest.slice("sha256:".length);

/** Docker 1.10 to 24: one folder a layer; the manifest comes last. */
export function dockerSave(
  images: readonly ImageParts[],
  change: (manifest: object[]) => unknown = (it) => it,
): TarEntry[] {
  const entries = new Map<string, TarEntry>();
  const manifest = images.map((parts) => {
    const config = configOf(parts);
    const configName = `${hexOf(sha256(config))}.json`;
    entries.set(configName, { name: configName, content: config });
    const layers = parts.layers.map((layer, i) => {
      const id = hexOf(sha256(`${sha256(layer)}${i}`));
      entries.set(`${id}/`, { name: `${id}/`, mode: 0o755 });
      entries.set(`${id}/VERSION`, { name: `${id}/VERSION`, content: "1.0" });
      entries.set(`${id}/layer.tar`, { name: `${id}/layer.tar`, content: layer });
      return `${id}/layer.tar`;
    });
    return { Config: configName, RepoTags: parts.tags ?? null, Layers: layers };
  });
  return [...entries.values(), { name: "manifest.json", content: JSON.stringify(change(manifest)) }];
}

export interface OciFiles {
  readonly files: Map<string, Buffer>;
  /** The index entry of each image. */
  readonly descriptors: Descriptor[];
}

export interface Descriptor {
  mediaType?: string;
  digest: string;
  size: number;
  platform?: object;
  annotations?: Record<string, string>;
}

export function blob(files: Map<string, Buffer>, bytes: Buffer | string, mediaType?: string): Descriptor {
  const buffer = Buffer.from(bytes as string);
  files.set(`blobs/sha256/${hexOf(sha256(buffer))}`, buffer);
  return { ...(mediaType && { mediaType }), digest: sha256(buffer), size: buffer.length };
}

export const ociIndex = "application/vnd.oci.image.index.v1+json";
export const ociManifest = "application/vnd.oci.image.manifest.v1+json";

/** An OCI layout as files; `finish` may put more into them before the index is written. */
export function ociLayout(
  images: readonly ImageParts[],
  finish: (layout: OciFiles) => unknown[] = (layout) => layout.descriptors,
): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const descriptors = images.map((parts): Descriptor => {
    const compress = parts.compress ?? ((layer: Buffer) => gzipSync(layer));
    const config = blob(files, configOf(parts), "application/vnd.oci.image.config.v1+json");
    const layers = parts.layers.map((layer, i) =>
      blob(files, compress(layer, i), "application/vnd.oci.image.layer.v1.tar+gzip"),
    );
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, config, layers });
    return {
      ...blob(files, manifest, ociManifest),
      ...(parts.platform && { platform: parts.platform }),
      ...(parts.tags && { annotations: { "org.opencontainers.image.ref.name": parts.tags[0]! } }),
    };
  });
  const manifests = finish({ files, descriptors });
  files.set("oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  files.set("index.json", Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })));
  return files;
}

export function writeFolder(folder: string, files: ReadonlyMap<string, Buffer>): string {
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

export function asArchive(files: ReadonlyMap<string, Buffer>): Buffer {
  return tar([...files].map(([name, content]) => ({ name, content })));
}

/** A stream of these bytes in chunks of a size. */
export async function* chunked(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}
