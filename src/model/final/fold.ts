// Walks the stages and folds what their steps do into the files that are there at the end.

import { volumePaths } from "../../dockerfile/plain.ts";
import { once } from "../../once.ts";
import type { Effect, WriteEffect } from "../effect.ts";
import { lineage, type Model, type Stage, type Step } from "../model.ts";
import { expandRendered } from "../variables.ts";
import { copyStep } from "./copy.ts";
import { madeFolder } from "./folders.ts";
import { hashOf } from "./hash.ts";
import { loginGroup, resolve } from "./owners.ts";
import { runStep } from "./run.ts";
import type { Scene } from "./scene.ts";
import { EMPTY, type State, signature } from "./state.ts";

export interface Fold {
  /** The files at the end of each stage. */
  readonly final: readonly State[];
}

export const foldStages = once((model: Model): Fold => {
  const final: State[] = [];
  const digests: string[] = [];
  for (const stage of model.stages) {
    const base = lineage(model, stage)[0]!;
    const scene: Scene = { model, base, stageOf: (index) => digests[index] ?? `stage ${index}` };
    const begin = stage.base.kind === "stage" ? final[stage.base.stage] : undefined;
    const end = stage.steps.reduce((state, step) => foldStep(scene, state, step), begin ?? EMPTY);
    final.push(end);
    digests.push(hashOf(imageOf(base), ...signature(end)));
  }
  return { final };
});

function imageOf({ base, from }: Stage): string {
  return base.kind === "image" ? (base.image ?? from.body.text) : base.kind;
}

function foldStep(scene: Scene, state: State, step: Step): State {
  switch (step.instruction.keyword) {
    case "RUN":
      return runStep(scene, state, step);
    case "COPY":
    case "ADD":
      return copyStep(scene, state, step);
    case "WORKDIR": {
      const owner = resolve(state, scene.base, "user", step.user);
      const group = owner === "0" ? "0" : loginGroup(state, scene.base, step.user);
      return step.effects
        .filter(isWrite)
        .reduce(
          (now, { targets }) =>
            targets.reduce((at, { path }) => madeFolder(scene, at, path, owner, group, "755"), now),
          state,
        );
    }
    case "VOLUME": {
      const paths = volumePaths(step.instruction).map(({ text }) =>
        expandRendered(text, step.scope, scene.model.dockerfile.escape),
      );
      return { ...state, volumes: [...state.volumes, ...paths].sort() };
    }
    default:
      return state;
  }
}

function isWrite(effect: Effect): effect is WriteEffect {
  return effect.kind === "write";
}
