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
    tell(model, claim, words(claim), () => fixRewritten(model, claim)),
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
  why: `
Layers hold whole files. An edit of one byte (\`sed -i\`, \`>>\`, \`strip\`, a second installation over the first) stores the
file again, and the layer below keeps the old one.

\`cp -r\` into a folder adds to what is there. It is reported only where both are known to be the same files.
`,
  remedy: `
The change belongs into the RUN that writes the files: the fix moves it there, or merges the RUNs. Files that come from
COPY are best changed before the build; the fix lets the RUN copy them itself from a mount, which is unsafe because
\`cp -a\` sets owners and modes, not COPY.
`,
  examples: [
    {
      title: "a cloned repository edited one layer later",
      bad: `FROM debian:12
RUN git clone --depth 1 https://example.org/app.git /opt/app
RUN sed -i s/debug/release/ /opt/app/model.bin
`,
      good: `FROM debian:12
RUN git clone --depth 1 https://example.org/app.git /opt/app \\
    && sed -i s/debug/release/ /opt/app/model.bin
`,
    },
  ],
  check,
};
