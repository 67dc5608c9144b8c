// Random scripts: nothing throws, spans lie in their parents and slice.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are shell text
import fc from "fast-check";
import { expect, it } from "vitest";
import { slice } from "../../src/text.ts";
import { checkPlaces } from "./laws.ts";
import { environment, read } from "./reading.ts";

const options = { environment: environment({ V: "1 2", H: undefined, E: "" }), shell: "bash" };

const word = fc.constantFrom(
  ...[
    "a",
    "b.c",
    "-rf",
    "/x/y",
    "*.z",
    "'q r'",
    "$V",
    '"$V"',
    "${H:-d}",
    '"${E:+e}"',
    "$(echo x)",
    "$(uname -m)",
  ],
  ...[
    "{1,2}/{a..c}",
    "~/t",
    "$1",
    '"$@"',
    "\\$k",
    "`ls`",
    "$((1+2))",
    "${V%2}",
    '"a\\"b"',
    "<(ls)",
    "$'\\t'",
    "$X$X",
  ],
);
const simple = fc
  .tuple(
    fc.constantFrom(
      "rm",
      "cd",
      "export A=1",
      "sudo -u x rm",
      "X=2",
      "f",
      "exit 1",
      "exit",
      "return",
      "break",
      "sh -c 'a; b' ",
      "eval",
      "set -e",
      "test -f",
      'bash -c "a $V"',
    ),
    fc.array(word, { maxLength: 3 }),
    fc.constantFrom("", "", "", " > o", " 2>&1", " < i"),
  )
  .map(([name, words, redirect]) => [name, ...words].join(" ") + redirect);

const { script } = fc.letrec<{ script: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    simple,
    tie("script").map((inner) => `{ ${inner}; }`),
    tie("script").map((inner) => `(${inner})`),
    tie("script").map((inner) => `if ${inner}; then ${inner}; else x; fi`),
    tie("script").map((inner) => `for i in 1 $V; do ${inner}; done`),
    tie("script").map((inner) => `while ${inner}; do ${inner}; done`),
    tie("script").map((inner) => `case $V in a) ${inner};; *) y;; esac`),
    tie("script").map((inner) => `f() { ${inner}; }`),
  ),
  script: fc
    .array(fc.tuple(tie("item"), fc.constantFrom(" && ", " || ", "; ", " | ", "\n", " & ")), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) =>
      parts.map(([item, operator], index) => (index === parts.length - 1 ? item : item + operator)).join(""),
    ),
}));

it("holds the laws on scripts that can be read", () => {
  let understood = 0;
  fc.assert(
    fc.property(script, (text) => {
      const found = read(text, options);
      const wrong = found.commands.filter(({ span }) => {
        const written = slice(text, span);
        return span.start > span.end || span.end > text.length || written !== written.trim();
      });
      expect(wrong).toEqual([]);
      if (!found.understood) return;
      understood += 1;
      checkPlaces(found.commands);
    }),
    { numRuns: 250 },
  );
  expect(understood).toBeGreaterThan(100);
});

it("reads any text without throwing", () => {
  const piece = fc.constantFrom(
    ...[
      "'",
      '"',
      "`",
      "$",
      "(",
      ")",
      "{",
      "}",
      "<<E\n",
      "\nE\n",
      "|",
      "&",
      ";",
      "\\",
      "\n",
      " ",
      "a",
      "${",
      "$((",
      "if ",
      "fi",
      "[[ ",
      " ]]",
      "=",
      "*",
      "#",
      "for x in ",
      "do ",
      "done",
      "\uE000",
      "\uE010",
      "0",
      "\uE011",
      "~",
      "case ",
      "esac",
      "<",
      ">",
      "sh -c ",
      "f() ",
    ],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
      ),
      (text) => {
        for (const command of read(text, options).commands) {
          expect(command.span.end).toBeLessThanOrEqual(text.length);
          for (const one of command.words) expect(one.span.start).toBeLessThanOrEqual(one.span.end);
        }
      },
    ),
    { numRuns: 1500 },
  );
});

it.each([
  ["values", "X=ab; for i in {1..60}; do X=$X$X; done; x $X"],
  ["parameters", 'set -- a b; for i in {1..60}; do set -- "$@" "$@"; done; x "$@"'],
  ["arrays", 'X=(a b); for i in {1..60}; do X+=("${X[@]}"); done; x "${X[@]}"'],
  ["declared values", 'X=ab; for i in {1..60}; do export "X=$X$X"; done; x $X'],
  ["braces", "x {1..99}{1..99}{1..99}"],
  ["loops", "for a in {1..60}; do for b in {1..60}; do for c in {1..60}; do x; done; done; done"],
])("keeps growing %s in bounds", (_, text) => {
  const started = performance.now();
  expect(read(text, options).commands.length).toBeLessThan(6000);
  expect(performance.now() - started).toBeLessThan(10_000);
});

it.each([
  ["many commands", (n: number) => "x a; ".repeat(n)],
  ["many assignments", (n: number) => "A=1; ".repeat(n)],
  ["a long chain", (n: number) => `${"x && ".repeat(n)}y`],
  ["many words", (n: number) => `x ${"'a' ".repeat(n)}`],
  ["many subshells", (n: number) => "(A=1); ".repeat(n)],
  ["open braces", (n: number) => `x {a,${"{".repeat(n)}}`],
  ["many ifs", (n: number) => "if x; then A=1; fi; ".repeat(n)],
  ["a long value", (n: number) => `A='${"a/".repeat(n)}'; x \${A##*/} \${A//a/b}`],
])("stays linear on %s", (_, make) => {
  const time = (count: number): number => {
    const text = make(count);
    const started = performance.now();
    read(text, options);
    return performance.now() - started;
  };
  time(500);
  expect(time(4000)).toBeLessThan(5000);
});
