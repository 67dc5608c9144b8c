// One `check` of many Dockerfiles: time, processor time (helping threads count in it) and peak memory, beside Node itself
// and beside reading and parsing alone.
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
// What no check can do without, bundled on its own: Dockerfiles to instructions and scripts to syntax trees; and the
// whole parser, which also reads what the shell would run: words expanded, functions called, branches told apart.
const parser = (run) => `
  import { readFileSync } from "node:fs";
  import { parse } from "unbash";
  import { parseDockerfile } from ${JSON.stringify(join(root, "src/dockerfile/parse.ts"))};
  import { readRun } from ${JSON.stringify(join(root, "src/shell/run.ts"))};
  const files = JSON.parse(readFileSync(${JSON.stringify(list)}, "utf8"));
  for (const path of files) {
    const file = parseDockerfile(readFileSync(path, "utf8"));
    for (const instruction of file.instructions) if (instruction.keyword === "RUN") ${run}
  }
`;
const trees = parser(`{
  const { json, body, heredocs } = instruction;
  if (json !== undefined) continue;
  for (const { text } of heredocs.length > 0 ? heredocs.map(({ content }) => content) : [body]) parse(text);
}`);
const commands = parser('readRun(instruction, { file, environment: new Map(), cwd: "/" });');
const check = `
  import { main } from ${url("dist/cli.js")};
  import { readFileSync } from "node:fs";
  const files = JSON.parse(readFileSync(${JSON.stringify(list)}, "utf8"));
  const code = await main(["check", "--no-config", "--format", "json", "--output", ${JSON.stringify(output)}, ...files]);
  if (code === 2) process.exitCode = 2;
`;
// Processor time and peak memory are what the system says when the process ends.
const measure = `process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.error((userCPUTime + systemCPUTime) / 1000, maxRSS);
});`;
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

function write(name, script) {
  const file = join(scratch, `${name.replace(/\W+/g, "-")}.mjs`);
  writeFileSync(file, `${script}\n${measure}`);
  return { name, file, times: [], work: [], memory: 0 };
}

function run(one) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [one.file], { env, encoding: "utf8" });
  one.times.push(performance.now() - start);
  if (status !== 0) throw new Error(`${one.name}: exit code ${status}: ${stderr}`);
  const [work, memory] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  one.work.push(work);
  one.memory = Math.max(one.memory, memory / 1000);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
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
  const all = [
    write("node alone", ""),
    write("syntax alone", await bundled(trees)),
    write("read and parse", await bundled(commands)),
    write("check", check),
  ];
  for (let round = 0; round < 3; round += 1) for (const one of all) run(one);
  for (const { name, times, work, memory } of all) {
    const [time, processor] = [times, work].map((list) => median(list).toFixed(0).padStart(6));
    console.log(
      `${name.padEnd(18)} ${time} ms, ${processor} ms of processor time  ${memory.toFixed(0).padStart(4)} MB`,
    );
  }
  const [, syntax, parsed, checked] = all;
  const { summary } = JSON.parse(readFileSync(output, "utf8"));
  console.log(
    `check finds ${summary.findings} and ${summary.problems} syntax problems in ${summary.files} files`,
  );
  const over = (other, list) =>
    median(checked[list].map((value, round) => value / other[list][round])).toFixed(2);
  for (const [other, what] of [
    [parsed, "commands"],
    [syntax, "syntax trees"],
  ]) {
    console.log(
      `check takes ${over(other, "times")} times as long as reading and parsing to ${what} (${over(other, "work")} times the work)`,
    );
  }
  const ratio = Number(over(parsed, "times"));
  const most = Number(values["max-parse-ratio"] ?? Number.POSITIVE_INFINITY);
  if (ratio > most || checked.memory > Number(values["max-memory"] ?? Number.POSITIVE_INFINITY))
    process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
