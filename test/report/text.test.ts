import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/finding.ts";
import { textWidth } from "../../src/report/cells.ts";
import type { FileResult } from "../../src/report/result.ts";
import { textReport } from "../../src/report/text.ts";
import { ownerFile, ownerFinding, ownerText, spanOf } from "./sample.ts";

const plain = { width: 80, coloured: false, quiet: false };
const wide = { ...plain, width: 130 };

describe("textReport", () => {
  test("shows both places in the order of the file, and what to do", () => {
    expect(textReport([ownerFile], wide)).toBe(
      `docker/Dockerfile:7:8  error  retouched-later  chown stores /app a second time (9.0 GB, measured in the build context)
    3 │ COPY --from=uv /app /app
      │ ━━━━━━━━━━━━━━━━━━━━━━━━ first stored here
    5 │ RUN groupadd -r web \\
    6 │     && useradd -r -g web web \\
    7 │     && chown -R web:web /app
      │        ━━━━━━━━━━━━━━━━━━━━━ changes only the owner, yet stores every file again
   fix (unsafe: /app itself keeps its owner)  Create the user first, then COPY --chown=web:web

1 finding (1 error), 9.0 GB stored twice
1 can be fixed with \`dfdedupe fix --unsafe-fixes\`
`,
    );
  });

  test("puts a short message on the first line", () => {
    const { bytes: _, fix: __, ...rest } = ownerFinding;
    const short: Finding = { ...rest, message: "stored twice", confidence: "likely", severity: "warning" };
    const [first] = textReport([{ ...ownerFile, findings: [short] }], plain).split("\n");
    expect(first).toBe("docker/Dockerfile:7:8  warning  retouched-later (likely)  stored twice");
  });

  test("leaves out the middle of long instructions and long places", () => {
    const text = `FROM a
RUN --mount=type=cache,target=/c \\
    one \\
    two \\
    three \\
    && guilty
RUN 1 \\
  2 \\
  3 \\
  4 \\
  5 \\
  6 \\
  7
`;
    const again = { start: text.indexOf("RUN 1"), end: text.length - 1 };
    const finding: Finding = {
      ...ownerFinding,
      label: "here",
      span: spanOf(text, "guilty"),
      instruction: { start: text.indexOf("RUN --mount"), end: text.indexOf("\nRUN 1") },
      related: [{ message: "and here", span: again }],
    };
    expect(textReport([{ path: "D", text, problems: [], findings: [finding] }], wide)).toContain(`
    2 │ RUN --mount=type=cache,target=/c \\
    … │
    6 │     && guilty
      │        ━━━━━━ here
    7 ┃ RUN 1 \\
    8 ┃   2 \\
    9 ┃   3 \\
   10 ┃   4 \\
    … │
   13 ┃   7
      ┗━━━ and here
`);
  });

  test("says where in the build context a related place is from", () => {
    const related = [{ ...ownerFinding.related[0]!, file: { path: "requirements/cuda.txt", line: 12 } }];
    const report = textReport([{ ...ownerFile, findings: [{ ...ownerFinding, related }] }], plain);
    expect(report).toContain("first stored here (requirements/cuda.txt:12)\n");
  });

  test("does not repeat a size that the message gives", () => {
    const finding = { ...ownerFinding, message: "9.0 GB stored twice" };
    expect(textReport([{ ...ownerFile, findings: [finding] }], plain)).toContain(
      "retouched-later  9.0 GB stored twice\n",
    );
  });

  test("joins files, and counts them", () => {
    const clean: FileResult = { path: "b", text: "FROM a\n", problems: [], findings: [] };
    const broken: FileResult = {
      path: "c",
      text: "FROM a\nRUM x\n",
      problems: [{ message: "no instruction is called RUM", span: { start: 7, end: 10 } }],
      findings: [],
    };
    const report = textReport([ownerFile, clean, broken], plain);
    expect(report).toContain(`
c:2:1  error  syntax  no instruction is called RUM
    2 │ RUM x
      │ ━━━

1 syntax problem, 1 finding (1 error) in 2 of 3 files, 9.0 GB stored twice
`);
  });

  test("says so when nothing is found, unless asked to be quiet", () => {
    const clean: FileResult = { path: "b", text: "FROM a\n", problems: [], findings: [] };
    expect(textReport([clean], plain)).toBe("Nothing stored twice in 1 file.\n");
    expect(textReport([clean], { ...plain, quiet: true })).toBe("");
  });

  test("does not say that nothing is stored twice in a file whose image wastes bytes", () => {
    const image = {
      name: "app",
      digest: undefined,
      waste: 3_000_000,
      base: 0,
      explained: 0,
      unexplained: [],
    };
    const clean: FileResult = { path: "b", text: "FROM a\n", problems: [], findings: [], image };
    const first = "app stores 3.0 MB that it does not show\n\n";
    expect(textReport([clean], plain)).toBe(`${first}No findings in 1 file.\n`);
    expect(textReport([{ ...clean, hidden: 1 }], plain)).toBe(
      `${first}Nothing to show in 1 file.\n1 less severe finding is not shown (--min-severity info shows it)\n`,
    );
    expect(textReport([{ ...clean, image: { ...image, waste: 0 } }], plain)).toMatch(
      /\nNothing stored twice in 1 file\.\n$/,
    );
  });

  test("lets no control character through", () => {
    const text = "FROM a\nRUN x\x1b]0;title\x07 \x9b31m\n";
    const span = { start: 7, end: text.length - 1 };
    const finding: Finding = {
      ...ownerFinding,
      span,
      instruction: span,
      related: [],
      message: "a\x1b[2Jb\rc",
    };
    const report = textReport([{ path: "\x1b[31mD", text, problems: [], findings: [finding] }], plain);
    expect(report).toContain("\\x1b]0;title\\x07 \\x9b31m");
    expect(report).toContain("a\\x1b[2Jb");
    expect(report).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });

  test("colours carry nothing that the text does not", () => {
    const coloured = textReport([ownerFile], { ...plain, coloured: true });
    expect(coloured).toMatch(/\x1b\[/);
    expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(textReport([ownerFile], plain));
  });

  test("reads CRLF and a byte order mark as a person would", () => {
    const text = `\uFEFF${ownerText.replaceAll("\n", "\r\n")}`;
    const span = spanOf(text, "FROM python:3.12-slim");
    const finding: Finding = { ...ownerFinding, span, instruction: span, related: [] };
    const report = textReport([{ path: "D", text, problems: [], findings: [finding] }], plain);
    expect(report).toMatch(/^D:1:1 {2}/);
    expect(report).toContain(`    1 │ FROM python:3.12-slim\n      │ ━━━━━━━━━━━━━━━━━━━━━`);
  });

  test("frames fit the width, whatever the places and lines are", () => {
    const line = fc.string({ maxLength: 150, unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, " "));
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.nat(),
        fc.nat(300),
        (lines, at, length) => {
          const text = `${lines.join("\n")}\n`;
          const start = at % text.length;
          const span = { start, end: Math.min(text.length, start + length) };
          const finding: Finding = {
            ...ownerFinding,
            span,
            instruction: { start: 0, end: span.end },
            related: [],
          };
          const report = textReport([{ path: "D", text, problems: [], findings: [finding] }], plain);
          const frames = report.split("\n").filter((each) => /^ +(\d+|…)? [│┃┗]/.test(each));
          expect(frames.length).toBeGreaterThan(0);
          for (const each of frames) expect(textWidth(each)).toBeLessThanOrEqual(80);
        },
      ),
    );
  });
});
