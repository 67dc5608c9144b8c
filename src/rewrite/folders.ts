// Folders that instructions make by the way, and that later commands need.
import type { Effect } from "../model/effect.ts";
import { baseHas, isBusybox } from "../model/final/base-files.ts";
import { lineage, type Model, type Stage, type Step } from "../model/model.ts";
import { isSharedFolder } from "../model/names.ts";
import { isBelow, isLiteral, parentPath } from "../model/path.ts";

/** Whether the folder of a path is there when a step begins: one of every system, or made by an earlier step. */
export function hasFolder(model: Model, stage: Stage, step: Step, path: string): boolean {
  const folder = parentPath(path);
  const base = lineage(model, stage)[0]!;
  // busybox and scratch lack most of what every other system has.
  const bare = base.base.kind === "scratch" || isBusybox(base);
  if (isSharedFolder(folder) && (!bare || baseHas(base, folder) === "yes")) return true;
  if (base.baseImage.workdir === folder) return true;
  return lineage(model, stage).some((part) =>
    part.steps.some(
      (other) =>
        (part !== stage || other.index < step.index) &&
        other.effects.some(
          (effect) =>
            effect.kind === "write" &&
            effect.targets.some(
              (target) =>
                isLiteral(target.path) &&
                isBelow(target.path, folder) &&
                (target.path !== folder || effect.how === "create" || effect.entry === "directory"),
            ),
        ),
    ),
  );
}

/** Paths that an effect puts a new entry at. */
function entries(effect: Effect): readonly string[] {
  if (effect.kind === "move") return [effect.to.path];
  if (effect.kind === "link") return [effect.path];
  return effect.kind === "write" && effect.command !== undefined
    ? effect.targets.map(({ path }) => path)
    : [];
}

/** Whether commands write into a folder that is there only because of a COPY; `before` is where that is asked. */
export function writesInto(model: Model, effects: readonly Effect[], copy: Step, before: Step): boolean {
  if (!/^(COPY|ADD)$/.test(copy.instruction.keyword)) return false;
  const stage = model.stages[before.stage];
  const copied = copy.effects.flatMap((effect) => (effect.kind === "write" ? effect.targets : []));
  return effects.flatMap(entries).some((path) => {
    const folder = parentPath(path);
    if (isSharedFolder(folder) || stage === undefined) return false;
    return (
      copied.some((target) => isBelow(target.path, folder) || isBelow(folder, target.path)) &&
      !hasFolder(model, stage, before, path)
    );
  });
}

/** As `writesInto`, for all that a step does. */
export function needsFolderOf(model: Model, copy: Step, step: Step, before: Step): boolean {
  return writesInto(model, step.effects, copy, before);
}
