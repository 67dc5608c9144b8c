// How far a hostile image may go before reading stops.

import type { ReadLimits } from "./image.ts";

const mebibyte = 1024 * 1024;

export const defaultLimits: ReadLimits = {
  entries: 10_000_000,
  // Real layers stay below 50 to 1. Only zeros, as in disk images, come near the 1,032 to 1 that deflate ends at;
  // reading them takes no memory, so the bound is one of patience: a second a gibibyte.
  inflatedBytes: 16 * 1024 * mebibyte,
  inflation: 250,
  documentBytes: 16 * mebibyte,
  capturedFileBytes: 16 * mebibyte,
  capturedBytes: 128 * mebibyte,
};

/** What zstd may do of `inflatedBytes`: it makes gibibytes of kilobytes, so that a bomb of it costs nothing to send. */
export const zstdShare = 1 / 4;

/** Bytes of a tar extension header (PAX records, GNU long names): the bound of Go's archive/tar, hence of Docker. */
export const extensionBytes = mebibyte;

/** Bytes of a path or link target: PATH_MAX of Linux. */
export const pathBytes = 4096;

/** Bytes of all manifests, indexes and configs that a one-pass read keeps. */
export const keptDocumentBytes = 64 * mebibyte;

/** Files an image archive itself may have; a real one has a few hundred. */
export const archiveFiles = 100_000;
