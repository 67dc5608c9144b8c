// Packages installed again, removed late, or upgraded over the base image.
import type {
  Effect,
  InstallEffect,
  Manager,
  PackageRequest,
  Size,
  UninstallEffect,
} from "../../model/effect.ts";
import { type Install, installsOf, needs } from "../../model/installs.ts";
import { couldDiffer } from "../../model/knowledge/versions.ts";
import { lineage } from "../../model/model.ts";
import type { Stored } from "../../model/timeline.ts";
import { timeline } from "../../model/timeline.ts";
import type { Claim, ClaimedFiles, Scene } from "../claims.ts";

/** Installers of installers: a few MB, and people want the newest. */
const SMALL_PACKAGES = new Set([
  "pip",
  "setuptools",
  "wheel",
  "uv",
  "pipenv",
  "poetry",
  "virtualenv",
  "npm",
  "yarn",
  "pnpm",
  "corepack",
]);

export function packageClaims(scene: Scene): readonly Claim[] {
  return [...upgrades(scene), ...uninstalls(scene), ...reinstalls(scene)];
}

function upgrades({ step, stage, model }: Scene): readonly Claim[] {
  const base = lineage(model, stage)[0]!.base;
  if (base.kind !== "image") return [];
  const effects = step.effects.filter((effect) => effect.kind === "upgrade");
  const [first, ...rest] = effects;
  if (first === undefined) return [];
  const confidence = effects.some(({ runs }) => runs === "always") ? "certain" : "likely";
  return [{ rule: "base-upgraded", stage, step, effects: [first, ...rest], files: [], confidence }];
}

/** Installs of earlier layers in a stage's history. */
function earlierInstalls({ model, stage, step }: Scene): readonly Install[] {
  const all = installsOf(model, stage);
  const at = all.findIndex((install) => install.stage === stage && install.step.index >= step.index);
  return at < 0 ? all : all.slice(0, at);
}

function uninstalls(scene: Scene): readonly Claim[] {
  const { step, stage } = scene;
  const effects = step.effects.filter((effect): effect is UninstallEffect => effect.kind === "uninstall");
  if (effects.length === 0) return [];
  const earlier = earlierInstalls(scene);
  const own = step.effects.filter((effect): effect is InstallEffect => effect.kind === "install");
  const files: ClaimedFiles[] = [];
  const guilty: Effect[] = [];
  for (const effect of effects) {
    // What comes back in the same step is a reinstallation, which is told as such.
    const gone = effect.packages.filter(
      ({ name }) =>
        name !== undefined &&
        !own.some(
          (install) =>
            sameFamily(install, effect) && install.packages.some((request) => request.name === name),
        ),
    );
    const found = earlier.filter(
      (install) =>
        sameFamily(install.effect, effect) && gone.some(({ name }) => installed(install.effect, name!)),
    );
    if (found.length === 0) continue;
    guilty.push(effect);
    for (const install of found) files.push(...storedOf(scene, install));
  }
  const [first, ...rest] = guilty;
  if (first === undefined) return [];
  const confidence = guilty.some(({ runs }) => runs === "always") ? "certain" : "likely";
  return [
    { rule: "removed-later", stage, step, effects: [first, ...rest], files: unique(files), confidence },
  ];
}

function installed(install: InstallEffect, name: string): boolean {
  if (install.packages.some((request) => request.name === name)) return true;
  // `npm remove x` edits what package.json lists, so an install of the whole list brought it.
  return install.manager === "npm" && !install.complete;
}

const FAMILY: Partial<Record<Manager, string>> = { pip: "python", conda: "python" };

function sameFamily(
  a: { manager: Manager; environment: string },
  b: { manager: Manager; environment: string },
): boolean {
  const family = (manager: Manager): string => FAMILY[manager] ?? manager;
  return family(a.manager) === family(b.manager) && a.environment === b.environment;
}

function reinstalls(scene: Scene): readonly Claim[] {
  const { step, stage } = scene;
  const earlier = earlierInstalls(scene);
  const guilty = new Map<Effect, ClaimedFiles[]>();
  let sure = false;
  const own = step.effects.filter((effect): effect is UninstallEffect => effect.kind === "uninstall");
  for (const effect of step.effects) {
    if (effect.kind !== "install") continue;
    for (const request of effect.packages) {
      if (request.name === undefined || SMALL_PACKAGES.has(request.name)) continue;
      const again = reinstalledBy(scene, effect, request, request.name, earlier, own);
      if (again === undefined) continue;
      if (again.sure && effect.runs === "always") sure = true;
      const list = guilty.get(effect) ?? [];
      list.push(...(again.install === undefined ? [] : storedOf(scene, again.install)));
      guilty.set(effect, list);
    }
  }
  const [first, ...rest] = guilty.keys();
  if (first === undefined) return [];
  const files = unique([...guilty.values()].flat());
  return [
    {
      rule: "reinstalled-later",
      stage,
      step,
      effects: [first, ...rest],
      files,
      confidence: sure ? "certain" : "likely",
    },
  ];
}

interface Again {
  readonly install: Install | undefined;
  readonly sure: boolean;
}

function reinstalledBy(
  { model, step }: Scene,
  effect: InstallEffect,
  request: PackageRequest,
  name: string,
  earlier: readonly Install[],
  removed: readonly UninstallEffect[],
): Again | undefined {
  const known = earlier.filter((install) => sameFamily(install.effect, effect));
  const same = known.filter((install) =>
    install.effect.packages.some((other) => alias(other.name) === alias(name)),
  );
  const before = same.at(-1);
  const gone = removed.some(
    (other) => sameFamily(other, effect) && other.packages.some((one) => one.name === name),
  );
  if (gone || effect.force === "reinstall") {
    if (before !== undefined) return { install: before, sure: true };
    const through = known.findLast((install) =>
      install.effect.packages.some(
        (other) => other.name !== undefined && needs(other.name, name, model.knowledge),
      ),
    );
    if (through !== undefined) return { install: through, sure: false };
    // Something not told in the file may have brought it: a list that could not be read, or the base image.
    const unknown = known.findLast((install) => !install.effect.complete);
    return unknown === undefined || effect.force !== "reinstall"
      ? undefined
      : { install: unknown, sure: false };
  }
  if (before === undefined || before.step === step) return undefined;
  const had = before.effect.packages.find((other) => alias(other.name) === alias(name))!;
  const [was, is] = [specifierOf(had), specifierOf(request)];
  if (is === undefined) return undefined;
  if (was === undefined) return undefined;
  const difference = couldDiffer(was, is);
  if (difference === "different") return { install: before, sure: true };
  // "2.1.1" is there and "2.1.1+cu118" is wanted: a local version is met by itself only.
  return difference === "unknown" &&
    /\+/.test(is) &&
    !/\+/.test(was) &&
    is.split("+")[0] === was.split("+")[0]
    ? { install: before, sure: false }
    : undefined;
}

function specifierOf(request: PackageRequest): string | undefined {
  return request.specifier ?? (request.version === undefined ? undefined : `==${request.version}`);
}

/** Names that conda and pip have for the same package. */
function alias(name: string | undefined): string | undefined {
  return name === "pytorch" ? "torch" : name;
}

/** What an install stored, as the timeline has it. */
function storedOf({ model, step }: Scene, install: Install): readonly ClaimedFiles[] {
  const stored = (timeline(model).before.get(step) ?? []).filter(
    (files: Stored) => files.effect === install.effect,
  );
  const size: Size = install.effect.size;
  return stored.slice(0, 1).map((files) => ({ stored: files, size }));
}

function unique(files: readonly ClaimedFiles[]): readonly ClaimedFiles[] {
  return files.filter((one, index) => files.findIndex((other) => other.stored === one.stored) === index);
}
