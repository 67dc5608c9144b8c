// Variables, quotes and escapes in a Dockerfile's words, resolved as BuildKit does.
import { lexWord } from "./lexer.ts";
import type { Lookup, WordPiece } from "./piece.ts";

export { knownText, type Lookup, type WordPiece } from "./piece.ts";

export interface Expansion {
  /** Neighbouring texts are joined, empty ones left out; after a problem, the whole word as one hole. */
  readonly pieces: readonly WordPiece[];
  /** Why BuildKit would refuse the word. */
  readonly problem?: string;
}

/** Expands one word of any instruction but RUN, CMD and ENTRYPOINT; never throws. */
export function expandWord(text: string, lookup: Lookup, escapeChar: "\\" | "`"): Expansion {
  if (!/["'$\\`]/.test(text)) return { pieces: text === "" ? [] : [{ text }] };
  const { pieces, problem } = lexWord(text, {
    escape: escapeChar,
    lookup,
    rawQuotes: false,
    rawEscapes: false,
    keepUnset: false,
  });
  return problem === undefined ? { pieces } : { pieces: [{ hole: text, text }], problem };
}
