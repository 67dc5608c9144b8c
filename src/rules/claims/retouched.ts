// Owner, mode or attributes changed in a later layer: every touched file is stored again.
import type { RetouchEffect } from "../../model/effect.ts";
import type { Model } from "../../model/model.ts";
import { lacksMode } from "../../model/modes.ts";
import { looksLikeFile, looksLikeFolder } from "../../model/names.ts";
import { isBelow, restBelow, type Target } from "../../model/path.ts";
import { pathInContext } from "../../model/provenance.ts";
import { type Stored, sameOwner, type Touch } from "../../model/timeline.ts";
import type { Claim, Scene } from "./claim.ts";
import { byFiles, claimOf, filesOf, namesTheUnpacked, touchConfidence } from "./touches.ts";

export function retouchedFiles(scene: Scene): readonly Claim[] {
  const touches = scene.touches.filter(
    (touch): touch is Touch & { readonly effect: RetouchEffect } =>
      touch.effect.kind === "retouch" &&
      touchConfidence(touch) !== undefined &&
      changesFiles(scene.model, touch, touch.effect),
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
function changesFiles(model: Model, touch: Touch, effect: RetouchEffect): boolean {
  const { stored, target, meeting } = touch;
  if (effect.only === "directories" || effect.only === "links") return false;
  if (isFolderEntry(model, stored, target, effect)) return false;
  // An archive's own folder, by its name with a version.
  if (target.extent === "exact" && /\d\.\d/.test(target.path) && namesTheUnpacked(touch)) return false;
  // What differs in a base image, nobody knows.
  return effect.only !== "differing" || (meeting.relation !== "part" && stored.effect !== undefined);
}

/** A change without -R of a folder that was copied or made touches none of the files below it. */
function isFolderEntry(
  model: Model,
  stored: Stored,
  { path, extent }: Target,
  effect: RetouchEffect,
): boolean {
  // A step that retouched the entry before holds nothing more than that, either.
  const made = stored.effect?.kind === "write" ? stored.effect.targets : [];
  const whole = [stored.target, ...made].some((own) => own.extent === "tree" && isBelow(path, own.path));
  if (extent !== "exact" || !whole || looksLikeFile(path)) return false;
  // Folders have no capabilities.
  if (effect.change.attributes === "capabilities") return false;
  if (path === stored.target.path) {
    // What was moved may be either.
    if (stored.effect?.kind !== "write" && stored.effect?.kind !== "move") return true;
    if (stored.effect.kind === "write" && stored.effect.entry !== undefined)
      return stored.effect.entry === "directory";
  }
  const told = isFolderInContext(model, stored, path);
  if (told !== undefined) return told;
  if (looksLikeFolder(path)) return true;
  // Nothing tells: people make files executable, and give folders to users.
  return !/x|^[0-7]*[1357][0-7]{0,2}$/.test(effect.change.mode ?? "");
}

/** What the build context tells of a path below a folder that was copied from there. */
function isFolderInContext(
  { context }: Model,
  { effect, target }: Stored,
  path: string,
): boolean | undefined {
  if (context === undefined || effect?.kind !== "write" || effect.origin?.kind !== "context")
    return undefined;
  if (!isBelow(path, target.path)) return undefined;
  const there = pathInContext(effect.origin, restBelow(path, target.path));
  if (there === undefined) return undefined;
  if (context.isDirectory(there)) return true;
  return context.has(there) ? false : undefined;
}

/** Whether at least one attribute is known to be another one before. */
function surelyDiffers(stored: Stored, { change }: RetouchEffect): boolean {
  if (change.attributes !== undefined) return true;
  const { owner, group, mode } = change;
  if (mode !== undefined && lacksMode(stored.modes, mode)) return true;
  return isOther(owner, stored.owner) || isOther(group, stored.group);
}

function isOther(wanted: string | undefined, had: string | undefined): boolean {
  if (wanted === undefined || had === undefined || wanted === "") return false;
  // Names and numbers cannot be told apart from each other, but neither can be root.
  return !sameOwner(wanted, had) && (sameOwner("root", had) || sameOwner("root", wanted));
}
