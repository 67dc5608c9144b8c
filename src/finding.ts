// What the rules say: findings, their evidence and their fixes.
import type { Span, TextEdit } from "./text.ts";

export type Severity = "error" | "warning" | "info";

/** certain: it happens in every build; likely: it happens unless something unusual is true; possible: it may. */
export type Confidence = "certain" | "likely" | "possible";

/** A number of bytes and where it is from: measured in the build context, known, or measured in an image. */
export interface Bytes {
  readonly value: number;
  readonly source: "context" | "known" | "image";
}

/** Another place that the finding is about. */
export interface Related {
  readonly message: string;
  readonly span: Span;
  /** The line of another file of the build context that says it. */
  readonly file?: { readonly path: string; readonly line: number };
}

/**
 * safe: the model says that the final files stay the same; unsafe: applied only when asked, `why` says what may
 * change; manual: told, never applied (it has no edits).
 */
export type Applicability = "safe" | "unsafe" | "manual";

export interface Fix {
  readonly applicability: Applicability;
  /** What the fix does, in the imperative. */
  readonly title: string;
  /** One sentence: why it is not safe. */
  readonly why?: string;
  readonly edits: readonly TextEdit[];
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** One sentence: what is stored twice, and by what. */
  readonly message: string;
  /** A few words for the frame below the guilty text. */
  readonly label: string;
  /** The stage's name, or its number from 0 when it has none. */
  readonly stage: string;
  readonly ships: boolean;
  /** The guilty command. */
  readonly span: Span;
  /** The whole instruction it stands in. */
  readonly instruction: Span;
  readonly related: readonly Related[];
  readonly bytes?: Bytes;
  readonly fix?: Fix;
}

/** Something in the file that could not be read. */
export interface Problem {
  readonly message: string;
  readonly span: Span;
}
