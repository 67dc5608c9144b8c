// What a RUN does that a read-only mount may not bear.
import type { Model, Step } from "../model/model.ts";
import { isBelow, normalizePath } from "../model/path.ts";
import { render } from "../shell/word.ts";
import { writesOf } from "./crossing.ts";
import { placeOf } from "./late.ts";

/** Commands that give copies the owners of what they copy. */
const KEEPS_OWNERS =
  /^(\S*\/)?(cp( -\S+)* -(\w*[ap]|-archive|-preserve)|rsync( -\S+)* -(\w*[aog]|-archive|-owner|-group)|tar (--create|-?\w*c)|cpio|zip)/;

/** Whether a step runs what is mounted, so that it needs the mode that only a COPY can give. */
export function runsMounted(step: Step, mounted: readonly string[]): boolean {
  return (step.script?.commands ?? []).some(({ words, cwd }) => {
    const path = words[0] === undefined ? undefined : normalizePath(render(words[0]), cwd);
    return path !== undefined && mounted.some((target) => isBelow(path, target));
  });
}

/** Why the RUN cannot work with a mount that is read-only; else what makes that doubtful. */
export function writesInto(
  model: Model,
  step: Step,
  mounted: readonly string[],
): { readonly doubts: readonly string[] } | string {
  const inside = (path: string): boolean => mounted.some((target) => isBelow(path, target));
  const writing = step.effects.find(
    (effect) => effect.kind !== "remove" && writesOf(effect).some(({ path }) => inside(path)),
  );
  if (writing !== undefined) return `${placeOf(model, step)} writes into what would be a read-only mount`;
  const projects = step.effects.some(
    (effect) =>
      effect.kind === "install" &&
      effect.packages.some(({ path, via }) => via === "project" && path !== undefined && inside(path)),
  );
  if (projects)
    return "an installation writes into the folder that it installs from, and a mount is read-only";
  const keeping = step.script?.commands.find(
    (command) =>
      KEEPS_OWNERS.test(command.words.map(render).join(" ")) &&
      command.words.some((word) => inside(normalizePath(render(word), command.cwd) ?? "")),
  );
  const doubts: string[] = [];
  if (keeping !== undefined) {
    const name = keeping.words[0]!.text;
    doubts.push(`\`${name}\` takes owners along, and builders other than BuildKit show the context's`);
  }
  for (const effect of step.effects) {
    if (effect.kind !== "opaque" || effect.command === undefined) continue;
    const name = effect.command.words[0]?.text ?? "a command";
    if (effect.command.cwd !== undefined && inside(effect.command.cwd))
      return `\`${name}\` works in the folder, and a mount is read-only`;
    if (effect.command.words.some((word) => inside(normalizePath(render(word), effect.command?.cwd) ?? "")))
      doubts.push(`\`${name}\` may write into the mount, which is read-only`);
  }
  return { doubts };
}
