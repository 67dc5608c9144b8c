// Users and groups that a flag names: which commands make them, and whether these can stand further up.
import type { AccountEffect, Effect } from "../../model/effect.ts";
import { baseKnows } from "../../model/final/base-files.ts";
import { lineage, type Model, type Stage, type Step } from "../../model/model.ts";
import type { ShellCommand } from "../../shell/command.ts";
import { HOLE_START, render } from "../../shell/word.ts";
import { placeOf } from "../late.ts";

export interface Name {
  readonly kind: "user" | "group";
  /** Rendered, as effects have it. */
  readonly name: string;
}

export interface AccountCommands {
  readonly step: Step;
  readonly commands: readonly ShellCommand[];
}

/** The commands that must go above `first` so that the names mean there what they mean at `guilty`; or why not. */
export function accountsFor(
  model: Model,
  stage: Stage,
  first: Step,
  step: Step,
  guilty: ShellCommand,
  names: readonly Name[],
): { readonly moved: readonly AccountCommands[]; readonly doubts: readonly string[] } | string {
  const wanted = new Set(
    names.filter(({ name }) => !isNumber(name)).map(({ kind, name }) => `${kind} ${name}`),
  );
  const doubts: string[] = [];
  const moved = new Map<Step, ShellCommand[]>();
  const made = new Set<string>();
  const range = stage.steps.filter(({ index }) => index >= first.index && index <= step.index).toReversed();
  for (const other of range) {
    for (const effect of other.effects.toReversed()) {
      if (other === step && effect.span.start >= guilty.span.start) continue;
      if (effect.kind !== "account" || effect.command === undefined) continue;
      const makes = madeBy(effect).filter((name) => wanted.has(name));
      if (makes.length === 0) continue;
      for (const name of makes) made.add(name);
      const why = unmovable(effect.command);
      if (why !== undefined) return `${placeOf(model, other)} makes the user, and ${why}`;
      for (const name of neededBy(effect)) wanted.add(name);
      const list = moved.get(other) ?? [];
      if (!list.includes(effect.command)) list.unshift(effect.command);
      moved.set(other, list);
    }
  }
  for (const name of [...wanted].filter((one) => !made.has(one))) {
    const maker = otherMaker(model, stage, range, step, guilty, name);
    if (maker?.sure === true) return maker.why;
    if (maker !== undefined) doubts.push(maker.why);
  }
  return {
    moved: [...moved]
      .map(([one, commands]) => ({ step: one, commands }))
      .toSorted((a, b) => a.step.index - b.step.index),
    doubts,
  };
}

function isNumber(name: string): boolean {
  return (
    /^\d+$/.test(name) ||
    name === "root" ||
    name === "" ||
    (name.startsWith(HOLE_START) && /(UID|GID|_ID)\W*$/i.test(name))
  );
}

function madeBy({ user, group }: AccountEffect): readonly string[] {
  return [
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(group === undefined ? [] : [`group ${group}`]),
  ];
}

/** Groups that `useradd -g a -G b,c` wants to be there. */
function neededBy({ user, command, group }: AccountEffect): readonly string[] {
  if (user === undefined || command === undefined) return [];
  const names = command.words.flatMap((word, index, words): readonly string[] => {
    const before = words[index - 1]?.text ?? "";
    const long = /^--(?:g?id|groups|ingroup|gid)=(.*)$/.exec(render(word))?.[1];
    if (long !== undefined) return long.split(",");
    return /^-[a-zA-Z]*[gG]$|^--(gid|groups|ingroup)$/.test(before) ? render(word).split(",") : [];
  });
  return [...names, ...(group === undefined ? [] : [group])]
    .filter((name) => !isNumber(name))
    .map((name) => `group ${name}`);
}

function unmovable(command: ShellCommand): string | undefined {
  if (command.runs !== "always") return "only perhaps";
  if (command.mayFail) return "may fail without stopping the build";
  if (command.pipedFrom !== undefined || command.pipedTo !== undefined) return "stands in a pipeline";
  if (command.stdin?.kind === "heredoc") return "reads a heredoc";
  if (command.words.some(({ text }) => /\$\(|`/.test(text))) return "asks another command";
  return undefined;
}

/** What else may make a user or group between the two places. */
function otherMaker(
  model: Model,
  stage: Stage,
  range: readonly Step[],
  step: Step,
  guilty: ShellCommand,
  wanted: string,
): { readonly why: string; readonly sure: boolean } | undefined {
  const [kind, name] = [wanted.slice(0, wanted.indexOf(" ")), wanted.slice(wanted.indexOf(" ") + 1)];
  if (baseKnows(lineage(model, stage)[0]!, kind as Name["kind"], name)) return undefined;
  let found: string | undefined;
  for (const other of range) {
    for (const effect of other.effects) {
      if (other === step && effect.span.start >= guilty.span.start) continue;
      if (
        effect.kind === "install" &&
        isSystem(effect) &&
        effect.packages.some((one) => isAlike(one.name, name))
      ) {
        return { why: `${placeOf(model, other)} installs what makes the ${kind} ${name}`, sure: true };
      }
      if (copiesAccounts(effect)) {
        return { why: `${placeOf(model, other)} brings another list of users`, sure: true };
      }
      if (effect.kind === "opaque" || (effect.kind === "install" && isSystem(effect)))
        found ??= placeOf(model, other);
    }
  }
  return found === undefined
    ? undefined
    : { why: `${found} may be what makes the ${kind} ${name}, which COPY would not find`, sure: false };
}

function isSystem(effect: Extract<Effect, { kind: "install" }>): boolean {
  return /^(apt|apk|rpm|pacman|other)$/.test(effect.manager);
}

/** `postgresql` makes `postgres`, `nginx-light` makes `nginx`. */
function isAlike(packageName: string | undefined, name: string): boolean {
  if (packageName === undefined || name.length < 3) return false;
  return packageName.startsWith(name) || name.startsWith(packageName);
}

function copiesAccounts(effect: Effect): boolean {
  return (
    effect.kind === "write" &&
    effect.command === undefined &&
    effect.targets.some(({ path }) => /^\/etc\/(passwd|group)$/.test(path))
  );
}

/** The number that the file itself gives to a user or group. */
export function numberOf(
  model: Model,
  stage: Stage,
  kind: "user" | "group",
  name: string,
): string | undefined {
  for (const ancestor of lineage(model, stage).toReversed()) {
    for (const { effects } of ancestor.steps.toReversed()) {
      for (const effect of effects) {
        if (effect.kind !== "account" || effect[kind] !== name) continue;
        const number = kind === "user" ? effect.uid : effect.gid;
        if (number !== undefined && /^\d+$/.test(number)) return number;
      }
    }
  }
  return undefined;
}
