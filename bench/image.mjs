// Measures reading an image, whole processes, beside the tools that do the least that could do: tar -tf, cat, gzip -dc,
// zstd -dc. Prints ratios of medians over interleaved runs and the most each may be; ends with 1 if one is more, or if a
// process took more memory than it may.
// node bench/image.mjs [rounds] [part of the names of some rows]

import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import configuration from "../rolldown.config.js";
import { makeArchives } from "./image/archives.mjs";

const [rounds = "7", only = ""] = process.argv.slice(2);
const folder = fileURLToPath(new URL("../.cache/bench", import.meta.url));
const archives = makeArchives(folder);

// As the released command is: one file, so that starting it reads little.
const bundle = await rolldown({
  input: fileURLToPath(new URL("image/reader.ts", import.meta.url)),
  platform: "node",
  external: [/^@cloudpss\/zstd/],
});
const reader = join(folder, "reader");
const { output } = configuration;
await bundle.write({ ...output, dir: reader });
// The command's version is in it.
copyFileSync(new URL("../package.json", import.meta.url), join(folder, "package.json"));
const read = (path, work = "waste") => [process.execPath, join(reader, "reader.js"), path, work];
const all = (command, paths) => ["sh", "-c", `for file; do ${command} "$file" || exit; done`, "sh", ...paths];

const rows = [
  [
    "A, walked, to tar -tf of its layers",
    "wall",
    2.0,
    read(archives.a.path, "walk"),
    all("tar -tf", archives.a.layers),
  ],
  ["A, with contents, to cat A", "wall", 3.0, read(archives.a.path), ["cat", archives.a.path]],
  [
    "D, walked, to tar -tf of its layers",
    "wall",
    1.7,
    read(archives.d.path, "walk"),
    all("tar -tf", archives.d.layers),
  ],
  [
    "D, measured, to tar -tf of its layers",
    "wall",
    undefined,
    read(archives.d.path),
    all("tar -tf", archives.d.layers),
  ],
  [
    "A, the command, to cat A",
    "wall",
    3.0,
    read(archives.a.path, "text"),
    ["cat", archives.a.path],
    archives.a.entries,
  ],
  [
    "D, the command, to tar -tf of its layers",
    "wall",
    undefined,
    read(archives.d.path, "text"),
    all("tar -tf", archives.d.layers),
    archives.d.entries,
  ],
  [
    "W, half of it waste, the command, to cat W",
    "wall",
    undefined,
    read(archives.w.path, "text"),
    ["cat", archives.w.path],
    archives.w.entries,
  ],
  [
    "W, JSON, to cat W",
    "wall",
    undefined,
    read(archives.w.path, "json"),
    ["cat", archives.w.path],
    archives.w.entries,
  ],
  [
    "rootfs, gzip, to gzip -dc",
    "cpu",
    0.55,
    read(archives.rootfsGzip.path),
    all("gzip -dc", archives.rootfsGzip.blobs),
  ],
  [
    "eight rootfs, gzip, to gzip -dc",
    "wall",
    0.3,
    read(archives.eightGzip.path),
    all("gzip -dc", archives.eightGzip.blobs),
  ],
  [
    "rootfs, zstd, to zstd -dc",
    "cpu",
    2.2,
    read(archives.rootfsZstd.path),
    all("zstd -dcq", archives.rootfsZstd.blobs),
  ],
  [
    "eight rootfs, zstd, to zstd -dc",
    "wall",
    2.2,
    read(archives.eightZstd.path),
    all("zstd -dcq", archives.eightZstd.blobs),
  ],
  [
    "A, gzip, to gzip -dc",
    "wall",
    undefined,
    read(archives.aGzip.path),
    all("gzip -dc", archives.aGzip.blobs),
  ],
  [
    "A, zstd, to zstd -dc",
    "wall",
    undefined,
    read(archives.aZstd.path),
    all("zstd -dcq", archives.aZstd.blobs),
  ],
  [
    "D, gzip, to gzip -dc",
    "wall",
    undefined,
    read(archives.dGzip.path),
    all("gzip -dc", archives.dGzip.blobs),
  ],
  [
    "D, zstd, to zstd -dc",
    "wall",
    undefined,
    read(archives.dZstd.path),
    all("zstd -dcq", archives.dZstd.blobs),
  ],
].filter(([name]) => name.includes(only));

const environment = { ...process.env };
// Node reads a whole bundle of certificates at every start when this is set.
delete environment.NODE_EXTRA_CA_CERTS;

/** Seconds of one run and what it printed. */
function run(command) {
  const said = command[0] === process.execPath;
  const timed = `TIMEFORMAT="%R %U %S"; time "$@" ${said ? ">&3" : ">/dev/null"}`;
  const { status, stderr, output } = spawnSync("bash", ["-c", timed, "bash", ...command], {
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
  const [wall, user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { wall, cpu: user + system, said: output[3] ? JSON.parse(output[3]) : undefined };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const start = median(Array.from({ length: 9 }, () => run([process.execPath, "-e", "0"]).wall));
console.log(`starting node takes ${(start * 1000).toFixed(0)} ms of each run\n`);
console.log(
  "                                              ours  theirs   ratio  at most   peak MB  80 MB + 150 B/entry",
);
let failures = 0;
for (const [name, measure, atMost, ours, theirs, known] of rows) {
  const runs = { ours: [], theirs: [] };
  run(ours);
  run(theirs);
  for (let round = 0; round < Number(rounds); round++) {
    runs.ours.push(run(ours));
    runs.theirs.push(run(theirs));
  }
  const time = (of) => median(of.map((it) => it[measure]));
  const ratio = time(runs.ours) / time(runs.theirs);
  const entries = runs.ours[0].said.entries ?? known;
  const memory = (80e6 + 150 * entries) / 1e6;
  const peakMb = median(runs.ours.map(({ said }) => said.peak * 1.024)) / 1000;
  const failed = ratio > atMost || peakMb > memory;
  if (failed) failures++;
  console.log(
    `${failed ? "✗" : " "} ${name.padEnd(42)} ${time(runs.ours).toFixed(3)}  ${time(runs.theirs).toFixed(3)}  ${ratio
      .toFixed(2)
      .padStart(
        5,
      )}  ${(atMost?.toFixed(2) ?? "").padStart(7)} ${peakMb.toFixed(0).padStart(9)} ${memory.toFixed(0).padStart(9)}  ${measure}`,
  );
}
if (failures > 0) process.exitCode = 1;
