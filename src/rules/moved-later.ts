// Files moved in a later layer than the one that stored them.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { fixMoved } from "../rewrite/late-fixes.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "moved-later").map((claim) =>
    tell(model, claim, words(claim), fixMoved(model, claim)),
  );
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  return {
    message: `moves ${nameFiles(claim)}: the layer that stored it at the old path keeps it, and this one stores it again`,
    label: "stores the files again at their new path",
  };
}

export const movedLater: Rule = {
  id: "moved-later",
  summary: "files are moved or renamed in a later layer: stored at both places",
  why: "",
  remedy: "",
  examples: [],
  check,
};
