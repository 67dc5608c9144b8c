// A COPY or ADD that a later RUN makes needless: its sources, their places, and whether anything else uses them.

import { type CopyParts, copyParts } from "../dockerfile/copy.ts";
import type { SourceWord } from "../dockerfile/syntax.ts";
import type { WriteEffect } from "../model/effect.ts";
import type { Model, Stage, Step } from "../model/model.ts";
import { hasGlobSegment, isBelow, meet } from "../model/path.ts";
import { timeline } from "../model/timeline.ts";
import { crossing, readsOf, wholeStep, writesOf } from "./crossing.ts";
import { needsFolderOf } from "./folders.ts";
import { placeOf, stepsBetween } from "./late.ts";
import { EXCLUDE, knows } from "./own/syntax-version.ts";

export { hasFolder } from "./folders.ts";

/** One source of a COPY and the path that it becomes. */
export interface CopiedSource {
  readonly word: SourceWord;
  readonly effect: WriteEffect;
  readonly path: string;
}

export interface Copied {
  readonly step: Step;
  readonly parts: CopyParts;
  readonly sources: readonly CopiedSource[];
}

/** A COPY whose sources and places are known; or why it is none. */
export function copiedBy(step: Step): Copied | string {
  const parts = copyParts(step.instruction);
  if (parts === undefined) return "it is no COPY";
  if (parts.heredocs.length > 0) return "the COPY writes a heredoc";
  if (parts.parents || parts.exclude.length > 0) return "the COPY has --parents or --exclude";
  const effects = step.effects.filter((effect): effect is WriteEffect => effect.kind === "write");
  if (effects.length !== parts.sources.length) return "the COPY could not be read";
  const sources: CopiedSource[] = [];
  for (const [index, effect] of effects.entries()) {
    const [target] = effect.targets;
    if (target === undefined || effect.targets.length > 1)
      return "it is not known where the COPY puts its files";
    sources.push({ word: parts.sources[index]!, effect, path: target.path });
  }
  return { step, parts, sources };
}

/** Doubts about, or the reason against, what a COPY writes being used between it and `to`. */
export function usesBetween(
  model: Model,
  stage: Stage,
  copy: Step,
  to: Step,
): { readonly doubts: readonly string[] } | string {
  const doubts: string[] = [];
  for (const other of stepsBetween(stage, copy, to)) {
    const found = crossing(model, wholeStep(copy), other);
    if (found.kind === "blocked") return found.why;
    if (needsFolderOf(model, copy, other, copy))
      return `${placeOf(model, other)} writes into the folder that the COPY makes`;
    if (found.kind === "doubt") doubts.push(found.why);
  }
  return { doubts: [...new Set(doubts)] };
}

/** Whether a step behind `from` touches or reads what lies at a path. */
export function usedBehind(stage: Stage, from: Step, path: string): boolean {
  return stage.steps.some(
    (step) =>
      step.index > from.index &&
      step.effects.some((effect) =>
        [...writesOf(effect), ...readsOf(effect)].some(
          (target) => meet(target, { path, extent: "tree" }) !== undefined && isBelow(target.path, path),
        ),
      ),
  );
}

/** Whether files of other steps lie at or below a path when the step begins. */
export function isShared(model: Model, step: Step, path: string, own: readonly Step[]): boolean {
  return (timeline(model).before.get(step) ?? []).some(
    ({ origin, target, effect }) =>
      origin !== undefined &&
      !own.includes(origin) &&
      isBelow(target.path, path) &&
      !(effect?.kind === "write" && effect.how === "create"),
  );
}

/** A source as a mount has it, and the folder for a glob; undefined when it cannot be mounted. */
export function mountSource(
  source: CopiedSource,
): { readonly source: string; readonly wide: boolean } | undefined {
  const { effect, word } = source;
  const { origin } = effect;
  if (effect.how === "unpack" || origin === undefined || origin.kind === "remote" || origin.kind === "inline")
    return undefined;
  let text = word.text.replace(/^(\.\/)+(?=.)/, "").replace(/(?<=.)\/+$/, "");
  if (/[\s,"'\\]/.test(text)) return undefined;
  let wide = false;
  if (hasGlobSegment(text)) {
    wide = true;
    text = text.replace(/(^|\/)[^/]*[*?[].*$/, "");
    if (hasGlobSegment(text)) return undefined;
  }
  return { source: text === "" ? "." : text, wide };
}

/** `--mount=type=bind,…` for a COPY's source at a path; undefined when BuildKit has no such mount. */
export function bindFlag({ parts }: Copied, source: string, target: string): string | undefined {
  const from = parts.from?.text;
  if (from !== undefined && /[$,\s]/.test(from)) return undefined;
  if (/[,\s"]/.test(target)) return undefined;
  const where = source === "." ? "" : `,source=${source}`;
  return `--mount=type=bind${from === undefined ? "" : `,from=${from}`}${where},target=${target}`;
}

/** Whether the file's syntax knows RUN --mount (docker/dockerfile 1.2 and later, and what is built in since). */
export function knowsMounts({ dockerfile }: Model): boolean {
  const syntax = dockerfile.directives.find(({ name }) => name === "syntax")?.value ?? "";
  return !/dockerfile:(1\.[01]|1\.0-experimental)(\D|$)/.test(syntax);
}

/** Whether the file asks for a syntax that knows COPY --exclude. */
export function knowsExclude({ dockerfile }: Model): boolean {
  return knows(dockerfile, EXCLUDE) === "yes";
}
