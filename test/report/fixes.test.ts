import { expect, test } from "vitest";
import { fixReport } from "../../src/report/fixes.ts";
import { ownerFinding, ownerText } from "./sample.ts";

const file = { path: "D", text: ownerText, applied: [], refused: [] };

test("says so when there is nothing to fix", () => {
  expect(fixReport([{ ...file, remaining: [] }], [], false)).toBe("Nothing to fix in 1 file.\n");
});

test("counts what is left alone because it is less severe", () => {
  const { fix: _, ...without } = ownerFinding;
  expect(fixReport([{ ...file, remaining: [ownerFinding] }], [], false)).toBe(
    "fixed 0, 1 less severe left alone in 1 file\n",
  );
  const refused = [{ finding: ownerFinding, line: 7, why: "No." }];
  expect(fixReport([{ ...file, refused, remaining: [ownerFinding, without] }], [], true)).toBe(
    "D:7  not fixed  retouched-later  No.\nwould fix 0, 1 not fixed, 1 without a fix in 1 file\n",
  );
});
