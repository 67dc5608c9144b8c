// Short words for tests of the rules on downloads: what is found where, and what a fix leaves.
import { type AnalyzeOptions, analyze } from "../../src/analyze.ts";
import { memoryContext } from "../../src/context/open.ts";
import { fixText } from "../../src/fix.ts";
import { slice } from "../../src/text.ts";

export const DOWNLOAD_RULES = [
  "download-then-reinstall",
  "download-already-shipped",
  "prefetch-missing",
  "prefetch-obsolete",
];

export const PIN = "flashinfer-python==0.6.8 flashinfer-cubin==0.6.8";

/** The options of all these tests. */
export function settings(
  context: Readonly<Record<string, string>> = {},
  rules: readonly string[] = DOWNLOAD_RULES,
): AnalyzeOptions {
  return { rules, context: memoryContext(context) };
}

/** "rule confidence applicability", one for each finding. */
export function found(text: string, options: AnalyzeOptions = settings()): string[] {
  return analyze(text, options).findings.map(
    ({ rule, confidence, fix }) => `${rule} ${confidence} ${fix?.applicability ?? "no fix"}`,
  );
}

/** The related messages of the only finding of `download-then-reinstall`. */
export function later(text: string, options: AnalyzeOptions = settings()): string[] {
  return analyze(text, { ...options, rules: ["download-then-reinstall"] }).findings.flatMap(({ related }) =>
    related.map(({ message }) => message),
  );
}

/** What the move alone makes of a text; why it does not, when it does not. */
export function moved(text: string, options: AnalyzeOptions = settings()): string {
  const only = { ...options, rules: ["download-then-reinstall"] };
  const result = fixText(text, only);
  const again = fixText(result.text, only);
  if (again.text !== result.text) return `not idempotent: ${again.text}`;
  return result.applied.length > 0 ? result.text : (result.refused[0]?.why ?? "nothing found");
}

/** What dropping the download makes of a text. */
export function dropped(text: string, options: AnalyzeOptions = settings()): string {
  const result = fixText(text, { ...options, rules: ["download-already-shipped"], unsafe: true });
  return result.applied.length > 0 ? result.text : (result.refused[0]?.why ?? "nothing found");
}

/** The guilty text of each finding. */
export function guilty(text: string, options: AnalyzeOptions = settings()): string[] {
  return analyze(text, options).findings.map(({ span }) => slice(text, span));
}
