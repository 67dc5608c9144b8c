// The way in: an image's name, or a stream, becomes an image whose layers are walked.

import { ImageError, oneLine } from "./error.ts";
import type { OpenImage, ReadOptions, WalkedImage } from "./image.ts";
import { openSource, openStream } from "./sources/open.ts";
import type { ArchiveStream } from "./sources/opened.ts";
import { walkImage } from "./walk.ts";

/**
 * Reads an image: what each layer holds, not the content. Nothing is extracted, and nothing is written.
 *
 * `source` is a path (an archive of `docker save`, an OCI archive, an OCI layout folder), a path with "docker-archive:",
 * "oci-archive:" or "oci:" before it and perhaps ":reference" behind it, "-" for standard input, or a stream of an
 * archive; "docker://name" or "podman://name" of a daemon, or "registry://host/name:tag". A name that is no path is a
 * daemon's. Uncompressed archives on disk are not read but walked from header to header; all else is read once.
 *
 * The result may hold files open: close it. Throws ImageError, one line, for whatever is wrong with the image.
 */
export async function readImage(
  source: string | AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<WalkedImage> {
  try {
    const opened =
      typeof source === "string"
        ? await openSource(source, options)
        : openStream(source, options.name ?? "the stream");
    if (opened.kind === "image") return await walkImage(opened.image, options);
    return await walkOnce(opened, options);
  } catch (error) {
    throw asImageError(error);
  }
}

/**
 * Opens an image without reading its layers: its config, annotations and attestations. Close it. Throws ImageError,
 * also for sources that can only be read in one pass (standard input, compressed archives).
 */
export async function openImage(source: string, options: ReadOptions = {}): Promise<OpenImage> {
  try {
    const opened = await openSource(source, options);
    if (opened.kind === "image") return opened.image;
    await opened.close();
    throw new ImageError(`${opened.name} can only be read as a whole`);
  } catch (error) {
    throw asImageError(error);
  }
}

/** The digests of an image's uncompressed layers, base first; reads no more than that takes. Throws ImageError. */
export async function readDiffIds(source: string, options: ReadOptions = {}): Promise<readonly string[]> {
  try {
    const opened = await openSource(source, options);
    if (opened.kind === "stream" && opened.diffIds !== undefined) {
      await opened.close();
      return opened.diffIds;
    }
    const image = opened.kind === "image" ? opened.image : await walkOnce(opened, options);
    await image.close();
    return image.config.diffIds;
  } catch (error) {
    throw asImageError(error);
  }
}

async function walkOnce(stream: ArchiveStream, options: ReadOptions): Promise<WalkedImage> {
  const { chunks, name, format, total } = stream;
  const asked = { ...options, reference: options.reference ?? stream.reference };
  try {
    // Brings a second tar reader along that other images do not need.
    const { walkArchive } = await import("./walk-archive.ts");
    return await walkArchive(chunks, name, asked, format, total);
  } finally {
    await stream.close();
  }
}

/** What the system says ("EACCES: permission denied, open …") is an answer too; faults of our own are not. */
function asImageError(error: unknown): unknown {
  if (error instanceof ImageError || !(error instanceof Error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || (syscall === undefined && !code.startsWith("ERR_STREAM"))) return error;
  return new ImageError(oneLine(error.message), { cause: error });
}
