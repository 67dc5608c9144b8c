// What a built image says of the findings on its Dockerfile: how many bytes each one really costs.

import type { Analysis } from "./analyze.ts";
import { stepsOfLayers } from "./evidence/steps-of-layers.ts";
import { Failure } from "./failure.ts";
import type { Finding } from "./finding.ts";
import type { MeasuredImage } from "./image/measured.ts";
import type { HiddenCopy } from "./image/waste.ts";
import type { Effect } from "./model/effect.ts";
import { lineage, type Model, type Stage, type Step } from "./model/model.ts";
import { meet, normalizePath, type Target } from "./model/path.ts";
import { changedTargets } from "./model/timeline.ts";
import { claims } from "./rules/claims.ts";
import { severityOfBytes } from "./rules/draft.ts";
import type { Span } from "./text.ts";

/** Waste of an image that no finding is about. */
export interface Unexplained {
  /** The layer that hides the bytes, counted from 0, base first. */
  readonly layer: number;
  /** The instruction that made it. */
  readonly instruction: Span;
  /** Bytes, of lower layers, that it hides. */
  readonly hides: number;
}

/** Sizes are bytes of file content. */
export interface Evidence {
  /** The findings, those whose layer was found with the bytes that the image wastes for them, and judged by that. */
  readonly findings: readonly Finding[];
  /** All that the image stores and does not show. */
  readonly waste: number;
  /** The part that lies within the base image: no line of this Dockerfile hides it. */
  readonly base: number;
  /** The part that the findings are about. */
  readonly explained: number;
  /** What is left, by the line that hides it, the largest first; less than the least size is left out. */
  readonly unexplained: readonly Unexplained[];
}

/** Throws a Failure when no layer of the image was made by a line of the file. */
export function withEvidence({ findings, model }: Analysis, image: MeasuredImage): Evidence {
  const { stage, layers } = builtStage(model, image);
  if (stage === undefined) throw new Failure(`${image.name} was not built from this Dockerfile`);
  const own = layers.findIndex((step) => step !== undefined);
  const base = image.baseLayers ?? own;
  const suspects = findings.map((finding) => suspectOf(model, stage, finding));
  const bytes = findings.map(() => 0);
  const left = new Map<number, number>();
  let [inBase, explained] = [0, 0];
  for (const { path, hidden } of image.waste.paths.unsorted()) {
    const target: Target = { path: normalizePath(path, "/") ?? path, extent: "exact" };
    for (const copy of hidden) {
      if (copy.hiddenBy < base) inBase += copy.size;
      else {
        const found = guilty(suspects, layers, copy, target);
        if (found < 0) left.set(copy.hiddenBy, (left.get(copy.hiddenBy) ?? 0) + copy.size);
        else {
          bytes[found]! += copy.size;
          explained += copy.size;
        }
      }
    }
  }
  const built = new Set(layers);
  return {
    findings: findings.map((finding, index) =>
      suspects[index] !== undefined && built.has(suspects[index].step)
        ? measuredAs(finding, bytes[index]!, model.minSize)
        : finding,
    ),
    waste: image.waste.waste,
    base: inBase,
    explained,
    unexplained: [...left]
      .flatMap(([layer, hides]) => {
        const step = layers[layer];
        return step === undefined || hides < model.minSize
          ? []
          : [{ layer, instruction: step.instruction.span, hides }];
      })
      .sort((a, b) => b.hides - a.hides || a.layer - b.layer),
  };
}

/** The target whose steps made most layers, and for each layer its step. */
function builtStage(
  model: Model,
  image: MeasuredImage,
): { readonly stage: Stage | undefined; readonly layers: readonly (Step | undefined)[] } {
  let best: { stage: Stage | undefined; layers: readonly (Step | undefined)[]; count: number } = {
    stage: undefined,
    layers: [],
    count: 0,
  };
  for (const stage of model.stages.filter(({ target }) => target)) {
    const steps = lineage(model, stage).flatMap((part) => part.steps);
    const layers = stepsOfLayers(model, steps, image.layers);
    const count = layers.filter((step) => step !== undefined).length;
    if (count > best.count) best = { stage, layers, count };
  }
  return best;
}

/** What a finding accuses: a step, and the paths that it changes. */
interface Suspect {
  readonly step: Step;
  readonly targets: readonly Target[];
  /** Packages are known by name: whatever else the step hides belongs to them. */
  readonly anything: boolean;
  /** It stores what a later step hides, rather than hiding what an earlier one stored. */
  readonly first: boolean;
}

function suspectOf(model: Model, stage: Stage, finding: Finding): Suspect | undefined {
  const claim = claims(model).find(
    (one) => one.rule === finding.rule && one.effects[0].span.start === finding.span.start,
  );
  const step = lineage(model, stage)
    .flatMap((part) => part.steps)
    .find(({ instruction }) => instruction.span.start === finding.instruction.start);
  if (step === undefined) return undefined;
  const effects: readonly Effect[] =
    claim?.effects ?? step.effects.filter(({ span }) => span.start === finding.span.start);
  return {
    step,
    targets: effects.flatMap((effect) => [
      ...changedTargets(effect),
      ...(effect.kind === "uninstall" ? effect.targets : []),
    ]),
    anything: effects.some(({ kind }) => /^(install|uninstall|upgrade)$/.test(kind)),
    first: finding.related.length > 0 && finding.related.every(({ span }) => span.start > finding.span.end),
  };
}

/** Which finding a hidden copy belongs to, or -1: one that names its path, else one on packages. */
function guilty(
  suspects: readonly (Suspect | undefined)[],
  layers: readonly (Step | undefined)[],
  copy: HiddenCopy,
  path: Target,
): number {
  const accused = (suspect: Suspect | undefined): suspect is Suspect =>
    suspect !== undefined && layers[suspect.first ? copy.layer : copy.hiddenBy] === suspect.step;
  const named = suspects.findIndex(
    (suspect) => accused(suspect) && suspect.targets.some((target) => meet(target, path) !== undefined),
  );
  return named >= 0 ? named : suspects.findIndex((suspect) => accused(suspect) && suspect.anything);
}

function measuredAs(finding: Finding, value: number, minSize: number): Finding {
  return {
    ...finding,
    bytes: { value, source: "image" },
    severity: severityOfBytes(value, minSize),
  };
}
