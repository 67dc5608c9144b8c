// Prints findings on real Dockerfiles, taken at random, with the text they are about: to be judged by a reader.
//
//   node test/corpus/sample.mjs [--seed 1] [--count 60] [--dist dist] [--corpus ../shared/corpus/wild] [--json]
//
// Each finding of at least `warning` is as likely as any other; the same seed gives the same ones as long as the
// findings are the same. `--json` prints entries for judged.json, without a verdict.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "60" },
    dist: { type: "string", default: fileURLToPath(new URL("../../dist", import.meta.url)) },
    corpus: {
      type: "string",
      default: fileURLToPath(new URL("../../../shared/corpus/wild", import.meta.url)),
    },
    json: { type: "boolean", default: false },
  },
});
if (!existsSync(values.corpus)) {
  console.log(`skipped: ${values.corpus} is not there`);
  process.exit();
}
const { check } = await import(pathToFileURL(join(resolve(values.dist), "index.js")).href);

const corpus = resolve(values.corpus);
const files = readdirSync(corpus, { recursive: true, encoding: "utf8" })
  .filter((path) => statSync(join(corpus, path)).isFile())
  .sort();
const found = files.flatMap((file) => {
  const text = readFileSync(join(corpus, file), "utf8");
  return check(text)
    .findings.filter(({ severity }) => severity !== "info")
    .map((finding) => ({ file, text, finding, line: lineAt(text, finding.span.start) }));
});
const taken = sample(found, Number(values.count), Number(values.seed));
if (values.json) {
  const entries = taken.map(({ file, line, finding: { rule } }) => ({ file, line, rule }));
  console.log(JSON.stringify({ seed: Number(values.seed), findings: found.length, entries }, undefined, 2));
} else {
  console.log(`${files.length} files, ${found.length} findings, ${taken.length} taken`);
  for (const [index, one] of taken.entries()) print(index + 1, one);
}

function lineAt(text, offset) {
  return text.slice(0, offset).split("\n").length;
}

/** mulberry32: a small generator of numbers from 0 to 1. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function sample(all, count, seed) {
  const random = randomNumbers(seed);
  const rest = [...all];
  const out = [];
  while (out.length < count && rest.length > 0)
    out.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return out;
}

function print(number, { file, text, finding, line }) {
  const bytes = finding.bytes === undefined ? "" : ` ${finding.bytes.value} bytes (${finding.bytes.source})`;
  console.log(
    `\n=== ${number} ${file}:${line} ${finding.rule} ${finding.severity} ${finding.confidence}${bytes}`,
  );
  console.log(`    ${finding.message}`);
  for (const { message, span } of finding.related)
    console.log(`    ${message}: line ${lineAt(text, span.start)}`);
  const lines = text.split("\n");
  const wanted = new Set();
  const want = (start, end) => {
    for (let at = start; at <= end; at += 1) wanted.add(at);
  };
  const [first, last] = [lineAt(text, finding.instruction.start), lineAt(text, finding.instruction.end - 1)];
  want(Math.max(first, line - 15), Math.min(last, line + 10));
  for (const { span } of finding.related.slice(0, 4)) {
    const at = lineAt(text, span.start);
    want(at - 2, Math.min(lineAt(text, span.end - 1), at + 10));
  }
  // What says on which files, as whom and where, in the finding's own stage.
  const from = lines.slice(0, first).findLastIndex((one) => /^\s*FROM\b/i.test(one));
  for (const [index, one] of lines.slice(0, last).entries()) {
    const said = index > from ? /^\s*(USER|WORKDIR|COPY|ADD|ENV|VOLUME|SHELL)\b/i : /^\s*FROM\b/i;
    if (said.test(one) || index === from) wanted.add(index + 1);
  }
  let before = 0;
  for (const at of [...wanted].sort((a, b) => a - b)) {
    if (at < 1 || at > lines.length) continue;
    if (before > 0 && at > before + 1) console.log("       …");
    console.log(`${at === line ? ">" : " "}${String(at).padStart(5)} │ ${lines[at - 1].slice(0, 220)}`);
    before = at;
  }
}
