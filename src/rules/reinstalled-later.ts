// A package installed in two layers.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { fixReinstalled } from "../rewrite/late-fixes.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { someOf, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "reinstalled-later").map((claim) =>
    tell(model, claim, words(claim), fixReinstalled(model, claim, claim.packages ?? [])),
  );
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  const packages = claim.packages ?? [];
  return {
    message: `installs ${someOf(packages)} again over what an earlier layer holds, which stays in the image`,
    label: "installs again what an earlier layer holds",
  };
}

export const reinstalledLater: Rule = {
  id: "reinstalled-later",
  summary: "the same package is installed in two layers, with another version or by force",
  why: "",
  remedy: "",
  examples: [],
  check,
};
