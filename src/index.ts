// The public API: Dockerfile text to findings and fixes.
export { type Analysis, type AnalyzeOptions, analyze as check } from "./analyze.ts";
export type { BuildContext, Measure } from "./context/context.ts";
export { type ContextOptions, memoryContext, openContext } from "./context/open.ts";
export type {
  Applicability,
  Bytes,
  Confidence,
  Finding,
  Fix,
  Problem,
  Related,
  Severity,
} from "./finding.ts";
export { type AppliedFix, type FixOptions, type FixResult, fixText as fix, type RefusedFix } from "./fix.ts";
export { rules } from "./rules/index.ts";
export type { Example, Rule } from "./rules/rule.ts";
export { applyEdits, type Span, type TextEdit } from "./text.ts";
