// A prefetch that fails, or does nothing, with the version that is installed.
import type { Finding } from "../finding.ts";
import { downloadsIn, familyVersion, installsBefore } from "../model/artifacts.ts";
import { NEGLIGIBLE } from "../model/effect.ts";
import { satisfies } from "../model/knowledge/versions.ts";
import type { Model } from "../model/model.ts";
import { dropCommand } from "../rewrite/drop.ts";
import { makeFinding } from "./draft.ts";
import type { Rule } from "./rule.ts";

const id = "prefetch-obsolete";

function check(model: Model): readonly Finding[] {
  return model.stages.flatMap((stage) =>
    downloadsIn(model, stage).flatMap((download): readonly Finding[] => {
      const { artifact, effect, step } = download;
      if (artifact.works === undefined) return [];
      const found = familyVersion(artifact, installsBefore(model, download));
      if (found === undefined || satisfies(found.version, artifact.works) !== false) return [];
      return [
        makeFinding(id, model, {
          stage,
          step,
          span: effect.span,
          confidence: "likely",
          message: `${artifact.of} ${found.version} has no use for this prefetch of ${artifact.title}: it works with ${artifact.works} only, and fails with other versions`,
          label: `works with ${artifact.works} only`,
          related: [{ message: `installs ${found.version}`, span: found.install.effect.span }],
          size: NEGLIGIBLE,
          severity: "warning",
          fix: dropCommand(model, step, effect, {
            title: "remove the prefetch",
            why: "the version that the build installs may be another one",
          }),
        }),
      ];
    }),
  );
}

export const prefetchObsolete: Rule = {
  id,
  summary: "a prefetch fails or is pointless with the version installed",
  why: "",
  remedy: "",
  examples: [],
  check,
};
