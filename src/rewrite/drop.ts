// Dropping a command: out of its list, or its whole instruction.
import type { Fix } from "../finding.ts";
import type { Effect } from "../model/effect.ts";
import type { Model, Step } from "../model/model.ts";
import { cutCommands, cutInstruction } from "./cut.ts";

/** A fix that takes one command away; `why` says what makes it unsafe. */
export function dropCommand(
  model: Model,
  step: Step,
  effect: Effect,
  words: { readonly title: string; readonly why: string },
): Fix {
  const { title, why } = words;
  const cut = effect.command === undefined ? undefined : cutCommands([effect.command]);
  if (step.triggered)
    return { applicability: "manual", title, why: "it is an ONBUILD instruction", edits: [] };
  if (cut === undefined)
    return { applicability: "manual", title, why: "it does not stand by itself in its RUN", edits: [] };
  const edits = cut.kind === "whole" ? cutInstruction(model.dockerfile, step.instruction) : cut.edits;
  return { applicability: "unsafe", title, why, edits };
}
