// A download writes into a package's files, and a later layer installs what may replace that package.
import type { Confidence, Finding, Related } from "../finding.ts";
import {
  type Download,
  descendants,
  downloadsIn,
  familyVersion,
  installsBefore,
  isBefore,
} from "../model/artifacts.ts";
import { LARGE, UNKNOWN_SIZE } from "../model/effect.ts";
import { type Bringing, type Install, installsOf, replaces } from "../model/installs.ts";
import type { Model } from "../model/model.ts";
import { moveDownload } from "../rewrite/move-download.ts";
import { slice } from "../text.ts";
import { makeFinding } from "./draft.ts";
import type { Rule } from "./rule.ts";

const id = "download-then-reinstall";

export interface LaterInstall {
  readonly install: Install;
  readonly bringing: Bringing;
}

/** Installs behind a download that may replace what it wrote into, in this stage and in those that start from it. */
export function laterInstalls(model: Model, download: Download): readonly LaterInstall[] {
  const { artifact } = download;
  const present = familyVersion(artifact, installsBefore(model, download))?.version;
  const seen = new Set<Install["effect"]>();
  return descendants(model, download.stage).flatMap((stage) =>
    installsOf(model, stage).flatMap((install) => {
      if (seen.has(install.effect) || install.step === download.step || install.effect.manager !== "pip")
        return [];
      seen.add(install.effect);
      if (!isBefore(stage, model, download, install)) return [];
      const bringings = artifact.replacedBy.flatMap(
        (name) => replaces(install.effect, name, present, model.knowledge) ?? [],
      );
      const bringing = bringings.find(({ certainty }) => certainty !== "possible") ?? bringings[0];
      return bringing === undefined ? [] : [{ install, bringing }];
    }),
  );
}

function check(model: Model): readonly Finding[] {
  return model.stages
    .filter((stage) => stage.ships)
    .flatMap((stage) =>
      downloadsIn(model, stage).flatMap((download): readonly Finding[] => {
        const later = laterInstalls(model, download);
        // What is only possible, in a stage that starts from this one, is no cause; it is told with the others.
        const isCause = ({ install, bringing }: LaterInstall): boolean =>
          bringing.certainty !== "possible" || install.stage === stage;
        if (!later.some(isCause)) return [];
        const { artifact, effect, step } = download;
        const packages = artifact.replacedBy.join(" or ");
        const confidence: Confidence = later.some(({ bringing }) => bringing.certainty === "certain")
          ? "certain"
          : "likely";
        const fix = moveDownload(
          model,
          download,
          later.map(({ install }) => install),
        );
        return [
          makeFinding(id, model, {
            stage,
            step,
            span: effect.span,
            confidence,
            message:
              `${artifact.title} are downloaded into the files of ${packages}, which ` +
              `${later.length === 1 ? "a later install" : `${later.length} later installs`} may replace: ` +
              "then this layer keeps a copy that nobody sees. Download behind the last install",
            label: `downloads into ${packages}`,
            related: later.map((entry) => relatedInstall(model, entry)),
            size: artifact.large ? LARGE : UNKNOWN_SIZE,
            severity: artifact.large ? "error" : "warning",
            fix,
          }),
        ];
      }),
    );
}

function relatedInstall(model: Model, { install, bringing }: LaterInstall): Related {
  const { effect } = install;
  const { request, through, certainty } = bringing;
  const asked = request.name ?? (request.path === undefined ? "a package" : request.path.split("/").at(-1)!);
  const how =
    through !== undefined
      ? `${through}, which needs it`
      : request.via === "file"
        ? `${slice(model.dockerfile.text, effect.span).includes("-r") ? "the requirements file" : "a file"} that lists it`
        : certainty === "possible"
          ? `${asked === "" ? "packages" : asked}, whose dependencies are not known`
          : asked;
  return { message: `installs ${how} (${certainty})`, span: effect.span };
}

export const downloadThenReinstall: Rule = {
  id,
  summary:
    "a download writes into a package's files before a later layer installs what may replace that package",
  why: "",
  remedy: "",
  examples: [],
  check,
};
