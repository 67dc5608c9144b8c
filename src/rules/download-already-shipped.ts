// An installed distribution already ships the files that a command downloads.
import type { Finding, Related } from "../finding.ts";
import {
  bringersBefore,
  type Download,
  downloadsIn,
  familyVersion,
  installsBefore,
  isObsolete,
} from "../model/artifacts.ts";
import type { PackageRequest } from "../model/effect.ts";
import type { Install } from "../model/installs.ts";
import { couldDiffer, publicVersion, satisfies } from "../model/knowledge/versions.ts";
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
function shipment(model: Model, download: Download): Shipment | undefined {
  const { artifact } = download;
  const shipped = artifact.shippedBy;
  if (shipped === undefined || isObsolete(model, download) !== undefined) return undefined;
  const family = familyVersion(artifact, installsBefore(model, download))?.version;
  for (const { install, bringing } of bringersBefore(model, download, shipped.distribution)) {
    if (bringing.certainty === "possible") continue;
    const { request } = bringing;
    const named = request.name === shipped.distribution;
    const version = named && request.version !== undefined ? publicVersion(request.version) : undefined;
    const others =
      version !== undefined && family !== undefined
        ? couldDiffer(`==${version}`, `==${family}`) === "different"
        : false;
    const unfit =
      version !== undefined &&
      shipped.versions !== undefined &&
      satisfies(version, shipped.versions) === false;
    if (others || unfit) continue;
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
        // In one layer the second copy takes the place of the first.
        if (found === undefined || found.install.step === download.step) return [];
        const { artifact, effect, step } = download;
        const distribution = artifact.shippedBy!.distribution;
        return [
          makeFinding(id, model, {
            stage,
            step,
            span: effect.span,
            confidence: found.certainty,
            message: `${artifact.title} are downloaded over the same files that ${distribution} installed in an earlier layer, so the image stores them twice`,
            label: `stores again what ${distribution} ships`,
            related: relatedInstall(found, distribution),
            size: effect.size,
            fix: () =>
              dropCommand(
                model,
                step,
                effect,
                {
                  title: "drop the download",
                  why: `${distribution} is known to ship these files, but perhaps not in a version yet unseen`,
                },
                artifact.companions,
              ),
          }),
        ];
      }),
    );
}

function relatedInstall({ install, request }: Shipment, distribution: string): readonly Related[] {
  const { span } = install.effect;
  const asked = `${request.name}${request.version === undefined ? "" : ` ${request.version}`}`;
  const through = request.name === distribution ? "" : `, which needs ${distribution}`;
  const first: Related = { message: `installs ${asked}${through}: first stored here`, span };
  const { file } = request;
  if (file === undefined) return [first];
  return [
    first,
    {
      message: `asks for ${request.name}${request.specifier ?? ""}`,
      span: file.span ?? span,
      file: { path: file.path, line: file.line },
    },
  ];
}

export const downloadAlreadyShipped: Rule = {
  id,
  summary: "a download writes files that an installed distribution already ships",
  why: `Some packages fetch large files into their own folder with a command of their own, and are also released with
all of these files in a wheel. Where that wheel is installed, the command writes the very same files once more. It does
not look whether they are there, so every one of them is new to the layer, and the image carries both copies.

FlashInfer is the example: \`flashinfer-cubin\` ships every cubin that \`flashinfer download-cubin\` fetches, about 2 GB.`,
  remedy: `The fix drops the command; a RUN that did nothing else goes as a whole. It is unsafe, because a version that is
newer than the knowledge may ship other files than it downloads. To see that nothing is missing, start the image without
network.

Where both versions are known and differ, nothing is reported: then the download is no copy.`,
  examples: [
    {
      title: "a wheel in the requirements file ships the cubins",
      context: {
        "requirements.txt": "flashinfer-python==0.6.8.post1\nflashinfer-cubin==0.6.8.post1\n",
      },
      bad: `FROM python:3.12-slim
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir -r /tmp/requirements.txt
RUN flashinfer download-cubin
CMD ["python", "-m", "server"]
`,
      good: `FROM python:3.12-slim
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir -r /tmp/requirements.txt
CMD ["python", "-m", "server"]
`,
    },
    {
      title: "the download stands behind another install",
      bad: `FROM python:3.12-slim
RUN pip install --no-cache-dir flashinfer-python==0.6.9 flashinfer-cubin==0.6.9
RUN pip install --no-cache-dir gunicorn \\
    && flashinfer download-cubin
`,
      good: `FROM python:3.12-slim
RUN pip install --no-cache-dir flashinfer-python==0.6.9 flashinfer-cubin==0.6.9
RUN pip install --no-cache-dir gunicorn
`,
    },
  ],
  check,
};
