// Files removed in a later layer: nothing is reclaimed.
import type { Model } from "../../model/model.ts";
import { isBuildOutput } from "../../model/names.ts";
import type { Touch } from "../../model/timeline.ts";
import type { Claim, Scene } from "./claim.ts";
import { byFiles, claimOf, touchSize } from "./touches.ts";

/**
 * `rm -rf build dist` after COPY removes what a build on somebody's machine may have left there; as a rule it is not
 * in the build context. It counts when it was measured there.
 */
function isTidying(model: Model, touch: Touch): boolean {
  const { effect } = touch.stored;
  if (touch.meeting.relation !== "inside" || effect?.kind !== "write" || effect.origin?.kind !== "context")
    return false;
  return isBuildOutput(touch.target.path) && touchSize(model, touch).kind === "unknown";
}

export function removedFiles(scene: Scene): readonly Claim[] {
  const touches = scene.touches.filter(
    (touch) =>
      touch.effect.kind === "remove" && touch.stored.effect !== undefined && !isTidying(scene.model, touch),
  );
  return byFiles(touches).flatMap((group) => claimOf(scene, "removed-later", group));
}
