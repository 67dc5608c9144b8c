// Installs along a stage's history: which one brings a package, and which one may replace it later.
import type { InstallEffect, PackageRequest } from "./effect.ts";
import type { Knowledge } from "./knowledge/schema.ts";
import { couldDiffer } from "./knowledge/versions.ts";
import { lineage, type Model, type Stage, type Step } from "./model.ts";

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

/** All installs of a stage and its ancestors, in the order of the layers. */
export function installsOf(model: Model, stage: Stage): readonly Install[] {
  return lineage(model, stage).flatMap((part) =>
    part.steps.flatMap((step) =>
      step.effects.flatMap((effect) => (effect.kind === "install" ? [{ stage: part, step, effect }] : [])),
    ),
  );
}

/**
 * How an install brings the package `name`: by name (certain when it surely runs), as a dependency that the
 * knowledge tells (likely), or perhaps, as a dependency of an archive or project of which nothing is known.
 */
export function brings(effect: InstallEffect, name: string, knowledge: Knowledge): Bringing | undefined {
  const sure = effect.runs === "always" ? "certain" : "likely";
  const direct = effect.packages.find((request) => request.name === name);
  if (direct !== undefined) return { certainty: sure, request: direct };
  if (effect.noDependencies === true) return undefined;
  for (const request of effect.packages) {
    if (request.name !== undefined && needs(request.name, name, knowledge)) {
      return { certainty: "likely", request, through: request.name };
    }
  }
  const unknown = effect.packages.find((request) => mayNeedAnything(request, knowledge));
  return unknown === undefined ? undefined : { certainty: "possible", request: unknown };
}

/** A local archive or project whose dependencies nobody told. */
function mayNeedAnything(request: PackageRequest, knowledge: Knowledge): boolean {
  if (request.via !== "archive" && request.via !== "project") return false;
  return request.name === undefined || !knowledge.distributions.some((entry) => entry.name === request.name);
}

/** Whether a distribution needs another one, by any number of steps that the knowledge tells. */
export function needs(
  from: string,
  to: string,
  knowledge: Knowledge,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (seen.has(from)) return false;
  const entry = knowledge.distributions.find((distribution) => distribution.name === from);
  if (entry === undefined) return false;
  const rest = new Set([...seen, from]);
  return entry.needs.some((need) => {
    const name = typeof need === "string" ? need : need.name;
    return name === to || needs(name, to, knowledge, rest);
  });
}

/**
 * How an install may write a package anew that is there already, in version `present` as far as that is known: it
 * does when forced, or when it asks for another version. Undefined when it surely leaves the package alone.
 */
export function replaces(
  effect: InstallEffect,
  name: string,
  present: string | undefined,
  knowledge: Knowledge,
): Bringing | undefined {
  const bringing = brings(effect, name, knowledge);
  if (bringing === undefined || effect.force === "reinstall") return bringing;
  const { request } = bringing;
  if (request.name !== name) return bringing;
  if (request.specifier === undefined && request.version === undefined) {
    return effect.force === "upgrade" ? { ...bringing, certainty: "likely" } : undefined;
  }
  if (present === undefined) return { ...bringing, certainty: "likely" };
  const difference = couldDiffer(`==${present}`, request.specifier ?? `==${request.version}`);
  if (difference === "same") return undefined;
  return difference === "different" ? bringing : { ...bringing, certainty: "possible" };
}
