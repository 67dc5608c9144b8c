// What every rule does alike: placing a finding, weighing its size, wording its numbers.
import { isInstruction } from "../dockerfile/check.ts";
import type { Bytes, Confidence, Finding, Fix, Related, Severity } from "../finding.ts";
import type { Size } from "../model/effect.ts";
import { type Model, type Stage, type Step, stageName } from "../model/model.ts";
import { keepsFinalFiles } from "../rewrite/own/proven.ts";
import { type Span, slice } from "../text.ts";

/** Known bytes from which on waste is an error. */
const LARGE_BYTES = 50_000_000;

export interface Draft {
  readonly stage: Stage;
  readonly step: Step;
  /** The guilty command. */
  readonly span: Span;
  readonly confidence: Confidence;
  readonly message: string;
  readonly label: string;
  readonly related: readonly Related[];
  readonly size: Size;
  /** Takes the place of the severity that the size gives. */
  readonly severity?: Severity;
  /** Asked once, and only if somebody reads it: to show that a fix is safe takes another model of the file. */
  readonly fix?: () => Fix;
}

export function makeFinding(rule: string, model: Model, draft: Draft): Finding {
  const { stage, step, size } = draft;
  const bytes: Bytes | undefined =
    size.kind === "bytes" ? { value: size.value, source: size.source } : undefined;
  const finding: Finding = {
    rule,
    severity: draft.severity ?? severityOf(size, model.minSize),
    confidence: draft.confidence,
    message: draft.message,
    label: draft.label,
    stage: stageName(stage),
    ships: stage.ships,
    span: draft.span,
    instruction: step.instruction.span,
    related: draft.related,
    ...(bytes === undefined ? {} : { bytes }),
  };
  const { fix } = draft;
  return fix === undefined
    ? finding
    : withFix(finding, () => proven(model, amongKnown(model, finding, fix())));
}

/**
 * A line of a template (`{{ if … }}`) decides over what stands behind it: a fix that reaches over one is none. Builders
 * refuse a file with such a line.
 */
function amongKnown({ dockerfile }: Model, { instruction }: Finding, fix: Fix): Fix {
  if (fix.edits.length === 0) return fix;
  const spans = [instruction, ...fix.edits.map(({ span }) => span)];
  const start = Math.min(...spans.map((span) => span.start));
  const end = Math.max(...spans.map((span) => span.end));
  const stranger = dockerfile.instructions.find(
    (one) => one.span.start >= start && one.span.end <= end && !isInstruction(one),
  );
  if (stranger === undefined) return fix;
  const why = `there is no instruction ${slice(dockerfile.text, stranger.keywordSpan)}, which it would reach over`;
  return { applicability: "manual", title: fix.title, why, edits: [] };
}

/** `fix` applies what is safe only if the model sees the same files at the end, so nothing else is called safe. */
function proven(model: Model, fix: Fix): Fix {
  if (fix.applicability !== "safe" || keepsFinalFiles(model, fix.edits)) return fix;
  return { ...fix, applicability: "unsafe", why: "the final files cannot be shown to stay the same" };
}

function withFix(finding: Finding, propose: () => Fix): Finding {
  let fix: Fix | undefined;
  return {
    ...finding,
    get fix() {
      fix ??= propose();
      return fix;
    },
  };
}

/** error: known to be large; warning: unknown, or known and not small; info: not worth a word by default. */
export function severityOf(size: Size, minSize: number): Severity {
  switch (size.kind) {
    case "bytes":
      return severityOfBytes(size.value, minSize);
    case "large":
      return "error";
    case "negligible":
      return "info";
    case "unknown":
      return "warning";
  }
}

export function severityOfBytes(bytes: number, minSize: number): Severity {
  return bytes >= LARGE_BYTES ? "error" : bytes >= minSize ? "warning" : "info";
}

/** The size of several effects together. */
export function addSizes(sizes: readonly Size[]): Size {
  if (sizes.some((size) => size.kind === "large")) return { kind: "large" };
  const known = sizes.filter((size) => size.kind === "bytes");
  const value = known.reduce((sum, size) => sum + size.value, 0);
  // A part that is known to be large decides, whatever the rest weighs.
  if (value >= LARGE_BYTES && known.length > 0) return { kind: "bytes", value, source: known[0]!.source };
  if (sizes.some((size) => size.kind === "unknown")) return { kind: "unknown" };
  return known.length === 0 ? { kind: "negligible" } : { kind: "bytes", value, source: known[0]!.source };
}

/** The weakest of several confidences. */
export function weakest(confidences: readonly Confidence[]): Confidence {
  const order: readonly Confidence[] = ["certain", "likely", "possible"];
  return order[Math.max(0, ...confidences.map((confidence) => order.indexOf(confidence)))]!;
}

/** "a", "a and b", "a, b and c". */
export function listOf(words: readonly string[]): string {
  return words.length <= 1 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
