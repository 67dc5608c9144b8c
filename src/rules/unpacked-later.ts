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
    tell(model, claim, words(claim), () => fixUnpacked(model, claim)),
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
  why: `
When one layer stores an archive and another one unpacks or installs it, the image holds both: the packed copy stays,
whether or not it is deleted afterwards.
`,
  remedy: `
An archive of the build context is mounted for the RUN that unpacks it. A download and its unpacking become one RUN: as
a pipe (\`curl … | tar …\`) when the archive is a tar and is used for nothing else, else with the removal in the same RUN.
For ADD with an address the RUN downloads by itself, with the program that the image has.

It is safe when that RUN or a later one removed the archive anyway and the model shows that the unpacked files stay the
same. Where the archive stayed in the image, it is unsafe: it is no longer there. An archive that a later step uses has
to stay, and merging alone would save nothing: then it is left to you.
`,
  examples: [
    {
      title: "a download unpacked by the next RUN",
      bad: `FROM debian:12
RUN curl -fsSL -o /tmp/tool.tar.gz https://example.org/tool.tar.gz
RUN tar -xzf /tmp/tool.tar.gz -C /opt && rm /tmp/tool.tar.gz
`,
      good: `FROM debian:12
RUN curl -fsSL https://example.org/tool.tar.gz | tar -xz -C /opt
`,
    },
    {
      title: "an archive copied to be unpacked",
      bad: `FROM debian:12
COPY model.tar.gz /tmp/
RUN tar -xzf /tmp/model.tar.gz -C /opt && rm /tmp/model.tar.gz
`,
      good: `FROM debian:12
RUN --mount=type=bind,source=model.tar.gz,target=/tmp/model.tar.gz \\
    tar -xzf /tmp/model.tar.gz -C /opt
`,
    },
    {
      title: "a wheel copied to be installed",
      bad: `FROM python:3.12
COPY dist/tool-1.0-py3-none-any.whl /tmp/
RUN pip install --no-cache-dir /tmp/tool-1.0-py3-none-any.whl && rm /tmp/*.whl
`,
      good: `FROM python:3.12
RUN --mount=type=bind,source=dist/tool-1.0-py3-none-any.whl,target=/tmp/tool-1.0-py3-none-any.whl \\
    pip install --no-cache-dir /tmp/tool-1.0-py3-none-any.whl
`,
    },
  ],
  check,
};
