// Ignore patterns: agreement with BuildKit's own answers, with a naive reading, and the file's syntax.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileGlob, isGlob } from "../../src/context/glob.ts";
import { memoryContext } from "../../src/context/open.ts";
import { compilePatterns, type FolderState, readIgnoreFile } from "../../src/context/patterns.ts";

/** What fsutil's filtered walk (BuildKit 0.23) kept of `files` for each ignore file, as one digit per file. */
const recorded: { files: string[]; cases: [string, string][] } = JSON.parse(
  readFileSync(new URL("buildkit-ignore.json", import.meta.url), "utf8"),
);

test("what BuildKit keeps of a context is kept", () => {
  const wrong: string[] = [];
  for (const [ignore, kept] of recorded.cases) {
    const context = memoryContext({
      ...Object.fromEntries(recorded.files.map((path) => [path, "x"])),
      ".dockerignore": ignore,
    });
    const expected = recorded.files.filter((_, index) => kept[index] === "1");
    const found = context.files(".", 1000).filter((path) => path !== ".dockerignore");
    if (found.sort().join() !== expected.sort().join()) wrong.push(ignore);
    const own = context.has(".dockerignore") ? 1 : 0;
    if ((context.measure(".")?.files ?? 0) !== expected.length + own) wrong.push(ignore);
  }
  expect(wrong).toEqual([]);
  expect(recorded.cases.length).toBeGreaterThan(100);
});

describe("readIgnoreFile", () => {
  const cases: [string, string[]][] = [
    ["", []],
    ["\uFEFFa\r\n\r\n  b  \n", ["a", "b"]],
    ["# comment\n #pattern", ["#pattern"]],
    ["/a/\n./b\nc//d/../e\n/", ["a", "b", "c/e", "/"]],
    ["! /a\n!./b\n!", ["!a", "!b", "!"]],
  ];
  test.each(cases)("%j", (text, patterns) => {
    expect(readIgnoreFile(text)).toEqual(patterns);
  });
});

describe("compileGlob", () => {
  test.each([
    ["*.txt", ["a.txt", ".txt"], ["a/b.txt", "a.txt.gz"]],
    ["a?c", ["abc", "a.c"], ["a/c", "ac"]],
    ["arr[[]0].txt", ["arr[0].txt"], ["arr0.txt"]],
    ["[a-c]x", ["ax", "cx"], ["dx", "-x"]],
    ["[^a-c]x", ["dx"], ["ax"]],
    ["\\*.c", ["*.c"], ["a.c"]],
    ["**", ["ab"], ["a/b"]],
    ["a.+(b)", ["a.+(b)"], ["aa+b"]],
  ])("%s", (pattern, yes, no) => {
    const expression = compileGlob(pattern)!;
    expect(yes.filter((path) => !expression.test(path))).toEqual([]);
    expect(no.filter((path) => expression.test(path))).toEqual([]);
  });

  test.each(["[", "[]", "[a", "[a-]", "[-a]", "[]a]", "a\\", "[z-a]"])("%s is malformed", (pattern) => {
    expect(compileGlob(pattern)).toBeUndefined();
  });

  test("an escaped character is no glob", () => {
    expect(["a*", "[a]", "?", "\\\\*"].filter((source) => !isGlob(source))).toEqual([]);
    expect(["a", "\\*", "a]", "\\[a"].filter(isGlob)).toEqual([]);
  });
});

const component = fc.constantFrom("a", "b", "ab", "*", "**", "a*", "*b", "?", "[ab]", "[a-b]x", "a**", "**b");
const pattern = fc
  .tuple(fc.boolean(), fc.array(component, { minLength: 1, maxLength: 4 }))
  .map(([exception, parts]) => (exception ? "!" : "") + parts.join("/"));
const path = fc.array(fc.constantFrom("a", "b", "ab", "bx", "aab"), { minLength: 1, maxLength: 5 });

test("a matcher agrees with a naive reading of each pattern", () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 6 }), path, (patterns, names) => {
      const matcher = compilePatterns(patterns);
      let state: FolderState = matcher.root;
      let naive: boolean[] = patterns.map(() => false);
      names.forEach((_, at) => {
        const current = names.slice(0, at + 1).join("/");
        const step = naiveStep(patterns, current, naive);
        expect(matcher.matches(current, state)).toBe(step.matched);
        const entered = matcher.enter(current, state);
        expect(entered.matched).toBe(step.matched);
        ({ state } = entered);
        naive = step.state;
      });
    }),
    { numRuns: 2000 },
  );
});

test("no folder is passed over below which something matches", () => {
  fc.assert(
    fc.property(pattern, path, path, (one, folder, rest) => {
      const matcher = compilePatterns([one.replace("!", "")]);
      const whole = [...folder, ...rest].join("/");
      if (naiveTest(one.replace("!", ""), whole)) expect(matcher.mayMatchBelow(folder.join("/"))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

/** One path against the list, given which patterns its parent's answers pass down. */
function naiveStep(patterns: readonly string[], path: string, parent: readonly boolean[]) {
  const state: boolean[] = [];
  let matched = false;
  for (const [index, one] of patterns.entries()) {
    const exception = one.startsWith("!");
    const asked = exception === matched;
    const match = parent[index]! || (asked && naiveTest(exception ? one.slice(1) : one, path));
    state.push(match);
    if (match) matched = !exception;
  }
  return { matched, state };
}

/** At a pattern's beginning `**b` means "ends with b", when no other glob follows. */
function naiveTest(pattern: string, path: string): boolean {
  const ending = /^\*\*([^/*?[]+[^*?[]*)$/.exec(pattern)?.[1];
  return ending === undefined ? naiveMatch(pattern, path) : path.endsWith(ending);
}

/** Character by character, trying everything a star may stand for. */
function naiveMatch(pattern: string, path: string): boolean {
  if (pattern === "") return path === "";
  if (pattern.startsWith("**")) {
    const rest = pattern.slice(pattern[2] === "/" ? 3 : 2);
    if (rest === "") return true;
    if (naiveMatch(rest, path)) return true;
    return [...path].some((char, at) => char === "/" && naiveMatch(rest, path.slice(at + 1)));
  }
  if (pattern.startsWith("*")) {
    if (naiveMatch(pattern.slice(1), path)) return true;
    return path !== "" && path[0] !== "/" && naiveMatch(pattern, path.slice(1));
  }
  if (path === "") return false;
  if (pattern.startsWith("?")) return path[0] !== "/" && naiveMatch(pattern.slice(1), path.slice(1));
  if (pattern.startsWith("[")) {
    const end = pattern.indexOf("]");
    return "ab".includes(path[0]!) && naiveMatch(pattern.slice(end + 1), path.slice(1));
  }
  return pattern[0] === path[0] && naiveMatch(pattern.slice(1), path.slice(1));
}
