// What people found and fixed by hand in one real project, found and fixed by the rules on downloads.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { openContext } from "../../src/context/open.ts";
import type { Finding } from "../../src/finding.ts";
import { fixText } from "../../src/fix.ts";
import { indexLines } from "../../src/text.ts";

const cases = fileURLToPath(new URL("../../../shared/cases", import.meta.url));
const there = existsSync(cases);
if (!there)
  console.warn("test/rules/vllm.test.ts: no ../shared/cases beside the project, its tests are skipped");

const RULES = [
  "download-then-reinstall",
  "download-already-shipped",
  "prefetch-missing",
  "prefetch-obsolete",
];

function read(number: number, side: "before" | "after"): string {
  return readFileSync(`${cases}/vllm-project__vllm__${number}/${side}.Dockerfile`, "utf8");
}

function options(number: number, side: "before" | "after" = "before") {
  const folder = `${cases}/vllm-project__vllm__${number}/context`;
  const after = `${folder}_after`;
  const context = openContext(folder);
  if (side === "before" || !existsSync(after)) return { rules: RULES, context };
  // Of the later state only the files that changed are there.
  const changed = openContext(after);
  return {
    rules: RULES,
    context: { ...context, read: (path: string) => changed.read(path) ?? context.read(path) },
  };
}

interface Told {
  readonly rule: string;
  readonly confidence: string;
  readonly lines: readonly [number, number];
  readonly instruction: readonly [number, number];
  readonly related: readonly (readonly [number, number])[];
  readonly files: readonly string[];
}

function told(text: string, finding: Finding): Told {
  const lines = indexLines(text);
  const range = ({ start, end }: { start: number; end: number }) =>
    [lines.position(start).line, lines.position(end - 1).line] as const;
  return {
    rule: finding.rule,
    confidence: finding.confidence,
    lines: range(finding.span),
    instruction: range(finding.instruction),
    related: finding.related.map(({ span }) => range(span)),
    files: finding.related.flatMap(({ file }) => (file === undefined ? [] : [`${file.path}:${file.line}`])),
  };
}

function findings(text: string, settings: ReturnType<typeof options> | { rules: string[] }): Told[] {
  return analyze(text, settings).findings.map((finding) => told(text, finding));
}

/** Instructions only: no comments, no blank lines, continuations joined. */
function bare(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join("\n")
    .replace(/\s*\\\n\s*/g, " ")
    .split("\n");
}

describe.skipIf(!there)("the cubin download before the last installs", () => {
  const before = there ? read(41134, "before") : "";
  const settings = () => options(41134);

  test("is found twice: the wheel ships it, and later installs may replace it", () => {
    const found = findings(before, settings());
    expect(found.map(({ rule }) => rule).sort()).toEqual([
      "download-already-shipped",
      "download-then-reinstall",
    ]);
    expect(found.find(({ rule }) => rule === "download-already-shipped")).toMatchObject({
      confidence: "certain",
      lines: [590, 590],
      instruction: [586, 590],
      files: ["requirements/cuda.txt:13"],
    });
    expect(found.find(({ rule }) => rule === "download-already-shipped")?.related[0]).toEqual([578, 579]);
    const later = found.find(({ rule }) => rule === "download-then-reinstall");
    expect(later).toMatchObject({ lines: [590, 590], instruction: [586, 590] });
    for (const [from, to] of [
      [644, 657],
      [667, 670],
    ] as const) {
      expect(later?.related.some(([first, last]) => first >= from && last <= to)).toBe(true);
    }
    expect(
      analyze(before, settings()).findings[1]?.related.every(({ message }) =>
        /\((possible|likely)\)$/.test(message),
      ),
    ).toBe(true);
  });

  test("is likely without the context", () => {
    const found = findings(before, { rules: RULES });
    expect(found).toMatchObject([
      { rule: "download-then-reinstall", confidence: "likely", lines: [590, 590] },
    ]);
  });

  test("moves to where people moved it, and nothing else changes", () => {
    const { text, applied, remaining } = fixText(before, settings());
    expect(applied.map(({ finding }) => finding.rule)).toEqual(["download-then-reinstall"]);
    expect(bare(text)).toEqual(bare(read(41134, "after")));
    expect(remaining.map(({ rule }) => rule)).toEqual(["download-already-shipped"]);
    const lines = before.split("\n");
    const now = text.split("\n");
    const head = lines.findIndex((line, at) => line !== now[at]);
    expect(head + 1).toBe(588);
    expect(now.slice(588)).toEqual([
      ...lines.slice(590, 670),
      "",
      "RUN flashinfer show-config && flashinfer download-cubin",
      ...lines.slice(670),
    ]);
    expect(fixText(text, settings()).text).toBe(text);
  });

  test("is dropped when unsafe fixes are wanted", () => {
    const { text, remaining } = fixText(before, { ...settings(), unsafe: true });
    expect(text).not.toContain("download-cubin");
    expect(remaining).toEqual([]);
    expect(bare(text).length).toBe(bare(before).length);
  });

  test("is already shipped where people moved it", () => {
    const after = read(41134, "after");
    expect(findings(after, settings())).toMatchObject([
      { rule: "download-already-shipped", confidence: "certain", lines: [675, 675] },
    ]);
    expect(fixText(after, settings()).text).toBe(after);
    expect(fixText(after, { ...settings(), unsafe: true }).text).not.toContain("flashinfer show-config");
  });
});

describe.skipIf(!there)("the headers of FlashInfer 0.6.6", () => {
  test("are not prefetched, and the fix does so behind the last wheels", () => {
    const before = read(38391, "before");
    const settings = options(38391);
    expect(findings(before, settings)).toMatchObject([{ rule: "prefetch-missing", instruction: [594, 597] }]);
    expect(fixText(before, settings).text).toBe(before);
    const { text, remaining } = fixText(before, { ...settings, unsafe: true });
    const [at] = analyze(text, settings).model.stages.flatMap(({ steps }) =>
      steps.flatMap((step, index) =>
        step.instruction.heredocs[0]?.content.text.includes("download_trtllm_headers")
          ? [{ steps, index }]
          : [],
      ),
    );
    expect(at).toBeDefined();
    expect(at!.steps[at!.index - 1]?.instruction.body.text).toContain("ep_kernels/dist/*.whl");
    expect(remaining).toEqual([]);
  });

  test("are prefetched too early by the people's script, which moves whole", () => {
    const after = read(38391, "after");
    const settings = options(38391, "after");
    expect(findings(after, settings)).toMatchObject([
      { rule: "download-then-reinstall", instruction: [602, 616] },
    ]);
    const { text, applied, remaining } = fixText(after, settings);
    expect(applied).toHaveLength(1);
    expect(remaining).toEqual([]);
    const lines = after.split("\n");
    const script = lines.slice(598, 616);
    expect(script[0]).toContain("# Pre-download FlashInfer");
    expect(script.at(-1)).toBe("PYEOF");
    expect(text.split("\n").sort()).toEqual(lines.sort());
    const where = text.indexOf(script.join("\n"));
    expect(where).toBeGreaterThan(text.indexOf("ep_kernels/dist/*.whl"));
    expect(where).toBeLessThan(text.indexOf("# CUDA image changed"));
  });

  test("need no prefetch in a later version", () => {
    const after = read(38391, "after").replace(
      /FLASHINFER_VERSION=0\.6\.6/g,
      "FLASHINFER_VERSION=0.6.8.post1",
    );
    const { context: _, ...settings } = options(38391, "after");
    expect(findings(after, settings)).toMatchObject([{ rule: "prefetch-obsolete", instruction: [602, 616] }]);
    expect(findings(after, options(38391, "after")).map(({ rule }) => rule)).toContain("prefetch-obsolete");
    const { text } = fixText(after, { ...settings, unsafe: true });
    expect(text).not.toContain("trtllm");
  });
});

describe.skipIf(!there)("files in which no download is wasted", () => {
  test("installs of disjoint packages: only the headers are missing", () => {
    const found = findings(read(37233, "before"), options(37233));
    expect(found.map(({ rule }) => rule)).toEqual(["prefetch-missing"]);
  });

  test("the commit that brought the cubin download", () => {
    expect(findings(read(39959, "before"), options(39959))).toMatchObject([
      { rule: "download-then-reinstall" },
    ]);
    const [script] = analyze(read(39959, "before"), options(39959)).findings;
    expect(script?.message).toContain("headers");
    const after = findings(read(39959, "after"), options(39959, "after"));
    expect(after.map(({ rule }) => rule).sort()).toEqual([
      "download-already-shipped",
      "download-then-reinstall",
    ]);
    expect(after.every(({ instruction }) => instruction[0] === 584)).toBe(true);
  });
});
