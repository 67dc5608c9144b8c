// Files that are copied, used by several RUNs, and removed: mounted for each of them instead.
import type { Effect } from "../model/effect.ts";
import type { Model, Step } from "../model/model.ts";
import { isBelow, normalizePath, overlap } from "../model/path.ts";
import type { ShellCommand } from "../shell/command.ts";
import { render } from "../shell/word.ts";
import type { TextEdit } from "../text.ts";
import { copiedBy, knowsMounts } from "./copied.ts";
import { crossing, readsOf, wholeStep } from "./crossing.ts";
import { cutBare, cutCommands, cutInstruction } from "./cut.ts";
import { type Attempt, guiltyCommands, type Late, placeOf, stepsBetween } from "./late.ts";
import { covers, mountOf } from "./mount-point.ts";
import { runsMounted, writesInto } from "./mount-writes.ts";
import { onlyCopy } from "./rename-copy.ts";
import { insertFlags } from "./run-flags.ts";

/** `COPY x /tmp/`, RUNs that read /tmp/x, `RUN rm /tmp/x`: the mount for all that read it, no COPY, no removal. */
export function mountForUsers(model: Model, late: Late): Attempt {
  const { stage, step } = late;
  const copy = onlyCopy(late);
  if (typeof copy === "string") return copy;
  const copied = copiedBy(copy);
  if (typeof copied === "string") return copied;
  if (!knowsMounts(model)) return "the file's syntax knows no RUN --mount";
  const [source] = copied.sources;
  if (source === undefined || copied.sources.length > 1) return "the COPY brings several things";
  const mount = mountOf(model, late, copied, source);
  if (typeof mount === "string") return mount;
  const { target, flag } = mount;
  const doubts: string[] = [...mount.doubts];
  if (copied.parts.chown !== undefined || copied.parts.chmod !== undefined)
    doubts.push("a mount has the owner and mode of its source, not those that the COPY gives");
  const guilty = guiltyCommands(late);
  if (guilty === undefined || !guilty.every((command) => removesOnly(step, command, target)))
    return "more than what is copied is removed";
  const users: Step[] = [];
  for (const other of [...stepsBetween(stage, copy, step), step]) {
    const rest = other.effects.filter(({ command }) => other !== step || !guilty.includes(command!));
    if (names(other, rest, other === step ? guilty : [], target)) users.push(other);
    else if (other !== step) {
      const found = crossing(model, wholeStep(copy), other);
      if (found.kind === "blocked") return found.why;
      if (found.kind === "doubt") doubts.push(found.why);
    }
  }
  if (users.length === 0) return "nothing uses what is copied";
  const edits: TextEdit[] = [...cutBare(model.dockerfile, copy.instruction)];
  for (const user of users) {
    const { instruction } = user;
    if (instruction.keyword !== "RUN" || instruction.json !== undefined || user.script?.understood !== true)
      return `${placeOf(model, user)} is no RUN that could be read`;
    if (user.mounts.some((one) => one.target === target)) return "something else is mounted there";
    if (copied.parts.chmod !== undefined && runsMounted(user, [target]))
      return "it is run, and a mount has the mode of its source";
    const written = writesInto(model, user, [target]);
    if (typeof written === "string") return written;
    doubts.push(...written.doubts);
    edits.push(insertFlags(model, user, [flag]));
  }
  const cut = cutCommands(model.dockerfile, guilty);
  if (cut === undefined) return "the removal does not stand by itself in its RUN";
  edits.push(...(cut.kind === "whole" ? cutInstruction(model.dockerfile, step.instruction) : cut.edits));
  return {
    title: `mount it for the RUNs that use it (${users.map((user) => placeOf(model, user)).join(", ")}) instead of copying`,
    edits,
    doubts: [...new Set(doubts)],
    cost: 1.2,
  };
}

/** Whether a command surely removes what is mounted and nothing else. */
function removesOnly(step: Step, command: ShellCommand, target: string): boolean {
  const own = step.effects.filter((effect) => effect.command === command);
  return (
    command.runs === "always" &&
    command.pipedFrom === undefined &&
    command.pipedTo === undefined &&
    own.every(
      (effect) =>
        effect.kind === "remove" &&
        effect.targets.every(({ path, extent }) => path === target && covers(path, extent, target)),
    )
  );
}

/** Whether a step has to do with a path: what it is known to do, or the words of its commands. */
function names(
  step: Step,
  effects: readonly Effect[],
  without: readonly ShellCommand[],
  target: string,
): boolean {
  const tree = { path: target, extent: "tree" } as const;
  if (effects.flatMap(readsOf).some((one) => overlap(one, tree))) return true;
  return (step.script?.commands ?? []).some(
    (command) =>
      !without.includes(command) &&
      command.words.some((word) => isBelow(normalizePath(render(word), command.cwd) ?? "", target)),
  );
}
