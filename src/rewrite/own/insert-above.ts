// Whole lines put above an instruction.
import { lineStart } from "../../dockerfile/layout.ts";
import type { Model, Step } from "../../model/model.ts";
import type { TextEdit } from "../../text.ts";
import { styleOf } from "../style.ts";

/** Whole lines above an instruction and its comment, with a blank line behind them where the file has such. */
export function insertAbove(
  { dockerfile }: Model,
  { instruction }: Step,
  lines: readonly string[],
): TextEdit {
  const { text } = dockerfile;
  const { newline } = styleOf(dockerfile, []);
  let at = lineStart(text, instruction.span.start);
  const comment = dockerfile.comments.filter(({ end }) => end <= at).toReversed();
  for (const one of comment) {
    if (text.slice(one.end, at).trim() !== "" || /\n[ \t\r]*\n/.test(text.slice(one.end, at))) break;
    at = lineStart(text, one.start);
  }
  const before = lineStart(text, Math.max(0, at - 1));
  const blank = at > 0 && text.slice(before, at).trim() === "";
  const gap = blank ? newline + newline : newline;
  return {
    span: { start: at, end: at },
    text: lines.map((line) => line.replace(/\r?\n/g, newline) + gap).join(""),
  };
}
