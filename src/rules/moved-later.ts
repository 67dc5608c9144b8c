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
    tell(model, claim, words(claim), () => fixMoved(model, claim)),
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
  why: `
A move across layers is a copy: the layer that stored the files keeps them, and the one that moves them stores them
again at their new path.
`,
  remedy: `
Files that come from COPY or ADD are copied to their final path at once; the \`mv\` goes. Files that a RUN writes are
moved in that RUN.

It is safe when nothing between the two places reads or writes either path. A move of a part of what is copied, or by a
pattern, cannot be said with COPY: then the RUN copies the files itself from a mount, which is unsafe because \`cp -a\`
sets owners and modes, not COPY.
`,
  examples: [
    {
      title: "a program renamed after it was copied",
      bad: `FROM alpine:3.20
COPY bin/server-linux-amd64 /usr/local/bin/server-linux-amd64
RUN mv /usr/local/bin/server-linux-amd64 /usr/local/bin/server.bin
`,
      good: `FROM alpine:3.20
COPY bin/server-linux-amd64 /usr/local/bin/server.bin
`,
    },
    {
      title: "a download moved by the next RUN",
      bad: `FROM debian:12
RUN curl -fsSLo /tmp/tool https://example.org/tool
RUN mv /tmp/tool /usr/local/bin/tool
`,
      good: `FROM debian:12
RUN curl -fsSLo /tmp/tool https://example.org/tool \\
    && mv /tmp/tool /usr/local/bin/tool
`,
    },
  ],
  check,
};
