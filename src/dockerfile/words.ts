// Words of an instruction's body: split at blanks, or with the quotes and escapes of ENV, ARG and LABEL.
import { findGap, isSpaceAt, skipSpace } from "./space.ts";

/** A word as written, and its place in the text that was split. */
export interface TextWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Splits at runs of blanks and nothing else, as BuildKit does for FROM, COPY, ADD, VOLUME and EXPOSE. */
export function blankWords(text: string): TextWord[] {
  const words: TextWord[] = [];
  for (let at = 0; text !== ""; ) {
    const gap = findGap(text, at);
    const end = gap?.start ?? text.length;
    words.push({ text: text.slice(at, end), start: at, end });
    if (gap === undefined) break;
    at = gap.end;
  }
  return words;
}

/** Splits at blanks outside quotes, keeping quotes and escapes, as BuildKit does for ENV, ARG and LABEL. */
export function quotedWords(text: string, escapeChar: string): TextWord[] {
  const words: TextWord[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const start = at;
    let quote = "";
    let cut = 0;
    for (; at < text.length && (quote !== "" || !isSpaceAt(text, at)); at++) {
      const char = text[at]!;
      if (char === escapeChar && quote !== "'") {
        // Whatever follows belongs to the word; an escape at the very end is dropped.
        if (at + 1 === text.length) cut = 1;
        else at++;
      } else if (quote === "") {
        if (char === "'" || char === '"') quote = char;
      } else if (char === quote) {
        quote = "";
      }
    }
    if (at - cut > start) words.push({ text: text.slice(start, at - cut), start, end: at - cut });
    at = skipSpace(text, at);
  }
  return words;
}
