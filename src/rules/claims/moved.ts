// Files moved in a later layer: stored at both places.
import type { Claim, Scene } from "./claim.ts";
import { byFiles, claimOf } from "./touches.ts";

export function movedFiles(scene: Scene): readonly Claim[] {
  const touches = scene.touches.filter(({ effect }) => effect.kind === "move");
  return byFiles(touches).flatMap((group) => claimOf(scene, "moved-later", group));
}
