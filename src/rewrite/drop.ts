// Dropping a command: out of its list, or its whole instruction.
import type { Fix } from "../finding.ts";
import type { Effect } from "../model/effect.ts";
import type { Model, Step } from "../model/model.ts";
import type { ShellCommand } from "../shell/command.ts";
import type { TextEdit } from "../text.ts";
import { standsAlone } from "./alone.ts";
import { cutCommands, cutInstruction } from "./cut.ts";

export interface DropWords {
  readonly title: string;
  /** What makes it unsafe. */
  readonly why: string;
}

/**
 * A fix that takes one command away; with it the whole RUN, when nothing is left in it but what prepares for the
 * command and calls of `companions`.
 */
export function dropCommand(
  model: Model,
  step: Step,
  effect: Effect,
  { title, why }: DropWords,
  companions: readonly (readonly string[])[] = [],
): Fix {
  const manual = (reason: string): Fix => ({ applicability: "manual", title, why: reason, edits: [] });
  const { command } = effect;
  if (step.triggered) return manual("it is an ONBUILD instruction");
  if (command === undefined) return manual("it is no command");
  const cut = cutCommands(model.dockerfile, [command]);
  if (cut?.kind === "whole" || standsAlone(step, [command], companions)) {
    return { applicability: "unsafe", title, why, edits: cutInstruction(model.dockerfile, step.instruction) };
  }
  if (cut === undefined) return manual("it does not stand by itself in its RUN");
  return { applicability: "unsafe", title, why, edits: [...cut.edits, ...heredocLines(model, command)] };
}

/** The lines of the heredoc that a command reads go with it. */
function heredocLines({ dockerfile: { text } }: Model, { stdin }: ShellCommand): readonly TextEdit[] {
  if (stdin?.kind !== "heredoc") return [];
  const { start, end } = stdin.span;
  const lineBreak = /\r?\n$/.exec(text.slice(0, start))?.[0].length ?? 0;
  return [{ span: { start: start - lineBreak, end }, text: "" }];
}
