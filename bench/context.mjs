// Measures `COPY . .` of a context of 100,000 files beside a bare walk that reads folders and sizes.
// Run `npm run build` first, then `node bench/context.mjs [files]`.
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openContext } from "../dist/context/open.js";

const IGNORE = [
  "**/*.pyc",
  "**/__pycache__",
  "**/.git",
  "*.md",
  "/build/",
  "**/[Tt]mp*",
  "docs/**/*.png",
  "part-1*/sub-3",
  "!part-10/sub-3",
  "**/*.log",
];

const count = Number(process.argv[2] ?? 100_000);
const root = mkdtempSync(join(tmpdir(), "context-bench-"));
try {
  for (let folder = 0; folder * 50 < count; folder++) {
    const path = join(root, `part-${folder % 40}`, `sub-${folder % 7}`, `folder-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 50 && folder * 50 + file < count; file++) {
      writeFileSync(join(path, `module-${file}.py`), "x".repeat(file * 10));
    }
  }
  bareWalk(root);
  const bare = best(() => bareWalk(root));
  const plain = best(() => openContext(root).measure("."));
  writeFileSync(join(root, ".dockerignore"), IGNORE.join("\n"));
  const ignoring = best(() => openContext(root).measure("."));
  const several = best(() => {
    const context = openContext(root);
    for (let at = 0; at < 40; at++) context.measure(`part-${at}`);
    return context.measure(".");
  });
  const line = (name, { ms, result }) =>
    `${name.padEnd(38)} ${ms.toFixed(0).padStart(6)} ms  ${(ms / bare.ms).toFixed(2)} x  ${result.files} files`;
  console.log(line("bare readdir and lstat", bare));
  console.log(line("COPY . .", plain));
  console.log(line(`COPY . . with ${IGNORE.length} ignore patterns`, ignoring));
  console.log(line("41 sources with ignore patterns", several));
} finally {
  rmSync(root, { recursive: true, force: true });
}

function bareWalk(folder) {
  let bytes = 0;
  let files = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      const inner = bareWalk(path);
      bytes += inner.bytes;
      files += inner.files;
    } else {
      bytes += lstatSync(path).size;
      files++;
    }
  }
  return { bytes, files };
}

function best(work) {
  let ms = Number.POSITIVE_INFINITY;
  let result;
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    result = work();
    ms = Math.min(ms, performance.now() - start);
  }
  return { ms, result };
}
