// Where what a COPY brought is mounted instead, and why that may not do.
import type { Model, Step } from "../model/model.ts";
import { isArchive, isSharedFolder } from "../model/names.ts";
import { isBelow, isLiteral, meet, parentPath } from "../model/path.ts";
import { bindFlag, type Copied, type CopiedSource, isShared, mountSource, usedBehind } from "./copied.ts";
import { hasFolder } from "./folders.ts";
import type { Late } from "./late.ts";

export interface MountPoint {
  readonly flag: string;
  readonly target: string;
  readonly doubts: readonly string[];
}

/** The mount of one source for the guilty RUN; or why there can be none. */
export function mountOf(model: Model, late: Late, copied: Copied, source: CopiedSource): MountPoint | string {
  const { stage, step } = late;
  const mount = mountSource(source);
  if (mount === undefined) return "what the instruction brings cannot be mounted";
  const doubts: string[] = [];
  const target = mount.wide ? parentOfGlob(source.path) : source.path;
  if (!isLiteral(target) || !target.startsWith("/")) return "it is not known where the files are";
  if (isSharedFolder(target) || target === step.workdir)
    return `a mount at ${target} would hide what else lies there`;
  if (isShared(model, step, target, [copied.step]))
    return `a mount at ${target} would hide what else lies there`;
  if (mount.wide) doubts.push("the mount shows the whole folder, not only what the pattern matches");
  if (!isRemoved(step, target)) {
    if (usedBehind(stage, step, target)) return "a later step uses it again";
    if (!isArchive(target)) return "more than the archive is copied, and it stays in the image";
    doubts.push(`${target} is no longer in the image`);
  } else {
    const folder = parentPath(target);
    if (!hasFolder(model, stage, copied.step, target)) {
      // BuildKit takes away the folders that it made for a mount; buildah leaves those above the mount.
      doubts.push(
        isRemoved(step, folder)
          ? `builders other than BuildKit may leave the empty folder ${folder}`
          : `the empty folder ${folder} is no longer made`,
      );
    }
  }
  const flag = bindFlag(copied, mount.source, target);
  return flag === undefined ? "its names cannot stand in a mount" : { flag, target, doubts };
}

function parentOfGlob(path: string): string {
  return isLiteral(path) ? path : parentPath(path);
}

/** Whether a step removes all that lies at a path. */
export function isRemoved(step: Step, path: string): boolean {
  return step.effects.some(
    (effect) => effect.kind === "remove" && effect.targets.some((one) => covers(one.path, one.extent, path)),
  );
}

/** Whether a target of an effect takes all that lies at another path. */
export function covers(path: string, extent: string, target: string): boolean {
  if (path === target) return true;
  if (extent !== "tree") return false;
  if (isLiteral(path)) return isBelow(target, path);
  return meet({ path, extent: "tree" }, { path: target, extent: "tree" })?.relation === "covers";
}
