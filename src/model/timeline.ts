// The one question: which earlier layer wrote what a later effect overwrites, retouches, removes or moves?
import type { Effect, InstallEffect, MoveEffect, Size, WriteEffect } from "./effect.ts";
import type { Model, Stage, Step } from "./model.ts";
import { isLiteral, type Meeting, meet, type Target } from "./path.ts";

/** Files that are in the image at some point, and the layer that holds their newest copy. */
export interface Stored {
  /** What wrote them first; undefined for files of the base image. */
  readonly effect: WriteEffect | InstallEffect | MoveEffect | undefined;
  /** The step that wrote them first. */
  readonly origin: Step | undefined;
  /** The step whose layer holds them now. */
  readonly holder: Step | undefined;
  readonly target: Target;
  readonly size: Size;
  readonly what?: string;
}

/** A later effect meets files that another layer holds. */
export interface Touch {
  readonly stage: Stage;
  readonly step: Step;
  readonly effect: Effect;
  /** The part of the effect that meets them. */
  readonly target: Target;
  readonly stored: Stored;
  readonly meeting: Meeting;
}

/** What a stage begins and ends with, and all touches in it. */
export interface Timeline {
  readonly touches: readonly Touch[];
  /** Files in the image at the end of each stage. */
  readonly final: readonly (readonly Stored[])[];
}

/** Walks every stage from its base's end to its own; a parent's touches are not repeated for its children. */
export function timeline(model: Model): Timeline {
  const touches: Touch[] = [];
  const final: (readonly Stored[])[] = [];
  for (const stage of model.stages) {
    const begin = stage.base.kind === "stage" ? (final[stage.base.stage] ?? []) : baseContents(stage);
    let stored: readonly Stored[] = begin;
    for (const step of stage.steps) {
      for (const effect of step.effects) {
        const found = touchesOf(stage, step, effect, stored);
        touches.push(...found);
        stored = applyEffect(step, effect, stored, found);
      }
    }
    final.push(stored);
  }
  return { touches, final };
}

function baseContents(stage: Stage): readonly Stored[] {
  return (stage.baseImage.contents ?? []).map((content) => ({
    effect: undefined,
    origin: undefined,
    holder: undefined,
    target: content.target,
    size: content.size,
    what: content.what,
  }));
}

/** The paths that an effect changes; for an install, nothing: packages are compared by name. */
export function changedTargets(effect: Effect): readonly Target[] {
  switch (effect.kind) {
    case "write":
      return effect.keeps === true ? [] : effect.targets;
    case "edit":
    case "retouch":
    case "remove":
      return effect.targets;
    case "move":
      return effect.from;
    default:
      return [];
  }
}

function touchesOf(stage: Stage, step: Step, effect: Effect, stored: readonly Stored[]): Touch[] {
  const found: Touch[] = [];
  for (const target of changedTargets(effect)) {
    for (const files of stored) {
      if (files.holder === step) continue;
      if (effect.kind === "write" && files.target.extent !== "exact" && target.extent === "tree") {
        // A copy of a tree over a tree replaces what both have, which the rule must find out.
      }
      const meeting = meet(target, files.target);
      if (meeting !== undefined) found.push({ stage, step, effect, target, stored: files, meeting });
    }
  }
  return found;
}

/** The files after an effect. What only may happen leaves the files as they were, besides what it adds. */
function applyEffect(
  step: Step,
  effect: Effect,
  stored: readonly Stored[],
  touches: readonly Touch[],
): readonly Stored[] {
  const sure = effect.runs === "always";
  switch (effect.kind) {
    case "write":
      return [...withoutCovered(stored, effect, sure), ...added(step, effect, effect.targets, effect.size)];
    case "install":
      return [...stored, ...added(step, effect, effect.targets, effect.size)];
    case "remove":
      return sure ? removed(stored, effect.targets) : stored;
    case "move": {
      const size = touches.length === 1 ? touches[0]!.stored.size : ({ kind: "unknown" } as const);
      const rest = sure ? removed(stored, effect.from) : stored;
      return [...rest, { effect, origin: step, holder: step, target: effect.to, size }];
    }
    case "retouch":
    case "edit":
      return sure ? held(step, stored, touches) : stored;
    default:
      return stored;
  }
}

function added(
  step: Step,
  effect: WriteEffect | InstallEffect,
  targets: readonly Target[],
  size: Size,
): Stored[] {
  const what = effect.kind === "write" ? effect.what : undefined;
  return targets.map((target, index) => ({
    effect,
    origin: step,
    holder: step,
    target,
    // One size for all targets: the first carries it, so that sums stay right.
    size: index === 0 || size.kind !== "bytes" ? size : { ...size, value: 0 },
    ...(what === undefined ? {} : { what }),
  }));
}

/** A file written anew takes the place of the old one; a tree written over a tree only adds to it. */
function withoutCovered(stored: readonly Stored[], effect: WriteEffect, sure: boolean): readonly Stored[] {
  if (!sure || effect.keeps === true) return stored;
  return stored.filter(
    (files) =>
      !effect.targets.some(
        (target) =>
          isLiteral(target.path) && target.path === files.target.path && files.target.extent === "exact",
      ),
  );
}

function removed(stored: readonly Stored[], targets: readonly Target[]): readonly Stored[] {
  const out: Stored[] = [];
  for (const files of stored) {
    const meetings = targets.map((target) => ({ target, meeting: meet(target, files.target) }));
    if (meetings.some(({ meeting }) => meeting?.certainty === "certain" && meeting.relation === "covers"))
      continue;
    const inside = meetings.filter(
      ({ target, meeting }) =>
        meeting?.relation === "inside" && target.extent !== "some" && isLiteral(target.path),
    );
    if (inside.length === 0) out.push(files);
    else {
      const except = [...(files.target.except ?? []), ...inside.map(({ target }) => target.path)];
      out.push({ ...files, target: { ...files.target, except } });
    }
  }
  return out;
}

/** Files changed in place are now held by this step's layer. */
function held(step: Step, stored: readonly Stored[], touches: readonly Touch[]): readonly Stored[] {
  const touched = new Map<Stored, Touch[]>();
  for (const touch of touches) {
    const list = touched.get(touch.stored) ?? [];
    list.push(touch);
    touched.set(touch.stored, list);
  }
  return stored.flatMap((files): readonly Stored[] => {
    const list = touched.get(files);
    if (list === undefined) return [files];
    if (list.some(({ effect }) => effect.kind === "retouch" && narrow(effect.only))) return [files];
    if (list.some(({ meeting }) => meeting.certainty === "certain" && meeting.relation === "covers")) {
      return [{ ...files, holder: step }];
    }
    const parts = list.filter(
      ({ meeting, target }) => meeting.relation === "inside" && isLiteral(target.path),
    );
    return [
      files,
      ...parts.map(({ target }) => ({ ...files, holder: step, target, size: { kind: "unknown" } as const })),
    ];
  });
}

/** Directories and links weigh nothing. */
function narrow(only: string | undefined): boolean {
  return only === "directories" || only === "links" || only === "differing";
}
