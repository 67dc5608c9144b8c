// Owner, mode or attributes changed in a later layer.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { type Claim, claimsFor } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "retouched-later").map((claim) => tell(model, claim, words(claim)));
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  const files = nameFiles(claim);
  return {
    message: `only metadata of ${files} changes here, yet this layer stores every file again`,
    label: "changes only metadata, yet stores every file again",
  };
}

export const retouchedLater: Rule = {
  id: "retouched-later",
  summary: "owner, mode or attributes are changed in a later layer: every touched file is stored again",
  why: "",
  remedy: "",
  examples: [],
  check,
};
