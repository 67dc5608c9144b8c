// Cutting commands out of a RUN, and whole instructions out of a file.
import { instructionLines, leadingComment } from "../dockerfile/layout.ts";
import type { Dockerfile, Instruction } from "../dockerfile/syntax.ts";
import type { EnclosingList, ShellCommand } from "../shell/command.ts";
import type { Span, TextEdit } from "../text.ts";

/** What a cut leaves: edits, or that nothing but the whole instruction can go. */
export type Cut =
  | {
      readonly kind: "part";
      readonly edits: readonly TextEdit[];
      /** The comments that were cut out with the commands, a line each, from `#` on. */
      readonly comments: readonly string[];
    }
  | { readonly kind: "whole" };

/**
 * Cuts neighbouring commands of one list out of their RUN, with the operator that joins them to what stays and the
 * comment lines above them. Undefined when they are no plain items of an `&&`, `;` or line list.
 */
export function cutCommands(dockerfile: Dockerfile, commands: readonly ShellCommand[]): Cut | undefined {
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
  return from > 0
    ? cutBehind(dockerfile, list.items[from - 1]!.end, list.items[to]!.end)
    : cutFirst(dockerfile, list, to);
}

/** Takes out what stands behind `start`; a comment at the end of its last line goes, too. */
function cutBehind({ text, instructions }: Dockerfile, start: number, itemEnd: number): Cut {
  const inHeredoc = instructions.some(({ heredocs }) => heredocs.some(({ span }) => holds(span, start)));
  const tail = inHeredoc ? (/^[ \t]+(#[^\r\n]*)/.exec(text.slice(itemEnd)) ?? undefined) : undefined;
  const end = itemEnd + (tail?.[0].length ?? 0);
  const comments = [...commentLines(text.slice(start, itemEnd)), ...(tail === undefined ? [] : [tail[1]!])];
  return { kind: "part", edits: [{ span: { start, end }, text: "" }], comments };
}

/** Takes out the first items of a list; comments behind them belong to what follows, and stay. */
function cutFirst({ text }: Dockerfile, list: EnclosingList, to: number): Cut {
  const first = list.items[0]!.start;
  const next = list.items[to + 1]!.start;
  const gap = text.slice(list.items[to]!.end, next);
  const kept = commentLines(gap);
  const above = leadingLines(text, first);
  const comments = commentLines(`\n${text.slice(above, first)}`);
  if (kept.length === 0) {
    const start = comments.length > 0 ? above : first;
    const indent = comments.length > 0 ? text.slice(lineStartOf(text, first), first) : "";
    return { kind: "part", edits: [{ span: { start, end: next }, text: indent }], comments };
  }
  const separator = list.separators[to]!.span;
  const start = comments.length > 0 ? above : first;
  const before = text.slice(list.items[to]!.end, separator.start);
  const behind = text.slice(separator.end, next);
  // What follows begins on a line of its own, below its comments.
  const lines = `${before}${behind.replace(/^[ \t]+/, "")}`.replace(/^[ \t]+/, "");
  const opening = comments.length > 0 ? lines.replace(/^[^\n]*\n/, "") : lines;
  return { kind: "part", edits: [{ span: { start, end: next }, text: opening }], comments };
}

function holds(span: Span, offset: number): boolean {
  return span.start <= offset && offset < span.end;
}

/** The comments that stand on lines of their own, from `#` on. */
function commentLines(text: string): string[] {
  return [...text.matchAll(/(?<=\n)[ \t]*(#[^\r\n]*)/g)].map((match) => match[1]!);
}

/** Where the comment lines right above an offset's line begin; the offset when there are none. */
function leadingLines(text: string, offset: number): number {
  let start = lineStartOf(text, offset);
  if (text.slice(start, offset).trim() !== "") return offset;
  for (;;) {
    if (start === 0) return start;
    const before = lineStartOf(text, start - 1);
    if (!/^[ \t]*#/.test(text.slice(before, start))) return start;
    start = before;
  }
}

function lineStartOf(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
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

/** Edits in which whole lines that go one behind the other leave one blank line, as each of them alone does. */
export function joinCuts({ text }: Dockerfile, edits: readonly TextEdit[]): readonly TextEdit[] {
  const isCut = ({ span, text: instead }: TextEdit): boolean => instead === "" && span.end > span.start;
  const isBlank = (start: number, end: number): boolean =>
    end > start && text.slice(start, end).trim() === "";
  return edits.map((edit) => {
    if (!isCut(edit)) return edit;
    const { start, end } = edit.span;
    let first = start;
    for (;;) {
      const before = edits.find((other) => isCut(other) && other.span.end === first);
      if (before === undefined) break;
      first = before.span.start;
    }
    const next = lineEnd(text, end);
    const blankBefore = /\n[ \t\r]*\n$/.test(text.slice(0, first)) && first < start;
    const taken = edits.some(({ span }) => span.start >= end && span.start < next);
    return blankBefore && text[end - 1] === "\n" && isBlank(end, next) && !taken
      ? { ...edit, span: { start, end: next } }
      : edit;
  });
}

/** Removes an instruction whose comment stays, for what it says holds for the one that follows. */
export function cutBare(dockerfile: Dockerfile, instruction: Instruction): readonly TextEdit[] {
  const above = leadingComment(dockerfile, instruction);
  if (above === undefined) return cutInstruction(dockerfile, instruction);
  return [{ span: instructionLines(dockerfile, instruction), text: "" }];
}

/** Behind the line break of an offset's line, or the text's end. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at < 0 ? text.length : at + 1;
}
