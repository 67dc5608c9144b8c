// Cutting commands out of a RUN, and whole instructions out of a file.
import type { Dockerfile, Instruction } from "../dockerfile/syntax.ts";
import type { EnclosingList, ShellCommand } from "../shell/command.ts";
import type { Span, TextEdit } from "../text.ts";

/** What a cut leaves: edits, or that nothing but the whole instruction can go. */
export type Cut = { readonly kind: "part"; readonly edits: readonly TextEdit[] } | { readonly kind: "whole" };

/**
 * Cuts neighbouring commands of one list out of their RUN, with the operator that joins them to what stays and the
 * comments before them. Undefined when they are no plain items of an `&&`, `;` or line list.
 */
export function cutCommands(commands: readonly ShellCommand[]): Cut | undefined {
  const places = commands.map(listItem);
  const first = places[0];
  if (
    first === undefined ||
    places.some((place) => place === undefined || !sameList(place.list, first.list))
  ) {
    return undefined;
  }
  const { list, outermost } = first;
  const indexes = new Set(places.map((place) => place!.index));
  const from = Math.min(...indexes);
  const to = Math.max(...indexes);
  if (to - from + 1 !== indexes.size) return undefined;
  if (indexes.size === list.items.length) return outermost ? { kind: "whole" } : undefined;
  const around = list.separators.slice(Math.max(0, from - 1), to + 1);
  if (around.some(({ operator }) => operator === "||" || operator === "|" || operator === "&"))
    return undefined;
  const span: Span =
    from > 0
      ? { start: list.items[from - 1]!.end, end: list.items[to]!.end }
      : { start: list.items[0]!.start, end: list.items[to + 1]!.start };
  return { kind: "part", edits: [{ span, text: "" }] };
}

interface Item {
  readonly list: EnclosingList;
  readonly index: number;
  /** Whether nothing but the RUN holds the list. */
  readonly outermost: boolean;
}

/** The innermost list with more than one item whose item is the command itself; else the outermost list. */
function listItem(command: ShellCommand): Item | undefined {
  const lists = command.place.lists.filter(({ kind }) => kind !== "exec");
  for (let i = lists.length - 1; i >= 0; i -= 1) {
    const list = lists[i]!;
    const item = list.items[list.index];
    if (item === undefined || item.start !== command.span.start || item.end < command.span.end)
      return undefined;
    if (item.end !== command.span.end) return undefined;
    if (list.kind !== "and-or" && list.kind !== "sequence") return undefined;
    if (list.items.length > 1) return { list, index: list.index, outermost: i === 0 };
  }
  const only = lists[0];
  const list = only ?? {
    kind: "sequence",
    span: command.span,
    items: [command.span],
    separators: [],
    index: 0,
  };
  return { list, index: 0, outermost: true };
}

function sameList(a: EnclosingList, b: EnclosingList): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.items.length === b.items.length;
}

/** The comment lines right above an instruction, without directives; empty at its start when there are none. */
export function commentAbove(dockerfile: Dockerfile, instruction: Instruction): Span {
  const { text } = dockerfile;
  let start = lineStart(text, instruction.span.start);
  const comments = new Map(dockerfile.comments.map((span) => [lineStart(text, span.start), span]));
  for (;;) {
    if (start === 0) break;
    const previous = lineStart(text, start - 1);
    const comment = comments.get(previous);
    if (comment === undefined || dockerfile.directives.some(({ span }) => span.start === comment.start))
      break;
    start = previous;
  }
  return { start, end: lineStart(text, instruction.span.start) };
}

/** Whole lines of an instruction with the comment above it, its line break, and one blank line behind it. */
export function wholeLines(dockerfile: Dockerfile, instruction: Instruction): Span {
  const { text } = dockerfile;
  const { start } = commentAbove(dockerfile, instruction);
  let end = lineEnd(text, instruction.span.end);
  const blankBefore = start === 0 || /\n[ \t\r]*\n$/.test(text.slice(0, start));
  if (blankBefore) {
    const next = lineEnd(text, end);
    if (next > end && text.slice(end, next).trim() === "") end = next;
  }
  return { start, end };
}

/** Removes an instruction with its comment. */
export function cutInstruction(dockerfile: Dockerfile, instruction: Instruction): readonly TextEdit[] {
  return [{ span: wholeLines(dockerfile, instruction), text: "" }];
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Behind the line break of an offset's line, or the text's end. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at < 0 ? text.length : at + 1;
}

/** The file's line break: that of its first line. */
export function lineBreak(text: string): "\n" | "\r\n" {
  const at = text.indexOf("\n");
  return at > 0 && text[at - 1] === "\r" ? "\r\n" : "\n";
}
