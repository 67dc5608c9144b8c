// Owner, mode or attributes changed in a later layer.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { fixRetouched } from "../rewrite/own/fixes.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import { listOf } from "./draft.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "retouched-later").map((claim) =>
    tell(model, claim, words(claim), fixRetouched(model, claim)),
  );
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  const changed = changedOf(claim);
  return {
    message: `changes only the ${changed} of ${nameFiles(claim)}, yet this layer stores every file again`,
    label: `changes only the ${changed}, yet stores every file again`,
  };
}

/** "owner and mode". */
function changedOf({ effects }: Claim): string {
  const changes = effects.flatMap((effect) => (effect.kind === "retouch" ? [effect.change] : []));
  const names = [
    changes.some(({ owner }) => owner !== undefined) ? "owner" : undefined,
    changes.some(({ owner, group }) => owner === undefined && group !== undefined) ? "group" : undefined,
    changes.some(({ mode }) => mode !== undefined) ? "mode" : undefined,
    ...changes.map(({ attributes }) => attributes),
  ].filter((name) => name !== undefined);
  return names.length === 0 ? "metadata" : listOf([...new Set(names)]);
}

export const retouchedLater: Rule = {
  id: "retouched-later",
  summary: "owner, mode or attributes are changed in a later layer: every touched file is stored again",
  why: "",
  remedy: "",
  examples: [],
  check,
};
