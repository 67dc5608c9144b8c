// How far a hostile image may go before reading stops.

import type { ReadLimits } from "./image.ts";

const mebibyte = 1024 * 1024;

export const defaultLimits: ReadLimits = {
  entries: 10_000_000,
  // Deflate cannot do better than 1,032 to 1, real layers stay below 50 to 1; only files of zeros come near.
  inflatedBytes: 1024 * mebibyte,
  inflation: 250,
  documentBytes: 16 * mebibyte,
  capturedFileBytes: 16 * mebibyte,
  capturedBytes: 128 * mebibyte,
};

/** Bytes of a tar extension header (PAX records, GNU long names): the bound of Go's archive/tar, hence of Docker. */
export const extensionBytes = mebibyte;

/** Bytes of a path or link target: PATH_MAX of Linux. */
export const pathBytes = 4096;

/** Bytes of all manifests, indexes and configs that a one-pass read keeps. */
export const keptDocumentBytes = 64 * mebibyte;

/** Files an image archive itself may have; a real one has a few hundred. */
export const archiveFiles = 100_000;
