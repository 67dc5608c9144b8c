// The one question: which earlier layer wrote what a later effect overwrites, retouches, removes or moves?
import { copyParts } from "../dockerfile/copy.ts";
import { once } from "../once.ts";
import {
  type Effect,
  type InstallEffect,
  type MoveEffect,
  NEGLIGIBLE,
  type Retouch,
  type RetouchEffect,
  type Size,
  type WriteEffect,
} from "./effect.ts";
import { isRefused, type Model, type Stage, type Step } from "./model.ts";
import { hasMode, writtenModes } from "./modes.ts";
import { isScriptFolder, isSharedFolder, isSmallPlace, looksLikeFolder } from "./names.ts";
import {
  baseName,
  hasGlobSegment,
  isBelow,
  isLiteral,
  joinPath,
  type Meeting,
  meet,
  restBelow,
  splitPath,
  type Target,
} from "./path.ts";
import { pathInContext } from "./provenance.ts";

/** Files that are in the image at some point, and the layer that holds their newest copy. */
export interface Stored {
  /** What wrote them first; undefined for files of the base image. */
  readonly effect: WriteEffect | InstallEffect | MoveEffect | undefined;
  /** The step that wrote them first. */
  readonly origin: Step | undefined;
  /** The step whose layer holds them now. */
  readonly holder: Step | undefined;
  readonly target: Target;
  readonly size: Size;
  /** A noun phrase: "node_modules". */
  readonly what: string | undefined;
  /** Owner and group as last set for all of them, modes as set since they were written. */
  readonly owner: string | undefined;
  readonly group: string | undefined;
  readonly modes: readonly string[];
}

/** A later effect meets files that another layer holds. */
export interface Touch {
  readonly stage: Stage;
  readonly step: Step;
  readonly effect: Effect;
  /** The part of the effect that meets them. */
  readonly target: Target;
  readonly stored: Stored;
  readonly meeting: Meeting;
}

/** What a stage begins and ends with, and all touches in it. */
export interface Timeline {
  readonly touches: readonly Touch[];
  /** Files in the image before each step. */
  readonly before: ReadonlyMap<Step, readonly Stored[]>;
  /** Files in the image at the end of each stage. */
  readonly final: readonly (readonly Stored[])[];
}

/** Walks every stage from its base's end to its own; a parent's touches are not repeated for its children. */
export const timeline = once((model: Model): Timeline => {
  const touches: Touch[] = [];
  const before = new Map<Step, readonly Stored[]>();
  const final: (readonly Stored[])[] = [];
  for (const stage of model.stages) {
    let stored = stage.base.kind === "stage" ? (final[stage.base.stage] ?? []) : baseContents(stage);
    for (const step of stage.steps) {
      before.set(step, stored);
      if (isRefused(model, step)) continue;
      for (const effect of step.effects) {
        // A stage that does not ship has no findings: only what changes the files' state counts there.
        const found =
          stage.ships || changesState(effect) ? touchesOf(model, stage, step, effect, stored) : [];
        if (stage.ships) touches.push(...found);
        stored = applyEffect(model, step, effect, stored, found, final);
      }
    }
    final.push(stored);
  }
  return { touches, before, final };
});

function baseContents(stage: Stage): readonly Stored[] {
  return (stage.baseImage.contents ?? []).map(({ target, size, what }) => ({
    effect: undefined,
    origin: undefined,
    holder: undefined,
    target,
    size,
    what,
    owner: undefined,
    group: undefined,
    modes: [],
  }));
}

/** The paths that an effect changes; for most installs none: packages are compared by name. */
export function changedTargets(effect: Effect): readonly Target[] {
  switch (effect.kind) {
    case "write":
      return effect.keeps === true ? [] : effect.targets;
    case "edit":
    case "retouch":
    case "remove":
      return effect.targets;
    case "move":
      return effect.from;
    case "install":
      return effect.manager === "other" ? effect.targets : [];
    default:
      return [];
  }
}

function touchesOf(
  model: Model,
  stage: Stage,
  step: Step,
  effect: Effect,
  stored: readonly Stored[],
): Touch[] {
  const found: Touch[] = [];
  for (const target of changedTargets(effect)) {
    for (let index = 0; index < stored.length; index += 1) {
      const files = stored[index]!;
      if (files.holder === step || (effect.kind === "retouch" && isAsAsked(files, effect.change))) continue;
      const meeting = meetStored(target, files);
      if (meeting === undefined) continue;
      if (meeting.relation === "inside" && isMadeApart(model, target, files, stored)) continue;
      const doubted = mayHaveMade(step, effect, target, files, meeting);
      found.push({ stage, step, effect, target, stored: files, meeting: doubted ? doubt(meeting) : meeting });
    }
  }
  return found;
}

function changesState({ kind }: Effect): boolean {
  return kind === "retouch" || kind === "edit" || kind === "move";
}

/** As `meet`; what was copied to a folder that everything shares need not be what lies below another path of it. */
function meetStored(target: Target, stored: Stored): Meeting | undefined {
  const meeting = meet(target, stored.target);
  const { path } = stored.target;
  if (meeting?.relation !== "inside" || !isSharedFolder(path)) return meeting;
  const likely = target.extent !== "tree" && path !== "/" && mayBring(stored, target.path);
  return likely ? meeting : doubt(meeting);
}

function doubt({ relation }: Meeting): Meeting {
  return { certainty: "possible", relation };
}

/** Whether a copy to a folder may have brought the file of that name: the source has it, or is a folder by its name. */
function mayBring({ effect, target }: Stored, path: string): boolean {
  if (effect?.kind !== "write" || effect.how === "unpack") return true;
  if (effect.origin === undefined || !("sources" in effect.origin)) return true;
  const [name] = splitPath(path.slice(target.path.length + 1));
  return effect.origin.sources.some((source) => {
    const own = baseName(typeof source === "string" ? `/${source}` : source.path);
    return own === "" || own === name || hasGlobSegment(own) || hasGlobSegment(name!) || looksLikeFolder(own);
  });
}

/**
 * Whether something else is known to have put what lies at the target: then it is not what was copied or cloned to
 * a folder above it. A folder that was made before may have been filled by the copy.
 */
export function isMadeApart(model: Model, target: Target, outer: Stored, stored: readonly Stored[]): boolean {
  const index = stored.indexOf(outer);
  const told = stored.some((files) => hasInContext(model, files, target));
  if (told && !hasInContext(model, outer, target)) return true;
  if (isOwnEnvironment(target, outer, stored)) return true;
  return stored.some((files, at) => {
    const { path, extent } = files.target;
    if (files === outer || extent === "some" || path === outer.target.path) return false;
    if (!isBelow(path, outer.target.path)) return false;
    const made = files.effect?.kind === "write" && files.effect.how === "create";
    if (made && at < index) return false;
    // A WORKDIR below what was unpacked is as a rule a folder of it.
    if (made && files.origin?.instruction.keyword === "WORKDIR" && isUnpacked(outer)) return false;
    const meeting = meet(target, files.target);
    if (meeting === undefined || meeting.certainty === "possible" || meeting.relation === "part")
      return false;
    return path === target.path || meeting.relation === "inside";
  });
}

/**
 * conda makes environments only where none is: what lies in one that a step made is none of the base image's, even
 * where only the build knows its name.
 */
function isOwnEnvironment(target: Target, outer: Stored, stored: readonly Stored[]): boolean {
  if (outer.effect !== undefined || outer.origin !== undefined) return false;
  const folder = joinPath(outer.target.path, "envs");
  if (!isBelow(target.path, folder)) return false;
  return stored.some(
    ({ effect, target: own }) =>
      effect?.kind === "install" &&
      effect.manager === "conda" &&
      isBelow(own.path, folder) &&
      meet(target, own) !== undefined,
  );
}

/** Whether the build context tells that this very file was copied with its folder. */
function hasInContext({ context }: Model, { effect, origin, target }: Stored, { path }: Target): boolean {
  if (context === undefined || effect?.kind !== "write" || effect.origin?.kind !== "context") return false;
  if (effect.how === "unpack" || path === target.path || !isBelow(path, target.path) || !isLiteral(path))
    return false;
  const parts = origin === undefined ? undefined : copyParts(origin.instruction);
  if (parts === undefined || parts.parents || parts.exclude.length > 0) return false;
  const there = pathInContext(effect.origin, restBelow(path, target.path));
  if (there === undefined || hasGlobSegment(there)) return false;
  return context.has(there) && !context.isDirectory(there);
}

function isUnpacked({ effect }: Stored): boolean {
  return effect?.kind === "write" && (effect.how === "unpack" || effect.how === "clone");
}

/** A part of a folder that a command of the same step, which nobody knows, may have put there. */
function mayHaveMade(step: Step, effect: Effect, target: Target, files: Stored, meeting: Meeting): boolean {
  if (meeting.relation !== "inside" || files.effect === undefined) return false;
  for (const before of step.effects) {
    if (before === effect) return false;
    if (before.kind === "opaque" && effect.kind !== "retouch") return true;
    const builds = before.kind === "write" && before.how === "build";
    if (builds && before.targets.some(({ path }) => isBelow(target.path, path))) return true;
  }
  return false;
}

/** Owner and mode are already what the change asks for: builders store nothing. */
function isAsAsked(stored: Stored, { owner, group, mode, attributes }: Retouch): boolean {
  if (attributes !== undefined) return false;
  const ownerDone = owner === undefined || sameOwner(owner, stored.owner);
  // `chown user:` asks for the group that the user logs in with.
  const groupDone = group === undefined || sameOwner(group === "" ? (owner ?? "") : group, stored.group);
  return ownerDone && groupDone && (mode === undefined || hasMode(stored.modes, mode));
}

/** Whether two names or numbers surely are the same user or group. */
export function sameOwner(a: string, b: string | undefined): boolean {
  const plain = (name: string): string => (name === "0" ? "root" : name);
  return b !== undefined && plain(a) === plain(b);
}

/** The files after an effect. What only may happen leaves the files as they were, besides what it adds. */
function applyEffect(
  model: Model,
  step: Step,
  effect: Effect,
  stored: readonly Stored[],
  touches: readonly Touch[],
  final: readonly (readonly Stored[])[],
): readonly Stored[] {
  const sure = effect.runs === "always";
  switch (effect.kind) {
    case "write":
      return withoutCovered(stored, effect, sure).concat(added(model, step, effect, final));
    case "install":
      return stored.concat(added(model, step, effect, final));
    case "remove":
      return sure ? removed(stored, effect.targets) : removedInBranch(step, stored, effect.targets);
    case "move": {
      const size = touches.length === 1 ? touches[0]!.stored.size : ({ kind: "unknown" } as const);
      const rest = sure ? removed(stored, effect.from) : stored;
      const { owner, group } = ownersOf(step, effect);
      return [
        ...rest,
        {
          effect,
          origin: step,
          holder: step,
          target: effect.to,
          size,
          what: undefined,
          owner,
          group,
          modes: [],
        },
      ];
    }
    case "retouch":
      return sure ? held(step, stored, touches, effect) : stored;
    case "edit":
      return sure ? held(step, stored, touches, undefined) : stored;
    default:
      return stored;
  }
}

/** Who owns what an effect writes: COPY's files belong to root unless told, a command's to its user. */
function ownersOf(
  step: Step,
  effect: WriteEffect | InstallEffect | MoveEffect,
): { readonly owner: string | undefined; readonly group: string | undefined } {
  if (effect.command === undefined) {
    const [owner, group] = (effect.kind === "write" ? effect.owner : undefined)?.split(":") ?? [];
    return { owner: owner || "root", group: group ?? (owner === undefined ? "root" : owner) };
  }
  const { wrappers, user } = effect.command;
  const sudo = wrappers.some(({ name, user: as }) => name === "sudo" && as === undefined);
  const owner = sudo ? "root" : (user?.text ?? step.user.split(":")[0]!);
  return { owner, group: owner };
}

function added(
  model: Model,
  step: Step,
  effect: WriteEffect | InstallEffect,
  final: readonly (readonly Stored[])[],
): Stored[] {
  const what = effect.kind === "write" ? effect.what : undefined;
  const size = effect.size.kind === "unknown" ? unknownSize(effect, final) : effect.size;
  const { owner, group } = ownersOf(step, effect);
  const modes = effect.kind === "write" ? writtenModes(model, effect) : [];
  return effect.targets.map((target, index) => ({
    effect,
    origin: step,
    holder: step,
    target,
    // One size for all targets: the first carries it, so that sums stay right.
    size: index === 0 || size.kind !== "bytes" ? size : { ...size, value: 0 },
    what,
    owner,
    group,
    modes,
  }));
}

/** Files that are small by where they lie are; what is copied from a stage is large if something large lies there. */
function unknownSize(effect: WriteEffect | InstallEffect, final: readonly (readonly Stored[])[]): Size {
  if (effect.kind !== "write") return effect.size;
  if (effect.targets.length > 0 && effect.targets.every(({ path }) => isSmallPlace(path))) return NEGLIGIBLE;
  if (effect.origin?.kind === "context" && effect.origin.sources.every(isScriptFolder)) return NEGLIGIBLE;
  if (effect.origin?.kind !== "stage") return effect.size;
  const { stage, sources } = effect.origin;
  if (sources.every((path) => isSmallFile(path, final[stage] ?? []))) return NEGLIGIBLE;
  const inside = (final[stage] ?? []).filter((files) =>
    sources.some((path) => meet({ path, extent: "tree" }, files.target)?.relation === "covers"),
  );
  return inside.find(({ size }) => size.kind === "large")?.size ?? effect.size;
}

/** A file written anew takes the place of the old one; a tree written over a tree only adds to it. */
function withoutCovered(stored: readonly Stored[], effect: WriteEffect, sure: boolean): readonly Stored[] {
  if (!sure || effect.keeps === true) return stored;
  const paths = effect.targets.flatMap(({ path }) => (isLiteral(path) ? [path] : []));
  if (paths.length === 0) return stored;
  return stored.filter(({ target }) => target.extent !== "exact" || !paths.includes(target.path));
}

/** What a step may have written in a branch is taken to be removed by the same branch. */
function removedInBranch(
  step: Step,
  stored: readonly Stored[],
  targets: readonly Target[],
): readonly Stored[] {
  return stored.flatMap((files) =>
    files.origin === step && files.effect?.runs === "sometimes" ? removed([files], targets) : [files],
  );
}

function removed(stored: readonly Stored[], targets: readonly Target[]): readonly Stored[] {
  const out: Stored[] = [];
  for (const files of stored) {
    const meetings: { readonly target: Target; readonly meeting: Meeting }[] = [];
    for (const target of targets) {
      const meeting = meet(target, files.target);
      if (meeting !== undefined) meetings.push({ target, meeting });
    }
    if (meetings.length === 0) {
      out.push(files);
      continue;
    }
    if (meetings.some(({ meeting }) => meeting.certainty === "certain" && meeting.relation === "covers"))
      continue;
    const inside = meetings.filter(
      ({ target, meeting }) =>
        meeting.relation === "inside" &&
        target.extent !== "some" &&
        (isLiteral(target.path) || target.extent === "tree"),
    );
    if (inside.length === 0) out.push(files);
    else {
      const { path, extent, except = [] } = files.target;
      // A spread before a new member would give each target a shape of its own, which all that reads them would pay for.
      const target = { path, extent, except: [...except, ...inside.map(({ target }) => target.path)] };
      out.push({ ...files, target });
    }
  }
  return out;
}

/** Files changed in place are now held by this step's layer. */
function held(
  step: Step,
  stored: readonly Stored[],
  touches: readonly Touch[],
  retouch: RetouchEffect | undefined,
): readonly Stored[] {
  const touched = new Map<Stored, Touch[]>();
  for (const touch of touches) {
    const list = touched.get(touch.stored) ?? [];
    list.push(touch);
    touched.set(touch.stored, list);
  }
  // Directories and links weigh nothing: the files below stay where they are.
  if (retouch?.only === "directories" || retouch?.only === "links") return stored;
  return stored.flatMap((files): readonly Stored[] => {
    const own = files.holder === step && retouch !== undefined ? ownTouch(retouch, files) : false;
    const list = touched.get(files);
    if (list === undefined) return own ? [withChange(files, retouch?.change, files.holder)] : [files];
    if (list.some(({ meeting }) => meeting.certainty === "certain" && meeting.relation === "covers")) {
      return [withChange(files, retouch?.change, step)];
    }
    const parts = list.filter(
      ({ meeting, target }) =>
        meeting.relation === "inside" && meeting.certainty !== "possible" && isLiteral(target.path),
    );
    return [
      files,
      ...parts.map(({ target }) =>
        withChange({ ...files, target, size: partSize(files, target) }, retouch?.change, step),
      ),
    ];
  });
}

/** Whether a path is that of a small file which was copied there, and nothing lies below it. */
function isSmallFile(path: string, stored: readonly Stored[]): boolean {
  const there = stored.filter(({ target }) => isBelow(target.path, path));
  return (
    there.length > 0 &&
    there.every(
      ({ effect, size, target }) =>
        target.path === path &&
        size.kind === "negligible" &&
        effect?.kind === "write" &&
        effect.origin?.kind === "context",
    )
  );
}

/** The size of a part of stored files. */
function partSize(files: Stored, target: Target): Size {
  return files.size.kind === "negligible" || isSmallPlace(target.path) ? NEGLIGIBLE : { kind: "unknown" };
}

/** Whether a retouch covers files that its own layer wrote. */
function ownTouch(retouch: RetouchEffect, files: Stored): boolean {
  return retouch.targets.some((target) => {
    const meeting = meet(target, files.target);
    return meeting?.certainty === "certain" && meeting.relation === "covers";
  });
}

function withChange(files: Stored, change: Retouch | undefined, holder: Step | undefined): Stored {
  return {
    ...files,
    holder,
    owner: change?.owner ?? files.owner,
    group: change?.group ?? files.group,
    modes: change?.mode === undefined ? files.modes : [...files.modes, change.mode],
  };
}
