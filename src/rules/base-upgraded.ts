// Packages of the base image upgraded or replaced wholesale.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { type Claim, claimsFor } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "base-upgraded").map((claim) => tell(model, claim, words(claim)));
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  const files = nameFiles(claim);
  void files;
  return {
    message:
      "packages of the base image are upgraded: their old files stay in its layers, the new ones are stored here",
    label: "stores every upgraded package a second time",
  };
}

export const baseUpgraded: Rule = {
  id: "base-upgraded",
  summary: "packages of the base image are upgraded wholesale: stored again in the new layer",
  why: "",
  remedy: "",
  examples: [],
  check,
};
