// Files edited or written anew in a later layer.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { fixRewritten } from "../rewrite/late-fixes.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "rewritten-later").map((claim) =>
    tell(model, claim, words(claim), fixRewritten(model, claim)),
  );
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  return {
    message: `writes ${nameFiles(claim)} again: this layer stores the whole files once more`,
    label: "stores the whole files again",
  };
}

export const rewrittenLater: Rule = {
  id: "rewritten-later",
  summary: "files are edited or written anew in a later layer: stored again whole",
  why: "",
  remedy: "",
  examples: [],
  check,
};
