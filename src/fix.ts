// One fix at a time, each one checked, until none is left.
import { type Analysis, type AnalyzeOptions, analyze } from "./analyze.ts";
import type { Finding, Fix, Severity } from "./finding.ts";
import { sameFinalFiles } from "./model/final.ts";
import { rules } from "./rules/index.ts";
import { applyEdits, indexLines, offsetBefore, slice, type TextEdit } from "./text.ts";

export interface FixOptions extends AnalyzeOptions {
  /** Apply unsafe fixes, too. */
  readonly unsafe?: boolean;
  /** Leave less severe findings alone; "warning" when absent. */
  readonly minSeverity?: Severity;
}

export interface AppliedFix {
  /** As found in the text that the fix was applied to, which earlier fixes may have changed. */
  readonly finding: Finding;
  /** One-based line in the text that was given; of what an earlier fix moved, where it was moved to. */
  readonly line: number;
}

export interface RefusedFix {
  readonly finding: Finding;
  /** One-based line in the final text. */
  readonly line: number;
  /** One sentence. */
  readonly why: string;
}

export interface FixResult {
  /** The new text; the very same string when nothing was applied. */
  readonly text: string;
  readonly applied: readonly AppliedFix[];
  readonly refused: readonly RefusedFix[];
  /** What is still found in the new text. */
  readonly remaining: readonly Finding[];
}

/** No file needs more; a fix that undid another one would else go on for ever. */
const MAX_FIXES = 200;

/** Never throws on any text. */
export function fixText(text: string, options: FixOptions = {}): FixResult {
  const applied: AppliedFix[] = [];
  const history: (readonly TextEdit[])[] = [];
  let now = { text, analysis: analyze(text, options) };
  let refusals = new Map<Finding, string>();
  while (applied.length < MAX_FIXES) {
    const next = firstGoodFix(now.text, now.analysis, options);
    refusals = next.refusals;
    if (next.fixed === undefined) break;
    const { finding, edits } = next.fixed;
    const offset = history.reduceRight((at, made) => offsetBefore(made, at), finding.span.start);
    applied.push({ finding, line: indexLines(text).position(offset).line });
    history.push(edits);
    now = next.fixed;
  }
  const refused = now.analysis.findings.flatMap((finding): RefusedFix[] => {
    const why = refusals.get(finding);
    return why === undefined ? [] : [{ finding, line: lineOf(now.text, finding), why }];
  });
  return { text: now.text, applied, refused, remaining: now.analysis.findings };
}

interface Fixed {
  readonly finding: Finding;
  readonly edits: readonly TextEdit[];
  readonly text: string;
  readonly analysis: Analysis;
}

/** Tries fixes in the order of the rules, then of the file, until one earns its place. */
function firstGoodFix(
  text: string,
  analysis: Analysis,
  options: FixOptions,
): { readonly fixed?: Fixed; readonly refusals: Map<Finding, string> } {
  const refusals = new Map<Finding, string>();
  for (const finding of inRuleOrder(analysis.findings)) {
    const { fix } = finding;
    if (fix === undefined || rank(finding.severity) < rank(options.minSeverity ?? "warning")) continue;
    const refusal = refusedBefore(fix, options);
    if (refusal !== undefined) {
      refusals.set(finding, refusal);
      continue;
    }
    const tried = tryFix(text, analysis, finding, fix, options);
    if (typeof tried !== "string") return { fixed: tried, refusals };
    refusals.set(finding, tried);
  }
  return { refusals };
}

function inRuleOrder(findings: readonly Finding[]): readonly Finding[] {
  const order = rules.map(({ id }) => id);
  return findings.toSorted(
    (a, b) => order.indexOf(a.rule) - order.indexOf(b.rule) || a.span.start - b.span.start,
  );
}

function refusedBefore(fix: Fix, options: FixOptions): string | undefined {
  if (fix.applicability === "manual") return fix.why ?? "it has to be done by hand";
  if (fix.applicability === "unsafe" && options.unsafe !== true) {
    return `it is not safe: ${fix.why ?? "the result may differ"} (--unsafe-fixes applies it)`;
  }
  return undefined;
}

/** The text with the fix, or why it does not earn its place. */
function tryFix(
  text: string,
  before: Analysis,
  finding: Finding,
  fix: Fix,
  options: FixOptions,
): Fixed | string {
  const fixedText = applyEdits(text, fix.edits);
  if (fixedText === text) return "it would change nothing";
  const after = analyze(fixedText, options);
  if (after.problems.length > before.problems.length) return "the result would not parse";
  const had = counted(text, before.findings);
  const has = counted(fixedText, after.findings);
  const key = keyOf(text, finding);
  const left = has.get(key);
  // What is left may weigh next to nothing.
  const lighter = left !== undefined && rank(left.severity) === 0 && rank(finding.severity) > 0;
  if (!lighter && (left?.count ?? 0) >= (had.get(key)?.count ?? 0)) return "the waste would still be there";
  for (const [other, { count, severity }] of has) {
    if (
      count > (had.get(other)?.count ?? 0) &&
      !isRest(text, finding, other) &&
      rank(severity) >= rank(finding.severity) &&
      rank(severity) > 0
    ) {
      return `it would bring another finding: ${other.split("\n")[0]}`;
    }
  }
  if (fix.applicability === "safe" && !sameFinalFiles(before.model, after.model) && options.unsafe !== true) {
    return "the final files might differ (--unsafe-fixes applies it)";
  }
  return { finding, edits: fix.edits, text: fixedText, analysis: after };
}

/** Whether a finding is on another command of the same instruction, which the first one told of together with its own. */
function isRest(text: string, { rule, instruction }: Finding, other: string): boolean {
  const [name, words = ""] = other.split("\n");
  return (
    name === rule &&
    slice(text, instruction)
      .replace(/\\?\s+/g, " ")
      .includes(words)
  );
}

/** A finding's name across texts: its rule and the guilty command's words, for places move, and COPY gets flags. */
function keyOf(text: string, finding: Finding): string {
  const words = slice(text, finding.span).replace(/\s+/g, " ");
  return `${finding.rule}\n${words.replace(/^(COPY|ADD)( --\S+)+(?= )/i, "$1")}`;
}

function counted(
  text: string,
  findings: readonly Finding[],
): Map<string, { count: number; severity: Severity }> {
  const out = new Map<string, { count: number; severity: Severity }>();
  for (const finding of findings) {
    const key = keyOf(text, finding);
    const entry = out.get(key);
    const severity =
      entry !== undefined && rank(entry.severity) > rank(finding.severity)
        ? entry.severity
        : finding.severity;
    out.set(key, { count: (entry?.count ?? 0) + 1, severity });
  }
  return out;
}

function rank(severity: Severity): number {
  return ["info", "warning", "error"].indexOf(severity);
}

function lineOf(text: string, finding: Finding): number {
  return indexLines(text).position(finding.span.start).line;
}
