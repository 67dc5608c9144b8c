// What opening a source gives: an image whose layers can be walked, or a stream to be read in one pass.

import type { LayerBlob, OpenImage, ReadOptions } from "../image.ts";
import { defaultLimits } from "../limits.ts";
import { describeImage } from "./describe.ts";
import type { ImageFiles } from "./files.ts";
import type { ImageFormat } from "./plan.ts";

/** An archive that can be read once only, or only inflated as a whole. */
export interface ArchiveStream {
  readonly kind: "stream";
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes to come, if that is known. */
  readonly total: number | undefined;
  /** What its name says of its format. */
  readonly format: ImageFormat | undefined;
  /** The image its name asks for. */
  readonly reference: string | undefined;
  /** Digests of the uncompressed layers, base first, if they are known before anything is read. */
  readonly diffIds: readonly string[] | undefined;
  close(): Promise<void>;
}

export type Opened = { readonly kind: "image"; readonly image: OpenImage } | ArchiveStream;

/** Finds the image among its files, which are closed with it, or when this throws. Throws ImageError. */
export async function openFiles(
  files: ImageFiles,
  source: string,
  options: ReadOptions,
  format: ImageFormat | undefined,
): Promise<Opened> {
  try {
    const choice = {
      name: options.name ?? source,
      platform: options.platform,
      reference: options.reference,
      limits: { ...defaultLimits, ...options.limits },
      verify: options.verify ?? false,
    };
    const { layers, ...description } = await describeImage(files, choice, format);
    const image: OpenImage = {
      ...description,
      layers: layers.map(({ path, digest, diffId, mediaType }): LayerBlob => {
        const data = files.data(path);
        const size = data.kind === "range" ? data.length : files.size(path);
        return { digest, diffId, mediaType, size, data };
      }),
      close: () => files.close(),
    };
    return { kind: "image", image };
  } catch (error) {
    await files.close();
    throw error;
  }
}
