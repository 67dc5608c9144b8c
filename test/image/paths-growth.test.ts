// Every path keeps its folder while the table grows, step by step, far beyond its first size.
import { expect, test } from "vitest";
import { createPaths } from "../../src/image/paths.ts";

test("a path is what it was when it was added, at every size of the table", () => {
  const paths = createPaths(1_000_000);
  const names: string[] = [];
  for (let index = 0; index < 20_000; index++) {
    const name = `/d${index % 97}/e${index % 7}/file-${index}`;
    const bytes = new TextEncoder().encode(name.slice(1));
    const id = paths.intern(bytes, 0, bytes.length);
    // At once, too: a table that has not grown yet must hold it as well.
    if (paths.path(id) !== name) expect(paths.path(id)).toBe(name);
    names.push(name);
  }
  expect(names.filter((name) => paths.path(paths.find(name)!) !== name)).toEqual([]);
});
