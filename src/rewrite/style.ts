// How a file breaks the lines of its RUNs: where the operators stand, how deep, how far right the escape.
import { lineBreak } from "../dockerfile/layout.ts";
import type { Dockerfile } from "../dockerfile/syntax.ts";

export interface Style {
  /** Whether `&&` begins a line or ends one. */
  readonly operator: "leading" | "trailing";
  readonly indent: string;
  /** Between a leading operator and its command. */
  readonly gap: string;
  /** The column of the escape at the line ends, from 0, when they stand below each other. */
  readonly column: number | undefined;
  /** Between the end of a line's text and the escape, and between a command and a trailing operator. */
  readonly before: string;
  readonly blank: string;
  readonly escape: string;
  readonly newline: string;
}

/** The style of the first of these texts that shows one, else of the file's other RUNs. */
export function styleOf(dockerfile: Dockerfile, texts: readonly string[]): Style {
  const { text, instructions } = dockerfile;
  const runs = instructions
    .filter(({ keyword }) => keyword === "RUN")
    .map(({ span }) => text.slice(span.start, span.end));
  const base = { escape: dockerfile.escape, newline: lineBreak(text) };
  for (const one of [...texts, ...runs]) {
    const found = styleIn(one, dockerfile.escape);
    if (found !== undefined) return { ...base, ...found };
  }
  return {
    operator: "leading",
    indent: "    ",
    gap: " ",
    column: undefined,
    before: " ",
    blank: " ",
    ...base,
  };
}

function styleIn(text: string, sign: string): Omit<Style, "escape" | "newline"> | undefined {
  const mark = sign === "\\" ? "\\\\" : sign;
  const comments = "(?:[ \\t]*#[^\\n]*\\n|[ \\t]*\\r?\\n)*";
  const leading = new RegExp(`${mark}[ \\t]*\\r?\\n${comments}([ \\t]*)(?:&&|;)([ \\t]*)(?=[^\\s\\\\])`).exec(
    text,
  );
  const trailing = new RegExp(
    `([ \\t]*)(?:&&|;)([ \\t]*)${mark}[ \\t]*\\r?\\n${comments}([ \\t]*)(?=[^\\s#])`,
  ).exec(text);
  const first =
    leading !== null && (trailing === null || leading.index < trailing.index) ? leading : trailing;
  if (first === null) return undefined;
  const column = columnIn(text, mark);
  return first === leading
    ? { operator: "leading", indent: first[1]!, gap: first[2] || " ", column, before: " ", blank: " " }
    : { operator: "trailing", indent: first[3]!, gap: " ", column, before: first[2]!, blank: " " };
}

/** Where all escapes stand, when at least two of them are aligned behind more than a blank. */
function columnIn(text: string, mark: string): number | undefined {
  const lines = [...text.matchAll(new RegExp(`^(.*?)([ \\t]*)${mark}[ \\t]*\\r?$`, "gm"))];
  if (lines.length < 2 || !lines.some((line) => line[2]!.length > 1)) return undefined;
  const columns = new Set(lines.slice(1).map((line) => line[1]!.length + line[2]!.length));
  return columns.size === 1 ? [...columns][0] : undefined;
}

/**
 * What joins the next command to a text that ends in `lastLine`: the operator, a line break, and comment lines, each
 * from `#` on, above the command.
 */
export function joint(
  style: Style,
  operator: "&&" | ";",
  comments: readonly string[],
  lastLine: string,
): string {
  const { indent, newline } = style;
  const lines = comments.map((comment) => `${indent}${comment}${newline}`).join("");
  const leads = style.operator === "leading" && operator === "&&";
  const sign = leads ? "" : operator === ";" ? ";" : " &&";
  const used = lastLine.length + sign.length;
  const pad =
    style.column === undefined ? (leads ? " " : style.before) : " ".repeat(Math.max(1, style.column - used));
  return `${sign}${pad}${style.escape}${newline}${lines}${indent}${leads ? `&&${style.gap}` : ""}`;
}
