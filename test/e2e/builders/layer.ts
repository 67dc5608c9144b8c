// Reads one layer of an image: every entry with all that a container can see of it. Shares nothing with src/image,
// which is measured against it.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";

export interface Entry {
  /** Without a slash at the beginning or the end; "" is the root. */
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for all but regular files. */
  readonly size: number;
  /** SHA-256 of the content of a regular file. */
  readonly hash?: string;
  /** A symbolic link's text; for a hardlink the path of the other name. */
  readonly link?: string;
  /** Major and minor number of a device. */
  readonly device?: string;
  /** Extended attributes by name, values as the tar has them. */
  readonly attributes: Readonly<Record<string, string>>;
}

const read = new Map<string, Promise<readonly Entry[]>>();

/** The entries of a layer in their order. Blobs are read once: what has the same digest has the same content. */
export function layerEntries(blob: string): Promise<readonly Entry[]> {
  const name = blob.slice(blob.lastIndexOf("/") + 1);
  const known = read.get(name) ?? readLayer(blob);
  read.set(name, known);
  return known;
}

async function readLayer(blob: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const tar = extract();
  const source = createReadStream(blob);
  if (await isGzip(blob)) source.pipe(createGunzip()).pipe(tar);
  else source.pipe(tar);
  for await (const entry of tar) {
    const { header } = entry;
    const hash = createHash("sha256");
    for await (const chunk of entry) hash.update(chunk as Buffer);
    const file = header.type === "file" || header.type === "contiguous-file";
    const device = header.type === "character-device" || header.type === "block-device";
    entries.push({
      path: plainPath(header.name),
      type: file ? "file" : (header.type ?? "file"),
      mode: (header.mode ?? 0) & 0o7777,
      uid: header.uid ?? 0,
      gid: header.gid ?? 0,
      size: file ? (header.size ?? 0) : 0,
      ...(file ? { hash: hash.digest("hex") } : {}),
      ...(header.type === "symlink" ? { link: header.linkname ?? "" } : {}),
      ...(header.type === "link" ? { link: plainPath(header.linkname ?? "") } : {}),
      ...(device ? { device: `${header.devmajor},${header.devminor}` } : {}),
      attributes: attributesOf((header.pax ?? {}) as Record<string, string>),
    });
  }
  return entries;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function plainPath(path: string): string {
  return path
    .replace(/^(\.?\/)+/, "")
    .replace(/\/+$/, "")
    .replace(/^\.$/, "");
}

function attributesOf(pax: Readonly<Record<string, string>>): Record<string, string> {
  const prefix = "SCHILY.xattr.";
  return Object.fromEntries(
    Object.entries(pax)
      .filter(([key]) => key.startsWith(prefix))
      // What the overlay driver itself keeps beside a file is not the image's.
      .filter(([key]) => !key.includes(".overlay."))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
