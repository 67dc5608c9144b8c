// Holds the documentation to the code; `npm run docs` prints it anew.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { rulePage, ruleTable } from "../../src/report/rule-page.ts";
import { rules } from "../../src/rules/index.ts";
import { run } from "../cli/run.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(`${root}/${path}`, "utf8");

describe("docs/rules", () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))("%s.md", async (id, rule) => {
    await expect(rulePage(rule)).toMatchFileSnapshot(`../../docs/rules/${id}.md`);
  });

  test("has no page without a rule", () => {
    const pages = readdirSync(`${root}/docs/rules`).filter((name) => name.endsWith(".md"));
    expect(pages.sort()).toEqual(rules.map((rule) => `${rule.id}.md`).sort());
  });
});

describe("README.md", () => {
  test("shows the real output and every rule", async () => {
    const before = read("README.md");
    const [, shown = "nothing"] = /```console\n\$ npx dfdedupe (.*)\n/.exec(before) ?? [];
    const { out, code } = await run(shown.split(" "), { cwd: root });
    expect(code).toBe(1);
    const after = before
      .replace(
        /(```console\n\$ npx dfdedupe .*\n)[\s\S]*?(\n```)/,
        (_, start, end) => start + out.trimEnd() + end,
      )
      .replace(/\| rule \|[\s\S]*?(?=\n\n)/, () => ruleTable(rules));
    await expect(after).toMatchFileSnapshot("../../README.md");
  });

  test("is short, and its links lead somewhere", () => {
    const text = read("README.md");
    expect(text.split("\n").length).toBeLessThan(150);
    for (const [, path] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) expect(read(path!)).not.toBe("");
  });

  test("gives the commands that continuous integration runs", () => {
    const [check, tests] = [...read("README.md").matchAll(/^npm install && (.*)$/gm)].map(
      (match) => match[1]!,
    );
    expect(check).toMatch(/^npx dfdedupe check fixtures\//);
    expect(tests).toBe("npm test");
    expect(read(".ci/run")).toContain("\nnpm install && npm test");
  });
});

test("CHANGELOG.md names the version", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(read("CHANGELOG.md")).toContain(`## ${version}`);
});
