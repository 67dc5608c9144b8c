// Reads a whole image archive in one pass (`docker save x | …`): layers are walked as they come, before it is known
// which of them belong to the image; no temporary files.

import { compressionOf, endIdleThreads, inflated, magicBytes } from "./blob/inflate.ts";
import { type BlobInput, blobInput } from "./blob/input.ts";
import { ImageError } from "./error.ts";
import type { ReadOptions, WalkedImage } from "./image.ts";
import { keptDocumentBytes } from "./limits.ts";
import { createArchiveIndex } from "./sources/archive.ts";
import { describeImage } from "./sources/describe.ts";
import { type ImageFiles, missing, normalName, tooLarge } from "./sources/files.ts";
import type { ImageFormat } from "./sources/plan.ts";
import { BLOCK } from "./tar/block.ts";
import { looksLikeTar } from "./tar/look.ts";
import { readBoth } from "./tar/second.ts";
import { assemble, createContext, layerName } from "./walk.ts";
import type { WalkContext } from "./walk-context.ts";
import { checkWalk, type LayerWalk, walkStream } from "./walk-layer.ts";

/** What may follow an archive is read, so that its writer can finish; without end it may not be. */
const behindBytes = 16 * 1024 * 1024;

/** What became of a file of the archive. A layer that cannot be read is an error only if the image has it. */
type Content =
  | { readonly kind: "document"; readonly bytes: Uint8Array }
  | { readonly kind: "layer"; readonly walk: LayerWalk }
  | { readonly kind: "broken"; readonly error: ImageError }
  | { readonly kind: "skipped" };

/**
 * Walks an image archive that comes as a stream: any `docker save` or OCI archive, gzip or zstd around it or not.
 * `total` is its size if that is known. Throws ImageError.
 */
export async function walkArchive(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: ReadOptions = {},
  format?: ImageFormat,
  total?: number,
): Promise<WalkedImage> {
  const context = await createContext(options, total);
  const { limits, swollen } = context;
  const outer = blobInput(chunks);
  const index = createArchiveIndex<Content>(name);
  try {
    const start = await outer.peek(magicBytes);
    if (start.length === 0) throw new ImageError(`${name} is empty`);
    const tar = inflated(compressionOf(start, name), outer.rest, name, limits, swollen);
    const input = blobInput(tar, (chunk) => context.advance(chunk.length));
    if (!looksLikeTar(await input.peek(BLOCK))) throw new ImageError(`${name} is no tar archive`);
    let documents = 0;
    for await (const { member, payload } of readBoth(input.rest, name)) {
      const path = Buffer.from(member.nameBytes).toString();
      const content = await readMember(blobInput(payload), member.payload, path, context, documents);
      if (content.kind === "document") documents += content.bytes.length;
      index.add(member, content);
    }
    await input.drain(behindBytes);
    await outer.drain(behindBytes);
  } finally {
    outer.close();
    await endIdleThreads();
  }

  const files = indexedFiles(name, index);
  const choice = {
    name: options.name ?? name,
    platform: options.platform,
    reference: options.reference,
    limits,
    verify: context.verify,
  };
  const plan = await describeImage(files, choice, format);
  const walks = plan.layers.map((layer, i) => {
    const content = index.file(layer.path)?.content;
    const where = layerName(i, layer.digest);
    if (content === undefined) throw missing(name, layer.path);
    if (content.kind === "broken") throw new ImageError(`${where}: ${content.error.message}`);
    if (content.kind !== "layer") throw new ImageError(`${where} is no tar archive`);
    checkWalk(content.walk, layer, where);
    return content.walk;
  });
  return assemble(plan, walks, plan.layers, context, async () => {});
}

/** Layers are told by their content: the manifest that names them may come last. */
async function readMember(
  input: BlobInput,
  size: number,
  path: string,
  context: WalkContext,
  documents: number,
): Promise<Content> {
  const start = Uint8Array.from(await input.peek(BLOCK));
  // No bytes at all are an archive of no members.
  const layer = size === 0 || looksLikeTar(start) || isCompressed(start);
  if (layer) {
    const sha512 = normalName(path)?.startsWith("blobs/sha512/") === true;
    const quiet: WalkContext = { ...context, advance: () => {} };
    try {
      const walk = await walkStream(input.rest, path, quiet, sha512 ? "sha512" : "sha256");
      return { kind: "layer", walk };
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      return { kind: "broken", error };
    } finally {
      context.captured = quiet.captured;
    }
  }
  const small = size <= context.limits.documentBytes && documents + size <= keptDocumentBytes;
  const isDocument = /^(?:\xef\xbb\xbf)?\s*[{[]/.test(Buffer.from(start.subarray(0, 64)).toString("latin1"));
  if (!small || !isDocument) return { kind: "skipped" };
  const bytes = Buffer.alloc(size);
  let filled = 0;
  for await (const chunk of input.rest) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return { kind: "document", bytes };
}

function isCompressed(start: Uint8Array): boolean {
  try {
    return compressionOf(start, "") !== "none";
  } catch {
    return false;
  }
}

function indexedFiles(name: string, index: ReturnType<typeof createArchiveIndex<Content>>): ImageFiles {
  return {
    name,
    size: (path) => index.file(path)?.size,
    async read(path, limit) {
      const file = index.file(path);
      if (file === undefined) throw missing(name, path);
      if (file.content.kind === "document") return file.content.bytes;
      if (file.size > limit) throw tooLarge(name, path, file.size, limit);
      throw new ImageError(`${name}: ${path} is not JSON`);
    },
    data: (path) => {
      throw missing(name, path);
    },
    close: async () => {},
  };
}
