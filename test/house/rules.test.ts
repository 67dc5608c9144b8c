// Holds the rules together: file, export, identifier, list, and the examples that each one gives.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { memoryContext } from "../../src/context/open.ts";
import type { Finding } from "../../src/finding.ts";
import { fixText } from "../../src/fix.ts";
import { rules } from "../../src/rules/index.ts";
import type { Example, Rule } from "../../src/rules/rule.ts";

const folder = fileURLToPath(new URL("../../src/rules", import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && file !== "index.ts");
const exported = await Promise.all(
  files.map(async (file) => {
    const exports: Readonly<Record<string, unknown>> = await import(`${folder}/${file}`);
    return Object.entries(exports)
      .filter((entry): entry is [string, Rule] => isRule(entry[1]))
      .map(([name, rule]) => ({ file: file.replace(/\.ts$/, ""), name, rule }));
  }),
).then((found) => found.flat());

function isRule(value: unknown): value is Rule {
  return typeof value === "object" && value !== null && "id" in value && "check" in value;
}

function camelCase(id: string): string {
  return id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

test("a rule's file, export and id are one name, and every rule is in the list once", () => {
  expect(exported.length).toBeGreaterThan(0);
  for (const { file, name, rule } of exported) expect([file, name]).toEqual([rule.id, camelCase(rule.id)]);
  expect(rules.map((rule) => rule.id).sort()).toEqual(exported.map(({ rule }) => rule.id).sort());
});

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  test("says what it finds, why, and what to do", () => {
    expect(rule.summary).toMatch(/^\S[^\n]{10,110}[^.\n]$/);
    expect(rule.why.trim()).not.toBe("");
    expect(rule.remedy.trim()).not.toBe("");
    expect(rule.examples.length).toBeGreaterThan(0);
  });

  test.each(rule.examples.map((example) => [example.title, example] as const))(
    "example: %s",
    (_, example) => {
      const found = findings(id, example, example.bad);
      expect(found.map((finding) => finding.rule)).toContain(id);
      expect(findings(id, example, example.good)).toEqual([]);
      for (const text of [example.bad, example.good]) expect(analyze(text).problems).toEqual([]);
      if (found.some(({ fix }) => fix !== undefined && fix.applicability !== "manual")) {
        expect(fixText(example.bad, { ...options(id, example), unsafe: true }).text).toBe(example.good);
      }
    },
  );

  test.each(rule.examples.map((example) => [example.title, example] as const))(
    "places in example: %s",
    (_, example) => {
      for (const { span, instruction, related, label, message } of findings(id, example, example.bad)) {
        expect(span.start).toBeGreaterThanOrEqual(instruction.start);
        expect(span.end).toBeLessThanOrEqual(instruction.end);
        for (const place of [span, instruction, ...related.map((each) => each.span)]) {
          expect(place.start).toBeLessThan(place.end);
          expect(place.end).toBeLessThanOrEqual(example.bad.length);
        }
        for (const words of [label, message]) expect(words).toMatch(/^\S[^\n]*\S$/);
      }
    },
  );
});

function options(id: string, { context }: Example) {
  return { rules: [id], ...(context && { context: memoryContext(context) }) };
}

function findings(id: string, example: Example, text: string): readonly Finding[] {
  return analyze(text, options(id, example)).findings;
}
