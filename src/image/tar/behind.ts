// Looks behind the end of an archive on disk: two blocks of zeros may be its end, or damage in the middle.

import { readSync } from "node:fs";
import type { FileRange } from "./seek.ts";

/** Writers pad to a multiple of 10 KiB, with GNU tar's largest blocking factors to some MiB. */
export const paddingBytes = 4 * 1024 * 1024;

const windowBytes = 64 * 1024;

/** Whether nothing but padding follows from byte `end` of the range on. Most layers take one small read, or none. */
export function onlyPadding({ fd, offset, length }: FileRange, end: number): boolean {
  if (length - end > paddingBytes) return false;
  if (length === end) return true;
  const window = Buffer.alloc(Math.min(windowBytes, length - end));
  for (let at = end; at < length; ) {
    const got = readSync(fd, window, 0, Math.min(window.length, length - at), offset + at);
    if (got === 0 || window.subarray(0, got).some((byte) => byte !== 0)) return false;
    at += got;
  }
  return true;
}
