// Making several RUNs one, at the place of the first or of the last, with all that has to come along.

import { leadingComment } from "../dockerfile/layout.ts";
import type { Model, Stage, Step } from "../model/model.ts";
import { slice, type TextEdit } from "../text.ts";
import { type Crossing, crossing, wholeStep } from "./crossing.ts";
import { cutInstruction, joinCuts } from "./cut.ts";
import { hoist } from "./hoist.ts";
import { appendTo, type Insertion, joinParts, type Part, wholePart } from "./join.ts";
import { type Attempt, lineOf, placeOf, stepsBetween } from "./late.ts";
import { outline } from "./outline.ts";
import { uniteFlags } from "./run-flags.ts";
import { settingAt } from "./settings.ts";

/** More RUNs than this in one are no longer readable. */
const MAX_MERGED = 9;

export type Direction = "up" | "down";

/**
 * Merges RUNs of a stage at the place of the first ("up") or the last ("down"). With `grow`, RUNs between them that
 * might notice are merged, too; else they are doubts.
 */
export function mergeRuns(
  model: Model,
  stage: Stage,
  seeds: readonly Step[],
  direction: Direction,
  grow: boolean,
  insertion?: Insertion,
): Attempt {
  if (seeds.some((step) => step.instruction.keyword !== "RUN")) return "not only RUNs stored the files";
  const chosen = choose(model, stage, seeds, direction, grow);
  if (typeof chosen === "string") return chosen;
  const { merged } = chosen;
  const place = direction === "up" ? merged[0]! : merged.at(-1)!;
  const moved = merged.filter((step) => step !== place);
  const settings = movedSettings(model, stage, moved, place);
  if (typeof settings === "string") return settings;
  const flags = uniteFlags(model, place, moved);
  if (typeof flags === "string") return flags;
  const script =
    direction === "up" ? mergeUp(model, place, moved, insertion) : mergeDown(model, place, moved, insertion);
  if (typeof script === "string") return script;
  const edits = joinCuts(model.dockerfile, [
    ...script.edits,
    ...flags.edits,
    ...settings.edits,
    ...moved.flatMap((step) => cutInstruction(model.dockerfile, step.instruction)),
  ]);
  const lines = moved.map((step) => lineOf(model, step.instruction.span.start));
  return {
    title: `merge ${lines.length === 1 ? `line ${lines[0]}` : `lines ${lines.join(", ")}`} into the RUN of line ${lineOf(model, place.instruction.span.start)}`,
    edits,
    doubts: [...chosen.doubts, ...settings.doubts, ...flags.doubts, ...script.doubts],
    cost: merged.length,
  };
}

/** The RUNs to merge, and what may go wrong with those that are left where they are. */
function choose(
  model: Model,
  stage: Stage,
  seeds: readonly Step[],
  direction: Direction,
  grow: boolean,
): { readonly merged: readonly Step[]; readonly doubts: readonly string[] } | string {
  const merged = new Set(seeds);
  for (;;) {
    const sorted = [...merged].toSorted((a, b) => a.index - b.index);
    const place = direction === "up" ? sorted[0]! : sorted.at(-1)!;
    const doubts: string[] = [];
    let added = false;
    for (const step of sorted) {
      const others = direction === "up" ? stepsBetween(stage, place, step) : stepsBetween(stage, step, place);
      for (const other of others) {
        if (merged.has(other)) continue;
        const found = crossBoth(model, step, other, direction);
        if (found.kind === "free") continue;
        if (grow && other.instruction.keyword === "RUN" && !other.triggered) {
          merged.add(other);
          added = true;
        } else if (found.kind === "blocked") return found.why;
        else doubts.push(found.why);
      }
    }
    if (merged.size > MAX_MERGED) return `${merged.size} RUNs would have to become one`;
    if (!added) return { merged: sorted, doubts: [...new Set(doubts)] };
  }
}

/** Asked anew in every direction, and for every RUN that joins. */
const crossed = new WeakMap<Step, Map<Step, Crossing>>();

/** What is not understood and moves up before files that are copied is likely to need them. */
function crossBoth(model: Model, step: Step, other: Step, direction: Direction): Crossing {
  const known = crossed.get(step) ?? new Map<Step, Crossing>();
  crossed.set(step, known);
  const found = known.get(other) ?? crossing(model, wholeStep(step), other);
  known.set(other, found);
  const copies = /^(COPY|ADD)$/.test(other.instruction.keyword);
  return found.kind === "doubt" && direction === "up" && copies && !step.complete
    ? { kind: "blocked", why: `${placeOf(model, other)} copies files that it may need` }
    : found;
}

interface Settings {
  readonly edits: readonly TextEdit[];
  readonly doubts: readonly string[];
}

/** What each moved RUN finds at the new place; ENV and ARG that it needs move up with it where nothing minds. */
function movedSettings(model: Model, stage: Stage, moved: readonly Step[], place: Step): Settings | string {
  const doubts: string[] = [];
  const lifted = new Map<Step, readonly TextEdit[]>();
  for (const step of moved) {
    const text = slice(model.dockerfile.text, step.instruction.span);
    const found = settingAt(model, stage, step, place, step.script?.commands ?? [], text);
    if (found.kind === "same") continue;
    if (found.kind === "doubt") doubts.push(found.why);
    else if (found.variable === undefined || step.index < place.index) return found.why;
    else {
      const up = hoist(model, stage, place, step, text);
      if (up === undefined) return found.why;
      for (const [one, edits] of up) lifted.set(one, edits);
    }
  }
  return { edits: [...lifted.values()].flat(), doubts: [...new Set(doubts)] };
}

interface Script {
  readonly edits: readonly TextEdit[];
  readonly doubts: readonly string[];
}

function partsOf(
  model: Model,
  steps: readonly Step[],
  insertion: Insertion | undefined,
): readonly Part[] | string {
  const parts: Part[] = [];
  for (const step of steps) {
    const part = wholePart(model, step, insertion);
    if (typeof part === "string") return part;
    parts.push(part);
  }
  return parts;
}

function mergeUp(
  model: Model,
  place: Step,
  moved: readonly Step[],
  insertion: Insertion | undefined,
): Script | string {
  const parts = partsOf(model, moved, insertion);
  return typeof parts === "string" ? parts : appendTo(model, place, parts);
}

/** The earlier scripts come before the one of the last RUN, whose comment comes between. */
function mergeDown(
  model: Model,
  place: Step,
  moved: readonly Step[],
  insertion: Insertion | undefined,
): Script | string {
  const parts = partsOf(model, [...moved, place], insertion);
  if (typeof parts === "string") return parts;
  const shape = outline(model, place);
  if (typeof shape === "string") return shape;
  const [first] = parts;
  const joined = joinParts(
    model,
    parts,
    parts.map(({ text }) => text),
  );
  if (typeof joined === "string") return joined;
  const { dockerfile } = model;
  const { instruction } = place;
  const above = leadingComment(dockerfile, instruction);
  const start = above?.start ?? instruction.span.start;
  const indent = slice(dockerfile.text, {
    start: dockerfile.text.lastIndexOf("\n", instruction.span.start - 1) + 1,
    end: instruction.span.start,
  });
  const newline = dockerfile.text.includes("\r\n") ? "\r\n" : "\n";
  const head =
    first!.comments.map((comment) => comment + newline).join("") + (above === undefined ? "" : indent);
  const scriptStart = instruction.flags.at(-1)?.span.end ?? instruction.keywordSpan.end;
  return {
    edits: [
      { span: { start, end: instruction.span.start }, text: head },
      { span: { start: scriptStart, end: shape.tail.end }, text: ` ${joined.text}` },
    ],
    doubts: joined.doubts,
  };
}

/** All ways to merge RUNs: as few as possible, and with the ones between them. */
export function mergeAttempts(
  model: Model,
  stage: Stage,
  seeds: readonly Step[],
  insertion?: Insertion,
): readonly (() => Attempt)[] {
  return (["up", "down"] as const).flatMap((direction) =>
    [false, true].map((grow) => () => mergeRuns(model, stage, seeds, direction, grow, insertion)),
  );
}
