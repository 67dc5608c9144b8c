// Downloads into package folders: where one happens along a stage's history, and of which version.
import type { WriteEffect } from "./effect.ts";
import { type Install, installsOf } from "./installs.ts";
import type { Artifact } from "./knowledge/schema.ts";
import { lineage, type Model, type Stage, type Step } from "./model.ts";

/** A download of an artifact. */
export interface Download {
  readonly artifact: Artifact;
  readonly stage: Stage;
  readonly step: Step;
  readonly effect: WriteEffect;
}

/** All downloads of artifacts in one stage (not in its ancestors), in order. */
export function downloadsIn(model: Model, stage: Stage): readonly Download[] {
  return stage.steps.flatMap((step) =>
    step.effects.flatMap((effect) => {
      if (effect.kind !== "write" || effect.artifact === undefined) return [];
      const artifact = model.knowledge.artifacts.find((entry) => entry.id === effect.artifact);
      return artifact === undefined ? [] : [{ artifact, stage, step, effect }];
    }),
  );
}

/** Whether `step` comes before an effect of `other` in a stage's history; in one step, by place in the text. */
export function isBefore(
  stage: Stage,
  model: Model,
  a: { readonly step: Step; readonly effect: { readonly span: { readonly start: number } } },
  b: { readonly step: Step; readonly effect: { readonly span: { readonly start: number } } },
): boolean {
  if (a.step === b.step)
    return a.step.effects.indexOf(a.effect as never) < b.step.effects.indexOf(b.effect as never);
  const order = lineage(model, stage).map((part) => part.index);
  const rank = (step: Step): number => order.indexOf(step.stage);
  return rank(a.step) < rank(b.step) || (rank(a.step) === rank(b.step) && a.step.index < b.step.index);
}

/** The installs of a stage's history that come before a download. */
export function installsBefore(model: Model, download: Download): readonly Install[] {
  return installsOf(model, download.stage).filter((install) =>
    isBefore(download.stage, model, install, download),
  );
}

/** Stages that start from `stage`, by any number of steps, that ship; the stage itself first. */
export function descendants(model: Model, stage: Stage): readonly Stage[] {
  return model.stages.filter(
    (other) => other === stage || (other.ships && lineage(model, other).includes(stage)),
  );
}

/** Names whose pinned version is the version of the artifact: its own package and those released with it. */
export function familyOf(artifact: Artifact): readonly string[] {
  return [artifact.of, ...artifact.releasedWith].filter((name) => name !== undefined);
}

/** The last pinned and known version of an artifact's family among some installs, and who pins it. */
export function familyVersion(
  artifact: Artifact,
  installs: readonly Install[],
): { readonly version: string; readonly install: Install } | undefined {
  const family = familyOf(artifact);
  for (let i = installs.length - 1; i >= 0; i -= 1) {
    const install = installs[i]!;
    for (const request of install.effect.packages) {
      if (request.name !== undefined && family.includes(request.name) && request.version !== undefined) {
        return { version: request.version, install };
      }
    }
  }
  return undefined;
}
