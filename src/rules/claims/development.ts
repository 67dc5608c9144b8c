// A project's node_modules made smaller, or emptied and filled again, one layer later.
import type { Effect, InstallEffect, UninstallEffect } from "../../model/effect.ts";
import type { Claim, ClaimedFiles, Scene } from "./claim.ts";
import { earlierInstalls, sameFamily, storedOf } from "./packages.ts";

type Change = InstallEffect | UninstallEffect;

/**
 * `npm prune --omit=dev` behind `npm ci`, or an installation without what only development needs, takes packages out
 * of a folder that an earlier layer keeps; `npm ci` empties the folder first and stores all of it again.
 */
export function developmentPackages(scene: Scene): readonly Claim[] {
  const changes = scene.step.effects.filter(changesProject);
  if (changes.length === 0) return [];
  const earlier = earlierInstalls(scene).filter(({ effect }) => effect.development !== undefined);
  return changes.flatMap((change) => {
    const before = earlier.findLast(({ effect }) => sameFamily(effect, change));
    const again = change.kind === "install" && change.force === "reinstall";
    if (before === undefined || !(again || before.effect.development)) return [];
    const files = storedOf(scene, before);
    return files.length === 0 ? [] : [claimFor(scene, change, again, files)];
  });
}

/** What a manifest lists is compared by name elsewhere. */
function changesProject(effect: Effect): effect is Change {
  if (effect.kind === "uninstall") return effect.development === true;
  if (effect.kind !== "install" || effect.development === undefined) return false;
  return effect.force === "reinstall" ? effect.packages.length === 0 : !effect.development;
}

function claimFor(
  { stage, step }: Scene,
  change: Change,
  again: boolean,
  files: readonly ClaimedFiles[],
): Claim {
  return {
    rule: again ? "reinstalled-later" : "removed-later",
    stage,
    step,
    effects: [change],
    // How much of it only development needs, nobody knows.
    files: again ? files : files.map((file) => ({ ...file, size: { kind: "unknown" } })),
    confidence: "likely",
    packages: [again ? "all of node_modules" : "what only development needs"],
  };
}
