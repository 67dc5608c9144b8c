// Walks one layer, however it is stored: by header where it can seek, else inflating and hashing in one pass.

import { readSync } from "node:fs";
import { addMember, type LayerUnderWay } from "./add-member.ts";
import { compressionOf, inflated, magicBytes } from "./blob/inflate.ts";
import { type BlobInput, blobInput } from "./blob/input.ts";
import { algorithmOf, readChunks, startHash } from "./blob/read.ts";
import { LayerColumns } from "./columns.ts";
import { ImageError } from "./error.ts";
import { hashingVisitor } from "./hashing-visitor.ts";
import type { Compression, LayerBlob } from "./image.ts";
import { onlyPadding, paddingBytes } from "./tar/behind.ts";
import { type FileRange, walkRange } from "./tar/seek.ts";
import { createStreamWalk, type StreamVisitor } from "./tar/stream.ts";
import type { WalkContext } from "./walk-context.ts";

/** A walked layer, before it has its place in an image. */
export interface LayerWalk {
  readonly columns: LayerColumns;
  readonly compression: Compression;
  /** Bytes as stored. */
  readonly size: number;
  /** Digests of the bytes as stored and of the uncompressed tar, where they were computed. */
  readonly digest: string | undefined;
  readonly diffId: string | undefined;
  /** Where content can be read again; undefined for layers that were hashed instead. */
  readonly range: FileRange | undefined;
  readonly captured: ReadonlyMap<number, Uint8Array>;
}

/** Walks a layer of a known image. `where` opens its errors. Throws ImageError. */
export async function walkLayer(blob: LayerBlob, where: string, context: WalkContext): Promise<LayerWalk> {
  const walk = await walkData(blob, where, context);
  checkWalk(walk, blob, where);
  return walk;
}

async function walkData(blob: LayerBlob, where: string, context: WalkContext): Promise<LayerWalk> {
  const { data } = blob;
  const algorithm = algorithmOf(blob.digest ?? blob.diffId);
  if (data.kind === "stream") return walkStream(data.open(), where, context, algorithm);
  if (compressionAt(data, where) !== "none") {
    return walkStream(readChunks(data, where), where, context, algorithm);
  }

  let digest = context.verify ? await digestOf(data, where, algorithm) : undefined;
  const layer = underWay(where, context);
  const { columns } = layer;
  let done = 0;
  const end = await walkRange(
    data,
    where,
    (member, payloadAt) => {
      const index = addMember(layer, member);
      if (index >= 0 && columns.hasContent(index)) columns.setOffset(index, payloadAt);
    },
    (position) => {
      context.advance(position - done);
      done = position;
    },
  );
  if (!onlyPadding(data, end)) {
    // The end may be damage. Only the digest tells, and reading all for it is the price of such layers.
    if (blob.digest === undefined && blob.diffId === undefined) {
      throw new ImageError(`${where} goes on behind its end at byte ${end}`);
    }
    digest ??= await digestOf(data, where, algorithm);
  }
  const size = data.length;
  return { columns, compression: "none", size, digest, diffId: digest, range: data, captured: new Map() };
}

/** Throws ImageError for compressions that images do not use. */
function compressionAt({ fd, offset, length }: FileRange, where: string): Compression {
  const start = Buffer.alloc(Math.min(magicBytes, length));
  readSync(fd, start, 0, start.length, offset);
  return compressionOf(start, where);
}

function underWay(where: string, { paths, tally }: WalkContext): LayerUnderWay {
  return { where, columns: new LayerColumns(), paths, tally };
}

/** Throws ImageError when a digest that was computed is not the one that was promised. */
export function checkWalk(
  walk: LayerWalk,
  promised: { readonly digest: string | undefined; readonly diffId: string | undefined },
  where: string,
): void {
  for (const [found, wanted] of [
    [walk.digest, promised.digest],
    [walk.diffId, promised.diffId],
  ]) {
    if (found === undefined || wanted === undefined || found === wanted) continue;
    if (algorithmOf(found) !== algorithmOf(wanted)) continue;
    throw new ImageError(`${where} is corrupt: its digest is ${found}, not ${wanted}`);
  }
}

async function digestOf(range: FileRange, where: string, algorithm: string): Promise<string> {
  const hash = await startHash(algorithm);
  for await (const chunk of readChunks(range, where)) hash.update(chunk);
  return `${algorithm}:${hash.digest("hex")}`;
}

/** Walks a blob that can be read once, and reads all of it. Throws ImageError. */
export async function walkStream(
  chunks: AsyncIterable<Uint8Array>,
  where: string,
  context: WalkContext,
  algorithm: string,
): Promise<LayerWalk> {
  const hash = await startHash(algorithm);
  let size = 0;
  const input = blobInput(chunks, (chunk) => {
    size += chunk.length;
    hash.update(chunk);
    context.advance(chunk.length);
  });
  try {
    const compression = compressionOf(await input.peek(magicBytes), where);
    const layer = underWay(where, context);
    const { columns } = layer;
    const captured = new Map<number, Uint8Array>();
    const visitor = hashingVisitor(layer, captured, context);
    const tar = await walkTar(input, compression, where, context, visitor);
    await input.drain();
    const digest = `${algorithm}:${hash.digest("hex")}`;
    const diffId = compression === "none" ? digest : tar;
    return { columns, compression, size, digest, diffId, range: undefined, captured };
  } finally {
    input.close();
  }
}

/** Answers the digest of the uncompressed tar if that is to be verified. */
async function walkTar(
  input: BlobInput,
  compression: Compression,
  where: string,
  context: WalkContext,
  visitor: StreamVisitor,
): Promise<string | undefined> {
  const hash = context.verify && compression !== "none" ? await startHash("sha256") : undefined;
  const walk = createStreamWalk(where, visitor);
  let behind = 0;
  const { limits, swollen } = context;
  for await (const chunk of inflated(compression, input.rest, where, limits, swollen)) {
    hash?.update(chunk);
    if (!walk.push(chunk)) behind += chunk.length;
    // More than padding is not inflated.
    if (behind > paddingBytes && hash === undefined) break;
  }
  walk.end();
  return hash && `sha256:${hash.digest("hex")}`;
}
