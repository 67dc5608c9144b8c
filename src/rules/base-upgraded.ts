// Packages of the base image upgraded or replaced wholesale.

import type { Finding, Severity } from "../finding.ts";
import type { Effect } from "../model/effect.ts";
import { lineage, type Model, type Stage, type Step } from "../model/model.ts";
import { fixUpgraded } from "../rewrite/late-fixes.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import { makeFinding } from "./draft.ts";
import type { Rule } from "./rule.ts";

const id = "base-upgraded";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, id).map((claim) => report(model, claim));
}

function report(model: Model, claim: Claim): Finding {
  const [first] = claim.effects;
  const reason = grows(model, claim.stage, claim.step);
  const severity: Severity = reason === undefined ? "info" : "warning";
  return makeFinding(id, model, {
    stage: claim.stage,
    step: claim.step,
    span: first.span,
    confidence: claim.confidence,
    message: `packages of the base image are upgraded: their old files stay in its layers, the new ones are stored here${reason === undefined ? "" : `, and there are many: ${reason}`}`,
    label: "stores every upgraded package a second time",
    related: [
      { message: "the base image holds the old files", span: lineage(model, claim.stage)[0]!.from.span },
    ],
    size: { kind: "unknown" },
    severity,
    fix: fixUpgraded(model, claim.step, imageOf(model, claim.stage)),
  });
}

/**
 * Why there is much to upgrade. A base image whose tag moves is rebuilt with its newest packages, so that a plain
 * upgrade finds little; one that is pinned by digest or date grows old, and a repository added before brings other
 * versions of what it holds.
 */
function grows(model: Model, stage: Stage, step: Step): string | undefined {
  const image = imageOf(model, stage);
  if (/@sha256:|[-:.]20\d{6}\b/.test(image)) return "the base image is pinned and grows old";
  const before = lineage(model, stage).flatMap((part) =>
    part === stage ? part.steps.filter((other) => other.index <= step.index) : part.steps,
  );
  const added = before.some((other) => other.effects.some((effect) => addsRepository(effect)));
  return added ? "a repository added before has other versions of them" : undefined;
}

function imageOf(model: Model, stage: Stage): string {
  const { base } = lineage(model, stage)[0]!;
  return base.kind === "image" ? (base.image ?? "") : "";
}

const REPOSITORY =
  /^\/etc\/(apt\/sources\.list(\.d(\/.*)?)?|yum\.repos\.d(\/.*)?|zypp\/repos\.d(\/.*)?|apk\/repositories)$/;

function addsRepository(effect: Effect): boolean {
  if (effect.kind !== "write" && effect.kind !== "edit") return false;
  return effect.targets.some(({ path }) => REPOSITORY.test(path));
}

export const baseUpgraded: Rule = {
  id,
  summary: "packages of the base image are upgraded wholesale: stored again in the new layer",
  why: "",
  remedy: "",
  examples: [],
  check,
};
