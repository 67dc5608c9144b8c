// Files written whole or not at all.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure, systemReason } from "../failure.ts";

/** Text in parts is written as they come. */
export type Content = string | Uint8Array | Iterable<string>;

/**
 * Puts `content` in the place of a file, or makes a new one: a reader sees the old content or the new one. Mode and
 * owner stay; a symbolic link stays and its target is replaced; a device or pipe is written to. A file that no longer
 * holds `known`, the bytes that `content` was made from, is left alone. Throws a Failure that calls the file `shown`.
 */
export function replaceFile(path: string, content: Content, shown: string, known?: Uint8Array): void {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && !stats.isFile()) {
      const descriptor = openSync(path, "w");
      try {
        write(descriptor, content);
      } finally {
        closeSync(descriptor);
      }
      return;
    }
    // A rename asks nothing of the file itself: one that may not be written must not be replaced either.
    if (stats !== undefined) closeSync(openSync(path, "r+"));
    writeBeside(stats === undefined ? path : realpathSync(path), content, stats, known);
  } catch (error) {
    throw new Failure(`${shown}: cannot be written: ${systemReason(error)}`);
  }
}

function write(descriptor: number, content: Content): void {
  const whole = typeof content === "string" || content instanceof Uint8Array;
  for (const part of whole ? [content] : content) writeFileSync(descriptor, part);
}

function writeBeside(
  target: string,
  content: Content,
  stats: Stats | undefined,
  known: Uint8Array | undefined,
): void {
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  const descriptor = openSync(temporary, "wx", stats === undefined ? 0o666 : 0o600);
  try {
    try {
      write(descriptor, content);
      if (stats !== undefined) keepOwnerAndMode(descriptor, stats);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    // As late as can be: fixes may take seconds, in which an editor saves.
    if (known !== undefined && !readFileSync(target).equals(known)) {
      throw new Error("it has changed since it was read");
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function keepOwnerAndMode(descriptor: number, stats: Stats): void {
  try {
    fchownSync(descriptor, stats.uid, stats.gid);
  } catch {
    // Only root may give a file away; for anyone else it becomes their own, as with any editor.
  }
  // Behind the change of owner, which takes setuid and setgid off.
  fchmodSync(descriptor, stats.mode & 0o7777);
}
