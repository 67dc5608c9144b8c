// Owner, mode or attributes changed in a later layer: every touched file is stored again.
import type { RetouchEffect } from "../../model/effect.ts";
import { looksLikeFile, looksLikeFolder } from "../../model/names.ts";
import { type Stored, sameOwner, type Touch } from "../../model/timeline.ts";
import type { Claim, Scene } from "./claim.ts";
import { byFiles, claimOf, filesOf, touchConfidence } from "./touches.ts";

export function retouchedFiles(scene: Scene): readonly Claim[] {
  const touches = scene.touches.filter(
    (touch): touch is Touch & { readonly effect: RetouchEffect } =>
      touch.effect.kind === "retouch" &&
      touchConfidence(touch) !== undefined &&
      changesFiles(touch, touch.effect),
  );
  return byFiles(touches).flatMap((group) => {
    const [claim] = claimOf(scene, "retouched-later", group);
    if (claim === undefined) return [];
    const known = group.some(
      (touch) =>
        touchConfidence(touch) === "certain" && surelyDiffers(touch.stored, touch.effect as RetouchEffect),
    );
    return [{ ...claim, files: filesOf(scene.model, group), confidence: known ? "certain" : "likely" }];
  });
}

/** Whether file contents are concerned: not for folders' own entries, nor where everything is as asked already. */
function changesFiles({ stored, target, meeting }: Touch, effect: RetouchEffect): boolean {
  if (effect.only === "directories" || effect.only === "links") return false;
  if (isFolderEntry(stored, target.path, target.extent, effect)) return false;
  // What differs in a base image, nobody knows.
  return effect.only !== "differing" || (meeting.relation !== "part" && stored.effect !== undefined);
}

/** A change without -R of a folder that was copied or made touches none of the files below it. */
function isFolderEntry(stored: Stored, path: string, extent: string, effect: RetouchEffect): boolean {
  if (extent !== "exact" || stored.target.extent !== "tree" || looksLikeFile(path)) return false;
  // Folders have no capabilities.
  if (effect.change.attributes === "capabilities") return false;
  if (path === stored.target.path) {
    if (stored.effect?.kind !== "write") return true;
    if (stored.effect.entry !== undefined) return stored.effect.entry === "directory";
  }
  if (looksLikeFolder(path)) return true;
  // Nothing tells: people make files executable, and give folders to users.
  return !/x|^[0-7]*[1357][0-7]{0,2}$/.test(effect.change.mode ?? "");
}

/** Whether at least one attribute is known to be another one before. */
function surelyDiffers(stored: Stored, { change }: RetouchEffect): boolean {
  if (change.attributes !== undefined) return true;
  const { owner, group } = change;
  return isOther(owner, stored.owner) || isOther(group, stored.group);
}

function isOther(wanted: string | undefined, had: string | undefined): boolean {
  if (wanted === undefined || had === undefined || wanted === "") return false;
  // Names and numbers cannot be told apart from each other, but neither can be root.
  return !sameOwner(wanted, had) && (sameOwner("root", had) || sameOwner("root", wanted));
}
