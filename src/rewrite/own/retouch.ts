// The fix of a late chown or chmod: flags where COPY wrote the files, the command where a RUN wrote them.
import { lineStart } from "../../dockerfile/layout.ts";
import type { RetouchEffect } from "../../model/effect.ts";
import { baseHas } from "../../model/final/base-files.ts";
import { lineage, type Model, type Step } from "../../model/model.ts";
import { looksLikeFile } from "../../model/names.ts";
import {
  isBelow,
  isLiteral,
  meet,
  normalizePath,
  parentPath,
  showPath,
  type Target,
} from "../../model/path.ts";
import type { ShellCommand, Word } from "../../shell/command.ts";
import { HOLE_START, render } from "../../shell/word.ts";
import type { TextEdit } from "../../text.ts";
import { hasFolder } from "../copied.ts";
import { hoist } from "../hoist.ts";
import { appendTo, type Part } from "../join.ts";
import { type Attempt, guiltyCommands, type Late, placeOf, stepsBetween } from "../late.ts";
import { differences } from "../meaning.ts";
import { styleOf } from "../style.ts";
import { accountsFor, type Name, numberOf } from "./accounts.ts";
import { type ChangeCommand, changeCommand, flagText, onPaths } from "./change-command.ts";
import { changeFlags, type FlagChange, splitOwner } from "./copy-flags.ts";
import { type FoundFiles, foundFiles, isSingleFile, isSmall, meetsOneFile } from "./found-files.ts";
import { isOctal } from "./mode.ts";
import { keepsFinalFiles } from "./proven.ts";
import { take } from "./take.ts";

/** One guilty command with what it meets. */
interface Guilty {
  readonly command: ShellCommand;
  /** Absent for a find that changes only what is not yet so: it may stay, and then finds nothing. */
  readonly change?: ChangeCommand;
  readonly effect: RetouchEffect;
  readonly found: readonly FoundFiles[];
  readonly flag: FlagChange;
}

/** Flags for what COPY and ADD wrote, the command moved to the RUNs that wrote the rest, all in one. */
export function setEarlier(model: Model, late: Late): Attempt {
  const { stage, step } = late;
  if (step.triggered) return "it is an ONBUILD instruction";
  const commands = guiltyCommands(late);
  if (commands === undefined) return "it is no command";
  const guilty: Guilty[] = [];
  for (const command of commands) {
    const one = readGuilty(model, late, command);
    if (typeof one === "string") return one;
    guilty.push(one);
  }
  guilty.push(...followers(model, late, guilty));
  guilty.sort((a, b) => a.command.span.start - b.command.span.start);
  const doubts: string[] = [];
  const edits: TextEdit[] = [];
  const titles: string[] = [];

  const copies = stepsOf(guilty, "copy");
  const runs = stepsOf(guilty, "run");
  if (copies.length + runs.length === 0) return "no step of this stage stored the files";
  const first = [...copies, ...runs].toSorted((a, b) => a.index - b.index)[0]!;

  const names = guilty.flatMap(({ effect }) => namesIn(effect));
  const accounts = accountsFor(model, stage, first, step, commands[0]!, names);
  if (typeof accounts === "string") return accounts;

  const hoisted: TextEdit[] = [];
  const needsAt = (place: Step, from: Step, text: string): string | undefined => {
    const differing = differences(from, place, { variables: [], text, workdir: false }).filter((name) =>
      name.startsWith("$"),
    );
    if (differing.length === 0) return undefined;
    const moved = hoist(model, stage, first, from, text);
    if (moved === undefined) return `${differing[0]} has another value at ${placeOf(model, place)}`;
    for (const own of moved.values()) {
      for (const edit of own) {
        if (!hoisted.some((other) => other.span.start === edit.span.start && other.text === edit.text))
          hoisted.push(edit);
      }
    }
    return undefined;
  };

  for (const copy of copies) {
    const changes = guilty.filter(({ found }) =>
      found.some(({ way, stored }) => way === "copy" && stored.origin === copy),
    );
    const partly = copy.effects.some(
      (effect) =>
        effect.kind === "write" &&
        !changes.every(({ found }) =>
          found.some(({ way, stored }) => way === "copy" && stored.effect === effect),
        ),
    );
    if (partly) return `it concerns only a part of what ${placeOf(model, copy)} copies`;
    const text = changes.map(({ flag }) => [flag.owner, flag.group, flag.mode].join(" ")).join(" ");
    const other = needsAt(copy, step, text);
    if (other !== undefined) return other;
    const files = copy.effects.every(
      (effect) =>
        effect.kind === "write" &&
        changes[0]!.found.some((one) => one.stored.effect === effect && meetsOneFile(one)),
    );
    const flags = changeFlags(
      { model, stage, step: copy, files, numberOf: (kind, name) => numberOf(model, stage, kind, name) },
      changes.map(({ flag }) => flag),
    );
    if (typeof flags === "string") return flags;
    edits.push(...flags.edits.filter((edit) => !edits.some((other) => isSameEdit(other, edit))));
    doubts.push(...flags.doubts);
    titles.push(...flags.flags);
  }

  for (const run of runs) {
    const parts: Part[] = [];
    for (const one of guilty) {
      const part = partFor(model, late, one, run);
      if (typeof part === "string") return part;
      if (part === undefined) continue;
      const other = needsAt(run, step, part.text);
      if (other !== undefined) return other;
      const setting = settingOf(step, run);
      if (setting !== undefined) return `${setting} is another one at ${placeOf(model, run)}`;
      if (!parts.some(({ text }) => text === part.text)) parts.push(part);
    }
    const appended = appendTo(model, run, parts);
    if (typeof appended === "string") return appended;
    edits.push(...appended.edits);
    doubts.push(...appended.doubts);
  }

  const replaced = new Map<ShellCommand, string>();
  const dropped: ShellCommand[] = [];
  let folderSteps = true;
  for (const one of guilty) {
    const left = one.change === undefined ? undefined : leftOf(model, late, one, one.change, first);
    if (left === undefined) continue;
    doubts.push(...left.doubts);
    if (left.text === "") dropped.push(one.command);
    else {
      replaced.set(one.command, left.text);
      folderSteps &&= left.early;
    }
  }

  const insertion: string[] = [];
  for (const { step: maker, commands: moved } of accounts.moved) {
    const text = moved.map(({ span }) => model.dockerfile.text.slice(span.start, span.end)).join(" ");
    const setting = settingOf(maker, first);
    if (setting !== undefined) return `${setting} is another one at ${placeOf(model, first)}`;
    const other = needsAt(first, maker, text);
    if (other !== undefined) return other;
    const own = maker === step;
    const taken = take(model, maker, {
      moved,
      dropped: own ? dropped : [],
      replaced: own ? replaced : new Map(),
      replacedMayMove: folderSteps,
    });
    if (typeof taken === "string") return taken;
    edits.push(...taken.edits);
    insertion.push(taken.lines);
  }
  if (!accounts.moved.some(({ step: maker }) => maker === step)) {
    const taken = take(model, step, { moved: [], dropped, replaced, replacedMayMove: false });
    if (typeof taken === "string") return taken;
    edits.push(...taken.edits);
  }
  const inserted = insertion.length === 0 ? [] : [insertAbove(model, first, insertion)];
  const all = [...hoisted, ...inserted, ...edits];
  doubts.push(...accounts.doubts);
  if (doubts.length === 0 && !keepsFinalFiles(model, all))
    doubts.push(doubtBetween(model, late, first, guilty));
  return {
    title: titleOf(model, titles, runs, insertion.length > 0),
    edits: all,
    doubts: [...new Set(doubts)],
    cost: 1,
  };
}

function isSameEdit(a: TextEdit, b: TextEdit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.text === b.text;
}

function readGuilty(model: Model, late: Late, command: ShellCommand): Guilty | string {
  const { stage, step } = late;
  const effects = step.effects.filter((effect) => effect.command === command);
  const [effect] = effects;
  if (effects.length !== 1 || effect?.kind !== "retouch") return "it does more than change owner or mode";
  if (effect.runs !== "always") return "it only may happen";
  const change = changeCommand(command);
  const found = foundFiles(model, stage, step, effect);
  const differing = effect.only === "differing" && command.words[0]?.text === "find";
  if (
    (change === undefined && !differing) ||
    (effect.only !== undefined && !differing) ||
    effect.change.attributes !== undefined
  ) {
    return "a flag of COPY cannot say what it does";
  }
  const lost = found.find(({ way }) => way === "lost");
  if (lost !== undefined) return whyLost(model, late, lost);
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

/** USER or SHELL when they are others at an earlier step; root may have two names. */
function settingOf(from: Step, to: Step): string | undefined {
  const isRoot = ({ user }: Step): boolean => /^(root|0)(:(root|0))?$/.test(user);
  return differences(from, to, { variables: [], text: "", workdir: false }).find(
    (name) => name !== "USER" || !isRoot(from) || !isRoot(to),
  );
}

function whyLost(model: Model, { stage }: Late, { stored, target }: FoundFiles): string {
  const { origin } = stored;
  if (origin === undefined)
    return "the files are the base image's, which no flag reaches: change them where that image is built, or copy them from it with COPY --from and --chown";
  if (origin.stage !== stage.index)
    return `the stage that this one starts from stores them (${placeOf(model, origin)}): set owner and mode there`;
  return `only ${showPath(target.path)} of what ${placeOf(model, origin)} copies is concerned: copy it by a COPY of its own, with the flag`;
}

function flagOf({ program }: ChangeCommand, text: string): FlagChange {
  if (program === "chmod") return { mode: text };
  if (program === "chgrp") return { group: text };
  const dotted = /^[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*$/.test(text) ? text.replace(".", ":") : text;
  const [owner, group] = splitOwner(dotted);
  return { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) };
}

function namesIn({ change }: RetouchEffect): readonly Name[] {
  return [
    ...(change.owner === undefined ? [] : [{ kind: "user", name: change.owner } as const]),
    ...(change.group === undefined || change.group === ""
      ? []
      : [{ kind: "group", name: change.group } as const]),
  ];
}

function stepsOf(guilty: readonly Guilty[], way: "copy" | "run"): readonly Step[] {
  const steps = new Set<Step>();
  for (const { found } of guilty) {
    for (const one of found)
      if (one.way === way && one.stored.origin !== undefined) steps.add(one.stored.origin);
  }
  return [...steps].toSorted((a, b) => a.index - b.index);
}

/** The command for the end of a RUN that wrote some of the files; undefined when it wrote none that this one meets. */
function partFor(
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
  return {
    step,
    text: onPaths(
      model.dockerfile.text,
      change,
      change.recursive ? outermost([...paths]) : [...paths],
      change.recursive,
    ),
    commands: [],
    chain: true,
    single: true,
    comments: [],
    errexit: false,
    whole: false,
  };
}

/** The paths that lie below none of the others. */
function outermost(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => other !== path && isBelow(path, other)));
}

/** Whether the folder that a change names is there before a RUN, so that the RUN need not see to the folder itself. */
function existsBefore(model: Model, stage: Late["stage"], run: Step, { path }: Target): boolean {
  return hasFolder(model, stage, run, `${path}/x`) || baseHas(lineage(model, stage)[0]!, path) === "yes";
}

/** A path as a shell reads it without quotes. */
function absolute(path: string): string | undefined {
  return /^\/[\w./@+-]*$/.test(path) ? path : undefined;
}

interface Left {
  /** What is left of the command; "" for nothing. */
  readonly text: string;
  readonly doubts: readonly string[];
  /** Whether all that it is about is there before the first of the flagged steps. */
  readonly early: boolean;
}

/** What of the command still has to be done where it stands: folders that were there, and files of its own RUN. */
function leftOf(
  model: Model,
  late: Late,
  { effect, found }: Guilty,
  change: ChangeCommand,
  first: Step,
): Left {
  const { stage } = late;
  const base = lineage(model, stage)[0]!;
  const doubts: string[] = [];
  const whole: string[] = [];
  const single: string[] = [];
  let early = true;
  for (const operand of change.operands) {
    const target = targetOf(effect, change, operand);
    const mine = found.filter((one) => one.target === target);
    if (target === undefined || !mine.some(({ way }) => way === "copy" || way === "run")) {
      whole.push(operand.text);
      early = false;
      continue;
    }
    if (target.extent !== "tree") continue;
    // What the RUN itself may have put anywhere below needs the command as it is; the other files are like that by then.
    if (mine.some(({ way, stored }) => way === "own" && stored.target.path === target.path)) {
      whole.push(operand.text);
      early = false;
      continue;
    }
    const folders = new Set<string>();
    for (const { way, stored } of mine) {
      const { path, extent } = stored.target;
      const text = path === target.path ? operand.text : (absolute(path) ?? operand.text);
      if (way === "own" || way === "rest") {
        (extent === "exact" ? single : whole).push(text);
        early = false;
      }
    }
    for (const [path, maker] of isMode(effect) ? [] : foldersMadeBelow(model, late, target)) {
      folders.add(path === target.path ? operand.text : (absolute(path) ?? operand.text));
      if (maker.stage === stage.index && maker.index >= first.index) early = false;
    }
    const there = baseHas(base, target.path);
    if (there === "yes") {
      folders.add(operand.text);
      doubts.push(
        `what the base image has in ${showPath(target.path)} keeps its ${change.program === "chmod" ? "mode" : "owner"}`,
      );
    } else if (there === "unknown" && !folders.has(operand.text)) {
      doubts.push(
        `if the base image has ${showPath(target.path)}, what is there keeps its ${change.program === "chmod" ? "mode" : "owner"}`,
      );
    }
    if (change.program === "chmod" && !isOctal(render(change.change))) {
      for (const path of madeFolders(mine, target)) {
        folders.add(path === target.path ? operand.text : (absolute(path) ?? operand.text));
        early = false;
      }
    }
    single.push(...folders);
  }
  const source = model.dockerfile.text;
  const texts = [
    ...(whole.length === 0 ? [] : [onPaths(source, change, [...new Set(whole)], change.recursive)]),
    ...(single.length === 0
      ? []
      : [
          onPaths(
            source,
            change,
            [...new Set(single)].filter((path) => !whole.includes(path)),
            false,
          ),
        ]),
  ];
  return { text: texts.filter((text) => text !== "").join(" && "), doubts, early };
}

/** Folders below a path, itself included, that WORKDIR and mkdir made, and who: COPY does not change them. */
function foldersMadeBelow(model: Model, { stage, step }: Late, target: Target): ReadonlyMap<string, Step> {
  const out = new Map<string, Step>();
  for (const ancestor of lineage(model, stage)) {
    for (const maker of ancestor.steps) {
      if (ancestor === stage && maker.index >= step.index) break;
      for (const effect of maker.effects) {
        if (effect.kind !== "write" || effect.how !== "create" || effect.keeps !== true) continue;
        for (let { path } of effect.targets) {
          if (!isLiteral(path) || looksLikeFile(path)) continue;
          for (; isBelow(path, target.path) && path !== "/"; path = parentPath(path)) {
            if (!out.has(path)) out.set(path, maker);
          }
        }
      }
    }
  }
  return out;
}

/** A folder made with mode 755 needs no `chmod 755`. */
function isMode({ change }: RetouchEffect): boolean {
  return change.owner === undefined && change.group === undefined && /^0?755$/.test(change.mode ?? "");
}

/** The folders that COPY makes below a path: symbolic flags leave them as they are. */
function madeFolders(found: readonly FoundFiles[], target: Target): readonly string[] {
  const out = new Set<string>();
  for (const { way, stored } of found) {
    if (way !== "copy") continue;
    let path = isSingleFile(stored) ? parentPath(stored.target.path) : stored.target.path;
    for (; isBelow(path, target.path) && path !== "/"; path = parentPath(path)) out.add(path);
  }
  return [...out].sort();
}

/** The part of the effect that an operand stands for; links may lead it elsewhere. */
function targetOf({ targets }: RetouchEffect, change: ChangeCommand, operand: Word): Target | undefined {
  const path = pathOf(operand, change);
  return (
    targets.find((target) => target.path === path) ??
    (targets.length === change.operands.length ? targets[change.operands.indexOf(operand)] : undefined)
  );
}

/** The path that an operand names, as the command's effect has it. */
function pathOf(operand: Word, { command }: ChangeCommand): string | undefined {
  return normalizePath(render(operand), command.cwd);
}

/** Whole lines above an instruction and its comment, with a blank line behind them where the file has such. */
function insertAbove({ dockerfile }: Model, { instruction }: Step, lines: readonly string[]): TextEdit {
  const { text } = dockerfile;
  const { newline } = styleOf(dockerfile, []);
  let at = lineStart(text, instruction.span.start);
  const comment = dockerfile.comments.filter(({ end }) => end <= at).toReversed();
  for (const one of comment) {
    if (text.slice(one.end, at).trim() !== "" || /\n[ \t\r]*\n/.test(text.slice(one.end, at))) break;
    at = lineStart(text, one.start);
  }
  const before = lineStart(text, Math.max(0, at - 1));
  const blank = at > 0 && text.slice(before, at).trim() === "";
  const gap = blank ? newline + newline : newline;
  return {
    span: { start: at, end: at },
    text: lines.map((line) => line.replace(/\r?\n/g, newline) + gap).join(""),
  };
}

/** Why the model cannot show that the files stay the same. */
function doubtBetween(model: Model, late: Late, first: Step, guilty: readonly Guilty[]): string {
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

function titleOf(model: Model, flags: readonly string[], runs: readonly Step[], accounts: boolean): string {
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
