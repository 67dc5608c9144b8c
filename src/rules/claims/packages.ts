// Packages installed again, removed late, or upgraded over the base image.
import type {
  Effect,
  InstallEffect,
  Manager,
  PackageRequest,
  UninstallEffect,
  WriteEffect,
} from "../../model/effect.ts";
import { type Install, installsOf, needs } from "../../model/installs.ts";
import { isMetaPackage, sizeWithoutBrought } from "../../model/knowledge/system-packages.ts";
import { couldDiffer } from "../../model/knowledge/versions.ts";
import { isPlainSystem, lineage, type Model, type Stage } from "../../model/model.ts";
import { isBelow, joinPath } from "../../model/path.ts";
import type { Stored } from "../../model/timeline.ts";
import { timeline } from "../../model/timeline.ts";
import type { Claim, ClaimedFiles, Scene } from "./claim.ts";

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
  if (!step.effects.some(({ kind }) => kind === "upgrade")) return [];
  const { base, baseImage } = lineage(model, stage)[0]!;
  if (base.kind !== "image") return [];
  const held = (prefix: string): boolean =>
    prefix === "/" || (baseImage.contents ?? []).some(({ target }) => isBelow(prefix, target.path));
  const before = lineage(model, stage).flatMap((part) =>
    part === stage ? part.steps.filter((other) => other.index < step.index) : part.steps,
  );
  // What an upgrade brought, the next one finds new.
  const isNewest = (manager: Manager): boolean =>
    before.some(({ effects }) => effects.some((one) => one.kind === "upgrade" && one.manager === manager));
  const effects = step.effects.filter(
    (effect) => effect.kind === "upgrade" && held(effect.environment) && !isNewest(effect.manager),
  );
  const [first, ...rest] = effects;
  if (first === undefined) return [];
  const confidence = effects.some(({ runs }) => runs === "always") ? "certain" : "likely";
  return [{ rule: "base-upgraded", stage, step, effects: [first, ...rest], files: [], confidence }];
}

/** An install of an earlier layer, or a copy that brought what another stage installed. */
export interface Earlier extends Install {
  /** The effect that stores the files in this stage. */
  readonly storedBy: InstallEffect | WriteEffect;
}

/** The installs before a step, those too whose files a copy brought from another stage. */
export function earlierInstalls({ model, stage, step }: Scene): readonly Earlier[] {
  return allInstalls(model, stage).filter(
    (install) => install.stage !== stage || install.step.index < step.index,
  );
}

const known = new WeakMap<Stage, readonly Earlier[]>();

function allInstalls(model: Model, stage: Stage): readonly Earlier[] {
  const before = known.get(stage);
  if (before !== undefined) return before;
  const all = lineage(model, stage).flatMap((part) =>
    part.steps.flatMap((step) =>
      step.effects.flatMap((effect): readonly Earlier[] => {
        if (effect.kind === "install") return [{ stage: part, step, effect, storedBy: effect }];
        if (effect.kind !== "write" || effect.origin?.kind !== "stage") return [];
        return copiedInstalls(model, effect, effect.origin).map((install) => ({
          stage: part,
          step,
          effect: install,
          storedBy: effect,
        }));
      }),
    ),
  );
  known.set(stage, all);
  return all;
}

/** The installs of another stage whose environment a copy brings, with the environment's place here. */
function copiedInstalls(
  model: Model,
  copy: WriteEffect,
  origin: { readonly stage: number; readonly sources: readonly string[] },
): readonly InstallEffect[] {
  const from = model.stages[origin.stage];
  const [source] = origin.sources;
  const [target] = copy.targets;
  if (from === undefined || source === undefined || target === undefined) return [];
  return installsOf(model, from).flatMap(({ effect }) => {
    if (source === "/" || !isBelow(effect.environment, source)) return [];
    const rest = effect.environment.slice(source.length + 1);
    return [{ ...effect, environment: rest === "" ? target.path : joinPath(target.path, rest) }];
  });
}

function uninstalls(scene: Scene): readonly Claim[] {
  const { step, stage } = scene;
  const effects = step.effects.filter((effect): effect is UninstallEffect => effect.kind === "uninstall");
  if (effects.length === 0) return [];
  const earlier = earlierInstalls(scene);
  const own = step.effects.filter((effect): effect is InstallEffect => effect.kind === "install");
  const files: ClaimedFiles[] = [];
  const guilty: Effect[] = [];
  let likely = false;
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
    const known = earlier.filter(
      (install) =>
        sameFamily(install.effect, effect) && gone.some(({ name }) => installed(install.effect, name!)),
    );
    const found = known.length > 0 ? known : orphans(scene, effect, earlier, gone);
    if (found.length === 0) {
      const held = heldByBase(scene, effect, gone);
      if (held.length > 0) guilty.push(effect);
      files.push(...held);
      likely = true;
      continue;
    }
    if (known.length === 0) likely = true;
    guilty.push(effect);
    for (const install of found) files.push(...storedOf(scene, install));
  }
  const [first, ...rest] = guilty;
  if (first === undefined) return [];
  const confidence = !likely && guilty.some(({ runs }) => runs === "always") ? "certain" : "likely";
  const alone = removedAlone(step.effects, guilty);
  const names = guilty.flatMap((effect) =>
    effect.kind === "uninstall" ? effect.packages.flatMap(({ name }) => name ?? []) : [],
  );
  const packages = names.length > 0 ? names : ["packages that nothing needs any more"];
  return [
    {
      rule: "removed-later",
      stage,
      step,
      effects: [first, ...rest],
      files: unique(files).map((one) =>
        alone === undefined ? one : { ...one, size: sizeWithoutBrought(alone) },
      ),
      confidence,
      packages,
      ...(alone?.every(({ name }) => name !== undefined && isMetaPackage(name))
        ? { sparesBrought: true }
        : {}),
    },
  ];
}

/** The packages that apt removes without those that they brought; undefined where these go, too. */
function removedAlone(
  effects: readonly Effect[],
  guilty: readonly Effect[],
): readonly PackageRequest[] | undefined {
  const cleans = effects.some((effect) => effect.kind === "uninstall" && effect.unneeded === true);
  const named = guilty.flatMap((effect) =>
    effect.kind === "uninstall" && effect.manager === "apt" ? [effect.packages] : [],
  );
  return cleans || named.length < guilty.length ? undefined : named.flat();
}

/** Frameworks of gigabytes, taken out of an image that is known to bring packages. */
function heldByBase(
  { model, step }: Scene,
  effect: UninstallEffect,
  gone: readonly PackageRequest[],
): readonly ClaimedFiles[] {
  const large = gone.some(({ name }) =>
    model.knowledge.distributions.some((entry) => entry.name === name && entry.large),
  );
  if (!large || effect.manager !== "pip") return [];
  const base = (timeline(model).before.get(step) ?? []).find(
    (files) => files.effect === undefined && isBelow(files.target.path, effect.environment),
  );
  return base === undefined ? [] : [{ stored: base, size: { kind: "large" } }];
}

/**
 * A plain system image brings few packages: what is removed there and was installed by no name came as a dependency
 * of an earlier install. What an autoremove finds is left from an earlier removal.
 */
function orphans(
  { model, stage, step }: Scene,
  effect: UninstallEffect,
  earlier: readonly Earlier[],
  gone: readonly PackageRequest[],
): readonly Earlier[] {
  const [root] = lineage(model, stage);
  if (effect.manager === "pip" || root === undefined || !isPlainSystem(root)) return [];
  if ((root.baseImage.contents ?? []).length > 0) return [];
  const sameManager = earlier.filter((install) => sameFamily(install.effect, effect));
  if (gone.length > 0)
    return gone.some(({ name }) => name !== undefined && isBrought(name)) ? sameManager.slice(-1) : [];
  if (effect.unneeded !== true || step.effects.some((other) => other.kind === "install")) return [];
  const removedBefore = stage.steps.some(
    (other) =>
      other.index < step.index &&
      other.effects.some(
        (one) => one.kind === "uninstall" && one.manager === effect.manager && one.unneeded !== true,
      ),
  );
  return removedBefore ? sameManager.slice(-1) : [];
}

/** Whether other packages bring one of this name: a library, an interpreter, a tool of builds. */
function isBrought(name: string): boolean {
  return (
    /^(lib|python|perl|ruby|php|tcl|guile|gcc|g\+\+|cpp|binutils|make$|m4$|pkg-?conf|mesa|fonts?-)/.test(
      name,
    ) || /[-_](dev|devel|dbg|headers|common|data|doc|libs?|runtime)$/.test(name)
  );
}

function installed(install: InstallEffect, name: string): boolean {
  if (install.packages.some((request) => request.name === name)) return true;
  // `npm remove x` edits what package.json lists, so an install of the whole list brought it.
  return install.manager === "npm" && !install.complete;
}

const FAMILY: Partial<Record<Manager, string>> = { pip: "python", conda: "python" };

/** Whether two calls work on the same packages: pip and conda share an environment. */
export function sameFamily(
  a: { manager: Manager; environment: string },
  b: { manager: Manager; environment: string },
): boolean {
  const family = (manager: Manager): string => FAMILY[manager] ?? manager;
  return family(a.manager) === family(b.manager) && a.environment === b.environment;
}

function reinstalls(scene: Scene): readonly Claim[] {
  const { step, stage } = scene;
  if (!step.effects.some(({ kind }) => kind === "install")) return [];
  const earlier = earlierInstalls(scene);
  const guilty = new Map<Effect, ClaimedFiles[]>();
  const packages: string[] = [];
  let sure = false;
  const own = step.effects.filter((effect): effect is UninstallEffect => effect.kind === "uninstall");
  for (const effect of step.effects) {
    if (effect.kind !== "install") continue;
    for (const request of effect.packages) {
      if (request.name === undefined || SMALL_PACKAGES.has(request.name)) continue;
      const again = reinstalledBy(scene, effect, request, request.name, earlier, own);
      if (again === undefined) continue;
      packages.push(again.change === undefined ? request.name : `${request.name} (${again.change})`);
      if (again.sure && effect.runs === "always") sure = true;
      const list = guilty.get(effect) ?? [];
      // Of all that the earlier step brought, no more than what this one asks for is stored twice.
      const { size } = again.install.effect;
      const part = size.kind === "large" || size.kind === "bytes" ? effect.size : size;
      const presumed = again.presumed === true ? { presumed: true } : {};
      list.push(...storedOf(scene, again.install).map((files) => ({ ...files, size: part, ...presumed })));
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
      packages: [...new Set(packages)],
      confidence: sure ? "certain" : "likely",
    },
  ];
}

interface Again {
  readonly install: Earlier;
  readonly sure: boolean;
  /** Whether the file does not tell that this very install brought it. */
  readonly presumed?: boolean;
  /** "2.1 becomes 2.2". */
  readonly change?: string;
}

function reinstalledBy(
  { model, step }: Scene,
  effect: InstallEffect,
  request: PackageRequest,
  name: string,
  earlier: readonly Earlier[],
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
    // Nobody takes out a framework of gigabytes to put it in again that is not there.
    const sought = gone && model.knowledge.distributions.some((entry) => entry.name === name && entry.large);
    return unknown === undefined || !(sought || effect.force === "reinstall")
      ? undefined
      : { install: unknown, sure: false, presumed: true };
  }
  if (before === undefined || before.step === step) return undefined;
  const had = before.effect.packages.find((other) => alias(other.name) === alias(name))!;
  const [was, is] = [specifierOf(had), specifierOf(request)];
  if (is === undefined) return undefined;
  if (was === undefined) return undefined;
  const difference = couldDiffer(was, is);
  const change = changeOf(was, is);
  if (difference === "different") return { install: before, sure: true, change };
  // What conda brought has no local version; pip may well have chosen the one with it.
  const local =
    difference === "unknown" && before.effect.manager === "conda" && /\+/.test(is) && !/\+/.test(was);
  return local && is.split("+")[0] === was.split("+")[0]
    ? { install: before, sure: false, change }
    : undefined;
}

/** "2.1 becomes 2.2"; a long range is left out. */
function changeOf(was: string, is: string): string {
  const plain = (specifier: string): string => specifier.replace(/^==/, "");
  return was.length > 20 ? `now ${plain(is)}` : `${plain(was)} becomes ${plain(is)}`;
}

function specifierOf(request: PackageRequest): string | undefined {
  return request.specifier ?? (request.version === undefined ? undefined : `==${request.version}`);
}

/** Names that conda and pip have for the same package. */
function alias(name: string | undefined): string | undefined {
  return name === "pytorch" ? "torch" : name;
}

/** What an install stored, as the timeline has it. */
export function storedOf({ model, step }: Scene, install: Earlier): readonly ClaimedFiles[] {
  const stored = (timeline(model).before.get(step) ?? []).filter(
    (files: Stored) => files.effect === install.storedBy,
  );
  return stored.slice(0, 1).map((files) => ({ stored: files, size: install.effect.size }));
}

function unique(files: readonly ClaimedFiles[]): readonly ClaimedFiles[] {
  return files.filter((one, index) => files.findIndex((other) => other.stored === one.stored) === index);
}
