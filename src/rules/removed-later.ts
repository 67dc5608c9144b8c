// Files deleted in a later layer than the one that stored them.

import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";
import { fixRemoved, removeBrought } from "../rewrite/late-fixes.ts";
import type { Claim } from "./claims/claim.ts";
import { claimsFor } from "./claims.ts";
import type { Rule, Wishes } from "./rule.ts";
import { nameFiles, someOf, tell } from "./tell.ts";

function check(model: Model, { cacheMounts = false }: Wishes): readonly Finding[] {
  return claimsFor(model, "removed-later").map((claim) =>
    tell(model, claim, words(claim), () =>
      claim.sparesBrought === true ? removeBrought(model, claim) : fixRemoved(model, claim, cacheMounts),
    ),
  );
}

function words(claim: Claim): { readonly message: string; readonly label: string } {
  const { packages } = claim;
  if (packages !== undefined && claim.sparesBrought === true) {
    return {
      message: `removes ${someOf(packages)}, but not what ${packages.length === 1 ? "it" : "they"} brought: nothing is reclaimed`,
      label: "leaves what it brought in the image",
    };
  }
  const what = packages === undefined ? `deletes ${nameFiles(claim)}` : `removes ${someOf(packages)}`;
  return {
    message: `${what}, but an earlier layer keeps the files: nothing is reclaimed`,
    label: "frees nothing: an earlier layer keeps the files",
  };
}

export const removedLater: Rule = {
  id: "removed-later",
  summary: "files are deleted in a later layer: nothing is reclaimed",
  why: `
A layer only adds. When a later layer deletes a file, it stores a mark that hides the file (a whiteout), and the layer
that holds the bytes stays in the image: nothing is reclaimed, and everybody who pulls the image downloads them.

The same is true of packages that are purged after they were used, of caches that are emptied in a RUN of their own,
and of files that are copied, used once, and removed. \`apt-get purge\` of a package that only brings others, such as
build-essential, removes next to nothing without \`--auto-remove\`: that is an info.
`,
  remedy: `
What a RUN leaves behind has to go in that very RUN. The fix moves the command to the end of the RUN that wrote the
files, or of each of them when several did, or merges the RUNs where something between needs the files. What is copied
only for one RUN is mounted there instead (\`RUN --mount=type=bind\`), and what is copied with a folder but not wanted is
left out (\`COPY --exclude\`, where the file asks for a syntax that has it). With \`--cache-mounts\` a package manager's
cache goes into a cache mount instead (\`RUN --mount=type=cache\`), and its removal goes.

It is safe when the model shows that nothing between reads or writes the files, and that the command means the same at
its new place: user, folder, shell and variables. When a command that nobody knows stands between, it is unsafe.
`,
  examples: [
    {
      title: "package lists removed one layer later",
      bad: `FROM debian:12
RUN apt-get update && apt-get install -y gcc
RUN rm -rf /var/lib/apt/lists/*
`,
      good: `FROM debian:12
RUN apt-get update && apt-get install -y gcc \\
    && rm -rf /var/lib/apt/lists/*
`,
    },
    {
      title: "a file that is copied for one command",
      bad: `FROM debian:12
COPY driver.bin /tmp/
RUN install -m 755 /tmp/driver.bin /usr/local/bin/driver && rm /tmp/driver.bin
`,
      good: `FROM debian:12
RUN --mount=type=bind,source=driver.bin,target=/tmp/driver.bin \\
    install -m 755 /tmp/driver.bin /usr/local/bin/driver
`,
    },
  ],
  check,
};
