// Which stages are targets, and whose layers end up in a built image.
import { stagesLike } from "./alternatives.ts";
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
  const ship = (stage: Unshipped | undefined): void => {
    if (stage === undefined || ships.has(stage.index)) return;
    ships.add(stage.index);
    for (const parent of parentsOf(stage)) ship(stages[parent]);
  };
  for (const stage of stages) if (target(stage)) ship(stage);
  return stages.map((stage) => {
    const { index, name, from, base, alternatives, baseImage, steps } = stage;
    return {
      index,
      name,
      from,
      base,
      alternatives,
      baseImage,
      steps,
      target: target(stage),
      ships: ships.has(index),
    };
  });
}

/** The stages that one starts from, by one value of the variables in its FROM or another. */
function parentsOf({ base, alternatives = [] }: Pick<Stage, "alternatives" | "base">): readonly number[] {
  return base.kind === "stage" ? [base.stage, ...alternatives] : alternatives;
}

function names(stage: Unshipped, target: string): boolean {
  return stage.name === target.toLowerCase() || (/^\d+$/.test(target) && Number(target) === stage.index);
}

function usedStages(stages: readonly Unshipped[]): Set<number> {
  return new Set(stages.flatMap((stage) => [...stagesUsedBy(stage, stages)]));
}

/** The stages that one starts from, copies from or mounts, by one value of the variables in their names or another. */
export function stagesUsedBy(
  stage: Pick<Stage, "alternatives" | "base" | "steps">,
  stages: readonly Pick<Stage, "index" | "name">[],
): ReadonlySet<number> {
  const used = new Set(parentsOf(stage));
  for (const step of stage.steps) {
    for (const effect of step.effects) {
      if (effect.kind !== "write") continue;
      if (effect.origin?.kind === "stage") used.add(effect.origin.stage);
      if (effect.origin?.kind === "image")
        for (const index of stagesLike(effect.origin.image, stages)) used.add(index);
    }
    for (const { stage: from, mount } of step.mounts) {
      const may = from === undefined ? stagesLike(mount.from ?? "", stages) : [from];
      for (const index of may) used.add(index);
    }
  }
  return used;
}
