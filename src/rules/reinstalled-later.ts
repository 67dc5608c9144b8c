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
    tell(model, claim, words(claim), () => fixReinstalled(model, claim, claim.packages ?? [])),
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
  why: `
A package that is installed with another version, or again by force, replaces files that an earlier layer holds; the
earlier ones stay in the image. With a machine learning framework that is gigabytes.
`,
  remedy: `
Ask for the wanted version where the package is installed first. The fix does what can be shown to keep the result: it
merges the RUNs, with all RUNs between them and in their order, so that one layer holds only the last version. Where the
two stand in different stages, or something other than RUNs stands between them, it says what to change by hand.
`,
  examples: [
    {
      title: "a version forced one layer later",
      bad: `FROM python:3.12
RUN pip install --no-cache-dir torch==2.1.0
RUN pip install --no-cache-dir torch==2.2.0
`,
      good: `FROM python:3.12
RUN pip install --no-cache-dir torch==2.1.0 \\
    && pip install --no-cache-dir torch==2.2.0
`,
    },
  ],
  check,
};
