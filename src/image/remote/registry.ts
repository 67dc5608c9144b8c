// Images in registries (OCI distribution specification): the same documents as in a layout, fetched as they are named.

import { algorithmOf, checkBytes, digestOfBytes, isDigest } from "../blob/read.ts";
import { ImageError } from "../error.ts";
import type { ReadOptions } from "../image.ts";
import { defaultLimits, keptDocumentBytes } from "../limits.ts";
import { type ImageFiles, missing } from "../sources/files.ts";
import { type Opened, openFiles } from "../sources/opened.ts";
import { type Answer, readBody } from "./http.ts";
import { type ImageName, parseImageName } from "./image-name.ts";
import { silenceOf } from "./patience.ts";
import { blobStream } from "./registry-blob.ts";
import { networkError, type RegistryClient, registryClient } from "./registry-client.ts";

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** Opens what follows "registry://"; layers are fetched when they are read. Throws ImageError. */
export async function openRegistryImage(text: string, options: ReadOptions): Promise<Opened> {
  const name = parseImageName(text);
  const client = registryClient(name, text, {
    plainHttp: options.plainHttp ?? false,
    env: options.env ?? process.env,
    silence: silenceOf(options),
  });
  const limit = options.limits?.documentBytes ?? defaultLimits.documentBytes;
  const root = await fetchRoot(client, name, text, limit);
  const files = registryFiles(client, name, text, root);
  const opened = await openFiles(files, `registry://${text}`, options, "oci");
  if (opened.kind === "stream") return opened;
  return { kind: "image", image: { ...opened.image, abort: client.abort } };
}

interface Root {
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly mediaType: string | undefined;
}

async function fetchRoot(
  client: RegistryClient,
  name: ImageName,
  where: string,
  limit: number,
): Promise<Root> {
  const asked = name.digest ?? name.tag!;
  const answer = await client.ask(`manifests/${asked}`, { accept: manifestTypes.join(", ") }, "the manifest");
  if (answer.status === 404) {
    answer.discard();
    throw new ImageError(`${where}: the registry has no such image`);
  }
  const bytes = await bodyOf(answer, limit, name, where, "the manifest");
  const announced = answer.headers["docker-content-digest"];
  const promised =
    name.digest ?? (typeof announced === "string" && isDigest(announced) ? announced : undefined);
  if (promised !== undefined) await checkBytes(bytes, promised, `${where}: the manifest`);
  const told = answer.headers["content-type"]?.split(";")[0]?.trim();
  const mediaType = manifestTypes.find((type) => type === told);
  if (
    mediaType === undefined &&
    /\.manifest\.v1\+(prettyjws|json)/.test(told ?? "") &&
    !told?.includes("oci")
  ) {
    throw new ImageError(`${where}: the registry has it only in the format of before 2016 (schema 1)`);
  }
  return { bytes, digest: promised ?? (await digestOfBytes(bytes)), mediaType };
}

async function bodyOf(
  answer: Answer,
  limit: number,
  name: ImageName,
  where: string,
  what: string,
): Promise<Uint8Array> {
  try {
    return await readBody(answer, limit, `${where}: ${what}`);
  } catch (error) {
    throw networkError(error, where, name.host);
  }
}

/** A blob as a document that was read announces it. */
interface Announced {
  readonly digest: string;
  readonly size: number;
  readonly kind: "manifests" | "blobs";
}

/**
 * The repository as the files of an OCI layout whose index names one image. What has been announced counts as there
 * until it is asked for.
 */
function registryFiles(client: RegistryClient, name: ImageName, where: string, root: Root): ImageFiles {
  const announced = new Map<string, Announced>();
  const documents = new Map<string, Uint8Array>();
  let kept = 0;

  function keep(path: string, bytes: Uint8Array): void {
    kept += bytes.length;
    if (kept > keptDocumentBytes) {
      throw new ImageError(`${where}: its documents have more than ${keptDocumentBytes} bytes`);
    }
    documents.set(path, bytes);
    for (const entry of announcements(bytes)) {
      const its = blobPath(entry.digest);
      if (!announced.has(its)) announced.set(its, entry);
    }
  }

  async function load(path: string, limit: number): Promise<Uint8Array | undefined> {
    const entry = announced.get(path);
    if (entry === undefined) return undefined;
    const what = `${entry.kind === "blobs" ? "blob" : "manifest"} ${entry.digest}`;
    const headers: Record<string, string> = {};
    if (entry.kind === "manifests") headers.accept = manifestTypes.join(", ");
    const answer = await client.ask(`${entry.kind}/${entry.digest}`, headers, what);
    if (answer.status === 404) {
      answer.discard();
      return undefined;
    }
    const bytes = await bodyOf(answer, limit, name, where, what);
    keep(path, bytes);
    return bytes;
  }

  const { digest, bytes, mediaType } = root;
  keep(blobPath(digest), bytes);
  announced.set(blobPath(digest), { digest, size: bytes.length, kind: "manifests" });
  const descriptor = { mediaType, digest, size: bytes.length };
  documents.set("index.json", Buffer.from(JSON.stringify({ manifests: [descriptor] })));

  return {
    name: where,
    size: (path) => documents.get(path)?.length ?? announced.get(path)?.size,
    async read(path, limit) {
      const found = documents.get(path) ?? (await load(path, limit));
      if (found === undefined) throw missing(where, path);
      return found;
    },
    async present(path) {
      const size = announced.get(path)?.size;
      if (size === undefined || kept + size > keptDocumentBytes) return false;
      return documents.has(path) || (await load(path, size)) !== undefined;
    },
    data(path) {
      const entry = announced.get(path);
      if (entry === undefined) throw missing(where, path);
      const { digest, size } = entry;
      return { kind: "stream", open: () => blobStream(client, name, where, digest, size) };
    },
    async close() {
      client.abort();
    },
  };
}

function blobPath(digest: string): string {
  return `blobs/${algorithmOf(digest)}/${digest.slice(digest.indexOf(":") + 1)}`;
}

/** The descriptors in an index or a manifest; whether all is right with them their reader will see. */
function* announcements(bytes: Uint8Array): Iterable<Announced> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const { manifests, config, layers } = value as Readonly<Record<string, unknown>>;
  const list = (items: unknown) => (Array.isArray(items) ? items : []);
  for (const [kind, items] of [
    ["manifests", list(manifests)],
    ["blobs", [config, ...list(layers)]],
  ] as const) {
    for (const item of items) {
      const { digest, size } = (item ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof digest !== "string" || !isDigest(digest) || !Number.isSafeInteger(size)) continue;
      yield { digest, size: size as number, kind };
    }
  }
}
