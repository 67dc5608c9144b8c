// Splitting a line into words with its quotes and escapes, as BuildKit does to find heredocs.
import { lexWord, type WordCollector } from "./lexer.ts";
import { findSpace, skipSpace } from "./space.ts";

/** A word of a line, with its place in it. */
export interface LexedWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a line into words as BuildKit does to find heredocs: no variable is known, and `<<` takes the spaces
 * behind it along. Undefined when the line cannot be lexed, for example for an open quote.
 */
export function splitWords(
  line: string,
  raw: { quotes: boolean; escapes: boolean },
): LexedWord[] | undefined {
  const words = collectWords();
  const { problem } = lexWord(line, {
    escape: "\\",
    lookup: () => undefined,
    rawQuotes: raw.quotes,
    rawEscapes: raw.escapes,
    keepUnset: true,
    words,
  });
  return problem === undefined ? words.finish() : undefined;
}

function collectWords(): WordCollector & { finish(): LexedWord[] } {
  const words: LexedWord[] = [];
  let text = "";
  let from = 0;
  let to = 0;
  const add = (added: string, start: number, end: number): void => {
    if (text === "") from = start;
    text += added;
    to = end;
  };
  const flush = (): void => {
    if (text !== "") words.push({ text, start: from, end: to });
    text = "";
  };
  const split = (added: string, place: (at: number) => number): void => {
    for (let at = 0; at < added.length; ) {
      const start = skipSpace(added, at);
      if (start > at) flush();
      at = findSpace(added, start);
      if (at > start) add(added.slice(start, at), place(start), place(at));
    }
  };
  return {
    add,
    addPlain: (added, start) => split(added, (at) => start + at),
    addSplit: (added, start, end) => split(added, (at) => (at === 0 ? start : end)),
    drop: () => {
      text = "";
    },
    finish: () => {
      flush();
      return words;
    },
  };
}
