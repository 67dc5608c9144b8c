// Files that are copied only for one RUN, which removes them: mounted there instead.
import type { Effect } from "../model/effect.ts";
import type { Model, Step } from "../model/model.ts";
import { isArchive, isSharedFolder } from "../model/names.ts";
import { isBelow, isLiteral, meet, normalizePath, parentPath } from "../model/path.ts";
import { timeline } from "../model/timeline.ts";
import type { ShellCommand } from "../shell/command.ts";
import { render } from "../shell/word.ts";
import type { TextEdit } from "../text.ts";
import {
  bindFlag,
  type Copied,
  type CopiedSource,
  copiedBy,
  isShared,
  knowsMounts,
  mountSource,
  usedBehind,
  usesBetween,
} from "./copied.ts";
import { writesOf } from "./crossing.ts";
import { cutBare, cutCommands } from "./cut.ts";
import { hasFolder } from "./folders.ts";
import { type Attempt, type Late, placeOf, storingSteps } from "./late.ts";
import { insertFlags } from "./run-flags.ts";

/** Mounts what COPYs brought for the guilty RUN, and takes out the commands that remove it. */
export function bindMount(model: Model, late: Late): Attempt {
  const { stage, step } = late;
  const steps = storingSteps(late);
  if (typeof steps === "string") return steps;
  if (steps.some(({ instruction }) => !/^(COPY|ADD)$/.test(instruction.keyword)))
    return "not only COPY stored the files";
  if (
    step.instruction.keyword !== "RUN" ||
    step.instruction.json !== undefined ||
    step.script?.understood !== true
  )
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

function isRemoved(step: Step, path: string): boolean {
  return step.effects.some(
    (effect) => effect.kind === "remove" && effect.targets.some((one) => covers(one.path, one.extent, path)),
  );
}

interface MountPoint {
  readonly flag: string;
  readonly target: string;
  readonly doubts: readonly string[];
}

function mountOf(model: Model, late: Late, copied: Copied, source: CopiedSource): MountPoint | string {
  const { stage, step } = late;
  const mount = mountSource(source);
  if (mount === undefined) return "what the instruction brings cannot be mounted";
  const doubts: string[] = [];
  const target = mount.wide ? parentOfGlob(source.path) : source.path;
  if (!isLiteral(target) || !target.startsWith("/")) return "it is not known where the files are";
  if (isSharedFolder(target) || target === step.workdir)
    return `a mount at ${target} would hide what else lies there`;
  if (isShared(model, step, target, [copied.step]))
    return `a mount at ${target} would hide what else lies there`;
  if (mount.wide) doubts.push("the mount shows the whole folder, not only what the pattern matches");
  const removed = step.effects.some(
    (effect) =>
      effect.kind === "remove" && effect.targets.some((one) => covers(one.path, one.extent, target)),
  );
  if (!removed) {
    if (usedBehind(stage, step, target)) return "a later step changes it again";
    if (!isArchive(target)) return "more than the archive is copied, and it stays in the image";
    doubts.push(`${target} is no longer in the image`);
  } else {
    const folder = parentPath(target);
    const gone = step.effects.some(
      (effect) =>
        effect.kind === "remove" && effect.targets.some((one) => covers(one.path, one.extent, folder)),
    );
    if (!hasFolder(model, stage, copied.step, target)) {
      // BuildKit takes away the folders that it made for a mount; buildah leaves those above the mount.
      doubts.push(
        gone
          ? `builders other than BuildKit may leave the empty folder ${folder}`
          : `the empty folder ${folder} is no longer made`,
      );
    }
  }
  const flag = bindFlag(copied, mount.source, target);
  return flag === undefined ? "its names cannot stand in a mount" : { flag, target, doubts };
}

function parentOfGlob(path: string): string {
  return isLiteral(path) ? path : parentPath(path);
}

function covers(path: string, extent: string, target: string): boolean {
  if (path === target) return true;
  if (extent !== "tree") return false;
  if (isLiteral(path)) return isBelow(target, path);
  return meet({ path, extent: "tree" }, { path: target, extent: "tree" })?.relation === "covers";
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

/** Commands that give copies the owners of what they copy. */
const KEEPS_OWNERS =
  /^(\S*\/)?(cp( -\S+)* -(\w*[ap]|-archive|-preserve)|rsync( -\S+)* -(\w*[aog]|-archive|-owner|-group)|tar (--create|-?\w*c)|cpio|zip)/;

/** Why the RUN cannot work with a mount that is read-only; else what makes that doubtful. */
function writesInto(
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
  if (keeping !== undefined) {
    const name = keeping.words[0]!.text;
    return {
      doubts: [`\`${name}\` takes owners along, and builders other than BuildKit show the context's`],
    };
  }
  for (const effect of step.effects) {
    if (effect.kind !== "opaque" || effect.command === undefined) continue;
    const name = effect.command.words[0]?.text ?? "a command";
    if (effect.command.cwd !== undefined && inside(effect.command.cwd))
      return `\`${name}\` works in the folder, and a mount is read-only`;
    if (effect.command.words.some((word) => inside(normalizePath(render(word), effect.command?.cwd) ?? "")))
      return { doubts: [`\`${name}\` may write into the mount, which is read-only`] };
  }
  return { doubts: [] };
}

/** Takes the mounted paths out of the commands that remove them. */
function cutRemovals(model: Model, step: Step, mounted: readonly string[]): readonly TextEdit[] | string {
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
