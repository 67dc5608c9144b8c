// Writes and reads OCI layouts as the builders exchange them: folders of blobs.
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A blob's file in a layout. */
export function blobPath(layout: string, digest: string): string {
  return join(layout, "blobs", ...digest.split(":"));
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}

/** The layers of an image, base first, as blob digests; `name` is a tag or a digest. Throws when there is none. */
export function layersOf(layout: string, name: string): readonly string[] {
  const digest = name.startsWith("sha256:") ? name : manifestDigest(layout, name);
  const manifest = readJson<{ layers: readonly Descriptor[] }>(blobPath(layout, digest));
  return manifest.layers.map((layer) => layer.digest);
}

/** The manifest of a tag. */
export function manifestDigest(layout: string, tag: string): string {
  const { manifests } = readJson<{ manifests: readonly Descriptor[] }>(join(layout, "index.json"));
  const found = manifests.find(
    ({ annotations }) => annotations?.["org.opencontainers.image.ref.name"] === tag,
  );
  if (found === undefined) throw new Error(`no image ${tag} in ${layout}`);
  return found.digest;
}

/** Puts a JSON document into a layout. */
function putJson(layout: string, mediaType: string, document: unknown): Descriptor {
  const text = JSON.stringify(document);
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  writeFileSync(blobPath(layout, digest), text);
  return { mediaType, digest, size: Buffer.byteLength(text) };
}

/** Moves an uncompressed tar into a layout as a layer. */
export async function putLayer(layout: string, tar: string): Promise<Descriptor> {
  mkdirSync(join(layout, "blobs", "sha256"), { recursive: true });
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(tar)) hash.update(chunk as Buffer);
  const digest = `sha256:${hash.digest("hex")}`;
  const size = statSync(tar).size;
  renameSync(tar, blobPath(layout, digest));
  return { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size };
}

/** Writes a layout that holds these images, each made of layers that are in it. */
export function writeImages(layout: string, images: ReadonlyMap<string, readonly Descriptor[]>): void {
  const manifests = [...images].map(([tag, layers]) => {
    const config = putJson(layout, "application/vnd.oci.image.config.v1+json", {
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      config: {
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        Cmd: ["/bin/sh"],
      },
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
      history: layers.map(() => ({ created: "2024-01-01T00:00:00Z", created_by: "base" })),
      created: "2024-01-01T00:00:00Z",
    });
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const manifest = putJson(layout, mediaType, { schemaVersion: 2, mediaType, config, layers });
    return { ...manifest, annotations: { "org.opencontainers.image.ref.name": tag } };
  });
  writeFileSync(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}
