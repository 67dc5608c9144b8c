// What a fix of late changes starts from: the guilty step, its commands, and the steps that stored the files.

import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Fix } from "../finding.ts";
import type { Effect } from "../model/effect.ts";
import { type Model, type Stage, type Step, stageName } from "../model/model.ts";
import type { Stored, Touch } from "../model/timeline.ts";
import { once } from "../once.ts";
import type { ShellCommand } from "../shell/command.ts";
import { indexLines, type TextEdit } from "../text.ts";

/** A later step changes files that other layers hold: what the rules say of it. */
export interface Late {
  readonly stage: Stage;
  readonly step: Step;
  readonly effects: readonly Effect[];
  readonly files: readonly { readonly stored: Stored; readonly touch?: Touch }[];
}

/** A way to fix it; `doubts` are sentences why the final files may differ, none when it is safe. */
export interface Proposal {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly doubts: readonly string[];
  /** How much is rearranged; smaller is better. */
  readonly cost: number;
}

/** A proposal, or in a few words why there is none. */
export type Attempt = Proposal | string;

/** The best proposal as a fix: a safe one, else the least; without any, `manual` with the first reason. */
export function fixOf(title: string, attempts: readonly (() => Attempt)[]): Fix {
  const reasons: string[] = [];
  let best: Proposal | undefined;
  for (const attempt of attempts) {
    const made = attempt();
    if (typeof made === "string") reasons.push(made);
    else if (best === undefined || isBetter(made, best)) best = made;
  }
  if (best === undefined) {
    return { applicability: "manual", title, why: reasons[0] ?? "no way to do it is known", edits: [] };
  }
  const [why] = best.doubts;
  const { edits } = best;
  return why === undefined
    ? { applicability: "safe", title: best.title, edits }
    : { applicability: "unsafe", title: best.title, why, edits };
}

function isBetter(a: Proposal, b: Proposal): boolean {
  const [doubtA, doubtB] = [a.doubts.length > 0, b.doubts.length > 0];
  return doubtA === doubtB ? a.cost < b.cost : doubtB;
}

/** The guilty commands in order, each once; undefined when an effect is none of a command. */
export function guiltyCommands({ effects }: Pick<Late, "effects">): readonly ShellCommand[] | undefined {
  const commands = effects.map(({ command }) => command);
  if (commands.some((command) => command === undefined)) return undefined;
  const known = commands as ShellCommand[];
  return known
    .filter(({ span }, i) => known.findIndex((other) => other.span.start === span.start) === i)
    .toSorted((a, b) => a.span.start - b.span.start);
}

/**
 * The steps that stored the files, in order: where they were written, and where a later layer stored them again.
 * A text says why they cannot be told or not be changed.
 */
export function storingSteps({ stage, step, files }: Late): readonly Step[] | string {
  const steps = new Set<Step>();
  // A folder that WORKDIR makes is no reason to look for a way around it.
  const filled = files.filter(({ stored }) => !isMadeByWorkdir(stored));
  for (const { stored } of filled.length === 0 ? files : filled) {
    for (const one of [stored.origin, stored.holder]) {
      if (one === undefined) return "the base image holds the files";
      if (one !== step) steps.add(one);
    }
  }
  const all = [...steps];
  if (all.length === 0) return "it is not known which step stored the files";
  const foreign = all.find((one) => one.stage !== stage.index);
  if (foreign !== undefined) return "another stage, which this one starts from, stored the files";
  if ([...all, step].some(({ triggered }) => triggered)) return "an ONBUILD instruction takes part";
  return all.toSorted((a, b) => a.index - b.index);
}

function isMadeByWorkdir({ origin, holder, size }: Stored): boolean {
  return origin?.instruction.keyword === "WORKDIR" && holder === origin && size.kind === "negligible";
}

/** The steps of a stage between two of its steps. */
export function stepsBetween(stage: Stage, from: Step, to: Step): readonly Step[] {
  return stage.steps.filter(({ index }) => index > from.index && index < to.index);
}

const lineIndex = once(({ text }: Dockerfile) => indexLines(text));

/** One-based line of an offset. */
export function lineOf({ dockerfile }: Model, offset: number): number {
  return lineIndex(dockerfile).position(offset).line;
}

/** "line 12", for messages. */
export function placeOf(model: Model, step: Step): string {
  return `line ${lineOf(model, step.instruction.span.start)}`;
}

/** The manual fix where another stage has to change. */
export function stageWords(stage: Stage): string {
  return `stage ${stageName(stage)}`;
}
