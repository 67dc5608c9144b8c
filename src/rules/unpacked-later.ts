// An archive stored in one layer and unpacked, or installed, in another.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { fixUnpacked } from "../rewrite/late-fixes.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "unpacked-later").map((claim) =>
    tell(model, claim, words(claim), fixUnpacked(model, claim)),
  );
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  return {
    message: `unpacks ${nameFiles(claim)}, which an earlier layer keeps packed as well`,
    label: "unpacks what an earlier layer keeps packed",
  };
}

export const unpackedLater: Rule = {
  id: "unpacked-later",
  summary: "an archive is stored in one layer and unpacked or installed in another",
  why: "",
  remedy: "",
  examples: [],
  check,
};
