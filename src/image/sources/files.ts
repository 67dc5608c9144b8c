// A folder or an archive seen as named files, for the formats that are laid out in either.

import { ImageError } from "../error.ts";
import type { LayerData } from "../image.ts";

/** Names are relative, with "/", as manifests write them. */
export interface ImageFiles {
  /** What errors call it: "app.tar". */
  readonly name: string;
  /** Bytes of a regular file, links inside followed; undefined if there is none. Throws for links that lead outside. */
  size(path: string): number | undefined;
  /** Whether a file is there, asked anew; only where `size` tells what others announce. Throws ImageError. */
  present?(path: string): Promise<boolean>;
  /** A whole small file. Throws ImageError if it is not there or larger than `limit`. */
  read(path: string, limit: number): Promise<Uint8Array>;
  /** Where a file's bytes are. Throws ImageError if it is not there. */
  data(path: string): LayerData;
  close(): Promise<void>;
}

/** A name as archives may spell it: "./a//b" is "a/b". Undefined if it leads outside or has a NUL. */
export function normalName(path: string): string | undefined {
  if (path.includes("\0")) return undefined;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.join("/");
}

/** The same for names in manifests, which must not lead outside. */
export function insideName(path: string, files: string): string {
  const name = normalName(path);
  if (name === undefined || path.startsWith("/")) {
    throw new ImageError(`${files}: the manifest names a file outside the image: ${path}`);
  }
  return name;
}

export function missing(files: string, path: string): ImageError {
  return new ImageError(`${files}: ${path} is missing`);
}

export function tooLarge(files: string, path: string, size: number, limit: number): ImageError {
  return new ImageError(`${files}: ${path} has ${size} bytes, more than the ${limit} of a document`);
}
