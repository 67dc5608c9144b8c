// ENV, ARG and LABEL: names and values.
import { excerptSpan, type Span } from "../text.ts";
import { findGap } from "./space.ts";
import type { Dockerfile, Instruction } from "./syntax.ts";
import { quotedWords } from "./words.ts";

export interface Assignment {
  /** As written. */
  readonly name: string;
  /** As written, with quotes and escapes; undefined for an ARG without `=`. */
  readonly value: string | undefined;
  readonly nameSpan: Span;
  /** The place of the value, empty for `a=`. */
  readonly valueSpan?: Span;
  /** The whole pair. */
  readonly span: Span;
}

/**
 * The pairs of an ENV, ARG or LABEL in order, also the one pair of the old form without `=`, whose value is the
 * rest of the line. Words that BuildKit refuses are left out.
 */
export function assignments(instruction: Instruction, escapeChar: Dockerfile["escape"]): Assignment[] {
  const { keyword, body } = instruction;
  const { text } = body;
  if (keyword !== "ENV" && keyword !== "ARG" && keyword !== "LABEL") return [];
  const words = quotedWords(text, escapeChar);
  const pair = (start: number, nameEnd: number, valueStart: number, end: number): Assignment => ({
    name: text.slice(start, nameEnd),
    value: text.slice(valueStart, end),
    nameSpan: excerptSpan(body, start, nameEnd),
    valueSpan: excerptSpan(body, valueStart, end),
    span: excerptSpan(body, start, end),
  });
  if (keyword !== "ARG" && words[0]?.text.includes("=") === false) {
    const gap = findGap(text, 0);
    return gap === undefined ? [] : [pair(0, gap.start, gap.end, text.length)];
  }
  return words.flatMap((word): Assignment[] => {
    const equals = word.text.indexOf("=");
    if (equals === 0) return [];
    if (equals > 0) return [pair(word.start, word.start + equals, word.start + equals + 1, word.end)];
    if (keyword !== "ARG") return [];
    const span = excerptSpan(body, word.start, word.end);
    return [{ name: word.text, value: undefined, nameSpan: span, span }];
  });
}
