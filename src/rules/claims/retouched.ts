// Owner, mode or attributes changed in a later layer: every touched file is stored again.
import type { RetouchEffect } from "../../model/effect.ts";
import type { Stored, Touch } from "../../model/timeline.ts";
import type { Claim, Scene } from "../claims.ts";
import { byFiles, claimOf, filesOf, touchConfidence } from "./touches.ts";

export function retouchedFiles(scene: Scene): readonly Claim[] {
  const touches = scene.touches.filter(
    (touch): touch is Touch & { readonly effect: RetouchEffect } =>
      touch.effect.kind === "retouch" && changesFiles(touch, touch.effect),
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
  if (isAsAsked(stored, effect)) return false;
  return effect.only !== "differing" || meeting.certainty === "certain" || stored.effect !== undefined;
}

/** A change without -R of the very folder that was copied or made touches none of the files below it. */
function isFolderEntry(stored: Stored, path: string, extent: string, effect: RetouchEffect): boolean {
  if (extent !== "exact" || path !== stored.target.path || stored.target.extent !== "tree") return false;
  if (stored.effect?.kind !== "write") return true;
  if (stored.effect.entry !== undefined) return stored.effect.entry === "directory";
  // Nothing tells: people make files executable, and give folders to users.
  return !/x|^[0-7]*[1357][0-7]{0,2}$/.test(effect.change.mode ?? "");
}

/** Owner and mode are already what the change asks for: builders store nothing. */
function isAsAsked(stored: Stored, { change }: RetouchEffect): boolean {
  if (change.attributes !== undefined) return false;
  const { owner, group, mode } = change;
  const ownerDone = owner === undefined || sameOwner(owner, stored.owner);
  const groupDone = group === undefined || sameOwner(group, stored.group);
  const modeDone = mode === undefined || stored.modes.at(-1) === mode;
  return (
    ownerDone && groupDone && modeDone && (owner !== undefined || group !== undefined || mode !== undefined)
  );
}

function sameOwner(a: string, b: string | undefined): boolean {
  const plain = (name: string): string => (name === "0" ? "root" : name);
  return b !== undefined && plain(a) === plain(b);
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
