// Packages of the base image upgraded or replaced wholesale.

import type { Finding, Severity } from "../finding.ts";
import type { Effect } from "../model/effect.ts";
import { isPlainSystem, lineage, type Model, type Stage, type Step } from "../model/model.ts";
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
    fix: () => fixUpgraded(model, claim.step, imageOf(model, claim.stage)),
  });
}

/**
 * Why there is much to upgrade. A base image whose tag moves is rebuilt with its newest packages, so that a plain
 * upgrade finds little; one that is pinned by digest or date grows old, and another list of repositories brings other
 * versions of what it holds.
 */
function grows(model: Model, stage: Stage, step: Step): string | undefined {
  const image = imageOf(model, stage);
  // All of Alpine has less than 10 MB.
  if (lineage(model, stage)[0]!.baseImage.family === "alpine" && isPlainSystem(lineage(model, stage)[0]!))
    return undefined;
  if (/@sha256:|[-:.]20\d{6}\b/.test(image)) return "the base image is pinned and grows old";
  const before = lineage(model, stage).flatMap((part) =>
    part === stage ? part.steps.filter((other) => other.index < step.index) : part.steps,
  );
  const upgrade = step.effects.findIndex(({ kind }) => kind === "upgrade");
  const effects = [...before.flatMap((other) => other.effects), ...step.effects.slice(0, upgrade)];
  // The makers of an image with large things have newer ones in their repository.
  const large = (lineage(model, stage)[0]!.baseImage.contents ?? []).length > 0;
  const expression = large ? ANY_REPOSITORY : REPOSITORY;
  return effects.some((effect) => addsRepository(effect, expression))
    ? "a repository added before has other versions of them"
    : undefined;
}

function imageOf(model: Model, stage: Stage): string {
  const { base } = lineage(model, stage)[0]!;
  return base.kind === "image" ? (base.image ?? "") : "";
}

/** What is named beside the system's own repositories holds other packages, as a rule. */
const REPOSITORY =
  /^\/etc\/(apt\/sources\.list\.d\/[^/]*(backports|testing|unstable|sid|proposed|experimental)[^/]*|apk\/repositories)$/;

const ANY_REPOSITORY = /^\/etc\/(apt\/sources\.list|yum\.repos\.d|zypp\/repos\.d|apk\/repositories)/;

function addsRepository(effect: Effect, expression: RegExp): boolean {
  // An edit in place puts another address or key there, seldom another repository.
  if (effect.kind !== "write" && !(effect.kind === "edit" && effect.verb === "appends to")) return false;
  return effect.targets.some(({ path }) => expression.test(path));
}

export const baseUpgraded: Rule = {
  id,
  summary: "packages of the base image are upgraded wholesale: stored again in the new layer",
  why: `
An upgrade of all packages (\`apt-get upgrade\`, \`apk upgrade\`, \`dnf update\`) stores new versions of files that the base
image holds; the old ones stay in its layers. It is reported when there is reason to expect many: the base image is
pinned by digest or date, or a repository was added before. All of a plain Alpine has less than 10 MB, so that its
upgrade is an info.
`,
  remedy: `
Build on a newer base image: official images are rebuilt with their newest packages, and \`docker build --pull\` fetches
them. No instruction of the Dockerfile can take bytes out of the base image, so the fix is always manual.
`,
  examples: [
    {
      title: "an upgrade over a pinned image",
      bad: `FROM debian:bookworm-20240110
RUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*
`,
      good: `FROM debian:bookworm-20240701
`,
    },
  ],
  check,
};
