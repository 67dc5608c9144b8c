// The public API: Dockerfile text to findings and fixes, and images to what they waste.
export { type Analysis, type AnalyzeOptions, analyze as check } from "./analyze.ts";
export type { BuildContext, Measure } from "./context/context.ts";
export { type ContextOptions, memoryContext, openContext } from "./context/open.ts";
export { type Evidence, type Unexplained, withEvidence } from "./evidence.ts";
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
export { ImageError } from "./image/error.ts";
export type { ReadOptions, WalkedImage } from "./image/image.ts";
export { type MeasuredImage, type MeasureOptions, measureImage } from "./image/measured.ts";
export { readImage } from "./image/read.ts";
export { type ImageWaste, type LayerWaste, measureWaste } from "./image/waste.ts";
export { rules } from "./rules/index.ts";
export type { Example, Rule } from "./rules/rule.ts";
export { applyEdits, type Span, type TextEdit } from "./text.ts";
