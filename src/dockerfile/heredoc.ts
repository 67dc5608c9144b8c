// Heredocs: which ones a line opens, and the lines that belong to them.
import { buildExcerpt, type Excerpt, excerptSpan, type Span } from "../text.ts";
import { splitWords } from "./split.ts";
import type { Heredoc } from "./syntax.ts";

/** A heredoc as the instruction's line announces it. */
export type HeredocToken = Omit<Heredoc, "content" | "span">;

/** The heredocs that a logical line opens, in order; none when a quote in it stays open. */
export function heredocTokens(line: Excerpt): HeredocToken[] {
  if (!line.text.includes("<<")) return [];
  const tokens: HeredocToken[] = [];
  for (const word of splitWords(line.text, { quotes: true, escapes: true }) ?? []) {
    const token = heredocWord(word.text);
    if (token !== undefined) tokens.push({ tokenSpan: excerptSpan(line, word.start, word.end), ...token });
  }
  return tokens;
}

/** What a word such as `<<EOF`, `<<-"EOF"` or `3<<EOF` announces; undefined if it is no heredoc. */
export function heredocWord(word: string): Omit<HeredocToken, "tokenSpan"> | undefined {
  const match = /^(\d*)<<(-?)([^<]*)$/.exec(word);
  const rest = match?.[3]?.replace(/^[\t\n\f\r ]+/, "") ?? "";
  if (match === null || rest === "") return undefined;
  const names = splitWords(rest, { quotes: false, escapes: false });
  const quoted = splitWords(rest, { quotes: true, escapes: false });
  if (names?.length !== 1 || quoted?.length !== 1) return undefined;
  const name = names[0]!.text;
  return {
    name,
    fd: Number(match[1]),
    expand: countQuotes(name) === countQuotes(quoted[0]!.text),
    chomp: match[2] === "-",
  };
}

/** The heredoc's lines from `start` on. Without a terminator it reaches to the end of the file. */
export function readHeredoc(
  text: string,
  start: number,
  token: HeredocToken,
): { heredoc: Heredoc; next: number; terminated: boolean } {
  const lines: Span[] = [];
  let at = start;
  while (at < text.length) {
    const feed = text.indexOf("\n", at);
    const next = feed < 0 ? text.length : feed + 1;
    let from = at;
    if (token.chomp) while (text[from] === "\t") from++;
    const end = lineEnd(text, from, next);
    if (text.slice(from, end) === token.name) {
      return {
        heredoc: { content: content(text, start, lines), span: { start, end }, ...token },
        next,
        terminated: true,
      };
    }
    const last = lines.at(-1);
    if (last?.end === from) lines[lines.length - 1] = { start: last.start, end: next };
    else lines.push({ start: from, end: next });
    at = next;
  }
  // Its span leaves out the last break, as a terminator's does, and so must its content.
  const end = text.length - (text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0);
  const kept = lines.map((line) => ({ start: Math.min(line.start, end), end: Math.min(line.end, end) }));
  const span = { start, end: Math.max(start, end) };
  return {
    heredoc: { content: content(text, start, kept), span, ...token },
    next: text.length,
    terminated: false,
  };
}

/** The end of a line without its break, all carriage returns before it included. */
export function lineEnd(text: string, start: number, next: number): number {
  let end = next;
  while (end > start && (text[end - 1] === "\n" || text[end - 1] === "\r")) end--;
  return end;
}

function content(text: string, start: number, lines: readonly Span[]): Excerpt {
  return lines.length === 0 ? buildExcerpt(text, [{ start, end: start }]) : buildExcerpt(text, lines);
}

function countQuotes(text: string): number {
  return text.split(/['"]/).length - 1;
}
