// Cutting commands out of a RUN, and whole instructions out of a file.
import { instructionLines, leadingComment } from "../dockerfile/layout.ts";
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

/** The comment right above an instruction and the instruction itself, without its last line break. */
export function withComment(dockerfile: Dockerfile, instruction: Instruction): Span {
  const start =
    leadingComment(dockerfile, instruction)?.start ?? instructionLines(dockerfile, instruction).start;
  return { start, end: instruction.span.end };
}

/** Whole lines of an instruction with the comment above it, its line break, and one blank line behind it. */
export function wholeLines(dockerfile: Dockerfile, instruction: Instruction): Span {
  const { text } = dockerfile;
  const { start } = withComment(dockerfile, instruction);
  let { end } = instructionLines(dockerfile, instruction);
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

/** Behind the line break of an offset's line, or the text's end. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at < 0 ? text.length : at + 1;
}
