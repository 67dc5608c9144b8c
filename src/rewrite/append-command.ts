// Moving late commands to the end of the RUNs that wrote the files.
import { assignments } from "../dockerfile/assignments.ts";
import type { Effect } from "../model/effect.ts";
import { lineage, type Model, type Step } from "../model/model.ts";
import { meet, type Target } from "../model/path.ts";
import { lookupVariable } from "../model/variables.ts";
import type { ShellCommand } from "../shell/command.ts";
import { knownText, render } from "../shell/word.ts";
import { type Span, slice, type TextEdit } from "../text.ts";
import { standsAlone } from "./alone.ts";
import {
  crossCommands,
  crossing,
  isCleaning,
  type Moved,
  readsOf,
  someCommands,
  wholeStep,
} from "./crossing.ts";
import { type Cut, cutCommands, cutInstruction } from "./cut.ts";
import { needsFolder } from "./inherited.ts";
import { appendTo, commentsAround, type Part } from "./join.ts";
import {
  type Attempt,
  guiltyCommands,
  type Late,
  lineOf,
  placeOf,
  stepsBetween,
  storingSteps,
} from "./late.ts";
import { neededFlags } from "./meaning.ts";
import { outline } from "./outline.ts";
import { settingAt } from "./settings.ts";

/** The guilty commands, or with `wide` all of a RUN that only cleans, at the end of each RUN that wrote the files. */
export function appendCommands(model: Model, late: Late, wide = true): Attempt {
  const { step, stage } = late;
  const guilty = guiltyCommands(late);
  if (guilty === undefined) return "it is no command";
  if (step.instruction.json !== undefined) return "a RUN in exec form takes part";
  const writers = storingSteps(late);
  if (typeof writers === "string") return writers;
  if (writers.some(({ instruction }) => instruction.keyword !== "RUN"))
    return "not only RUNs stored the files";
  const removals = withCleaning(step, guilty, wide);
  const guards = guardsOf(step, removals);
  if (guards === undefined) return "a test decides whether it happens";
  const commands = [...guards, ...removals].toSorted((a, b) => a.span.start - b.span.start);
  const moved = someCommands(step, commands);
  if (writers.length > 1 && !moved.effects.every(({ kind }) => kind === "remove"))
    return "several RUNs wrote the files";
  if (
    commands.some(
      ({ runs, pipedFrom, pipedTo }) => runs !== "always" || pipedFrom !== undefined || pipedTo !== undefined,
    )
  )
    return "it does not stand by itself in its RUN";
  if (commands.some(({ stdin }) => stdin?.kind === "heredoc")) return "it reads a heredoc";
  if (guards.length > 0 && cutCommands(model.dockerfile, commands) === undefined)
    return "a test decides whether it happens";
  const taken = takeOut(model, step, commands);
  if (typeof taken === "string") return taken;
  const doubts: string[] = [];
  const own = crossOwn(model, step, commands, moved);
  if (own !== undefined) return own;
  const missing = missingFiles(late, commands, writers);
  if (missing !== undefined) return missing;
  const edits: TextEdit[] = [...taken.edits];
  for (const [index, writer] of writers.entries()) {
    for (const other of stepsBetween(stage, writer, step)) {
      const found = writers.includes(other)
        ? crossWriter(model, moved, writer, other)
        : crossing(model, moved, other);
      if (found.kind === "blocked") return found.why;
      if (found.kind === "doubt") doubts.push(found.why);
    }
    const part = partFor(model, late, writer, commands, index === writers.length - 1 ? taken.comments : []);
    if (typeof part === "string") return part;
    const there = settingAt(model, stage, step, writer, commands, part.text);
    if (there.kind === "other") return there.why;
    if (there.kind === "doubt") doubts.push(there.why);
    const appended = appendTo(model, writer, [part]);
    if (typeof appended === "string") return appended;
    edits.push(...appended.edits);
    doubts.push(...appended.doubts);
  }
  const lines = writers.map((writer) => lineOf(model, writer.instruction.span.start));
  return {
    title: `move it into the RUN${lines.length === 1 ? "" : "s"} that wrote the files (line${lines.length === 1 ? "" : "s"} ${lines.join(", ")})`,
    edits,
    doubts: [...new Set(doubts)],
    cost: 1.5,
  };
}

/** The guilty commands with the cleaning around them, when the RUN does nothing else. */
function withCleaning(step: Step, guilty: readonly ShellCommand[], wide: boolean): readonly ShellCommand[] {
  const all = step.script?.commands ?? [];
  const cleans = (command: ShellCommand): boolean =>
    guilty.some(({ span }) => span.start === command.span.start) ||
    isCleaning(command) ||
    (wide && onlyRemoves(step, command));
  return all.every(cleans) ? all : guilty;
}

const TEST = /^(test|\[|\[\[)$/;

/** The tests before commands of a RUN, which go where these go; undefined when one of them does more than stop the RUN. */
function guardsOf(step: Step, commands: readonly ShellCommand[]): readonly ShellCommand[] | undefined {
  const last = commands.at(-1)!;
  const tests = (step.script?.commands ?? []).filter(
    (command) =>
      TEST.test(command.words[0]?.text ?? "") &&
      command.span.start < last.span.start &&
      !commands.includes(command),
  );
  return tests.some(({ mayFail, runs }) => mayFail || runs !== "always") ? undefined : tests;
}

function onlyRemoves(step: Step, command: ShellCommand): boolean {
  const own = step.effects.filter((effect) => effect.command?.span.start === command.span.start);
  return own.length > 0 && own.every(({ kind }) => kind === "remove");
}

interface TakenOut {
  readonly edits: readonly TextEdit[];
  readonly comments: readonly string[];
}

function takeOut(model: Model, step: Step, commands: readonly ShellCommand[]): TakenOut | string {
  const { dockerfile } = model;
  const cut = cutCommands(dockerfile, commands);
  if (cut?.kind === "whole" || standsAlone(step, commands)) {
    const shape = outline(model, step);
    const comments = typeof shape === "string" ? [] : commentsAround(model, step, shape);
    const inside = typeof shape === "string" ? [] : commentsInside(model, step, shape.span);
    return { edits: cutInstruction(dockerfile, step.instruction), comments: [...comments, ...inside] };
  }
  const cuts = cut === undefined ? commands.map((command) => cutCommands(dockerfile, [command])) : [cut];
  if (cuts.some((one) => one?.kind !== "part")) return "it does not stand by itself in its RUN";
  const parts = cuts as Extract<Cut, { kind: "part" }>[];
  return { edits: parts.flatMap(({ edits }) => edits), comments: parts.flatMap(({ comments }) => comments) };
}

/** The comments of a script; in a heredoc, those are the shell's. */
function commentsInside({ dockerfile }: Model, { instruction }: Step, span: Span): string[] {
  const { text } = dockerfile;
  const lines = instruction.heredocs.flatMap((heredoc) =>
    [...slice(text, heredoc.span).matchAll(/^[ \t]*(#(?!!)[^\r\n]*)/gm)].map((match) => match[1]!),
  );
  const comments = dockerfile.comments
    .filter(({ start, end }) => start >= span.start && end <= span.end)
    .map((comment) => slice(text, comment));
  return [...lines, ...comments].map((comment) => comment.trimEnd());
}

/** Why commands cannot run before those that stand before them in their own RUN; undefined when they can. */
function crossOwn(
  model: Model,
  step: Step,
  commands: readonly ShellCommand[],
  moved: Moved,
): string | undefined {
  const last = commands.at(-1)!;
  const others = (step.script?.commands ?? []).filter(
    (command) => command.span.start < last.span.start && !commands.includes(command) && !isSilent(command),
  );
  if (others.length === 0) return undefined;
  const found = crossCommands(moved, someCommands(step, others), placeOf(model, step));
  return found.kind === "free" ? undefined : found.why;
}

function isSilent({ words }: ShellCommand): boolean {
  return words.length === 0 || /^(cd|set|export|echo|true|:)$/.test(words[0]!.text);
}

/** Another of the RUNs that wrote the files: it gets the command, too, so only what it reads counts. */
function crossWriter(model: Model, moved: Moved, writer: Step, other: Step): ReturnType<typeof crossing> {
  if (!isByProduct(moved, writer) || !isByProduct(moved, other))
    return { kind: "blocked", why: `${placeOf(model, other)} uses what is in the cache` };
  const reads = other.effects.some((effect) =>
    neededBy(effect).some((target) =>
      moved.effects.some(
        (own) => own.kind === "remove" && own.targets.some((one) => meet(one, target) !== undefined),
      ),
    ),
  );
  if (reads) return { kind: "blocked", why: `${placeOf(model, other)} uses the same files` };
  const writing = wholeStep(other);
  const found = crossCommands(moved, { ...writing, commands: [] }, placeOf(model, other));
  return found.kind === "blocked" && /lists/.test(found.why) ? found : { kind: "free" };
}

/**
 * Whether the caches among the moved removals were but left over from what a step installed: then nobody misses them.
 * Builds and commands that only fetch fill them for others, and what works offline lives on them.
 */
function isByProduct(moved: Moved, step: Step): boolean {
  return step.effects.every((effect) => {
    if (effect.kind !== "write" || effect.how !== "cache") return true;
    const goes = moved.effects.some(
      (own) =>
        own.kind === "remove" &&
        own.targets.some((one) => effect.targets.some((target) => meet(one, target) !== undefined)),
    );
    return !goes || (installs(step, effect) && !isOffline(effect.command));
  });
}

function installs({ effects }: Step, { command }: Effect): boolean {
  return effects.some((effect) => effect.kind === "install" && effect.command === command);
}

const OFFLINE = /^(-C|--cacheonly|--offline)$/;

function isOffline(command: ShellCommand | undefined): boolean {
  return command?.words.some(({ text }) => OFFLINE.test(text)) === true;
}

/** What must be there for an effect to happen. */
function neededBy(effect: Effect): readonly Target[] {
  if (effect.kind === "edit" || effect.kind === "retouch") return effect.targets;
  return effect.kind === "move" ? effect.from : readsOf(effect);
}

/** `rm` without -f fails for what another RUN writes only later. */
function missingFiles(
  late: Late,
  commands: readonly ShellCommand[],
  writers: readonly Step[],
): string | undefined {
  const forced = commands.every(
    (command) =>
      command.words[0]?.text !== "rm" ||
      command.words.some(({ text }) => /^-[a-zA-Z]*f|^--force$/.test(text)),
  );
  if (forced) return undefined;
  if (writers.length > 1) return "`rm` without -f needs the files of all of them";
  const met = new Set(late.files.map(({ touch }) => touch?.target));
  const targets = late.effects.flatMap((effect) => (effect.kind === "remove" ? effect.targets : []));
  return targets.every((target) => met.has(target))
    ? undefined
    : "`rm` without -f needs files of other steps, too";
}

/** The commands as a text that means the same at the end of another RUN. */
function partFor(
  model: Model,
  { step }: Late,
  writer: Step,
  commands: readonly ShellCommand[],
  comments: readonly string[],
): Part | string {
  const texts: string[] = [];
  let folder: string | undefined;
  let rooted = true;
  for (const command of commands) {
    const made = inPlaceText(model, step, writer, command);
    if (made === undefined) return "it needs variables or a folder that are not known there";
    texts.push(made.text);
    rooted &&= made.rooted;
    if (made.folder === undefined) continue;
    if (folder !== undefined && folder !== made.folder) return "it needs several folders";
    folder = made.folder;
  }
  const text = texts.join(" && ");
  if (text.includes("\n") && /\n[ \t]*#/.test(text)) return "it has comments between its words";
  const flags = neededFlags(
    step,
    text,
    someCommands(step, commands).effects.flatMap((effect) =>
      effect.kind === "remove" ? effect.targets : [],
    ),
  );
  const lacking = flags.filter((flag) => !writer.instruction.flags.some((own) => own.text === flag));
  if (lacking.length > 0) return "it needs the flags of its RUN";
  return {
    step,
    text,
    commands: rooted ? [] : commands,
    chain: true,
    single: commands.length === 1,
    comments,
    errexit: false,
    whole: false,
    ...(folder === undefined ? {} : { folder }),
  };
}

interface InPlace {
  readonly text: string;
  /** Whether all its paths are absolute. */
  readonly rooted: boolean;
  /** Where it has to run, when that is not where the writer begins. */
  readonly folder?: string;
}

/** A command's text with the values of variables that have others at the writer, and with absolute paths. */
function inPlaceText(model: Model, step: Step, writer: Step, command: ShellCommand): InPlace | undefined {
  const { text: source } = model.dockerfile;
  let text = slice(source, command.span);
  const needs = needsFolder({ commands: [command] });
  const elsewhere = needs && command.cwd !== writer.workdir;
  const absolute = elsewhere && command.words[0]?.text === "rm" ? rootedWords(source, command) : undefined;
  if (elsewhere && absolute === undefined && command.cwd === undefined) return undefined;
  text = absolute ?? text;
  for (const match of [...text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)].toReversed()) {
    const name = (match[1] ?? match[2])!;
    const here = command.lookup(name);
    const there = lookupVariable(writer.scope, name);
    const value = here === undefined ? "" : knownText(here);
    const other = there === undefined ? "" : knownText(there);
    if (value !== undefined && value === other) continue;
    if (value === undefined) {
      // Only the build knows it: the same hole at both places is the same value.
      if (JSON.stringify(here) === JSON.stringify(there)) continue;
      return undefined;
    }
    if (!isConstant(model, step, command, name)) return undefined;
    if (!/^[\w./:+@-]+$/.test(value) || /'[^']*$/.test(text.slice(0, match.index))) return undefined;
    text = text.slice(0, match.index) + value + text.slice(match.index + match[0].length);
  }
  const rooted = !needs || absolute !== undefined;
  return elsewhere && absolute === undefined ? { text, rooted, folder: command.cwd! } : { text, rooted };
}

/** Whether an ENV gives the variable a value that no build argument can change. */
function isConstant(model: Model, step: Step, command: ShellCommand, name: string): boolean {
  if (command.assignments.has(name) || !step.scope.env.has(name)) return false;
  if (JSON.stringify(command.lookup(name)) !== JSON.stringify(step.scope.env.get(name))) return false;
  const line = lineage(model, model.stages[step.stage]!);
  const before = line.flatMap((stage) =>
    stage.steps.filter((other) => other.stage !== step.stage || other.index < step.index),
  );
  const set = before
    .filter(({ instruction }) => instruction.keyword === "ENV")
    .flatMap(({ instruction }) => assignments(instruction, model.dockerfile.escape))
    .findLast((one) => one.name === name);
  return set?.value !== undefined && !set.value.includes("$");
}

/** The command with its relative words made absolute; undefined when one of them cannot be. */
function rootedWords(source: string, command: ShellCommand): string | undefined {
  const { cwd, words, span } = command;
  if (cwd === undefined || !/^[\w./+@-]+$/.test(cwd)) return undefined;
  let text = slice(source, span);
  for (const word of words.slice(1).toReversed()) {
    if (/^-/.test(word.text) || render(word).startsWith("/")) continue;
    if (/^["'~$`]/.test(word.text) && !/^["']?\$\{?\w/.test(word.text)) return undefined;
    const at = word.span.start - span.start + (/^["']/.test(word.text) ? 1 : 0);
    const dots = /^(\.\/)+/.exec(text.slice(at))?.[0].length ?? 0;
    text = `${text.slice(0, at)}${cwd === "/" ? "" : cwd}/${text.slice(at + dots)}`;
  }
  return text;
}
