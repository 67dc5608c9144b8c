// A download writes into a package's files, and a later layer installs what may replace that package.
import type { Confidence, Finding, Fix, Related } from "../finding.ts";
import {
  type Download,
  descendants,
  downloadsIn,
  isBefore,
  isObsolete,
  presentBefore,
} from "../model/artifacts.ts";
import {
  type Bringing,
  type Install,
  installsOf,
  type Present,
  replaces,
  sharesEnvironment,
} from "../model/installs.ts";
import type { Model } from "../model/model.ts";
import { normalizePath, showPath } from "../model/path.ts";
import { moveDownload } from "../rewrite/move-download.ts";
import { knownValue } from "../shell/word.ts";
import { makeFinding } from "./draft.ts";
import type { Rule } from "./rule.ts";

const id = "download-then-reinstall";

interface LaterInstall {
  readonly install: Install;
  readonly bringing: Bringing;
  /** The package that it may replace. */
  readonly name: string;
}

/** Installs behind a download that may replace what it wrote into, in this stage and in those that start from it. */
function laterInstalls(
  model: Model,
  download: Download,
  present: ReadonlyMap<string, Present>,
): readonly LaterInstall[] {
  const seen = new Set<Install["effect"]>();
  return descendants(model, download.stage).flatMap((stage) =>
    installsOf(model, stage).flatMap((install) => {
      if (seen.has(install.effect) || install.step === download.step) return [];
      seen.add(install.effect);
      if (!isBefore(stage, model, download, install)) return [];
      if (!sharesEnvironment(install.effect, download.effect.targets)) return [];
      const found = [...present].flatMap(([name, is]) => {
        const bringing = replaces(install.effect, name, is, model.knowledge);
        return bringing === undefined ? [] : [{ install, bringing, name }];
      });
      const best = found.find(({ bringing }) => bringing.certainty !== "possible") ?? found[0];
      return best === undefined ? [] : [best];
    }),
  );
}

function check(model: Model): readonly Finding[] {
  return model.stages
    .filter((stage) => stage.ships)
    .flatMap((stage) => downloadsIn(model, stage).flatMap((download) => checkDownload(model, download)));
}

function checkDownload(model: Model, download: Download): readonly Finding[] {
  const { artifact, effect, step, stage } = download;
  if (artifact.replacedBy.length === 0 || isObsolete(model, download) !== undefined) return [];
  const present = new Map(
    artifact.replacedBy.map((name) => [name, presentBefore(model, download, name)] as const),
  );
  const later = laterInstalls(model, download, present);
  // What is only possible, in a stage that starts from this one, is no cause; it is told with the others.
  const causes = later.filter(
    ({ install, bringing }) => bringing.certainty !== "possible" || install.stage === stage,
  );
  if (causes.length === 0) return [];
  const confidence: Confidence = causes.some(({ bringing }) => bringing.certainty === "certain")
    ? "certain"
    : "likely";
  const packages = artifact.replacedBy.join(" or ");
  const absent = [...present.values()].every(({ certainty }) => certainty === "no");
  const installs = later.length === 1 ? "a later install" : `${later.length} later installs`;
  return [
    makeFinding(id, model, {
      stage,
      step,
      span: effect.span,
      confidence,
      message: absent
        ? `${artifact.title} are downloaded before ${packages} is installed, which brings files of its own: then what this layer holds is no longer used`
        : `${artifact.title} are downloaded into the files of ${packages}, which ${installs} may replace: then this layer keeps a copy that nobody sees`,
      label: absent ? `downloads what ${packages} brings later` : `downloads into ${packages}`,
      related: later.map((entry) => relatedInstall(entry)),
      size: effect.size,
      severity: artifact.large ? "error" : "warning",
      fix: () => fixFor(model, download, later, causes),
    }),
  ];
}

function fixFor(
  model: Model,
  download: Download,
  later: readonly LaterInstall[],
  causes: readonly LaterInstall[],
): Fix {
  const fix = moveDownload(
    model,
    download,
    later.map(({ install }) => install),
  );
  const elsewhere = causes.find(({ install }) => install.stage !== download.stage);
  if (elsewhere === undefined || fix.applicability === "manual") return fix;
  const { stage } = elsewhere.install;
  const why = `stage ${stage.name ?? stage.index}, which starts from this one, replaces the package again`;
  return { ...fix, applicability: "manual", why, edits: [] };
}

function relatedInstall({ install, bringing, name }: LaterInstall): Related {
  const { effect } = install;
  const { request, through, certainty } = bringing;
  const version = request.version === undefined ? "" : ` ${request.version}`;
  const asked =
    through !== undefined
      ? `${through}${request.name === through ? version : ""}, which needs ${name}`
      : request.name === name
        ? `${name}${version}`
        : `${written(install, bringing)}, which may need ${name}`;
  return {
    message: `installs ${asked} (${certainty})`,
    span: effect.span,
    ...(request.file === undefined ? {} : { file: { path: request.file.path, line: request.file.line } }),
  };
}

/** An archive or project as its command writes it. */
function written({ effect }: Install, { request }: Bringing): string {
  const { path, name } = request;
  if (path === undefined) return name ?? "packages";
  const word = effect.command?.words.find((one) => {
    const text = (knownValue(one) ?? one.text).replace(/^file:\/\//, "").replace(/\[[^\]]*\]$/, "");
    return !/^(-|$)/.test(text) && normalizePath(text, effect.command?.cwd) === path;
  });
  return word?.text.replace(/^(["'])(.*)\1$/, "$2") ?? name ?? showPath(path);
}

export const downloadThenReinstall: Rule = {
  id,
  summary:
    "a download writes into a package's files before a later layer installs what may replace that package",
  why: `A command that completes a package writes into the package's own folder. When a later step installs another
version of that package, or is forced to, the installer removes the whole folder and writes it anew: what was downloaded
is gone from the image, but its layer still carries it. The new files may then be fetched once more.

The later install need not name the package. It may come from a requirements file, as a dependency of another package, or
with a wheel that was built in another stage. An installer leaves alone what already satisfies it, so each such install is
listed with how sure it is: **certain** (asks for another version, or is forced), **likely** (a known dependency whose
version is not known), **possible** (a wheel or a project of which nothing is known).`,
  remedy: `The fix moves the command into a RUN of its own, right behind the last install that can replace the package. A
RUN that did nothing else moves whole, with its comment. Commands that only print for it go along, and so do the flags of
its RUN, the environment that it activates and the variables that it sets. No other instruction moves, so the build cache
serves as before.

The fix is safe when user, folder, shell and variables are the same at the new place and nothing between reads the files;
else it is unsafe, or has to be done by hand, and says why.`,
  examples: [
    {
      title: "a wheel from another stage may bring another version",
      context: {
        "requirements.txt": "flashinfer-python==0.6.8.post1\nflashinfer-cubin==0.6.8.post1\n",
      },
      bad: `FROM python:3.12 AS build
COPY . /src
RUN pip wheel --no-deps --wheel-dir /dist /src

FROM python:3.12-slim
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir -r /tmp/requirements.txt \\
    && flashinfer download-cubin

RUN --mount=type=bind,from=build,source=/dist,target=/dist \\
    pip install --no-cache-dir /dist/*.whl

CMD ["server"]
`,
      good: `FROM python:3.12 AS build
COPY . /src
RUN pip wheel --no-deps --wheel-dir /dist /src

FROM python:3.12-slim
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir -r /tmp/requirements.txt

RUN --mount=type=bind,from=build,source=/dist,target=/dist \\
    pip install --no-cache-dir /dist/*.whl

RUN flashinfer download-cubin

CMD ["server"]
`,
    },
    {
      title: "a later step asks for another version",
      bad: `FROM python:3.12-slim
RUN pip install flashinfer-python==0.6.8 flashinfer-cubin==0.6.8
# Needed where there is no network.
RUN flashinfer download-cubin
RUN pip install flashinfer-python==0.6.9 flashinfer-cubin==0.6.9
`,
      good: `FROM python:3.12-slim
RUN pip install flashinfer-python==0.6.8 flashinfer-cubin==0.6.8
RUN pip install flashinfer-python==0.6.9 flashinfer-cubin==0.6.9
# Needed where there is no network.
RUN flashinfer download-cubin
`,
    },
  ],
  check,
};
