// The guilty commands of a late change: what each sets, and on which files it does.
import type { RetouchEffect } from "../../model/effect.ts";
import type { Model, Step } from "../../model/model.ts";
import { showPath } from "../../model/path.ts";
import type { ShellCommand } from "../../shell/command.ts";
import { HOLE_START } from "../../shell/word.ts";
import { guiltyCommands, type Late, placeOf } from "../late.ts";
import type { Name } from "./accounts.ts";
import { type ChangeCommand, changeCommand, flagText } from "./change-command.ts";
import { type FlagChange, splitOwner } from "./copy-flags.ts";
import { type FoundFiles, foundFiles, isSmall } from "./found-files.ts";

/** One guilty command with what it meets. */
export interface Guilty {
  readonly command: ShellCommand;
  /** Absent for a find that changes only what is not yet so: it may stay, and then finds nothing. */
  readonly change?: ChangeCommand;
  readonly effect: RetouchEffect;
  readonly found: readonly FoundFiles[];
  readonly flag: FlagChange;
}

/** All commands of the RUN that a flag or an earlier command can stand for, in order; or why there is a guilty one that it cannot. */
export function allGuilty(model: Model, late: Late): readonly Guilty[] | string {
  const commands = guiltyCommands(late);
  if (commands === undefined) return "it is no command";
  const guilty: Guilty[] = [];
  for (const command of commands) {
    const one = readGuilty(model, late, command);
    if (typeof one === "string") return one;
    guilty.push(one);
  }
  guilty.push(...followers(model, late, guilty));
  return guilty.toSorted((a, b) => a.command.span.start - b.command.span.start);
}

function readGuilty(model: Model, late: Late, command: ShellCommand): Guilty | string {
  const { stage, step } = late;
  const effects = step.effects.filter((effect) => effect.command === command);
  const [effect] = effects;
  if (effects.length !== 1 || effect?.kind !== "retouch") return "it does more than change owner or mode";
  if (effect.runs !== "always") return "it only may happen";
  const change = changeCommand(command);
  const found = foundFiles(model, stage, step, effect);
  const lost = found.find(({ way }) => way === "lost");
  const { attributes } = effect.change;
  if (lost !== undefined) return whyLost(model, late, lost, found, attributes);
  const differing = effect.only === "differing" && command.words[0]?.text === "find";
  if (
    (change === undefined && !differing) ||
    (effect.only !== undefined && !differing) ||
    attributes !== undefined
  ) {
    return `no flag of COPY ${attributes === undefined ? "says what it does" : `sets ${attributes}`}`;
  }
  if (found.some(({ meeting, way }) => meeting.certainty === "possible" && way !== "own" && way !== "rest")) {
    return "it is not sure which files it meets";
  }
  if (change === undefined) {
    const { owner, group, mode } = effect.change;
    if ([owner, group, mode].some((value) => value?.includes(HOLE_START) === true))
      return "only the build knows what it sets";
    return { command, effect, found, flag: effect.change };
  }
  const text = flagText(change.change);
  if (text === undefined) return "only the shell knows what it sets";
  return { command, change, effect, found, flag: flagOf(change, text) };
}

/** Other commands of the RUN that would store the same files again once the guilty ones are gone. */
function followers(model: Model, late: Late, guilty: readonly Guilty[]): readonly Guilty[] {
  const origins = new Set(
    guilty.flatMap(({ found }) => found.filter(isDone).map(({ stored }) => stored.origin)),
  );
  const rest = (late.step.script?.commands ?? []).filter(
    (command) => !guilty.some((one) => one.command === command),
  );
  return rest.flatMap((command): readonly Guilty[] => {
    const one = readGuilty(model, late, command);
    if (typeof one === "string") return [];
    return one.found.some(
      (file) => isDone(file) && !isSmall(model, file.stored) && origins.has(file.stored.origin),
    )
      ? [one]
      : [];
  });
}

function isDone({ way }: FoundFiles): boolean {
  return way === "copy" || way === "run";
}

function whyLost(
  model: Model,
  { stage }: Late,
  { stored, target }: FoundFiles,
  found: readonly FoundFiles[],
  attributes: string | undefined,
): string {
  const { origin } = stored;
  if (origin === undefined) {
    const others = found.some((one) => isDone(one) && one.stored.origin !== undefined);
    return `${others ? "some of the files are" : "the files are"} the base image's, which no instruction of this file changes`;
  }
  if (origin.stage !== stage.index)
    return `the stage that this one starts from stores them (${placeOf(model, origin)})`;
  if (attributes !== undefined) return `no flag of COPY sets ${attributes}`;
  const verb = stored.effect?.kind === "write" && stored.effect.how === "unpack" ? "unpacks" : "copies";
  return `only ${showPath(target.path)} of what ${placeOf(model, origin)} ${verb} is concerned`;
}

function flagOf({ program }: ChangeCommand, text: string): FlagChange {
  if (program === "chmod") return { mode: text };
  if (program === "chgrp") return { group: text };
  const dotted = /^[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*$/.test(text) ? text.replace(".", ":") : text;
  const [owner, group] = splitOwner(dotted);
  return { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) };
}

/** The users and groups that a change names. */
export function namesIn({ change }: RetouchEffect): readonly Name[] {
  return [
    ...(change.owner === undefined ? [] : [{ kind: "user", name: change.owner } as const]),
    ...(change.group === undefined || change.group === ""
      ? []
      : [{ kind: "group", name: change.group } as const]),
  ];
}

/** The steps that wrote what COPY or a RUN brought, in order. */
export function stepsOf(guilty: readonly Guilty[], way: "copy" | "run"): readonly Step[] {
  const steps = new Set<Step>();
  for (const { found } of guilty) {
    for (const one of found)
      if (one.way === way && one.stored.origin !== undefined) steps.add(one.stored.origin);
  }
  return [...steps].toSorted((a, b) => a.index - b.index);
}
