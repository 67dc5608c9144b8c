// Taking mounted paths out of the commands that remove them.
import type { Effect } from "../model/effect.ts";
import type { Model, Step } from "../model/model.ts";
import { isBelow, meet, normalizePath } from "../model/path.ts";
import type { ShellCommand } from "../shell/command.ts";
import { render } from "../shell/word.ts";
import type { TextEdit } from "../text.ts";
import { writesOf } from "./crossing.ts";
import { cutCommands } from "./cut.ts";
import { covers } from "./mount-point.ts";

/** Takes the mounted paths out of the commands that remove them. */
export function cutRemovals(
  model: Model,
  step: Step,
  mounted: readonly string[],
): readonly TextEdit[] | string {
  const whole: ShellCommand[] = [];
  const edits: TextEdit[] = [];
  for (const effect of step.effects) {
    if (effect.kind !== "remove" || effect.command === undefined) continue;
    const hits = effect.targets.filter((one) =>
      mounted.some((target) => covers(one.path, one.extent, target)),
    );
    if (hits.length === 0) {
      if (
        effect.targets.some((one) =>
          mounted.some((target) => meet(one, { path: target, extent: "tree" }) !== undefined),
        )
      )
        return "only a part of it is removed";
      continue;
    }
    if (hits.some((one) => keepsOthers(step, effect, one.path, mounted)))
      return "the RUN itself writes into the folder that it removes";
    if (hits.length === effect.targets.length) whole.push(effect.command);
    else {
      const words = removedWords(
        model,
        effect.command,
        hits.map(({ path }) => path),
      );
      if (words === undefined) return "the removal cannot be taken apart";
      edits.push(...words);
    }
  }
  const { dockerfile } = model;
  const unique = whole.filter(
    (command, i) => whole.findIndex((other) => other.span.start === command.span.start) === i,
  );
  if (unique.length === 0) return edits;
  if (unique.some(({ words, runs }) => runs !== "always" || !/^(rm|rmdir)$/.test(words[0]?.text ?? "")))
    return "it is removed under a condition";
  const together = cutCommands(dockerfile, unique);
  const cuts =
    together === undefined ? unique.map((command) => cutCommands(dockerfile, [command])) : [together];
  for (const cut of cuts) {
    if (cut?.kind !== "part") return "the removal does not stand by itself in its RUN";
    edits.push(...cut.edits);
  }
  return edits;
}

/** Whether the step writes something else below a folder that it removes. */
function keepsOthers(step: Step, removal: Effect, path: string, mounted: readonly string[]): boolean {
  return step.effects.some(
    (effect) =>
      effect !== removal &&
      effect.kind !== "remove" &&
      writesOf(effect).some((target) => isBelow(target.path, path) && !mounted.includes(target.path)),
  );
}

function removedWords(
  model: Model,
  command: ShellCommand,
  paths: readonly string[],
): readonly TextEdit[] | undefined {
  const out: TextEdit[] = [];
  for (const word of command.words.slice(1)) {
    const path = normalizePath(render(word), command.cwd);
    if (path === undefined || !paths.includes(path)) continue;
    const before = /[ \t]+$/.exec(model.dockerfile.text.slice(0, word.span.start))?.[0].length ?? 0;
    if (before === 0) return undefined;
    out.push({ span: { start: word.span.start - before, end: word.span.end }, text: "" });
  }
  return out.length === paths.length ? out : undefined;
}
