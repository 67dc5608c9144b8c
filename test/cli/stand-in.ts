// An engine with one simple rule, so that the command line is tested alone: it finds the word WASTE, and its fix
// takes the word away.
import type { Analysis, AnalyzeOptions } from "../../src/analyze.ts";
import type { Finding, Severity } from "../../src/finding.ts";
import type { FixOptions, FixResult } from "../../src/fix.ts";
import type { Rule } from "../../src/rules/rule.ts";

/** `meanwhile` happens while a text is fixed. */
export const seen: { options: AnalyzeOptions | undefined; meanwhile?: (() => void) | undefined } = {
  options: undefined,
};

/** WASTE is a warning with a safe fix; a letter behind it says otherwise: E, I: severity; U: unsafe; N: no fix. */
export function standInAnalyze(text: string, options: AnalyzeOptions = {}): Analysis {
  seen.options = options;
  if (text.includes("CRASH")) throw new TypeError("x is\nundefined");
  const findings = [...text.matchAll(/WASTE([EIUN]?)/g)].map((match): Finding => {
    const span = { start: match.index, end: match.index + match[0].length };
    const severity: Severity = match[1] === "E" ? "error" : match[1] === "I" ? "info" : "warning";
    const unsafe = match[1] === "U";
    return {
      rule: "waste",
      severity,
      confidence: "certain",
      message: "stored twice",
      label: "again",
      stage: "0",
      ships: true,
      span,
      instruction: span,
      related: [],
      ...(match[1] !== "N" && {
        fix: {
          applicability: unsafe ? "unsafe" : "safe",
          title: "Take it away",
          ...(unsafe && { why: "It may be missed." }),
          edits: [{ span, text: "" }],
        },
      }),
    };
  });
  const broken = text.indexOf("BROKEN");
  const span = { start: broken, end: broken + 6 };
  return {
    findings,
    problems: broken < 0 ? [] : [{ message: "cannot be read", span }],
  } as unknown as Analysis;
}

export function standInFix(text: string, options: FixOptions = {}): FixResult {
  const { findings } = standInAnalyze(text, options);
  seen.meanwhile?.();
  const line = (finding: Finding): number => text.slice(0, finding.span.start).split("\n").length;
  const wanted = findings.filter(({ fix }) => fix?.applicability === "safe" || (fix && options.unsafe));
  const left = findings.filter((finding) => !wanted.includes(finding));
  const fixed = wanted.reduceRight(
    (rest, { span }) => rest.slice(0, span.start) + rest.slice(span.end),
    text,
  );
  return {
    text: wanted.length === 0 ? text : fixed,
    applied: wanted.map((finding) => ({ finding, line: line(finding) })),
    refused: left
      .filter((finding) => finding.fix !== undefined)
      .map((finding) => ({ finding, line: line(finding), why: finding.fix?.why ?? "" })),
    remaining: left,
  };
}

export const standInRules: readonly Rule[] = ["waste", "other"].map((id) => ({
  id,
  summary: `Finds ${id}`,
  why: "Because.",
  remedy: "Take it away.",
  examples: [{ title: "one", bad: "FROM a\nRUN WASTE\n", good: "FROM a\nRUN \n", context: { "a.txt": "1" } }],
  check: () => [],
}));
