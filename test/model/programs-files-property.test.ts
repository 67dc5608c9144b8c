// No call of a file program makes its translation throw, whatever words it has.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Effect } from "../../src/model/effect.ts";
import { splitPath, type Target } from "../../src/model/path.ts";
import { HOLE_START } from "../../src/shell/word.ts";
import { effectsOf, programs, shown, tables } from "./file-calls.ts";

const option = fc.oneof(
  fc.stringMatching(/^-[a-zA-Z]{1,3}$/),
  fc.stringMatching(/^--[a-z]{2,9}(=[a-z/.]{0,6})?$/),
  fc.constantFrom(
    "--",
    "-",
    "-C",
    "-o",
    "-t",
    "-exec",
    "-name",
    "-maxdepth",
    "!",
    "'('",
    "')'",
    "-o",
    "-prune",
    "{}",
    "+",
  ),
);
const operand = fc.oneof(
  fc.stringMatching(/^[a-z./*?$[\]{}:=~-]{1,12}$/),
  fc.constantFrom(
    "/",
    ".",
    "..",
    "*",
    "''",
    '"$X"',
    "$X/a",
    "755",
    "u:g",
    "https://e.org/a/b.tgz",
    "s3://b/k",
    "\\;",
    "rm",
    "a=b",
  ),
);
const words = fc.array(fc.oneof(option, operand), { maxLength: 8 });

test("random options and operands in any order never throw", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(programs)), words, fc.boolean(), (name, list, piped) => {
      const script = `${piped ? "find /x -name y | " : ""}'${name}' ${list.join(" ")}`;
      for (const effect of effectsOf(script)) check(effect);
    }),
    { numRuns: 2000 },
  );
});

/** Effects have absolute targets, or such as begin with what only the build knows, and never none at all. */
function check(effect: Effect): void {
  const targets: readonly Target[] =
    effect.kind === "move" ? [...effect.from, effect.to] : "targets" in effect ? effect.targets : [];
  if (
    effect.kind === "write" ||
    effect.kind === "remove" ||
    effect.kind === "retouch" ||
    effect.kind === "edit"
  ) {
    expect(targets.length).toBeGreaterThan(0);
  }
  for (const { path } of targets) {
    expect(path.startsWith("/") || path.startsWith(HOLE_START)).toBe(true);
    expect(splitPath(path).slice(1, -1)).not.toContain("");
    expect(splitPath(path)).not.toContain("..");
  }
}

test("the order of options and operands does not matter where getopt reads them", () => {
  const lines: readonly (readonly string[])[] = [
    ["chmod", "-R", "755", "/a"],
    ["chown", "--recursive", "-f", "app", "/a"],
    ["cp", "-r", "-v", "/a", "/b/"],
    ["rm", "-r", "-f", "/a", "/b"],
    ["mkdir", "-p", "-v", "/a"],
    ["wget", "-q", "--output-document=/a", "https://e.org/x"],
    ["curl", "-sSL", "--output=/a", "-f", "https://e.org/x"],
  ];
  for (const [name, ...rest] of lines) {
    const expected = shown(effectsOf([name, ...rest].join(" ")));
    const flags = rest.filter((word) => word.startsWith("-"));
    const others = rest.filter((word) => !word.startsWith("-"));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(flags, { minLength: flags.length }),
        fc.nat(others.length),
        (order, at) => {
          const line = [name, ...others.slice(0, at), ...order, ...others.slice(at)].join(" ");
          expect(shown(effectsOf(line))).toEqual(expected);
        },
      ),
    );
  }
});

test("no name stands in two families", () => {
  const names = tables.flatMap((table) => Object.keys(table));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
