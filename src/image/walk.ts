// Walks all layers of an open image: those on disk by header, compressed ones several at a time.

import { endIdleThreads } from "./blob/inflate.ts";
import { contentHasher } from "./content-hash.ts";
import { ImageError } from "./error.ts";
import { fileContent } from "./file-content.ts";
import type {
  ImageDescription,
  LayerBlob,
  OpenImage,
  ReadOptions,
  WalkedImage,
  WalkedLayer,
} from "./image.ts";
import { defaultLimits } from "./limits.ts";
import { createPaths } from "./paths.ts";
import type { WalkContext } from "./walk-context.ts";
import { type LayerWalk, walkLayer } from "./walk-layer.ts";

/** How many layers are inflated at once: one thread looks at the bytes of all, and every decoder takes megabytes. */
const atOnce = 2;

/** Milliseconds between two reports of progress. */
const progressEvery = 50;

/** What the layers of one image share; `total` bytes of blobs are to come, if that is known. */
export async function createContext(options: ReadOptions, total: number | undefined): Promise<WalkContext> {
  const limits = { ...defaultLimits, ...definedOnly(options.limits ?? {}) };
  const { progress } = options;
  let done = 0;
  let reported = 0;
  const context: WalkContext = {
    paths: createPaths(limits.entries),
    tally: { limit: limits.entries, entries: 0 },
    limits,
    swollen: { bytes: 0 },
    hasher: await contentHasher(),
    verify: options.verify ?? false,
    capture: options.capture,
    captured: 0,
    abandoned: false,
    advance(bytes) {
      if (context.abandoned) throw new ImageError("another layer could not be read");
      done += bytes;
      if (progress === undefined) return;
      const now = performance.now();
      if (now - reported < progressEvery) return;
      reported = now;
      progress({ done, total });
    },
  };
  return context;
}

function definedOnly<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/**
 * Reads the entries of every layer. The result takes over the image: closing it closes the image; so does an error.
 * Throws ImageError.
 */
export async function walkImage(image: OpenImage, options: ReadOptions = {}): Promise<WalkedImage> {
  try {
    const sizes = image.layers.map((layer) => layer.size);
    const total = sizes.every((size) => size !== undefined)
      ? sizes.reduce((sum, size) => sum + size, 0)
      : undefined;
    const context = await createContext(options, total);
    const walks = await walkAll(image, context);
    return assemble(image, walks, image.layers, context, image.close);
  } catch (error) {
    await image.close();
    throw error;
  }
}

/** Layers that are the same blob are walked once. */
async function walkAll({ layers, abort }: OpenImage, context: WalkContext): Promise<LayerWalk[]> {
  const jobs = new Map<string, { readonly first: number; readonly size: number }>();
  const keys = layers.map((layer, i) => {
    const key = blobKey(layer, i);
    if (!jobs.has(key)) jobs.set(key, { first: i, size: layer.size ?? 0 });
    return key;
  });
  // The largest first, so that none of them is alone at the end.
  const queue = [...jobs].sort(([, a], [, b]) => b.size - a.size || a.first - b.first);
  const walks = new Map<string, LayerWalk>();
  let failure: { readonly error: unknown } | undefined;

  async function work(): Promise<void> {
    for (let job = queue.shift(); job !== undefined && !failure; job = queue.shift()) {
      const [key, { first }] = job;
      try {
        walks.set(key, await walkLayer(layers[first]!, layerName(first, layers[first]!.digest), context));
      } catch (error) {
        failure ??= { error };
        context.abandoned = true;
        abort?.();
      }
    }
  }

  // All are waited for, also after an error: the file they read will be closed.
  await Promise.all(Array.from({ length: atOnce }, work));
  await endIdleThreads();
  if (failure !== undefined) throw failure.error;
  return keys.map((key) => walks.get(key)!);
}

function blobKey(layer: LayerBlob, index: number): string {
  if (layer.digest !== undefined) return layer.digest;
  return layer.data.kind === "range" ? `${layer.data.fd}:${layer.data.offset}` : `${index}`;
}

/** How errors call a layer. */
export function layerName(index: number, digest: string | undefined): string {
  return digest === undefined ? `layer ${index}` : `layer ${index} (${digest.slice(0, 19)})`;
}

/** Puts walked layers into their image. */
export function assemble(
  image: ImageDescription,
  walks: readonly LayerWalk[],
  places: readonly Pick<LayerBlob, "digest" | "diffId" | "mediaType">[],
  context: WalkContext,
  close: () => Promise<void>,
): WalkedImage {
  const { name, digest, platform, config, annotations, attestations } = image;
  // Sparse files may claim anything; sums beyond would not be exact.
  if (walks.reduce((sum, walk) => sum + walk.columns.bytes, 0) > Number.MAX_SAFE_INTEGER) {
    throw new ImageError("the layers claim more bytes than can be counted");
  }
  return {
    name,
    digest,
    platform,
    config,
    annotations,
    attestations,
    paths: context.paths,
    layers: walks.map((walk, i): WalkedLayer => {
      const place = places[i]!;
      return {
        digest: place.digest ?? walk.digest ?? (walk.compression === "none" ? place.diffId : undefined) ?? "",
        diffId: place.diffId ?? walk.diffId,
        mediaType: place.mediaType,
        compression: walk.compression,
        compressedSize: walk.size,
        entries: walk.columns,
      };
    }),
    ...fileContent(walks, context.hasher),
    close,
  };
}
