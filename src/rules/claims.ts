// Who answers for which repeated bytes: every touch of the timeline goes to the one rule that says most about it.

import type { Model, Stage, Step } from "../model/model.ts";
import { type Stored, type Touch, timeline } from "../model/timeline.ts";
import { once } from "../once.ts";
import type { Claim, ClaimRule, Scene } from "./claims/claim.ts";
import { copiedAgain } from "./claims/copied.ts";
import { developmentPackages } from "./claims/development.ts";
import { movedFiles } from "./claims/moved.ts";
import { packageClaims } from "./claims/packages.ts";
import { removedFiles } from "./claims/removed.ts";
import { retouchedFiles } from "./claims/retouched.ts";
import { rewrittenFiles } from "./claims/rewritten.ts";
import { filesOfUnknownOrigin } from "./claims/unknown-origin.ts";
import { unpackedFiles } from "./claims/unpacked.ts";

/** The most telling first. */
const CLAIMANTS: readonly ((scene: Scene) => readonly Claim[])[] = [
  unpackedFiles,
  copiedAgain,
  packageClaims,
  developmentPackages,
  movedFiles,
  removedFiles,
  rewrittenFiles,
  retouchedFiles,
  filesOfUnknownOrigin,
];

/** All claims on the stages that ship, in the order of the file. */
export const claims = once((model: Model): readonly Claim[] =>
  model.stages
    .filter((stage) => stage.ships)
    .flatMap((stage) => stage.steps.flatMap((step) => claimsOf(model, stage, step))),
);

function claimsOf(model: Model, stage: Stage, step: Step): readonly Claim[] {
  if (step.effects.length === 0) return [];
  const all = touchesByStep(model).get(step) ?? [];
  const taken = new Set<Stored>();
  const out: Claim[] = [];
  for (const claimant of CLAIMANTS) {
    const touches = taken.size === 0 ? all : all.filter(({ stored }) => !taken.has(stored));
    for (const claim of claimant({ model, stage, step, touches })) {
      out.push(claim);
      for (const { stored } of claim.files) taken.add(stored);
    }
  }
  return out;
}

/** Touches that are more than possible, by step. */
const touchesByStep = once((model: Model): ReadonlyMap<Step, readonly Touch[]> => {
  const map = new Map<Step, Touch[]>();
  for (const touch of timeline(model).touches) {
    const list = map.get(touch.step);
    if (list === undefined) map.set(touch.step, [touch]);
    else list.push(touch);
  }
  return map;
});

/** The claims of one rule. */
export function claimsFor(model: Model, rule: ClaimRule): readonly Claim[] {
  return claims(model).filter((claim) => claim.rule === rule);
}
