// Downloads into package folders: where one happens along a stage's history, and what is installed there by then.
import type { Effect, WriteEffect } from "./effect.ts";
import {
  type Bringing,
  brings,
  type Install,
  installsOf,
  type Present,
  sharesEnvironment,
} from "./installs.ts";
import type { Artifact } from "./knowledge/schema.ts";
import { pinnedVersion, publicVersion, satisfies } from "./knowledge/versions.ts";
import { lineage, type Model, type Stage, type Step } from "./model.ts";
import { SITE_PACKAGES } from "./path.ts";

/** A download of an artifact. */
export interface Download {
  readonly artifact: Artifact;
  readonly stage: Stage;
  readonly step: Step;
  readonly effect: WriteEffect;
}

/** All downloads of artifacts in one stage (not in its ancestors), in order. */
export function downloadsIn(model: Model, stage: Stage): readonly Download[] {
  const before = known.get(stage);
  if (before !== undefined) return before;
  const downloads = findDownloads(model, stage);
  known.set(stage, downloads);
  return downloads;
}

const known = new WeakMap<Stage, readonly Download[]>();

function findDownloads(model: Model, stage: Stage): readonly Download[] {
  return stage.steps.flatMap((step) =>
    step.effects.flatMap((effect) => {
      if (effect.kind !== "write" || effect.artifact === undefined) return [];
      const artifact = model.knowledge.artifacts.find((entry) => entry.id === effect.artifact);
      return artifact === undefined ? [] : [placed(model, { artifact, stage, step, effect })];
    }),
  );
}

/**
 * A variable may lead elsewhere, but only in some versions before the package's own folder: of both places, the one
 * that the version present writes to.
 */
function placed(model: Model, download: Download): Download {
  const { artifact, effect } = download;
  const range = artifact.writes.variablesFirst;
  const inside = effect.targets.filter(({ path }) => path.includes(SITE_PACKAGES));
  if (range === undefined || inside.length === 0 || inside.length === effect.targets.length) return download;
  const own = { ...download, effect: { ...effect, targets: inside } };
  const version = familyVersion(artifact, installsBefore(model, own))?.version;
  const first = version === undefined ? undefined : satisfies(version, range);
  if (first === false) return own;
  return {
    ...own,
    effect: { ...effect, targets: effect.targets.filter((target) => !inside.includes(target)) },
  };
}

type Placed = { readonly step: Step; readonly effect: { readonly span: { readonly start: number } } };

/** Whether one effect comes before another in a stage's history; in one step, by their order in it. */
export function isBefore(stage: Stage, model: Model, a: Placed, b: Placed): boolean {
  if (a.step === b.step) {
    const place = ({ effect, step }: Placed): number => {
      const at = step.effects.indexOf(effect as Effect);
      return at >= 0 ? at : step.effects.findIndex((other) => other.span.start === effect.span.start);
    };
    return place(a) < place(b);
  }
  const order = lineage(model, stage).map((part) => part.index);
  const rank = (step: Step): number => order.indexOf(step.stage);
  return rank(a.step) < rank(b.step) || (rank(a.step) === rank(b.step) && a.step.index < b.step.index);
}

/** The installs of a stage's history that come before a download, into the environment that it writes into. */
export function installsBefore(model: Model, download: Download): readonly Install[] {
  return installsOf(model, download.stage).filter(
    (install) =>
      isBefore(download.stage, model, install, download) &&
      sharesEnvironment(install.effect, download.effect.targets),
  );
}

/** The installs before a download that bring a package and were not undone by then, the last one first. */
export function bringersBefore(
  model: Model,
  download: Download,
  name: string,
): readonly { readonly install: Install; readonly bringing: Bringing }[] {
  const gone = lineage(model, download.stage)
    .flatMap(({ steps }) => steps)
    .flatMap((step) => step.effects.map((effect) => ({ step, effect })))
    .filter(
      (removal) =>
        removal.effect.kind === "uninstall" &&
        removal.effect.runs === "always" &&
        removal.effect.packages.some((request) => request.name === name) &&
        sharesEnvironment(removal.effect, download.effect.targets) &&
        isBefore(download.stage, model, removal, download),
    );
  return installsBefore(model, download)
    .flatMap((install) => {
      const bringing = brings(install.effect, name, model.knowledge);
      const undone = gone.some((removal) => isBefore(download.stage, model, install, removal));
      return bringing === undefined || undone ? [] : [{ install, bringing }];
    })
    .toReversed();
}

/** What is known, where a download stands, of the package whose folder it writes into. */
export function presentBefore(model: Model, download: Download, name: string): Present {
  const { artifact } = download;
  const bringers = bringersBefore(model, download, name);
  const direct = bringers.find(({ bringing }) => bringing.request.name === name);
  const installs = installsBefore(model, download);
  const version = familyVersion(artifact, installs)?.version;
  const specifier =
    direct?.bringing.request.specifier ?? (version === undefined ? undefined : `==${version}`);
  const sure = bringers.find(({ bringing }) => bringing.certainty !== "possible");
  if (sure !== undefined) return { certainty: sure.bringing.certainty, specifier };
  // Who names its family, and leaves nothing unread, would name it, too.
  const told =
    installs.some(({ effect }) => effect.packages.some((request) => request.name === artifact.of)) &&
    installs.every(({ effect }) => effect.complete);
  return { certainty: told && bringers.length === 0 ? "no" : "possible", specifier };
}

/** Stages that start from `stage`, by any number of steps, that ship; the stage itself first. */
export function descendants(model: Model, stage: Stage): readonly Stage[] {
  return model.stages.filter(
    (other) => other === stage || (other.ships && lineage(model, other).includes(stage)),
  );
}

/** Names whose pinned version is the version of the artifact: its own package and those released with it. */
export function familyOf(artifact: Artifact): readonly string[] {
  return [artifact.of, ...artifact.releasedWith].filter((name) => name !== undefined);
}

/**
 * The last pinned and known version of an artifact's family among some installs, and who pins it. Without what stands
 * behind a "+": that tells a build of the version.
 */
export function familyVersion(
  artifact: Artifact,
  installs: readonly Install[],
): { readonly version: string; readonly install: Install } | undefined {
  const family = familyOf(artifact);
  for (const install of installs.toReversed()) {
    for (const { name, version, specifier } of install.effect.packages) {
      if (name === undefined || !family.includes(name)) continue;
      const pinned = publicVersion(version ?? pinnedVersion(specifier ?? "") ?? "");
      if (pinned !== undefined) return { version: pinned, install };
    }
  }
  return undefined;
}

/** Whether the version present has no use for a download, or fails with it; undefined when that is not known. */
export function isObsolete(
  model: Model,
  download: Download,
): { readonly version: string; readonly install: Install } | undefined {
  const { artifact } = download;
  if (artifact.works === undefined) return undefined;
  const found = familyVersion(artifact, installsBefore(model, download));
  return found !== undefined && satisfies(found.version, artifact.works) === false ? found : undefined;
}
