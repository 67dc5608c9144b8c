// Files edited in place, or written anew at the same path, in a later layer.
import type { Effect } from "../../model/effect.ts";
import type { Touch } from "../../model/timeline.ts";
import type { Claim, Scene } from "../claims.ts";
import { byFiles, claimOf } from "./touches.ts";

export function rewrittenFiles(scene: Scene): readonly Claim[] {
  const touches = scene.touches.filter((touch) => isEdit(touch) || isWrittenAgain(touch));
  return byFiles(touches).flatMap((group) => claimOf(scene, "rewritten-later", group));
}

function isEdit({ effect, stored, target }: Touch): boolean {
  // An edit changes files, never a folder's own entry.
  return effect.kind === "edit" && (target.path !== stored.target.path || isFile(stored.effect));
}

function isFile(effect: Effect | undefined): boolean {
  return effect?.kind !== "write" || effect.entry !== "directory";
}

/** A command that puts the same path there again. Packages and downloads of artifacts have rules of their own. */
function isWrittenAgain({ effect, stored, target, meeting }: Touch): boolean {
  if (effect.kind !== "write" || effect.command === undefined || effect.artifact !== undefined) return false;
  if (effect.keeps === true || effect.how === "create" || effect.how === "database") return false;
  if (stored.effect?.kind !== "write" || stored.effect.how === "create" || stored.effect.keeps === true)
    return false;
  return (
    meeting.certainty === "certain" &&
    target.path === stored.target.path &&
    target.extent === stored.target.extent &&
    target.extent !== "some"
  );
}
