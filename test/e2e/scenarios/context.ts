// Writes a scenario's build context to disk.
import {
  chmodSync,
  chownSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { workFolder } from "../setup/work.ts";
import { filler } from "../standins/filler.ts";
import type { ContextFile } from "./scenario.ts";

const LONG_AGO = new Date("2024-01-01T00:00:00Z");

/** Gives a folder with these files to `use`, and removes it afterwards. */
export async function withContext<T>(
  files: Readonly<Record<string, ContextFile>>,
  use: (folder: string) => Promise<T> | T,
): Promise<T> {
  const root = workFolder("context");
  try {
    for (const [path, file] of Object.entries(files)) put(join(root, path), path, file);
    age(root);
    return await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/**
 * Gives all below a folder the same old time: a builder's cache knows files by content, so that a step may come from
 * the cache with the times of an earlier context, and BuildKit stores a copy again when only its time differs.
 */
function age(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) age(path);
    lutimesSync(path, LONG_AGO, LONG_AGO);
  }
}

function put(path: string, name: string, file: ContextFile): void {
  mkdirSync(dirname(path), { recursive: true });
  if ("link" in file) {
    symlinkSync(file.link, path);
    return;
  }
  if ("folder" in file) mkdirSync(path, { recursive: true });
  else writeFileSync(path, content(name, file));
  if ("uid" in file && file.uid !== undefined) chownSync(path, file.uid, file.uid);
  // The process's umask must not decide.
  chmodSync(path, file.mode ?? ("folder" in file ? 0o755 : 0o644));
}

function content(
  name: string,
  file: Exclude<ContextFile, { link: string } | { folder: true }>,
): string | Buffer {
  if ("text" in file) return file.text;
  return "size" in file ? filler(name, file.size) : file.bytes();
}
