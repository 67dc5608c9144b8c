// Dockerfiles that look wasteful and are not: each false alarm that was found once, and all kinds of harmless ones.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";

const folder = fileURLToPath(new URL("../../fixtures/clean", import.meta.url));
const names = readdirSync(folder);

test("there are many", () => {
  expect(names.length).toBeGreaterThan(30);
});

test.each(names)("%s gives nothing above info", (name) => {
  const { problems, findings } = analyze(readFileSync(join(folder, name), "utf8"));
  expect(problems).toEqual([]);
  expect(
    findings.filter(({ severity }) => severity !== "info").map(({ rule, message }) => `${rule}: ${message}`),
  ).toEqual([]);
});
