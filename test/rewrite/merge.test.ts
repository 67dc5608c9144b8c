// Fixes of late changes, file by file: fixtures/fix-merge holds what goes in and what comes out, fixtures/fix-cache the
// same for `--cache-mounts`.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { fixText } from "../../src/fix.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const names = ["fix-merge", "fix-cache"].flatMap((folder) =>
  readdirSync(fixtures + folder)
    .filter((name) => name.endsWith(".Dockerfile"))
    .map((name) => `${folder}/${name.replace(/\.Dockerfile$/, "")}`),
);
const rules = [
  "unpacked-later",
  "moved-later",
  "removed-later",
  "rewritten-later",
  "reinstalled-later",
  "base-upgraded",
];

describe.each(names)("%s", (name) => {
  const before = readFileSync(`${fixtures}${name}.Dockerfile`, "utf8");
  const options = {
    rules,
    unsafe: true,
    minSeverity: "info",
    cacheMounts: name.startsWith("fix-cache/"),
  } as const;
  const result = fixText(before, options);

  test("comes out as it should", async () => {
    const told = result.applied.map(
      ({ finding: { rule, fix } }) => `${rule}: ${fix?.applicability}: ${fix?.why ?? fix?.title}`,
    );
    const kept = result.refused.map(({ finding: { rule }, why }) => `${rule}: refused: ${why}`);
    const head = [...told, ...kept].map((line) => `#! ${line}\n`).join("");
    await expect(head + result.text).toMatchFileSnapshot(`${fixtures}${name}.fixed`);
  });

  test("parses, keeps its comments, and is not fixed twice", () => {
    expect(analyze(result.text, { rules }).problems).toEqual([]);
    expect(fixText(result.text, options).text).toBe(result.text);
    for (const [comment] of before.matchAll(/^#.*$/gm)) expect(result.text).toContain(comment.trim());
    expect(result.text).not.toMatch(/\\\s*$|&& *RUN|\n\n\n/);
  });
});

test("nothing moves over the line of a template, which decides whether it runs at all", () => {
  const lines = [
    "FROM debian:12",
    "RUN curl -fsSLO https://example.org/models.tar.gz",
    '{{ if eq .Variant "small" }}',
    "RUN rm -f /models.tar.gz",
    "{{ end }}",
  ];
  const options = { rules, unsafe: true } as const;
  const templated = `${lines.join("\n")}\n`;
  const result = fixText(templated, options);
  expect(result.text).toBe(templated);
  expect(result.remaining.map(({ rule, fix }) => [rule, fix?.applicability, fix?.why])).toEqual([
    ["removed-later", "manual", "there is no instruction {{, which it would reach over"],
  ]);

  const plain = `${[...lines.slice(0, 2), ...lines.slice(3, 4)].join("\n")}\n`;
  expect(fixText(plain, options).applied).toHaveLength(1);
  // All of it in one branch: the lines around it do not matter.
  const inside = `${[lines[0], lines[2], lines[1], lines[3], lines[4]].join("\n")}\n`;
  expect(fixText(inside, options).applied).toHaveLength(1);
});
