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

const problemsOf = (text: string): readonly string[] =>
  analyze(text, { rules }).problems.map(({ message }) => message);

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

  test("parses as before, keeps its comments, and is not fixed twice", () => {
    expect(problemsOf(result.text)).toEqual(problemsOf(before));
    expect(fixText(result.text, options).text).toBe(result.text);
    for (const [comment] of before.matchAll(/^#.*$/gm)) expect(result.text).toContain(comment.trim());
    expect(result.text).not.toMatch(/\\\s*$|&& *RUN|\n\n\n/);
  });
});
