// The installed version fetches files at run time that nothing has prefetched.
import type { Finding } from "../finding.ts";
import { descendants, downloadsIn, familyOf, familyVersion } from "../model/artifacts.ts";
import { NEGLIGIBLE } from "../model/effect.ts";
import { type Install, installsOf, replaces } from "../model/installs.ts";
import { satisfies } from "../model/knowledge/python.ts";
import type { Artifact } from "../model/knowledge/schema.ts";
import type { Model, Stage } from "../model/model.ts";
import { lineage } from "../model/model.ts";
import { insertPrefetch } from "../rewrite/insert-prefetch.ts";
import { makeFinding } from "./draft.ts";
import type { Rule } from "./rule.ts";

const id = "prefetch-missing";

function check(model: Model): readonly Finding[] {
  return model.knowledge.artifacts
    .filter((artifact) => artifact.neededAtRunTime !== undefined)
    .flatMap((artifact) =>
      model.stages.filter((stage) => stage.ships).flatMap((stage) => checkStage(model, stage, artifact)),
    );
}

/** Reported in the stage that installs the package, so that stages which start from it do not repeat it. */
function checkStage(model: Model, stage: Stage, artifact: Artifact): readonly Finding[] {
  const installs = installsOf(model, stage);
  const found = familyVersion(artifact, installs);
  if (
    found === undefined ||
    artifact.of === undefined ||
    satisfies(found.version, artifact.neededAtRunTime!) !== true
  )
    return [];
  const asked = namingInstall(installs, artifact);
  if (asked === undefined || asked.stage !== stage) return [];
  const family = [...lineage(model, stage), ...descendants(model, stage)];
  if (
    family.some((part) => downloadsIn(model, part).some((download) => download.artifact.id === artifact.id))
  )
    return [];
  const last = installs
    .filter(
      (install) =>
        install.stage === stage &&
        (install === asked ||
          artifact.replacedBy.some((name) => replaces(install.effect, name, undefined, model.knowledge))),
    )
    .at(-1)!;
  return [
    makeFinding(id, model, {
      stage,
      step: asked.step,
      span: asked.effect.span,
      confidence: "likely",
      message: `${artifact.of} ${found.version} needs ${artifact.title} at run time and nothing here fetches them: ${artifact.consequence ?? "every start downloads them"}`,
      label: `${artifact.of} ${found.version}, without ${artifact.title}`,
      related: [],
      size: NEGLIGIBLE,
      severity: "warning",
      fix: insertPrefetch(model, artifact, last),
    }),
  ];
}

/** The last install that names a package of the artifact's family on its command line, else in a file. */
function namingInstall(installs: readonly Install[], artifact: Artifact): Install | undefined {
  const family = familyOf(artifact);
  const names = (install: Install, via: readonly string[]): boolean =>
    install.effect.packages.some(
      (request) => request.name !== undefined && family.includes(request.name) && via.includes(request.via),
    );
  return (
    installs.findLast((install) => names(install, ["name"])) ??
    installs.findLast((install) => names(install, ["file", "url", "archive"]))
  );
}

export const prefetchMissing: Rule = {
  id,
  summary: "the installed version fetches files at run time that nothing prefetches",
  why: "",
  remedy: "",
  examples: [],
  check,
};
