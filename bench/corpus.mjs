// One `check` of many Dockerfiles: time and peak memory, beside Node itself and beside reading and parsing alone.
//
//   node bench/corpus.mjs [FOLDER ...]     after `npm run build`; default: ../shared/corpus/wild and ../shared/cases
//                         [--max-parse-ratio 3] [--max-memory 300]
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "max-parse-ratio": { type: "string" }, "max-memory": { type: "string" } },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const shared = join(root, "../shared");
const folders = (
  positionals.length > 0 ? positionals : [join(shared, "corpus/wild"), join(shared, "cases")]
).map((folder) => resolve(folder));
if (!folders.every(existsSync)) {
  console.log(`skipped: ${folders.find((folder) => !existsSync(folder))} is not there`);
  process.exit();
}
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => !/[/\\]context[/\\]|\.(json|gz|md)$/.test(path) && statSync(path).isFile()),
);
const bytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0);
console.log(`${files.length} files, ${(bytes / 1e6).toFixed(1)} MB`);

const scratch = mkdtempSync(join(tmpdir(), "dfdedupe-bench-"));
const output = join(scratch, "report.json");
const list = join(scratch, "files.json");
writeFileSync(list, JSON.stringify(files));
const url = (path) => JSON.stringify(pathToFileURL(join(root, path)).href);
// What no check can do without, bundled on its own: Dockerfiles to instructions, and their scripts to syntax trees.
const parseSource = `
  import { readFileSync } from "node:fs";
  import { parse } from "unbash";
  import { parseDockerfile } from ${JSON.stringify(join(root, "src/dockerfile/parse.ts"))};
  const files = JSON.parse(readFileSync(${JSON.stringify(list)}, "utf8"));
  for (const file of files) {
    for (const { keyword, json, body, heredocs } of parseDockerfile(readFileSync(file, "utf8")).instructions) {
      if (keyword !== "RUN" || json !== undefined) continue;
      for (const { text } of heredocs.length > 0 ? heredocs.map(({ content }) => content) : [body]) parse(text);
    }
  }
`;
const check = `
  import { main } from ${url("dist/cli.js")};
  import { readFileSync } from "node:fs";
  const files = JSON.parse(readFileSync(${JSON.stringify(list)}, "utf8"));
  const code = await main(["check", "--no-config", "--format", "json", "--output", ${JSON.stringify(output)}, ...files]);
  if (code === 2) process.exitCode = 2;
`;
// Peak memory is what the system says when the process ends.
const measure = `process.on("exit", () => console.error(process.resourceUsage().maxRSS));`;
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

function run(name, script) {
  const file = join(scratch, `${name.replace(/\W+/g, "-")}.mjs`);
  writeFileSync(file, `${script}\n${measure}`);
  const rounds = Array.from({ length: 3 }, () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [file], { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`${name}: exit code ${status}: ${stderr}`);
    return { time: performance.now() - start, memory: Number(stderr.trim().split("\n").at(-1)) / 1000 };
  });
  const best = rounds.reduce((a, b) => (a.time < b.time ? a : b));
  console.log(
    `${name.padEnd(18)} ${best.time.toFixed(0).padStart(6)} ms  ${best.memory.toFixed(0).padStart(4)} MB`,
  );
  return best;
}

async function bundled(source) {
  const input = join(root, ".cache", "bench-parse.mjs");
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(input, source);
  const bundle = await rolldown({ input, platform: "node" });
  const { output } = await bundle.generate({ format: "esm" });
  rmSync(input);
  return output[0].code;
}

try {
  run("node alone", "");
  const parsed = run("read and parse", await bundled(parseSource));
  const checked = run("check", check);
  const { summary } = JSON.parse(readFileSync(output, "utf8"));
  console.log(
    `check finds ${summary.findings} and ${summary.problems} syntax problems in ${summary.files} files`,
  );
  const ratio = checked.time / parsed.time;
  console.log(`check takes ${ratio.toFixed(2)} times as long as reading and parsing`);
  const most = Number(values["max-parse-ratio"] ?? Number.POSITIVE_INFINITY);
  if (ratio > most || checked.memory > Number(values["max-memory"] ?? Number.POSITIVE_INFINITY))
    process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
