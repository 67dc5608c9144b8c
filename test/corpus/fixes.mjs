// Fixes thousands of real Dockerfiles, unsafe fixes too, and holds the results against the laws of fixing:
//
//   node test/corpus/fixes.mjs [FOLDER]     after `npm run build`; default: ../shared/corpus/wild
//   SEVERITY=info node test/corpus/fixes.mjs     small findings are fixed, too
//
// No crash; the result parses as well as before; fixing it again changes nothing; every line that is a comment is still
// there, unless the fix dropped its command; no byte outside of the edits differs. Prints what breaks a law, then
// "N passed, M failed", one law a file.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { check, fix } from "../../dist/index.js";

const folder = resolve(
  process.argv[2] ?? fileURLToPath(new URL("../../../shared/corpus/wild", import.meta.url)),
);
if (!existsSync(folder)) {
  console.log(`${folder} is not there`);
  console.log("0 passed, 0 failed, 1 skipped");
  process.exit();
}
const options = { unsafe: true, minSeverity: process.env.SEVERITY ?? "warning" };

/** Rules whose fix may take a whole command away, with the comment that is about it. */
const DROPPING = new Set([
  "download-already-shipped",
  "prefetch-obsolete",
  "copied-twice",
  "retouched-later",
]);

/** Fixes that take away the removal itself, for what it removed is only mounted. */
const UNNEEDED_REMOVAL = /^(mount|keep) /;

const comments = (text) => text.split(/\r?\n/).flatMap((line) => (/^\s*#/.test(line) ? [line.trim()] : []));

/** Comments that went with a command that the fix dropped. */
function droppedComments(before, { applied }) {
  let now = before;
  const dropped = [];
  for (const { finding } of applied) {
    const { title, edits } = finding.fix;
    for (const { span, text } of UNNEEDED_REMOVAL.test(title) ? edits : []) {
      if (text === "") dropped.push(...comments(now.slice(span.start, span.end)));
    }
    now = spliced(now, edits);
  }
  return dropped;
}

function lostComments(before, after, dropped) {
  const left = [...comments(after), ...dropped];
  return comments(before).filter((comment) => {
    const at = left.indexOf(comment);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** The text with nothing changed but what the edits say, spliced here without the help of what is tested. */
function spliced(text, edits) {
  let at = 0;
  let out = "";
  for (const { span, text: replacement } of edits.toSorted((a, b) => a.span.start - b.span.start)) {
    if (span.start < at || span.end < span.start || span.end > text.length) return undefined;
    out += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return out + text.slice(at);
}

/** Whether the result is the text with the edits of the applied fixes, one fix after the other, and nothing else. */
function isOnlyEdited(before, { text, applied }) {
  let now = before;
  for (const { finding } of applied) {
    now = spliced(now, finding.fix.edits);
    if (now === undefined) return false;
  }
  return now === text;
}

/** The laws that fixing a text breaks. */
function broken(text) {
  const once = fix(text, options);
  if (once.text === text) return { laws: [], applied: once.applied };
  const laws = [];
  if (!isOnlyEdited(text, once)) laws.push("differs outside of the edits");
  if (check(once.text).problems.length > check(text).problems.length) laws.push("parses worse than before");
  const twice = fix(once.text, options);
  if (twice.text !== once.text) {
    laws.push(`changes again: ${twice.applied.map(({ finding }) => finding.rule).join(", ")}`);
  }
  const lost = lostComments(text, once.text, droppedComments(text, once));
  if (lost.length > 0 && !once.applied.some(({ finding }) => DROPPING.has(finding.rule))) {
    laws.push(`loses ${lost[0]}`);
  }
  return { laws, applied: once.applied };
}

let passed = 0;
let failed = 0;
let fixes = 0;
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  const text = readFileSync(file, "latin1");
  let laws;
  try {
    const result = broken(text);
    laws = result.laws;
    fixes += result.applied.length;
  } catch (error) {
    laws = [`throws ${error instanceof Error ? error.message : error}`];
  }
  for (const law of laws) console.log(`${relative(folder, file)} ${law}`);
  if (laws.length === 0) passed += 1;
  else failed += 1;
}
console.log(`${fixes} fixes in ${passed + failed} files`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
