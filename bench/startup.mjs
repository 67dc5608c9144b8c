// How long a short run takes, beside Node itself: `node bench/startup.mjs [rounds]`, after `npm run build`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const rounds = Number(process.argv[2] ?? 15);
const bin = fileURLToPath(new URL("../bin/dfdedupe.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dfdedupe-bench-"));
const file = join(folder, "Dockerfile");
writeFileSync(file, "FROM alpine\nCOPY app /app\nRUN apk add --no-cache curl && chmod +x /app\n");
// Reading extra certificates is Node's own time, not ours.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

const runs = {
  "node -e 0": ["-e", "0"],
  "dfdedupe --version": [bin, "--version"],
  "dfdedupe check FILE": [bin, "check", "--no-context", "--fail-on", "never", file],
};
const times = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
// Interleaved, so that a slow moment of the machine falls on all of them.
for (let round = 0; round < rounds; round += 1) {
  for (const [name, words] of Object.entries(runs)) {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, words, { env });
    if (status !== 0) throw new Error(`${name}: exit code ${status}`);
    times[name].push(performance.now() - start);
  }
}
rmSync(folder, { recursive: true });

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const base = median(times["node -e 0"]);
for (const [name, list] of Object.entries(times)) {
  const time = median(list);
  console.log(`${name.padEnd(20)} ${time.toFixed(0).padStart(5)} ms  ${(time / base).toFixed(2)} x`);
}
