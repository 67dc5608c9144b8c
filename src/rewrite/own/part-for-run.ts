// A late change as a command for the end of the RUN that wrote the files.
import { baseHas } from "../../model/final/base-files.ts";
import { lineage, type Model, type Step } from "../../model/model.ts";
import { isBelow, isLiteral, type Target } from "../../model/path.ts";
import { hasFolder } from "../folders.ts";
import { newPart, type Part } from "../join.ts";
import type { Late } from "../late.ts";
import { onPaths } from "./change-command.ts";
import type { Guilty } from "./guilty.ts";
import { absolute, pathOf } from "./operands.ts";

/** The command for the end of a RUN that wrote some of the files; undefined when it wrote none that this one meets. */
export function partFor(
  model: Model,
  { stage, step }: Late,
  { change, found }: Guilty,
  run: Step,
): Part | string | undefined {
  const own = found.filter(({ way, stored }) => way === "run" && stored.origin === run);
  if (own.length === 0) return undefined;
  if (change === undefined) return "a flag of COPY cannot say what it does";
  const paths = new Set<string>();
  for (const { stored, target } of own) {
    const { path, extent } = stored.target;
    // What the RUN itself begins belongs to it as a whole, with the folder's own entry.
    const narrow = target.extent === "tree" && existsBefore(model, stage, run, target);
    const known = extent !== "some" && isLiteral(path) && isBelow(path, target.path);
    const wanted = narrow && known ? path : target.path;
    const word = change.operands.find((operand) => pathOf(operand, change) === wanted);
    const text = absolute(wanted) ?? word?.text;
    if (text === undefined) return "its paths are not known";
    paths.add(text);
  }
  const all = change.recursive ? outermost([...paths]) : [...paths];
  return newPart(step, onPaths(model.dockerfile.text, change, all, change.recursive));
}

/** The paths that lie below none of the others. */
function outermost(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => other !== path && isBelow(path, other)));
}

/** Whether the folder that a change names is there before a RUN, so that the RUN need not see to the folder itself. */
function existsBefore(model: Model, stage: Late["stage"], run: Step, { path }: Target): boolean {
  return hasFolder(model, stage, run, `${path}/x`) || baseHas(lineage(model, stage)[0]!, path) === "yes";
}
