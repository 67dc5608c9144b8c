// Sixty findings on real Dockerfiles, taken at random by sample.mjs with the seed that judged.json names, and judged by
// reading before anything was mended: most of them must be right.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";

interface Judged {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly verdict: "right" | "wrong";
  readonly reason: string;
}

const corpus = fileURLToPath(new URL("../../../shared/corpus/wild", import.meta.url));
const { judged } = JSON.parse(readFileSync(new URL("judged.json", import.meta.url), "utf8")) as {
  readonly judged: readonly Judged[];
};

test("57 of 60 are right, each with a reason", () => {
  expect(judged).toHaveLength(60);
  expect(judged.filter(({ verdict }) => verdict === "right").length).toBeGreaterThanOrEqual(57);
  expect(judged.filter(({ reason }) => reason.length < 10)).toEqual([]);
  // One command may have two findings of a rule, for files of two kinds.
  expect(
    new Set(judged.map(({ file, line, rule, reason }) => `${file}:${line} ${rule} ${reason}`)).size,
  ).toBe(60);
});

describe.skipIf(!existsSync(corpus))("on the real files, which are not here otherwise", () => {
  test("what was judged right is still found", () => {
    const lost = judged.filter(({ file, line, rule, verdict }) => {
      const text = readFileSync(join(corpus, file), "utf8");
      const found = analyze(text).findings.some(
        (finding) =>
          finding.rule === rule &&
          finding.severity !== "info" &&
          text.slice(0, finding.span.start).split("\n").length === line,
      );
      return verdict === "right" && !found;
    });
    expect(lost.map(({ file, line, rule }) => `${file}:${line} ${rule}`)).toEqual([]);
  });
});
