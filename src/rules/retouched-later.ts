// Owner, mode or attributes changed in a later layer.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { fixRetouched } from "../rewrite/own/fixes.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import { listOf } from "./draft.ts";
import type { Rule } from "./rule.ts";
import { nameFiles, tell } from "./tell.ts";

function check(model: Model): readonly Finding[] {
  return claimsFor(model, "retouched-later").map((claim) =>
    tell(model, claim, words(claim), () => fixRetouched(model, claim)),
  );
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  const changed = changedOf(claim);
  return {
    message: `changes only the ${changed} of ${nameFiles(claim)}, yet this layer stores every file again`,
    label: `changes only the ${changed}, yet stores every file again`,
  };
}

/** "owner and mode". */
function changedOf({ effects }: Claim): string {
  const changes = effects.flatMap((effect) => (effect.kind === "retouch" ? [effect.change] : []));
  const names = [
    changes.some(({ owner }) => owner !== undefined) ? "owner" : undefined,
    changes.some(({ owner, group }) => owner === undefined && group !== undefined) ? "group" : undefined,
    changes.some(({ mode }) => mode !== undefined) ? "mode" : undefined,
    ...changes.map(({ attributes }) => attributes),
  ].filter((name) => name !== undefined);
  return names.length === 0 ? "metadata" : listOf([...new Set(names)]);
}

export const retouchedLater: Rule = {
  id: "retouched-later",
  summary: "owner, mode or attributes are changed in a later layer: every touched file is stored again",
  why: `
A layer holds whole files. \`chown\`, \`chgrp\`, \`chmod\`, \`setcap\` and \`touch\` change a few bytes of what a file is known
by, yet the layer in which they run stores the file again, and the layer below keeps the first copy. \`chown -R /app\`
behind \`COPY . /app\` doubles the application.

A folder's own entry weighs nothing: a change without \`-R\` of a folder is not reported.
`,
  remedy: `
Where COPY or ADD wrote the files, the fix gives it \`--chown\` and \`--chmod\`. The commands that make the user and the
group move above the first such COPY, for BuildKit takes a name that it does not find for uid 0. Where a RUN wrote them,
the command moves to the end of that RUN. Both happen at once when both wrote some. Everything else in the late RUN
stays, and so does what a flag cannot do:

- a folder that was there before (WORKDIR, \`mkdir\`) keeps its owner, so a \`chown\` of that folder alone is left;
- \`chown user\` leaves the group alone, and \`--chown=user\` does not: the flag becomes \`user:0\`;
- symbolic modes need Dockerfile syntax 1.14, and spare the folders that COPY makes, so a \`chmod\` of these is left;
- \`COPY --link\` knows no names: numbers are used where the file tells them.

It is safe when the model shows the same owners and modes for every file. It is unsafe, with the reason, when a step in
between may look at them, when the base image may have the folder, when a file that another stage made may have a setuid
bit (which \`chown\` takes away and COPY keeps), or when a package may be what makes the user. It is left to you when only a
part of what is copied is concerned, when the base image holds the files, and for capabilities.
`,
  examples: [
    {
      title: "the user is made in the same RUN",
      bad: `FROM debian:bookworm-slim
WORKDIR /srv
COPY app /srv/app
# Do not run as root
RUN groupadd --system app \\
    && useradd --system --gid app app \\
    && chown -R app:app /srv/app
USER app
`,
      good: `FROM debian:bookworm-slim
WORKDIR /srv
# Do not run as root
RUN groupadd --system app \\
    && useradd --system --gid app app
COPY --chown=app:app app /srv/app
USER app
`,
    },
    {
      title: "the folder was there, and root keeps the group",
      bad: `FROM busybox:1.36
WORKDIR /data
COPY data .
RUN chown -R www-data /data && echo ready > /etc/state
`,
      good: `FROM busybox:1.36
WORKDIR /data
COPY --chown=www-data:0 data .
RUN chown www-data /data && echo ready > /etc/state
`,
    },
    {
      title: "a RUN wrote the files",
      bad: `FROM debian:bookworm-slim
RUN git clone https://example.com/tool.git /opt/tool
ENV TOOL=/opt/tool
RUN chmod -R 750 /opt/tool
`,
      good: `FROM debian:bookworm-slim
RUN git clone https://example.com/tool.git /opt/tool \\
    && chmod -R 750 /opt/tool
ENV TOOL=/opt/tool
`,
    },
  ],
  check,
};
