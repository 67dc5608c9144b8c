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

test("an instruction that builders refuse stores nothing", () => {
  const text = "FROM alpine:3.20\nCOPY assets /srv/assets\nCOPY --unheard-of=1 assets /srv/assets\n";
  const { problems, findings } = analyze(text);
  expect(problems).toHaveLength(1);
  expect(findings).toEqual([]);
  expect(analyze(text.replace(" --unheard-of=1", "")).findings.map(({ rule }) => rule)).toEqual([
    "copied-twice",
  ]);
});

test("what such an instruction would bring is not there later either", () => {
  const text = "FROM alpine:3.20\nCOPY --unheard-of=1 assets /srv/assets\nCOPY assets /srv/assets\n";
  expect(analyze(text).findings).toEqual([]);
});

test.each(names)("%s gives nothing above info", (name) => {
  const { problems, findings } = analyze(readFileSync(join(folder, name), "utf8"));
  expect(problems).toEqual([]);
  expect(
    findings.filter(({ severity }) => severity !== "info").map(({ rule, message }) => `${rule}: ${message}`),
  ).toEqual([]);
});
