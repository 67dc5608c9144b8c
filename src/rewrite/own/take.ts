// Taking commands out of a RUN: some go for good, some go elsewhere, some are written anew.
import type { Model, Step } from "../../model/model.ts";
import type { ShellCommand } from "../../shell/command.ts";
import { applyEdits, type Span, slice, type TextEdit } from "../../text.ts";
import { standsAlone } from "../alone.ts";
import { cutCommands, cutInstruction, withComment } from "../cut.ts";
import { neededFlags } from "../meaning.ts";
import { styleOf } from "../style.ts";

export interface Plan {
  readonly moved: readonly ShellCommand[];
  readonly dropped: readonly ShellCommand[];
  readonly replaced: ReadonlyMap<ShellCommand, string>;
  /** Whether what is written anew may go along with what moves. */
  readonly replacedMayMove: boolean;
}

export interface Taken {
  readonly edits: readonly TextEdit[];
  /** The instruction, with its comments, that does elsewhere what moves; "" when nothing does. */
  readonly lines: string;
}

/** The edits of a plan, or why it cannot be done. */
export function take(model: Model, step: Step, plan: Plan): Taken | string {
  const { dockerfile } = model;
  const { moved, dropped, replaced } = plan;
  const gone = [...moved, ...dropped].toSorted((a, b) => a.span.start - b.span.start);
  const rewritten = [...replaced].map(([command, text]): TextEdit => ({ span: command.span, text }));
  const together = moved.length > 0 && plan.replacedMayMove;
  const all = together ? [...gone, ...replaced.keys()] : gone;
  if ((together || replaced.size === 0) && gone.length > 0 && isWhole(model, step, all)) {
    if (moved.length === 0) return { edits: cutInstruction(dockerfile, step.instruction), lines: "" };
    const cuts = cutGroups(model, step, dropped);
    if (typeof cuts === "string") return cuts;
    const span = withComment(dockerfile, step.instruction);
    const edits = [...cuts.flatMap((cut) => cut.edits), ...rewritten].map((edit) =>
      shifted(edit, span.start),
    );
    return {
      edits: cutInstruction(dockerfile, step.instruction),
      lines: applyEdits(slice(dockerfile.text, span), edits),
    };
  }
  const cuts = cutGroups(model, step, gone);
  if (typeof cuts === "string") return cuts;
  const edits = [...cuts.flatMap((cut) => cut.edits), ...rewritten];
  if (moved.length === 0) return { edits, lines: "" };
  const comments = cuts
    .filter((cut) => cut.commands.some((command) => moved.includes(command)))
    .flatMap((cut) => cut.comments);
  return { edits, lines: [...comments, runText(model, step, moved)].join(styleOf(dockerfile, []).newline) };
}

function isWhole(model: Model, step: Step, commands: readonly ShellCommand[]): boolean {
  return cutCommands(model.dockerfile, commands)?.kind === "whole" || standsAlone(step, commands);
}

interface GroupCut {
  readonly commands: readonly ShellCommand[];
  readonly edits: readonly TextEdit[];
  readonly comments: readonly string[];
}

/** Cuts neighbours together, and the groups one by one. */
function cutGroups(
  model: Model,
  step: Step,
  commands: readonly ShellCommand[],
): readonly GroupCut[] | string {
  const groups: ShellCommand[][] = [];
  let last = -2;
  for (const [index, command] of (step.script?.commands ?? []).entries()) {
    if (!commands.includes(command)) continue;
    if (index === last + 1) groups.at(-1)!.push(command);
    else groups.push([command]);
    last = index;
  }
  const cuts: GroupCut[] = [];
  for (const group of groups) {
    const cut = cutCommands(model.dockerfile, group);
    if (cut === undefined || cut.kind === "whole") return "it does not stand by itself in its RUN";
    cuts.push({ commands: group, edits: cut.edits, comments: cut.comments });
  }
  return cuts;
}

/** A RUN of its own for some commands, joined as they were where that was by `&&`. */
function runText(model: Model, step: Step, commands: readonly ShellCommand[]): string {
  const { text } = model.dockerfile;
  const {
    escape: escapeChar,
    indent,
    newline,
  } = styleOf(model.dockerfile, [slice(text, step.instruction.span)]);
  const own = commands.map(({ span }) => slice(text, span));
  let body = own[0]!;
  for (const [index, next] of own.slice(1).entries()) {
    const gap = text.slice(commands[index]!.span.end, commands[index + 1]!.span.start);
    body +=
      (/^[^;|\n]*&&[^;|]*$/.test(gap.replace(/\\\r?\n/g, " "))
        ? gap
        : ` ${escapeChar}${newline}${indent}&& `) + next;
  }
  return ["RUN", ...neededFlags(step, body, []), body].join(" ");
}

function shifted({ span, text }: TextEdit, by: number): TextEdit {
  const moved: Span = { start: span.start - by, end: span.end - by };
  return { span: moved, text };
}
