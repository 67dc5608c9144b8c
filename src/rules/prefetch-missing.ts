// The installed version fetches files at run time that nothing has prefetched.
import type { Finding } from "../finding.ts";
import { descendants, downloadsIn, familyOf, familyVersion } from "../model/artifacts.ts";
import { NEGLIGIBLE, type PackageRequest } from "../model/effect.ts";
import { type Install, installsOf, replaces } from "../model/installs.ts";
import type { Artifact } from "../model/knowledge/schema.ts";
import { satisfies } from "../model/knowledge/versions.ts";
import { lineage, type Model, type Stage } from "../model/model.ts";
import { insertPrefetch } from "../rewrite/insert-prefetch.ts";
import { makeFinding } from "./draft.ts";
import type { Rule } from "./rule.ts";

const id = "prefetch-missing";

function check(model: Model): readonly Finding[] {
  return model.knowledge.artifacts.flatMap((artifact) => {
    const { neededAtRunTime } = artifact;
    if (neededAtRunTime === undefined) return [];
    const shipping = model.stages.filter((stage) => stage.ships);
    // Where some stage names the package on a command line, that is what people run it from; stages that only list
    // it in a file build with it.
    const named = shipping.some((stage) =>
      installsOf(model, stage).some((one) => namesFamily(one, artifact, ["name"])),
    );
    const via: readonly PackageRequest["via"][] = named ? ["name"] : ["file", "url", "archive"];
    return shipping
      .flatMap((stage) => lackingIn(model, stage, artifact, neededAtRunTime, via))
      .map((lack) => report(model, artifact, lack));
  });
}

interface Lack {
  readonly install: Install;
  readonly version: string;
}

/** Told for the stage that installs the package, so that stages which start from it do not repeat it. */
function lackingIn(
  model: Model,
  stage: Stage,
  artifact: Artifact,
  range: string,
  via: readonly PackageRequest["via"][],
): readonly Lack[] {
  const installs = installsOf(model, stage);
  const version = familyVersion(artifact, installs)?.version;
  if (version === undefined || satisfies(version, range) !== true) return [];
  const install = installs.findLast((one) => namesFamily(one, artifact, via));
  if (install === undefined || install.stage !== stage) return [];
  const related = [...lineage(model, stage), ...descendants(model, stage)];
  const fetched = related.some((part) =>
    downloadsIn(model, part).some((one) => one.artifact.id === artifact.id),
  );
  return fetched ? [] : [{ install, version }];
}

function report(model: Model, artifact: Artifact, { install, version }: Lack): Finding {
  const { stage, step, effect } = install;
  const last = installsOf(model, stage).findLast(
    (other) =>
      other.stage === stage &&
      (other === install ||
        artifact.replacedBy.some(
          (name) => replaces(other.effect, name, undefined, model.knowledge) !== undefined,
        )),
  );
  const consequence = artifact.consequence ?? "every start downloads them";
  return makeFinding(id, model, {
    stage,
    step,
    span: effect.span,
    confidence: "likely",
    message: `${artifact.of} ${version} fetches ${artifact.title} at run time and nothing here prefetches them: ${consequence}`,
    label: `${artifact.of} ${version}, without ${artifact.title}`,
    related: [],
    size: NEGLIGIBLE,
    severity: "warning",
    fix: insertPrefetch(model, artifact, last ?? install),
  });
}

function namesFamily(install: Install, artifact: Artifact, via: readonly PackageRequest["via"][]): boolean {
  const family = familyOf(artifact);
  return install.effect.packages.some(
    (request) => request.name !== undefined && family.includes(request.name) && via.includes(request.via),
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
