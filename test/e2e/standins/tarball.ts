// Makes a gzipped tar by calling tar: contexts are built one after the other, so waiting for it is fine.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { filler } from "./filler.ts";

/** An archive of files with these sizes, owned by root. */
export function tarball(files: Readonly<Record<string, number>>): Buffer {
  const root = mkdtempSync(join(tmpdir(), "dfdedupe-tarball-"));
  try {
    for (const [path, size] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), filler(path, size));
    }
    const tops = [...new Set(Object.keys(files).map((path) => path.split("/")[0]!))];
    const steady = ["--owner=0", "--group=0", "--mtime=2024-01-01", "--sort=name"];
    return execFileSync("tar", ["-C", root, ...steady, "-czf", "-", ...tops], { maxBuffer: 2 ** 30 });
  } finally {
    rmSync(root, { recursive: true });
  }
}
