// How an instruction sits in the file: its lines, the comment that belongs to it, the file's line breaks.
import type { Span } from "../text.ts";
import type { Dockerfile, Instruction } from "./syntax.ts";

/** From the start of the instruction's first line to behind the break of its last one. */
export function instructionLines({ text }: Dockerfile, { span }: Instruction): Span {
  const feed = text.indexOf("\n", span.end);
  return { start: lineStart(text, span.start), end: feed < 0 ? text.length : feed + 1 };
}

/**
 * The lines of the comment right above an instruction, with their breaks: no blank line stands between them or
 * below them, and no directive is among them. Undefined if there is none.
 */
export function leadingComment(file: Dockerfile, instruction: Instruction): Span | undefined {
  const end = lineStart(file.text, instruction.span.start);
  let start = end;
  for (let at = firstCommentFrom(file.comments, end) - 1; at >= 0; at--) {
    const comment = file.comments[at]!;
    const feed = file.text.indexOf("\n", comment.end);
    if (feed + 1 !== start || insideInstruction(file, comment)) break;
    start = lineStart(file.text, comment.start);
  }
  return start === end ? undefined : { start, end };
}

/** The line break that the file mostly uses. */
export function lineBreak(text: string): "\n" | "\r\n" {
  let feeds = 0;
  let pairs = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    feeds++;
    if (text[at - 1] === "\r") pairs++;
  }
  return pairs * 2 > feeds ? "\r\n" : "\n";
}

/** Where the line of `offset` begins; a byte order mark belongs to no line. */
export function lineStart(text: string, offset: number): number {
  const start = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  return start === 0 && text.startsWith("\ufeff") ? 1 : start;
}

/** The number of the first comment that begins at or behind an offset. */
function firstCommentFrom(comments: readonly Span[], offset: number): number {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comments[middle]!.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insideInstruction(file: Dockerfile, comment: Span): boolean {
  return file.instructions.some(({ span }) => span.start < comment.start && comment.end <= span.end);
}
