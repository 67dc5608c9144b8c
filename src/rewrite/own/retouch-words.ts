// The words of a fix of late changes: its title, and why it is not surely the same.
import type { Model, Step } from "../../model/model.ts";
import { meet, showPath } from "../../model/path.ts";
import { type Late, placeOf, stepsBetween } from "../late.ts";
import type { Guilty } from "./guilty.ts";

/** Why the model cannot show that the files stay the same. */
export function doubtBetween(model: Model, late: Late, first: Step, guilty: readonly Guilty[]): string {
  const targets = guilty.flatMap(({ effect }) => effect.targets.map(({ path }) => showPath(path)));
  const between = stepsBetween(late.stage, first, late.step);
  const other = between.find(({ effects }) =>
    effects.some(
      (effect) =>
        effect.kind === "retouch" &&
        effect.targets.some((target) =>
          guilty.some((one) => one.effect.targets.some((own) => meet(own, target) !== undefined)),
        ),
    ),
  );
  if (other !== undefined)
    return `${placeOf(model, other)} gives some of the files another owner or mode in between`;
  const blind = between.find(
    ({ complete, effects, instruction }) =>
      instruction.keyword === "RUN" &&
      (!complete || effects.some(({ kind }) => kind === "opaque" || kind === "read")),
  );
  if (blind !== undefined)
    return `${placeOf(model, blind)} may look at the owner or mode of the files, or write some below ${targets[0]}`;
  return `it cannot be shown that all below ${targets[0]} keeps its owner and mode`;
}

/** One line of what the fix does. */
export function titleOf(
  model: Model,
  flags: readonly string[],
  runs: readonly Step[],
  accounts: boolean,
): string {
  const unique = [...new Set(flags)];
  const parts = [
    ...(accounts ? ["make the user first"] : []),
    ...(unique.length === 0 ? [] : [`copy with ${unique.slice(0, 2).join(" and ")}`]),
    ...(runs.length === 0
      ? []
      : [
          `do it at the end of the RUN that wrote the files (${runs.map((run) => placeOf(model, run)).join(", ")})`,
        ]),
  ];
  return parts.length === 0 ? "drop it: the files are like that already" : parts.join(", ");
}
