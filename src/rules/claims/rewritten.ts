// Files edited in place, or written anew at the same path, in a later layer.

import type { Instruction } from "../../dockerfile/syntax.ts";
import type { Effect, Origin, WriteEffect } from "../../model/effect.ts";
import { lineage, type Model } from "../../model/model.ts";
import { isSmallByName, looksLikeFile } from "../../model/names.ts";
import { baseName, type Target } from "../../model/path.ts";
import { type Stored, type Touch, timeline } from "../../model/timeline.ts";
import { once } from "../../once.ts";
import type { Claim, Scene } from "./claim.ts";
import { byFiles, claimOf, namesTheUnpacked } from "./touches.ts";

export function rewrittenFiles(scene: Scene): readonly Claim[] {
  const touches = scene.touches.filter((touch) => isEdit(touch) || isWrittenAgain(scene.model, touch));
  const claims = byFiles(touches).flatMap((group) => claimOf(scene, "rewritten-later", group));
  return claims.length > 0 ? claims : repeatedRun(scene);
}

/** The very same RUN once more, of a kind that fetches or builds anew each time. */
function repeatedRun({ model, stage, step }: Scene): readonly Claim[] {
  if (step.instruction.keyword !== "RUN") return [];
  const fetched = step.effects.filter(
    (effect) =>
      effect.kind === "write" && !effect.keeps && ["download", "unpack", "clone"].includes(effect.how),
  );
  const [first, ...rest] = fetched;
  if (first === undefined) return [];
  const text = spacedOnce(step.instruction);
  const twin = lineage(model, stage)
    .flatMap((part) => part.steps.filter((other) => part !== stage || other.index < step.index))
    .find(({ instruction }) => instruction.keyword === "RUN" && spacedOnce(instruction) === text);
  if (twin === undefined) return [];
  const files = (timeline(model).before.get(step) ?? []).filter(
    ({ effect, origin, size }) =>
      origin === twin && effect?.kind === "write" && effect.how !== "create" && size.kind !== "negligible",
  );
  if (files.length === 0) return [];
  return [
    {
      rule: "rewritten-later",
      stage,
      step,
      effects: [first, ...rest],
      files: files.map((stored) => ({ stored, size: stored.size })),
      confidence: "likely",
    },
  ];
}

/** Every RUN of a stage is compared with all before it. */
const spacedOnce = once(({ original }: Instruction) => original.replace(/\s+/g, " "));

function isEdit({ effect, stored, target }: Touch): boolean {
  // What is no program stays as it is, and of what a search finds that is not known.
  if (effect.kind === "edit" && effect.verb === "strips" && isText(stored, target)) return false;
  // An edit changes files, never a folder's own entry.
  return effect.kind === "edit" && (target.path !== stored.target.path || isFile(stored.effect));
}

function isText({ effect, target }: Stored, stripped: Target): boolean {
  if (/\/node_modules(\/|$)/.test(target.path)) return true;
  // Of what packages bring, people name what is no text; a search finds all of it.
  if (effect?.kind === "install") return effect.manager === "npm" || stripped.extent !== "exact";
  if (isSmallByName(target.path) || effect?.kind !== "write" || effect.how === "clone") return true;
  return target.extent === "exact" && stripped.path !== target.path;
}

function isFile(effect: Effect | undefined): boolean {
  return effect?.kind !== "write" || effect.entry !== "directory";
}

/** A command that puts the same path there again. Packages and downloads of artifacts have rules of their own. */
function isWrittenAgain(model: Model, touch: Touch): boolean {
  const { effect, stored, target, meeting } = touch;
  if (effect.kind === "install") {
    // An installer of a tree of its own, over what was unpacked there by hand.
    return stored.effect?.kind === "write" && stored.effect.how === "unpack" && namesTheUnpacked(touch);
  }
  if (effect.kind !== "write" || effect.command === undefined || effect.artifact !== undefined) return false;
  if (effect.keeps === true || effect.how === "create" || effect.how === "database") return false;
  if (stored.effect?.kind !== "write" || stored.effect.how === "create" || stored.effect.keeps === true)
    return false;
  // Another archive adds its own files to the folder.
  if (effect.how === "unpack" && !sameArchive(effect.origin, stored.effect.origin)) return false;
  if (!isFilePath(touch) && addsToFolder(effect) && !bringsTheSame(model, touch, effect)) return false;
  return (
    meeting.certainty === "certain" &&
    target.path === stored.target.path &&
    target.extent === stored.target.extent &&
    target.extent !== "some"
  );
}

function isFilePath({ target, stored }: Touch): boolean {
  if (target.extent !== "tree" || looksLikeFile(target.path) || /\/s?bin\/[^/]+$/.test(target.path))
    return true;
  return stored.effect?.kind === "write" && stored.effect.entry === "file";
}

/** `cp -r` and `rsync` put files beside those that are in a folder; only files of the same names are stored again. */
function addsToFolder({ how, command }: WriteEffect): boolean {
  return how === "duplicate" || (how === "download" && command?.words[0]?.text === "rsync");
}

/** Whether what is copied into a folder is known to have the names of what is there: both are from the same place. */
function bringsTheSame(model: Model, { step, stored }: Touch, { origin }: WriteEffect): boolean {
  if (origin?.kind !== "path" || stored.effect?.kind !== "write") return false;
  const there = stored.effect.origin;
  return (timeline(model).before.get(step) ?? []).some(({ effect, target }) => {
    if (effect?.kind !== "write" || effect.origin === undefined) return false;
    if (!origin.sources.some(({ path }) => path === target.path)) return false;
    // What was put aside comes back.
    if (effect.origin.kind === "path")
      return effect.origin.sources.some(({ path }) => path === stored.target.path);
    return JSON.stringify(effect.origin) === JSON.stringify(there);
  });
}

/** Whether two archives are the same but for their versions. */
function sameArchive(a: Origin | undefined, b: Origin | undefined): boolean {
  const name = (origin: Origin | undefined): string | undefined => {
    const path =
      origin?.kind === "remote"
        ? origin.url
        : origin !== undefined && "sources" in origin && origin.sources.length === 1
          ? origin.sources[0]
          : undefined;
    return path === undefined
      ? undefined
      : baseName(typeof path === "string" ? path : path.path).replace(/[\d.]+/g, "");
  };
  const [first, second] = [name(a), name(b)];
  return first !== undefined && first !== "" && first === second;
}
