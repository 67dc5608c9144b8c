// What `${x#p}`, `${x%p}` and `${x/p/r}` make of a known value.
import { globTokens, matchLength } from "./glob.ts";
import { push, type WordPiece } from "./piece.ts";

/**
 * A value without what a pattern matches at its start (`side` "#") or its end ("%"); a pattern that begins with
 * the side takes the longest match, any other the shortest. Undefined for an invalid pattern.
 */
export function trimmed(value: string, side: string, pattern: string): string | undefined {
  const greedy = pattern.startsWith(side);
  const tokens = globTokens(greedy ? pattern.slice(1) : pattern);
  if (tokens === undefined) return undefined;
  // The end is matched backwards, so that its shortest match can be found.
  const chars = Array.from(value);
  if (side === "%") {
    chars.reverse();
    tokens.reverse();
  }
  const rest = chars.slice(matchLength(tokens, chars, 0, greedy) ?? 0);
  return (side === "%" ? rest.reverse() : rest).join("");
}

/** A value with the first match of a pattern, or all of them, replaced. Undefined for an invalid pattern. */
export function replaced(
  value: string,
  pattern: string,
  by: readonly WordPiece[],
  all: boolean,
): WordPiece[] | undefined {
  const tokens = globTokens(pattern);
  if (tokens === undefined) return undefined;
  const chars = Array.from(value);
  const pieces: WordPiece[] = [];
  let from = 0;
  let done = false;
  for (let at = 0; at <= chars.length && !done; ) {
    const length = matchLength(tokens, chars, at, true);
    if (length === undefined || (length === 0 && at === from && at > 0)) {
      at++;
      continue;
    }
    push(pieces, [{ text: chars.slice(from, at).join("") }]);
    push(pieces, by);
    from = at + length;
    at = Math.max(from, at + 1);
    done = !all;
  }
  push(pieces, [{ text: chars.slice(from).join("") }]);
  return pieces;
}
