// The installed version fetches files at run time that nothing has prefetched.
import type { Finding } from "../finding.ts";
import { descendants, downloadsIn, familyOf, familyVersion } from "../model/artifacts.ts";
import { NEGLIGIBLE, type PackageRequest } from "../model/effect.ts";
import { type Install, installsOf, type Present, replaces, sharesEnvironment } from "../model/installs.ts";
import { TRTLLM_HEADERS } from "../model/knowledge/flashinfer.ts";
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

const UNKNOWN: Present = { certainty: "possible" };

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
        (sharesEnvironment(other.effect, effect.targets) &&
          artifact.replacedBy.some((name) => replaces(other.effect, name, UNKNOWN, model.knowledge)))),
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
    fix: () => insertPrefetch(model, artifact, last ?? install),
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
  why: `Some versions of a package fetch files when they first need them. Nothing is stored twice then; but every start of
the image fetches them anew, and fails where there is no network or the server is busy.

FlashInfer 0.6.5 to 0.6.7 looks for 17 headers of its fused MoE kernels where neither its own wheel nor
\`flashinfer-cubin\` puts them, and downloads them one by one, which takes about two minutes. Later versions read them
from the wheel.`,
  remedy: `The fix adds a RUN that fetches the files while the image is built, behind the last install that could replace
the package they are written into. It is unsafe: it adds a step that needs the network. A newer version of the package
makes it superfluous; then \`prefetch-obsolete\` says so.`,
  examples: [
    {
      title: "a version that downloads headers at run time",
      bad: `FROM python:3.12-slim
RUN pip install --no-cache-dir flashinfer-python==0.6.6 flashinfer-cubin==0.6.6
CMD ["server"]
`,
      good: `FROM python:3.12-slim
RUN pip install --no-cache-dir flashinfer-python==0.6.6 flashinfer-cubin==0.6.6
${TRTLLM_HEADERS}CMD ["server"]
`,
    },
  ],
  check,
};
