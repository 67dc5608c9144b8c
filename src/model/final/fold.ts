// Walks the stages and folds what their steps do into the files that are there at the end.

import { volumePaths } from "../../dockerfile/plain.ts";
import { once } from "../../once.ts";
import type { Effect, WriteEffect } from "../effect.ts";
import { lineage, type Model, type Stage, type Step } from "../model.ts";
import { expandRendered } from "../variables.ts";
import { copyStep } from "./copy.ts";
import { madeFolder } from "./folders.ts";
import { loginGroup, resolve } from "./owners.ts";
import { runStep } from "./run.ts";
import type { Scene } from "./scene.ts";
import { EMPTY, type State } from "./state.ts";

/** The files of a stage behind as many of its steps, folded as far as they are asked for. */
export type Fold = (stage: Stage, steps: number) => State;

/** The fold of a model by itself, in which a stage is known by its number. */
export const foldOf = once((model: Model): Fold => foldStages(model, stageByNumber));

export function stageByNumber(index: number): string {
  return `stage ${index}`;
}

/** `stageOf` names the files of an earlier stage; `known` answers where another fold has the state. */
export function foldStages(
  model: Model,
  stageOf: (index: number) => string,
  known?: (stage: Stage, steps: number) => State | undefined,
): Fold {
  const statesOf = once((_: Stage): State[] => []);
  const fold: Fold = (stage, steps) => {
    const states = statesOf(stage);
    const base = lineage(model, stage)[0]!;
    const scene: Scene = {
      model,
      base,
      stageOf: (index) => (index < stage.index ? stageOf(index) : stageByNumber(index)),
    };
    for (let at = states.length; at <= steps; at += 1) {
      const shared = known?.(stage, at);
      if (shared !== undefined) states.push(shared);
      else states.push(at === 0 ? begin(stage) : foldStep(scene, states[at - 1]!, stage.steps[at - 1]!));
    }
    return states[steps]!;
  };
  const begin = ({ base }: Stage): State => {
    const parent = base.kind === "stage" ? model.stages[base.stage] : undefined;
    return parent === undefined ? EMPTY : fold(parent, parent.steps.length);
  };
  return fold;
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
