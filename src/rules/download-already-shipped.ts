// An installed distribution already ships the files that a command downloads.
import type { Finding, Related } from "../finding.ts";
import { type Download, downloadsIn, familyVersion, installsBefore } from "../model/artifacts.ts";
import { LARGE, type PackageRequest, UNKNOWN_SIZE } from "../model/effect.ts";
import { brings, type Install } from "../model/installs.ts";
import { couldDiffer, satisfies } from "../model/knowledge/versions.ts";
import type { Model } from "../model/model.ts";
import { dropCommand } from "../rewrite/drop.ts";
import { makeFinding } from "./draft.ts";
import type { Rule } from "./rule.ts";

const id = "download-already-shipped";

interface Shipment {
  readonly install: Install;
  readonly request: PackageRequest;
  readonly certainty: "certain" | "likely";
}

/** The install before a download that ships the same files, unless its version is known to be another one. */
export function shipment(model: Model, download: Download): Shipment | undefined {
  const { artifact } = download;
  const shipped = artifact.shippedBy;
  if (shipped === undefined) return undefined;
  const installs = installsBefore(model, download);
  const family = familyVersion(artifact, installs)?.version;
  for (const install of installs.toReversed()) {
    if (install.effect.manager !== "pip") continue;
    const bringing = brings(install.effect, shipped.distribution, model.knowledge);
    if (bringing === undefined || bringing.certainty === "possible") continue;
    const { request } = bringing;
    const named = request.name === shipped.distribution;
    const version = named ? request.version : undefined;
    if (
      version !== undefined &&
      shipped.versions !== undefined &&
      satisfies(version, shipped.versions) === false
    )
      continue;
    if (
      version !== undefined &&
      family !== undefined &&
      couldDiffer(`==${version}`, `==${family}`) === "different"
    )
      continue;
    const certain = bringing.certainty === "certain" && download.effect.runs === "always" && named;
    return { install, request, certainty: certain ? "certain" : "likely" };
  }
  return undefined;
}

function check(model: Model): readonly Finding[] {
  return model.stages
    .filter((stage) => stage.ships)
    .flatMap((stage) =>
      downloadsIn(model, stage).flatMap((download): readonly Finding[] => {
        const found = shipment(model, download);
        if (found === undefined || found.install.step === download.step) return [];
        const { artifact, effect, step } = download;
        const distribution = artifact.shippedBy!.distribution;
        return [
          makeFinding(id, model, {
            stage,
            step,
            span: effect.span,
            confidence: found.certainty,
            message: `${artifact.title} are downloaded over the same files that ${distribution} installed in an earlier layer`,
            label: `writes again what ${distribution} ships`,
            related: relatedInstall(found, distribution),
            size:
              artifact.bytes !== undefined
                ? { kind: "bytes", value: artifact.bytes, source: "known" }
                : artifact.large
                  ? LARGE
                  : UNKNOWN_SIZE,
            fix: dropCommand(model, step, effect, {
              title: "drop the download",
              why: `the knowledge that ${distribution} ships these files may be wrong for a version that it has not seen`,
            }),
          }),
        ];
      }),
    );
}

function relatedInstall({ install, request }: Shipment, distribution: string): readonly Related[] {
  const asked = `${distribution}${request.version === undefined ? "" : ` ${request.version}`}`;
  const { span } = install.effect;
  const through = request.name === distribution ? "" : `, which ${request.name} needs`;
  const first: Related = { message: `installs ${asked}${through}: first stored here`, span };
  const { file } = request;
  if (file === undefined) return [first];
  return [
    first,
    {
      message: `${file.path}:${file.line} asks for ${request.name}${request.specifier ?? ""}`,
      span: file.span ?? span,
      file: { path: file.path, line: file.line },
    },
  ];
}

export const downloadAlreadyShipped: Rule = {
  id,
  summary: "a download writes files that an installed distribution already ships",
  why: "",
  remedy: "",
  examples: [],
  check,
};
