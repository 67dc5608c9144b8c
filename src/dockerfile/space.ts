// White space as BuildKit sees it: Unicode's in most places, the regular expression's where it splits.

/** The same characters as Go's unicode.IsSpace: those of JavaScript's `\s`, less the BOM, plus U+0085. */
const unicodeSpace = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const notSpace = new RegExp(`[^${unicodeSpace}]`, "g");
const space = new RegExp(`[${unicodeSpace}]`, "g");
/** What separates a keyword from its arguments, and words in COPY, FROM or EXPOSE: never a line feed. */
const gap = /[\t\v\f\r ]+/g;

/** Whether the character at `at` is white space; false behind the end. */
export function isSpaceAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return code === 32 || (code >= 9 && code <= 13);
  return skipSpace(text, at) > at;
}

/** The first offset from `at` on that holds no white space; the text's length if there is none. */
export function skipSpace(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code > 32 && code < 128) return at;
  notSpace.lastIndex = at;
  return notSpace.exec(text)?.index ?? text.length;
}

/** The first offset from `at` on that holds white space; the text's length if there is none. */
export function findSpace(text: string, at: number): number {
  space.lastIndex = at;
  return space.exec(text)?.index ?? text.length;
}

/** The offset behind the last character that is not white space, never below `from`. */
export function trimmedEnd(text: string, from: number, end = text.length): number {
  let at = end;
  while (at > from && isSpaceAt(text, at - 1)) at--;
  return at;
}

/** The next run of the spaces that split words, from `at` on. */
export function findGap(text: string, at: number): { start: number; end: number } | undefined {
  gap.lastIndex = at;
  const match = gap.exec(text);
  return match === null ? undefined : { start: match.index, end: gap.lastIndex };
}
