// A COPY or ADD writes what an earlier instruction wrote.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "copied-twice").map((claim) => tell(model, claim, words(claim)));
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  return {
    message: `copies ${nameFiles(claim)} over what an earlier layer stores already`,
    label: "copies these files again",
  };
}

export const copiedTwice: Rule = {
  id: "copied-twice",
  summary: "a COPY or ADD writes files that an earlier instruction has written already",
  why: "",
  remedy: "",
  examples: [],
  check,
};
