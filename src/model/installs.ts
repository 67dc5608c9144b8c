// Installs along a stage's history: which one brings a package, and which one may replace it later.
import type { InstallEffect, PackageRequest, UninstallEffect } from "./effect.ts";
import type { Knowledge } from "./knowledge/schema.ts";
import { couldDiffer } from "./knowledge/versions.ts";
import { lineage, type Model, type Stage, type Step } from "./model.ts";
import { meet, SITE_PACKAGES, type Target } from "./path.ts";

export interface Install {
  readonly stage: Stage;
  readonly step: Step;
  readonly effect: InstallEffect;
}

/** How an install brings a package. */
export interface Bringing {
  readonly certainty: "certain" | "likely" | "possible";
  /** What was asked for that brings it. */
  readonly request: PackageRequest;
  /** The package that needs it, when it comes as a dependency. */
  readonly through?: string;
}

const known = new WeakMap<Stage, readonly Install[]>();

/** All installs of a stage and its ancestors, in the order of the layers. */
export function installsOf(model: Model, stage: Stage): readonly Install[] {
  const before = known.get(stage);
  if (before !== undefined) return before;
  const installs = findInstalls(model, stage);
  known.set(stage, installs);
  return installs;
}

function findInstalls(model: Model, stage: Stage): readonly Install[] {
  return lineage(model, stage).flatMap((part) =>
    part.steps.flatMap((step) =>
      step.effects.flatMap((effect) => (effect.kind === "install" ? [{ stage: part, step, effect }] : [])),
    ),
  );
}

/** Whether an installer works where `targets` lie; a user's own packages are seen by the system's Python, too. */
export function sharesEnvironment(
  effect: InstallEffect | UninstallEffect,
  targets: readonly Target[],
): boolean {
  if (effect.targets.some((target) => targets.some((own) => meet(target, own) !== undefined))) return true;
  const system = targets.some(({ path }) => /^\/usr(\/local)?\/</.test(path) && path.includes(SITE_PACKAGES));
  return system && effect.environment.endsWith("/.local");
}

/**
 * How an install brings the package `name`: by name (certain when it surely runs), as a dependency that the
 * knowledge tells (likely), or perhaps, as a dependency of an archive or project of which nothing is known.
 */
export function brings(effect: InstallEffect, name: string, knowledge: Knowledge): Bringing | undefined {
  if (effect.manager !== "pip" && effect.manager !== "conda") return undefined;
  const direct = effect.packages.find((request) => request.name === name);
  if (direct !== undefined) {
    const sure = effect.runs === "always" && direct.marker === undefined;
    return { certainty: sure ? "certain" : "likely", request: direct };
  }
  if (effect.noDependencies === true) return undefined;
  for (const request of effect.packages) {
    if (request.name !== undefined && needs(request.name, name, knowledge)) {
      return { certainty: "likely", request, through: request.name };
    }
  }
  // What a project's own file lists stands among the packages.
  const listed = effect.packages.some(({ via }) => via === "dependency");
  const unknown = effect.packages.find(
    (request) => mayNeedAnything(request, knowledge) && !(listed && request.via === "project"),
  );
  return unknown === undefined ? undefined : { certainty: "possible", request: unknown };
}

/** A local archive or project whose dependencies nobody told. */
function mayNeedAnything(request: PackageRequest, knowledge: Knowledge): boolean {
  if (request.via !== "archive" && request.via !== "project") return false;
  return request.name === undefined || !knowledge.distributions.some((entry) => entry.name === request.name);
}

/** Whether a distribution needs another one, by any number of steps that the knowledge tells. */
export function needs(from: string, to: string, knowledge: Knowledge): boolean {
  return neededBy(from, knowledge).has(to);
}

const closures = new WeakMap<Knowledge, Map<string, ReadonlySet<string>>>();

/** All that a distribution needs, by any number of steps that the knowledge tells; itself only in a circle. */
export function neededBy(name: string, knowledge: Knowledge): ReadonlySet<string> {
  const known = closures.get(knowledge) ?? new Map<string, ReadonlySet<string>>();
  closures.set(knowledge, known);
  const before = known.get(name);
  if (before !== undefined) return before;
  const found = new Set<string>();
  const open = [name];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const entry = knowledge.distributions.find((distribution) => distribution.name === at);
    for (const need of entry?.needs ?? []) {
      const needed = typeof need === "string" ? need : need.name;
      if (found.has(needed)) continue;
      found.add(needed);
      open.push(needed);
    }
  }
  known.set(name, found);
  return found;
}

/** What is known of a package before an install. */
export interface Present {
  /** How sure it is that it is there. */
  readonly certainty: "certain" | "likely" | "possible" | "no";
  /** The requirement that it was installed by, as far as it tells the version. */
  readonly specifier?: string | undefined;
}

/**
 * How an install may write a package anew that is there already: it does when forced, or when it asks for another
 * version. Undefined when it surely leaves the package alone.
 */
export function replaces(
  effect: InstallEffect,
  name: string,
  present: Present,
  knowledge: Knowledge,
): Bringing | undefined {
  const bringing = brings(effect, name, knowledge);
  if (bringing === undefined || effect.force === "reinstall") return bringing;
  const { request } = bringing;
  // What is not there is no matter of versions; a guess at what an archive needs would be one too many.
  if (present.certainty === "no") return bringing.certainty === "possible" ? undefined : bringing;
  if (request.name !== name) return bringing;
  const wanted = request.specifier ?? (request.version === undefined ? undefined : `==${request.version}`);
  if (wanted === undefined) {
    if (effect.force === "upgrade") return { ...bringing, certainty: "likely" };
    return present.certainty === "possible" ? { ...bringing, certainty: "possible" } : undefined;
  }
  if (present.specifier === undefined) return { ...bringing, certainty: "likely" };
  const difference = couldDiffer(present.specifier, wanted);
  if (difference === "same") return undefined;
  return difference === "different" ? bringing : { ...bringing, certainty: "possible" };
}
