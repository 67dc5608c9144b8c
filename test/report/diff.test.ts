import { applyPatch } from "diff";
import fc from "fast-check";
import { expect, test } from "vitest";
import { unifiedDiff } from "../../src/report/diff.ts";

test("is what diff -u prints", () => {
  expect(unifiedDiff("a/Dockerfile", "FROM a\nRUN x\nRUN y", "FROM a\nRUN x && y")).toBe(`--- a/Dockerfile
+++ a/Dockerfile
@@ -1,3 +1,2 @@
 FROM a
-RUN x
-RUN y
\\ No newline at end of file
+RUN x && y
\\ No newline at end of file
`);
});

test("nothing when nothing differs", () => {
  expect(unifiedDiff("a", "FROM a\n", "FROM a\n")).toBe("");
});

test("colours only around the lines", () => {
  const plain = unifiedDiff("a", "x\r\ny\r\n", "x\r\nz\r\n");
  const coloured = unifiedDiff("a", "x\r\ny\r\n", "x\r\nz\r\n", true);
  expect(coloured).not.toBe(plain);
  expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(plain);
});

test("applied to the old text it gives the new one", () => {
  const line = fc.constantFrom("FROM a", "RUN x", "RUN y", "", "# c", "--- a");
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
    .map(([lines, end, last]) => lines.join(end) + (last ? end : ""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = unifiedDiff("a", before, after);
      expect(diff === "" ? before : applyPatch(before, diff, { autoConvertLineEndings: false })).toBe(after);
    }),
  );
});
