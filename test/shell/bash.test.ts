// Bash itself says how words expand and which commands run, where everything is known.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are shell text
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { ShellCommand } from "../../src/shell/command.ts";
import { environment, read } from "./reading.ts";

const values = { V: "1.2.3", LIST: "a  b c", EMPTY: "", DIR: "/opt/x/y.tar.gz", HOME: "/h", G: "*.c [x]?" };
const there = spawnSync("bash", ["-c", "true"]).status === 0;
if (!there) console.log("skipped: no bash on this machine");

/** What bash prints for each script, when `x` prints its arguments in brackets. */
function inBash(scripts: readonly string[]): { output: string; succeeds: boolean }[] {
  const folder = mkdtempSync(join(tmpdir(), "dfdedupe-bash-"));
  try {
    const lines = scripts.map(
      (script) => `(eval '${script.replaceAll("'", "'\\''")}') 2>/dev/null </dev/null\necho " $?"; echo ---`,
    );
    const input = `x() { printf '{'; printf '[%s]' "$@"; printf '}'; true; }\n${lines.join("\n")}\n`;
    const { stdout } = spawnSync("bash", ["-s"], {
      input,
      cwd: folder,
      env: { ...values, PATH: "/usr/bin:/bin" },
      encoding: "utf8",
    });
    return stdout
      .split("\n---\n")
      .slice(0, -1)
      .map((text) => ({ output: text.replace(/ \d+$/, ""), succeeds: text.endsWith(" 0") }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function printed(command: ShellCommand): string {
  const words = command.words
    .slice(1)
    .map((word) =>
      word.pieces.map((piece) => (piece.kind === "text" ? piece.text : `<${piece.id}>`)).join(""),
    );
  return `{${words.length === 0 ? "[]" : words.map((word) => `[${word}]`).join("")}}`;
}

function byUs(script: string): string {
  return read(script, { environment: environment(values), cwd: "/", shell: "bash" })
    .commands.filter((command) => command.words[0]?.text === "x")
    .map(printed)
    .join("");
}

const part = fc.constantFrom(
  ...[
    "a",
    "b-c",
    "${V}",
    '"$V"',
    "'$V'",
    "${LIST}",
    '"$LIST"',
    "${EMPTY}",
    '"$EMPTY"',
    "''",
    '""',
    "\\ ",
    "\\$",
    "\\\\",
    '"a b"',
    "'c  d'",
  ],
  ...[
    "{1,2}",
    "{a,b{c,d}}",
    "{1..3}",
    "{a}",
    "{,z}",
    "~",
    "~/q",
    "${V:-n}",
    "${EMPTY:-n m}",
    '"${EMPTY:-n m}"',
    "${EMPTY-n}",
    "${V:+y}",
    "${NONE-x}",
  ],
  ...[
    "${DIR##*/}",
    "${DIR%.*}",
    "${DIR%%.*}",
    "${DIR#/*/}",
    "${V/./_}",
    "${V//./_}",
    "${V/%3/x}",
    "${V/#1/x}",
    "${#V}",
    "${V:2}",
    "${V:0:1}",
    "${DIR^^}",
  ],
  ...[
    "${G}",
    '"$G"',
    "*.z",
    "'*'",
    "[ab]",
    "?",
    "$(echo $LIST)",
    '"$(echo $LIST)"',
    "`echo $V`",
    "$'t\\tu'",
    "$#",
    "$((3))",
    "=",
    ":",
    "%",
    "\\\n",
    '"\\\n"',
    '"\\a\\""',
  ],
);
const words = fc
  .array(
    fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
    { maxLength: 4 },
  )
  .map((all) => `unset NONE; x ${all.join(" ")}`);

it.skipIf(!there)("expands words as bash does", () => {
  const scripts = fc.sample(words, { numRuns: 600, seed: 1 });
  const expected = inBash(scripts);
  expect(expected).toHaveLength(scripts.length);
  const wrong = scripts
    .map((script, index) => ({ script, bash: expected[index]!.output, us: byUs(script) }))
    .filter(({ bash, us }) => bash !== us);
  expect(wrong.slice(0, 5)).toEqual([]);
});

const step = fc.constantFrom(
  ...[
    "x $A",
    "x $B $A",
    "A=1",
    "A=2",
    "B=$A$A",
    "true",
    "false",
    "export A=3",
    'set -- p "q r"',
    'x "$@"',
    "shift",
    "x $1",
    "unset A",
    "f",
    "f m n",
  ],
  ...[
    "[ $A = 1 ]",
    "[[ $A == [12] ]]",
    '[ -n "$A" ]',
    "[ 3 -gt 2 ]",
    "A+=z",
    "B=(i j)",
    'x "${B[@]}"',
    "exit",
    "break",
    "continue",
    "eval 'A=5; x e$A'",
    'bash -c "true"',
    "(A=6; x $A)",
    "x piped | true",
  ],
);
const { list } = fc.letrec<{ list: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 6, arbitrary: step },
    { weight: 1, arbitrary: tie("list").map((inner) => `{ ${inner}; }`) },
    { weight: 1, arbitrary: tie("list").map((inner) => `(${inner})`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie("list"), tie("list"), tie("list"))
        .map(([a, b, c]) => `if ${a}; then ${b}; else ${c}; fi`),
    },
    { weight: 1, arbitrary: tie("list").map((inner) => `for A in 1 2 $LIST; do ${inner}; done`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie("list"), tie("list"))
        .map(([a, b]) => `case $A in 1|5) ${a};; [2-4]*) ${b};; esac`),
    },
  ),
  list: fc
    .array(fc.tuple(tie("item"), fc.constantFrom(" && ", " || ", "; ", "\n")), { minLength: 1, maxLength: 3 })
    .map((parts) =>
      parts.map(([item, operator], index) => (index === parts.length - 1 ? item : item + operator)).join(""),
    ),
}));

it.skipIf(!there)("runs what bash runs when it says so, and misses nothing that bash runs", () => {
  const scripts = fc
    .sample(
      fc.tuple(
        list.filter((text) => !/\bf\b/.test(text)),
        list,
      ),
      { numRuns: 500, seed: 2 },
    )
    .map(
      ([body, script]) =>
        `A=0 B=0; set -- k\nf() { local A=7; ${body.replaceAll("exit", "return")}; }\n${script}`,
    );
  const expected = inBash(scripts);
  expect(expected).toHaveLength(scripts.length);
  let compared = 0;
  const wrong: unknown[] = [];
  for (const [index, script] of scripts.entries()) {
    const found = read(script, { environment: environment(values), cwd: "/", shell: "bash" });
    if (!found.understood) continue;
    const calls = found.commands.filter((command) => command.words[0]?.text === "x").map(printed);
    const { output: bash, succeeds } = expected[index]!;
    const certain = found.commands.every((command) => command.runs === "always");
    // The output of `x piped` goes into a pipe.
    const us = calls.filter((call) => call !== "{[piped]}");
    if (succeeds && certain && !us.some((call) => call.includes("<"))) {
      compared += 1;
      if (us.join("") !== bash) wrong.push({ script, bash, us: us.join("") });
    }
    const patterns = us.map(
      (call) =>
        new RegExp(
          `^${call
            .split(/<[^>]*>/)
            .map(escaped)
            .join(".*")}$`,
        ),
    );
    const missed =
      bash.match(/\{[^}]*\}/g)?.filter((call) => !patterns.some((pattern) => pattern.test(call))) ?? [];
    if (missed.length > 0) wrong.push({ script, missed, us: us.join("") });
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(compared).toBeGreaterThan(50);
});

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

it("lets one file know unbash", () => {
  const folder = fileURLToPath(new URL("../../src/", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const knowing = files.filter((name) => /from "unbash/.test(readFileSync(join(folder, name), "utf8")));
  expect(knowing.map((name) => name.replaceAll("\\", "/"))).toEqual(["shell/syntax.ts"]);
});
