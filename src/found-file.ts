// Reads files that nobody named but that are looked for: what stands there may be anything, and must not hold up a run.
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";

/** Something that may never end (a pipe, a device) stands where a file is looked for; `message` leaves out the path. */
export class NoRegularFile extends Error {
  override readonly name = "NoRegularFile";
}

/** A file's bytes. Throws NoRegularFile, at once, and else what the system says. */
export function readFound(path: string): Buffer {
  // Opening a pipe would wait for someone who writes to it.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(descriptor);
    if (stats.isFile() || stats.isDirectory()) return readFileSync(descriptor);
    // A link to /dev/null is an empty file.
    if (stats.isCharacterDevice() && readSync(descriptor, Buffer.alloc(1)) === 0) return Buffer.alloc(0);
    throw new NoRegularFile("is no regular file");
  } finally {
    closeSync(descriptor);
  }
}
