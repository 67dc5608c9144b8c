// Inserting instructions behind others, in the file's own style of blank lines.
import { lineBreak, lineStart } from "../dockerfile/layout.ts";
import type { Dockerfile, Instruction } from "../dockerfile/syntax.ts";
import type { TextEdit } from "../text.ts";
import { lineEnd } from "./cut.ts";

/**
 * Puts lines (without a final break) right behind an instruction; a blank line stands between when one follows the
 * instruction already, or stands before it.
 */
export function insertBehind(dockerfile: Dockerfile, instruction: Instruction, lines: string): TextEdit {
  const { text } = dockerfile;
  const newline = lineBreak(text);
  const at = instruction.span.end;
  const next = lineEnd(text, at);
  const blankBehind = next < text.length && text.slice(next, lineEnd(text, next)).trim() === "";
  const start = lineStart(text, instruction.span.start);
  const blankBefore = start > 0 && text.slice(lineStart(text, start - 1), start).trim() === "";
  const gap = blankBehind || blankBefore ? newline + newline : newline;
  return { span: { start: at, end: at }, text: gap + lines.replace(/\r?\n/g, newline) };
}
