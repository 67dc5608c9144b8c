// Dockerfiles that store bytes twice, in the ways people write them: each says which rule finds which line.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";

const folder = fileURLToPath(new URL("../../fixtures/dirty", import.meta.url));
const fixtures = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), "utf8");
  const [, rule = "", line = "0"] = /^# expect: ([a-z-]+) (\d+)$/m.exec(text) ?? [];
  return { name, text, rule, line: Number(line) };
});

test.each(fixtures)("$name: $rule in line $line", ({ text, rule, line }) => {
  const { problems, findings } = analyze(text);
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  expect(problems).toEqual([]);
  const found = findings
    .filter(({ severity }) => severity !== "info")
    .map((finding) => ({
      rule: finding.rule,
      from: lineAt(finding.instruction.start),
      to: lineAt(finding.instruction.end - 1),
    }));
  expect(found.some((one) => one.rule === rule && one.from <= line && line <= one.to)).toBe(true);
});

const RULES =
  "retouched-later removed-later moved-later rewritten-later unpacked-later copied-twice reinstalled-later base-upgraded";

test.each(RULES.split(" "))("%s has at least two", (rule) => {
  expect(fixtures.filter((fixture) => fixture.rule === rule).length).toBeGreaterThan(1);
});
