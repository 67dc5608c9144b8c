// Which files a late change of owner or mode meets, and what can be done about each of them.
import type { RetouchEffect } from "../../model/effect.ts";
import type { Model, Stage, Step } from "../../model/model.ts";
import { looksLikeFile } from "../../model/names.ts";
import {
  baseName,
  hasGlobSegment,
  isBelow,
  joinPath,
  type Meeting,
  meet,
  parentPath,
  type Target,
} from "../../model/path.ts";
import { isMadeApart, type Stored, timeline } from "../../model/timeline.ts";

export interface FoundFiles {
  readonly stored: Stored;
  /** The part of the change that meets them. */
  readonly target: Target;
  readonly meeting: Meeting;
  /**
   * copy: a flag can do it; run: the command can move there; folder: a folder's own entry; own: written by the same
   * RUN; rest: small ones that may stay as they are; lost: nothing can be done here.
   */
  readonly way: "copy" | "run" | "folder" | "own" | "rest" | "lost";
}

/** All files that an effect meets, in the order in which they were written. */
export function foundFiles(
  model: Model,
  stage: Stage,
  step: Step,
  effect: RetouchEffect,
): readonly FoundFiles[] {
  const before = timeline(model).before.get(step) ?? [];
  const out: FoundFiles[] = [];
  for (const stored of before) {
    const met = effect.targets.flatMap((target): readonly FoundFiles[] => {
      const meeting = meet(target, stored.target);
      if (meeting === undefined || isOtherFolder(stored, target) || isNamedElsewhere(before, stored, target))
        return [];
      if (meeting.relation === "inside" && isMadeApart(model, target, stored, before)) return [];
      const way = wayOf(model, stage, step, stored, target, meeting);
      // That it may also be one of those files is no reason: what is written over it decides.
      return way === "lost" && meeting.certainty === "possible" ? [] : [{ stored, target, meeting, way }];
    });
    const best = met.find(({ way }) => way === "copy") ?? met[0];
    if (best !== undefined) out.push(best);
  }
  for (const written of step.effects) {
    if (written.span.start >= effect.span.start) break;
    if (written.kind !== "write" && written.kind !== "install") continue;
    if (written.kind === "write" && written.how === "database") continue;
    for (const own of written.targets) {
      const target = effect.targets.find((one) => meet(one, own) !== undefined);
      if (target === undefined) continue;
      const stored = { ...EMPTY, effect: written, origin: step, holder: step, target: own };
      out.push({ stored, target, meeting: meet(target, own)!, way: "own" });
    }
  }
  return out.filter((one) => !isReplaced(one, out));
}

/**
 * A file of a copied folder over which a later step wrote that very file; and what a RUN unpacked or cloned around the
 * place that a later step filled: there may be nothing yet.
 */
function isReplaced({ way, target, stored }: FoundFiles, all: readonly FoundFiles[]): boolean {
  const around = stored.target.path !== target.path && isBelow(target.path, stored.target.path);
  return (
    ((way === "lost" && target.extent === "exact") || (way === "run" && around)) &&
    all.some(
      (other) =>
        other.way !== "lost" &&
        other.stored.target.path === target.path &&
        (other.stored.origin?.index ?? -1) > (stored.origin?.index ?? -1),
    )
  );
}

const EMPTY = {
  size: { kind: "unknown" },
  what: undefined,
  owner: undefined,
  group: undefined,
  modes: [],
} as const;

/** `COPY tool other /usr/bin/`, and `tool` is meant: the name says which of them, and that it is a file. */
function isNamed({ effect, target: { path, extent } }: Stored, target: Target): boolean {
  if (effect?.kind !== "write" || effect.command !== undefined || extent !== "tree") return false;
  const { origin } = effect;
  if (origin === undefined || !("sources" in origin) || origin.kind === "path") return false;
  return origin.sources.some((source) => joinPath(path, baseName(`/${source}`)) === target.path);
}

function isNamedElsewhere(all: readonly Stored[], stored: Stored, target: Target): boolean {
  return (
    stored.effect?.command === undefined &&
    !isNamed(stored, target) &&
    all.some((other) => other !== stored && other.origin === stored.origin && isNamed(other, target))
  );
}

/** A change without -R of a folder is none of what is in it. */
function isOtherFolder(stored: Stored, target: Target): boolean {
  return (
    target.extent === "exact" &&
    stored.target.extent === "tree" &&
    target.path === stored.target.path &&
    !isSingleFile(stored)
  );
}

/** Whether a change meets one file alone, as far as the names tell. */
export function meetsOneFile({ stored, target }: FoundFiles): boolean {
  return isSingleFile(stored) || isNamed(stored, target);
}

/** Whether files are known to be few bytes. */
export function isSmall(model: Model, { size }: Stored): boolean {
  return size.kind === "negligible" || (size.kind === "bytes" && size.value < model.minSize);
}

/** Whether what was written is one file, as far as its name and its place tell. */
export function isSingleFile({ effect, target }: Stored): boolean {
  if (target.extent === "exact") return true;
  if (effect?.kind !== "write") return false;
  if (effect.entry !== undefined) return effect.entry === "file";
  return looksLikeFile(target.path) || /^s?bin$/.test(baseName(parentPath(target.path)));
}

function wayOf(
  model: Model,
  stage: Stage,
  step: Step,
  stored: Stored,
  target: Target,
  meeting: Meeting,
): FoundFiles["way"] {
  const { origin, effect } = stored;
  const small = isSmall(model, stored);
  if (origin === undefined || origin.stage !== stage.index || origin.triggered)
    return small ? "rest" : "lost";
  if (origin === step) return "own";
  const { keyword } = origin.instruction;
  if (keyword === "WORKDIR") return "folder";
  const matched = meeting.certainty === "certain" && hasGlobSegment(target.path);
  const same =
    ((matched || target.path === stored.target.path) && isSingleFile(stored)) || isNamed(stored, target);
  const covered = same || (meeting.relation === "covers" && meeting.certainty !== "possible");
  if (keyword === "COPY" || keyword === "ADD") return covered ? "copy" : small ? "rest" : "lost";
  if (keyword !== "RUN") return "lost";
  if (
    effect?.kind === "write" &&
    effect.how === "create" &&
    effect.keeps === true &&
    !looksLikeFile(stored.target.path)
  )
    return "folder";
  return small && stored.target.extent === "exact" ? "rest" : "run";
}
