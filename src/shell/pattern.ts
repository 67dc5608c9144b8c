// Shell patterns (`*`, `?`, `[…]`) against known text, without regular expressions so that none can run away.
import { QUOTED } from "./word.ts";

type Token =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  | {
      readonly kind: "class";
      readonly not: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

/** A pattern read from its rendered form; undefined for what is not decided here (extended globs, holes). */
export function compilePattern(rendered: string): readonly Token[] | undefined {
  if (/[\uE000\uE001]|[@+!*?]\(/.test(rendered)) return undefined;
  const tokens: Token[] = [];
  for (let at = 0; at < rendered.length; at += 1) {
    const char = rendered[at]!;
    if (char === QUOTED) {
      at += 1;
      tokens.push({ kind: "char", char: rendered[at] ?? "" });
    } else if (char === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
    } else if (char === "?") tokens.push({ kind: "any" });
    else if (char === "[") {
      const close = rendered.indexOf("]", at + (/[!^]/.test(rendered[at + 1] ?? "") ? 3 : 2));
      if (close < 0) tokens.push({ kind: "char", char });
      else {
        const token = bracket(rendered.slice(at + 1, close));
        if (token === undefined) return undefined;
        tokens.push(token);
        at = close;
      }
    } else tokens.push({ kind: "char", char });
  }
  return tokens;
}

function bracket(inside: string): Token | undefined {
  if (/\[[:.=]/.test(inside)) return undefined;
  const not = /^[!^]/.test(inside);
  const chars = [...(not ? inside.slice(1) : inside)].filter((char) => char !== QUOTED);
  const ranges: [string, string][] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const from = chars[at]!;
    const to = chars[at + 2];
    if (chars[at + 1] === "-" && to !== undefined) {
      ranges.push([from, to]);
      at += 2;
    } else ranges.push([from, from]);
  }
  return { kind: "class", not, ranges };
}

/** Whether the whole text matches. */
export function matchTokens(tokens: readonly Token[], text: string): boolean {
  let at = 0;
  let token = 0;
  let starToken = -1;
  let starAt = 0;
  while (at < text.length) {
    const current = tokens[token];
    if (current?.kind === "star") {
      starToken = token;
      starAt = at;
      token += 1;
    } else if (current !== undefined && matchChar(current, text[at]!)) {
      token += 1;
      at += 1;
    } else if (starToken >= 0) {
      token = starToken + 1;
      starAt += 1;
      at = starAt;
    } else return false;
  }
  while (tokens[token]?.kind === "star") token += 1;
  return token === tokens.length;
}

function matchChar(token: Token, char: string): boolean {
  if (token.kind === "char") return token.char === char;
  if (token.kind === "any") return true;
  if (token.kind === "star") return false;
  return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.not;
}

/** Whether text matches a rendered pattern; undefined when that cannot be decided. */
export function matchesPattern(rendered: string, text: string): boolean | undefined {
  const tokens = compilePattern(rendered);
  return tokens === undefined ? undefined : matchTokens(tokens, text);
}

/**
 * What `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}` leave of a text; undefined when the pattern cannot be read or the
 * text is too long to try.
 */
export function removeMatch(
  text: string,
  operator: "#" | "##" | "%" | "%%",
  rendered: string,
): string | undefined {
  const tokens = compilePattern(rendered);
  if (tokens === undefined || text.length > 500) return undefined;
  const lengths = Array.from({ length: text.length + 1 }, (_, length) => length);
  if (operator.length === 2) lengths.reverse();
  for (const length of lengths) {
    if (operator[0] === "#") {
      if (matchTokens(tokens, text.slice(0, length))) return text.slice(length);
    } else if (matchTokens(tokens, text.slice(text.length - length)))
      return text.slice(0, text.length - length);
  }
  return text;
}

/** What `${x/p/r}` and its kin make of a text; undefined when the pattern cannot be read or the text is too long. */
export function replaceMatch(
  text: string,
  operator: "/" | "//" | "/#" | "/%",
  rendered: string,
  replacement: string,
): string | undefined {
  const tokens = compilePattern(rendered);
  if (tokens === undefined || text.length > 200) return undefined;
  let out = "";
  let at = 0;
  while (at <= text.length) {
    const end = longestMatch(tokens, text, at, operator === "/%");
    if (end === undefined || end === at) {
      if (operator === "/#") break;
      out += text[at] ?? "";
      at += 1;
      continue;
    }
    out += replacement;
    at = end;
    if (operator !== "//") break;
  }
  return out + text.slice(at);
}

function longestMatch(
  tokens: readonly Token[],
  text: string,
  from: number,
  toEnd: boolean,
): number | undefined {
  for (let end = text.length; end >= from; end -= 1) {
    if (matchTokens(tokens, text.slice(from, end))) return end;
    if (toEnd) return undefined;
  }
  return undefined;
}
