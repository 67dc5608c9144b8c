// Files deleted in a later layer than the one that stored them.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { fixRemoved } from "../rewrite/late-fixes.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, someOf, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "removed-later").map((claim) =>
    tell(model, claim, words(claim), fixRemoved(model, claim)),
  );
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  const { packages } = claim;
  const what = packages === undefined ? `deletes ${nameFiles(claim)}` : `removes ${someOf(packages)}`;
  return {
    message: `${what}, but an earlier layer keeps the files: nothing is reclaimed`,
    label: "frees nothing: an earlier layer keeps the files",
  };
}

export const removedLater: Rule = {
  id: "removed-later",
  summary: "files are deleted in a later layer: nothing is reclaimed",
  why: "",
  remedy: "",
  examples: [],
  check,
};
