// Laws of fixes on random Dockerfiles: safe ones keep the final files, results parse, nothing is left to fix twice.
import fc from "fast-check";
import { expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { fixText } from "../../src/fix.ts";
import { memoryContext } from "../../src/index.ts";
import { sameFinalFiles } from "../../src/model/final.ts";
import { dockerfiles, generatedContext } from "../generated.ts";
import { simulate } from "./simulate.ts";

const context = memoryContext({ ...generatedContext.files, "pack.tar.gz": "packed" });
const rules = [
  "unpacked-later",
  "moved-later",
  "removed-later",
  "rewritten-later",
  "reinstalled-later",
  "base-upgraded",
];
const options = { context, minSize: 100, minSeverity: "info", rules } as const;
const runs = { numRuns: 200 };

/** Without folders that are empty: a mount makes none, a COPY does. */
function filesOf(text: string): unknown {
  return [...simulate(text)]
    .filter(([, { content }]) => content !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

test("every generated file builds and parses", () => {
  fc.assert(
    fc.property(dockerfiles(), (text) => {
      expect(analyze(text, options).problems).toEqual([]);
      filesOf(text);
    }),
    runs,
  );
});

test("a safe fix keeps the final files", () => {
  fc.assert(
    fc.property(dockerfiles(), (text) => {
      const fixed = fixText(text, options);
      expect(filesOf(fixed.text)).toEqual(filesOf(text));
      expect(sameFinalFiles(analyze(text, options).model, analyze(fixed.text, options).model)).toBe(true);
    }),
    runs,
  );
});

test("any fix parses, and fixing again changes nothing", () => {
  fc.assert(
    fc.property(dockerfiles(), fc.boolean(), (text, unsafe) => {
      const fixed = fixText(text, { ...options, unsafe });
      expect(analyze(fixed.text, options).problems).toEqual([]);
      expect(fixText(fixed.text, { ...options, unsafe }).text).toBe(fixed.text);
    }),
    runs,
  );
});

test("most generated files have something to fix", () => {
  const found = fc
    .sample(dockerfiles(), { numRuns: 100, seed: 1 })
    .filter((text) => fixText(text, options).applied.length > 0);
  expect(found.length).toBeGreaterThan(20);
});
