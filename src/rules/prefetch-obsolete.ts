// A prefetch that fails, or does nothing, with the version that is installed.
import type { Finding } from "../finding.ts";
import { downloadsIn, isObsolete } from "../model/artifacts.ts";
import { NEGLIGIBLE } from "../model/effect.ts";
import type { Model } from "../model/model.ts";
import { dropCommand } from "../rewrite/drop.ts";
import { makeFinding } from "./draft.ts";
import type { Rule } from "./rule.ts";

const id = "prefetch-obsolete";

function check(model: Model): readonly Finding[] {
  return model.stages.flatMap((stage) =>
    downloadsIn(model, stage).flatMap((download): readonly Finding[] => {
      const { artifact, effect, step } = download;
      const found = isObsolete(model, download);
      if (found === undefined) return [];
      return [
        makeFinding(id, model, {
          stage,
          step,
          span: effect.span,
          confidence: "likely",
          message: `${artifact.title} are prefetched for ${artifact.of} ${found.version}, which has no use for them: the prefetch works with ${artifact.works} and fails with other versions`,
          label: `works with ${artifact.of} ${artifact.works} only`,
          related: [{ message: `installs version ${found.version}`, span: found.install.effect.span }],
          size: NEGLIGIBLE,
          severity: "warning",
          fix: () =>
            dropCommand(
              model,
              step,
              effect,
              {
                title: "remove the prefetch",
                why: "a build argument or a later install may bring another version",
              },
              artifact.companions,
            ),
        }),
      ];
    }),
  );
}

export const prefetchObsolete: Rule = {
  id,
  summary: "a prefetch fails or is pointless with the version installed",
  why: `A script that prefetches files calls into the inside of a package. When the package changes, the script either
fails, and the build with it, or fetches what nothing reads any longer.

FlashInfer's \`download_trtllm_headers\` exists in 0.6.5, 0.6.6 and 0.6.7. From 0.6.7.post1 on it is gone, and the
headers are read from the wheel.`,
  remedy: `The fix removes the command, and its whole RUN with the comment above it when nothing else is in it. It is
unsafe: a build argument may choose another version than the one that the file names.`,
  examples: [
    {
      title: "headers are prefetched for a version that has them",
      bad: `FROM python:3.12-slim
RUN pip install --no-cache-dir flashinfer-python==0.6.8.post1 flashinfer-cubin==0.6.8.post1

# The image runs without network.
RUN python3 <<EOF
from flashinfer.jit.cubin_loader import download_trtllm_headers
download_trtllm_headers("bmm", *HEADERS)
EOF

CMD ["server"]
`,
      good: `FROM python:3.12-slim
RUN pip install --no-cache-dir flashinfer-python==0.6.8.post1 flashinfer-cubin==0.6.8.post1

CMD ["server"]
`,
    },
  ],
  check,
};
