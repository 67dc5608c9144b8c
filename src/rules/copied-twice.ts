// A COPY or ADD writes what an earlier instruction wrote.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { fixCopiedTwice } from "../rewrite/own/copied-twice.ts";
import type { Claim } from "./claims/claim.ts";
import { mayBeAsBefore } from "./claims/copied.ts";
import { claimsFor } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "copied-twice").map((claim) =>
    tell(model, claim, words(claim), () => fixCopiedTwice(model, claim)),
  );
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  const unless = claim.files.every(mayBeAsBefore)
    ? ": stored again, unless BuildKit finds their times as before"
    : "";
  return {
    message: `copies ${nameFiles(claim)} over what an earlier layer stores already${unless}`,
    label: "copies these files again",
  };
}

export const copiedTwice: Rule = {
  id: "copied-twice",
  summary: "a COPY or ADD writes files that an earlier instruction has written already",
  why: `
A COPY stores the files that it brings, whether or not the same files are there already. A folder that is copied first
and then once more with everything else, or a second COPY of the same source, is in the image twice. BuildKit leaves a file out of
the second layer when its size, owner, mode and time are as before. The time is another one where the first COPY is from
the build cache and the second is not, as on a build machine with a fresh checkout. Other builders, and every change of
one of these in between, store the file again.

A small manifest that is copied early so that an installation stays in the build cache (\`COPY package.json .\` before
\`COPY . .\`) is wanted, and is not reported.
`,
  remedy: `
The fix drops the first COPY when the later one brings all of its files and no step in between uses them. Where a step
does, the later COPY leaves the files out with \`--exclude\`, if the file's syntax knows it (1.19, or 1.7-labs), or it
goes as a whole when it copies the very same. Nothing is dropped that a command in between may read.

It is safe when the final files, their owners and the folders' owners stay the same. A first COPY with \`--chown\` gives
the folders that it makes an owner, too, which the later one does not change: then the fix is unsafe and says so.
Leaving files out is unsafe as well, for a folder that is there keeps what the first COPY gave it.
`,
  examples: [
    {
      title: "the same folder, with a setting in between",
      bad: `FROM debian:bookworm-slim
COPY models /srv/models
ENV MODELS=/srv/models
COPY models /srv/models
CMD ["serve"]
`,
      good: `FROM debian:bookworm-slim
ENV MODELS=/srv/models
COPY models /srv/models
CMD ["serve"]
`,
    },
    {
      title: "a command uses the first copy",
      bad: `# syntax=docker/dockerfile:1
FROM debian:bookworm-slim
COPY models /srv/models
RUN sha256sum /srv/models/weights > /srv/sum
COPY models /srv/models
`,
      good: `# syntax=docker/dockerfile:1
FROM debian:bookworm-slim
COPY models /srv/models
RUN sha256sum /srv/models/weights > /srv/sum
`,
    },
  ],
  check,
};
