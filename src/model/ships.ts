// Which stages are targets, and whose layers end up in a built image.
import type { Stage } from "./model.ts";

type Unshipped = Omit<Stage, "target" | "ships">;

/**
 * Marks targets and what ships. Targets are those given by name or number; by default the last stage and every
 * other one that no stage uses, by FROM, COPY --from or a mount.
 */
export function withShips(stages: readonly Unshipped[], targets: readonly string[]): Stage[] {
  const given = stages.filter((stage) => targets.some((target) => names(stage, target)));
  const used = usedStages(stages);
  const target = (stage: Unshipped): boolean =>
    given.length > 0
      ? given.some(({ index }) => index === stage.index)
      : stage.index === stages.length - 1 || !used.has(stage.index);
  const ships = new Set<number>();
  for (const stage of stages.filter(target)) {
    let at: Unshipped | undefined = stage;
    while (at !== undefined && !ships.has(at.index)) {
      ships.add(at.index);
      at = at.base.kind === "stage" ? stages[at.base.stage] : undefined;
    }
  }
  return stages.map(({ index, name, from, base, baseImage, steps }) => {
    const stage = { index, name, from, base, baseImage, steps };
    return { ...stage, target: target(stage), ships: ships.has(index) };
  });
}

function names(stage: Unshipped, target: string): boolean {
  return stage.name === target.toLowerCase() || (/^\d+$/.test(target) && Number(target) === stage.index);
}

function usedStages(stages: readonly Unshipped[]): Set<number> {
  const used = new Set<number>();
  for (const stage of stages) {
    if (stage.base.kind === "stage") used.add(stage.base.stage);
    for (const step of stage.steps) {
      for (const effect of step.effects) {
        if (effect.kind === "write" && effect.origin?.kind === "stage") used.add(effect.origin.stage);
      }
      for (const mount of step.mounts) if (mount.stage !== undefined) used.add(mount.stage);
    }
  }
  return used;
}
