// Files removed in a later layer: nothing is reclaimed.
import type { Claim, Scene } from "./claim.ts";
import { byFiles, claimOf } from "./touches.ts";

export function removedFiles(scene: Scene): readonly Claim[] {
  const touches = scene.touches.filter(
    ({ effect, stored }) => effect.kind === "remove" && stored.effect !== undefined,
  );
  return byFiles(touches).flatMap((group) => claimOf(scene, "removed-later", group));
}
