// Files that are copied only for one RUN, which removes them: mounted there instead.
import type { Model } from "../model/model.ts";
import { isBelow, meet } from "../model/path.ts";
import { timeline } from "../model/timeline.ts";
import type { TextEdit } from "../text.ts";
import { type Copied, type CopiedSource, copiedBy, knowsMounts, usesBetween } from "./copied.ts";
import { cutBare } from "./cut.ts";
import { cutRemovals } from "./cut-removals.ts";
import { type Attempt, type Late, storingSteps } from "./late.ts";
import { covers, isRemoved, mountOf } from "./mount-point.ts";
import { runsMounted, writesInto } from "./mount-writes.ts";
import { insertFlags } from "./run-flags.ts";

/** Mounts what COPYs brought for the guilty RUN, and takes out the commands that remove it. */
export function bindMount(model: Model, late: Late): Attempt {
  const { stage, step } = late;
  const steps = storingSteps(late);
  if (typeof steps === "string") return steps;
  if (steps.some(({ instruction }) => !/^(COPY|ADD)$/.test(instruction.keyword)))
    return "not only COPY stored the files";
  if (step.instruction.json !== undefined) return "a RUN in exec form takes part";
  if (step.instruction.keyword !== "RUN" || step.script?.understood !== true)
    return "the RUN could not be read";
  if (!knowsMounts(model)) return "the file's syntax knows no RUN --mount";
  const doubts: string[] = [];
  const flags: string[] = [];
  const edits: TextEdit[] = [];
  const mounted: string[] = [];
  for (const copyStep of steps) {
    const copied = copiedBy(copyStep);
    if (typeof copied === "string") return copied;
    const uses = usesBetween(model, stage, copyStep, step);
    if (typeof uses === "string") return uses;
    doubts.push(...uses.doubts);
    if (copied.parts.chown !== undefined || copied.parts.chmod !== undefined)
      doubts.push("a mount has the owner and mode of its source, not those that the COPY gives");
    const taken = copied.sources.filter(
      (source) =>
        late.files.some(({ stored }) => stored.effect === source.effect) || isRemoved(step, source.path),
    );
    for (const source of taken) {
      const mount = mountOf(model, late, copied, source);
      if (typeof mount === "string") return mount;
      if (!flags.includes(mount.flag)) flags.push(mount.flag);
      mounted.push(mount.target);
      doubts.push(...mount.doubts);
    }
    if (copied.parts.chmod !== undefined && runsMounted(step, mounted))
      return "it is run, and a mount has the mode of its source";
    const cut = cutSources(model, copied, taken);
    if (typeof cut === "string") return cut;
    edits.push(...cut);
  }
  const written = writesInto(model, step, mounted);
  if (typeof written === "string") return written;
  doubts.push(...written.doubts);
  const left = timeline(model).before.get(step) ?? [];
  const other = left.find(
    ({ origin, effect, target }) =>
      !steps.includes(origin ?? step) &&
      !(effect?.kind === "write" && effect.how === "create") &&
      step.effects.some(
        (removal) =>
          removal.kind === "remove" &&
          removal.targets.some(
            (one) =>
              mounted.some((path) => covers(one.path, one.extent, path)) && meet(one, target) !== undefined,
          ),
      ),
  );
  if (other !== undefined) return "what other steps stored is removed with it";
  const removals = cutRemovals(model, step, mounted);
  if (typeof removals === "string") return removals;
  return {
    title: `mount ${mounted.length === 1 ? "it" : "them"} for the RUN that uses ${mounted.length === 1 ? "it" : "them"} instead of copying`,
    edits: [...edits, insertFlags(model, step, withoutNested(flags)), ...removals],
    doubts: [...new Set(doubts)],
    cost: 1,
  };
}

/** A mount inside of another one shows nothing more. */
function withoutNested(flags: readonly string[]): readonly string[] {
  const target = (flag: string): string => /target=(.*)$/.exec(flag)![1]!;
  const root = (flag: string): string => flag.replace(/,source=.*$|,target=.*$/, "");
  return flags.filter(
    (flag) =>
      !flags.some(
        (other) => other !== flag && root(other) === root(flag) && isBelow(target(flag), target(other)),
      ),
  );
}

/** A COPY without some of its sources. */
function cutSources(
  { dockerfile }: Model,
  copied: Copied,
  taken: readonly CopiedSource[],
): readonly TextEdit[] | string {
  const { step, sources } = copied;
  if (taken.length === sources.length) return cutBare(dockerfile, step.instruction);
  if (step.instruction.json !== undefined) return "the COPY brings other files, too";
  return taken.map(({ word }) => {
    const end = word.span.end + (/^[ \t]+/.exec(dockerfile.text.slice(word.span.end))?.[0].length ?? 0);
    return { span: { start: word.span.start, end }, text: "" };
  });
}
