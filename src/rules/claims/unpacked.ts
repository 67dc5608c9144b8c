// An archive put into one layer and unpacked, or installed, in another.
import { type Effect, NEGLIGIBLE } from "../../model/effect.ts";
import { lineage, type Step } from "../../model/model.ts";
import { isArchive } from "../../model/names.ts";
import { meet, type Target } from "../../model/path.ts";
import { isMadeApart, type Stored, type Touch, timeline } from "../../model/timeline.ts";
import type { Claim, ClaimedFiles, Scene } from "./claim.ts";
import { claimOf } from "./touches.ts";

export function unpackedFiles(scene: Scene): readonly Claim[] {
  const { step } = scene;
  return step.effects.flatMap((effect) => {
    const archives = archivesOf(effect).filter((target) => !usedBefore(scene, target));
    if (archives.length === 0) return [];
    const touches = archives.flatMap((target) => storedAt(scene, effect, target));
    const removal = scene.touches.filter(
      ({ effect: other, stored }) =>
        other.kind === "remove" && touches.some((touch) => touch.stored === stored),
    );
    const claims = claimOf(scene, "unpacked-later", [...touches, ...removal]);
    return claims.map((claim) => ({ ...claim, files: claim.files.map((files) => weighed(effect, files)) }));
  });
}

/** A source distribution of Python holds texts. */
function weighed(effect: Effect, files: ClaimedFiles): ClaimedFiles {
  const texts =
    effect.kind === "install" &&
    effect.manager === "pip" &&
    files.size.kind === "unknown" &&
    effect.packages.every(({ path }) => path !== undefined && /\.(tar\.(gz|bz2|xz)|zip)$/.test(path));
  return texts ? { ...files, size: NEGLIGIBLE } : files;
}

/** The archives that an effect takes apart. */
function archivesOf(effect: Effect): readonly Target[] {
  if (effect.kind === "write" && effect.how === "unpack" && effect.origin?.kind === "path")
    return effect.origin.sources;
  if (effect.kind !== "install") return [];
  return effect.packages.flatMap(({ path, via }): Target[] =>
    via === "archive" && path !== undefined ? [{ path, extent: "exact" }] : [],
  );
}

/** An archive that an earlier step has installed already: installing it again does nothing. */
function usedBefore({ model, stage, step }: Scene, target: Target): boolean {
  return lineage(model, stage).some((part) =>
    part.steps.some(
      (other) =>
        (part !== stage || other.index < step.index) &&
        other.effects.some(
          (effect) => effect.kind === "install" && effect.packages.some(({ path }) => path === target.path),
        ),
    ),
  );
}

/** Nobody keeps archives in a repository. */
function isCloned({ effect }: Stored): boolean {
  return effect?.kind === "write" && effect.how === "clone";
}

/** Whether the step itself put the archive there before, or a command of it that nobody knows may have. */
function isMade(step: Step, effect: Effect, target: Target): boolean {
  return step.effects
    .slice(0, step.effects.indexOf(effect))
    .some(
      (one) =>
        one.kind === "opaque" || (one.kind === "write" && one.targets.some((own) => meet(own, target))),
    );
}

/** What earlier layers hold at an archive's path. */
function storedAt({ model, stage, step }: Scene, effect: Effect, target: Target): readonly Touch[] {
  const stored = timeline(model).before.get(step) ?? [];
  return stored.flatMap((files): Touch[] => {
    if (files.holder === step || files.effect === undefined || files.effect.kind === "install") return [];
    const meeting = meet(target, files.target);
    if (meeting === undefined || meeting.certainty === "possible") return [];
    if (meeting.relation !== "covers" && (!isArchive(target.path) || isCloned(files))) return [];
    if (meeting.relation !== "covers" && isMade(step, effect, target)) return [];
    // What was unpacked or copied around the place may have brought it; what wrote that very file surely did.
    if (meeting.relation === "inside" && isMadeApart(model, target, files, stored)) return [];
    return [{ stage, step, effect, target, stored: files, meeting }];
  });
}
