import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("the package holds what its README links to", () => {
  const { files } = JSON.parse(read("package.json")) as { files: readonly string[] };
  // npm packs these two unasked.
  const packed = [...files, "README.md", "LICENSE"];
  const links = [...read("README.md").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1]!);
  expect(links.filter((link) => !packed.some((path) => `${link}/`.startsWith(`${path}/`)))).toEqual([]);
});
