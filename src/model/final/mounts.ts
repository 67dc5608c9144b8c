// Which mounts the state shows, and which count by their words.
import type { StepMount } from "../model.ts";
import { looksLikeFile } from "../names.ts";
import { baseName, isBelow, isLiteral, parentPath } from "../path.ts";
import type { Scene } from "./scene.ts";

/** Whether a mount is part of what commands see in the state, so that its words need not tell. */
export function isShown({ mount, target }: StepMount): boolean {
  return mount.type === "bind" && mount.readonly && target !== undefined && isLiteral(target);
}

/** Folders of package managers' caches: what they hold never decides what is installed. */
const CACHES =
  /\/\.?cache(\/|$)|\/_?cacache(\/|$)|\/\.(npm|yarn|bun|m2|gradle|nuget|composer|hex|cargo\/(registry|git))(\/|$)|^\/var\/(cache|lib\/apt\/lists)(\/|$)|\/pkg\/mod(\/|$)|\/\.?pnpm(\/|-store|$)|\/conda\/pkgs(\/|$)/;

/** Whether a mount is a package manager's cache. */
export function isPackageCache({ mount, target }: StepMount): boolean {
  return mount.type === "cache" && target !== undefined && CACHES.test(target);
}

/** Whether a mount shows a single file, as far as its name and the build context tell. */
export function showsFile(scene: Scene, { target, source, fromContext }: StepMount): boolean {
  if (target === undefined) return false;
  const { context } = scene.model;
  const path = source.slice(1);
  const known = fromContext && path !== "" && context?.measure(path) !== undefined;
  const folder = fromContext && path === "" ? true : known ? context?.isDirectory(path) : undefined;
  if (folder !== undefined) return !folder;
  return looksLikeFile(target) || /^s?bin$/.test(baseName(parentPath(target)));
}

/** Whether a mount lies where a command works, so that it may be read without being named. */
export function liesIn({ target }: StepMount, cwd: string | undefined): boolean {
  if (target === undefined || cwd === undefined) return true;
  return cwd === "/" ? parentPath(target) === "/" : isBelow(target, cwd);
}
