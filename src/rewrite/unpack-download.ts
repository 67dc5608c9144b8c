// Archives that are downloaded in one layer and unpacked in another: one RUN, as a pipe where that is the same.
import type { Effect } from "../model/effect.ts";
import type { Model, Step } from "../model/model.ts";
import { lineage } from "../model/model.ts";
import { isLiteral, meet, normalizePath, type Target } from "../model/path.ts";
import type { ShellCommand } from "../shell/command.ts";
import { render } from "../shell/word.ts";
import type { TextEdit } from "../text.ts";
import { copiedBy, usesBetween } from "./copied.ts";
import { checksSums, crossing, readsOf, someCommands, wholeStep, writesOf } from "./crossing.ts";
import { cutBare, cutCommands } from "./cut.ts";
import { joinParts, newPart, wholePart } from "./join.ts";
import { type Attempt, type Late, placeOf, stepsBetween, storingSteps } from "./late.ts";
import { mergeAttempts } from "./merge-runs.ts";
import { outline } from "./outline.ts";
import { cutOut, onlyCopy } from "./rename-copy.ts";
import { settingAt } from "./settings.ts";
import { fromStdin, toStdout } from "./tar-pipe.ts";

interface Unpacking {
  /** Where the archive lies. */
  readonly path: string;
  readonly command: ShellCommand;
  /** The commands of the step that remove it. */
  readonly removals: readonly ShellCommand[];
  /** Whether one of these surely does. */
  readonly removed: boolean;
}

/** The one archive that a RUN unpacks, and what removes it there. */
function unpacking({ step, effects }: Late): Unpacking | string {
  const unpack = effects.find(
    (effect) => (effect.kind === "write" && effect.how === "unpack") || effect.kind === "install",
  );
  if (unpack?.command === undefined) return "it is no command";
  const sources = readsOf(unpack);
  const [source] = sources;
  if (source === undefined || sources.length !== 1 || !isLiteral(source.path))
    return "several archives are unpacked";
  if (unpack.runs !== "always") return "it is unpacked under a condition";
  const removals = step.effects.filter(
    (effect) =>
      effect.kind === "remove" &&
      effect.command !== undefined &&
      effect.targets.some((target) => meet(target, source) !== undefined),
  );
  return {
    path: source.path,
    command: unpack.command,
    removals: removals.map(({ command }) => command!),
    removed: removals.some((effect) => surelyRemoves(effect, source)),
  };
}

function surelyRemoves(effect: Effect, archive: Target): boolean {
  if (effect.kind !== "remove" || effect.runs !== "always") return false;
  return effect.targets.some((target) => {
    const meeting = meet(target, archive);
    return meeting?.relation === "covers" && meeting.certainty !== "possible";
  });
}

/** Whether another effect than these commands' has to do with a path. */
function usesPath(effects: readonly Effect[], commands: readonly ShellCommand[], path: string): boolean {
  const starts = new Set(commands.map(({ span }) => span.start));
  return effects.some(
    (effect) =>
      !(effect.command !== undefined && starts.has(effect.command.span.start)) &&
      [...readsOf(effect), ...writesOf(effect)].some((target) => target.path === path),
  );
}

function mentionsPath(step: Step, commands: readonly ShellCommand[], path: string): boolean {
  const starts = new Set(commands.map(({ span }) => span.start));
  return (step.script?.commands ?? []).some(
    (command) =>
      !starts.has(command.span.start) &&
      command.words
        .slice(1)
        .some(
          (word) =>
            normalizePath(render(word), command.cwd) === path ||
            render(word).includes(path.split("/").at(-1)!),
        ),
  );
}

/** `RUN curl -o F URL` and `RUN tar -x -f F && rm F` become `RUN curl URL | tar -x`. */
export function pipeDownload(model: Model, late: Late): Attempt {
  const found = unpacking(late);
  if (typeof found === "string") return found;
  const { path, command, removals } = found;
  const { step, stage } = late;
  const steps = storingSteps(late);
  if (typeof steps === "string") return steps;
  const [writer] = steps;
  if (writer === undefined || steps.length !== 1 || writer.instruction.keyword !== "RUN")
    return "no RUN alone downloads it";
  const writes = writer.effects.filter(
    (effect) => effect.kind === "write" && effect.targets.some((target) => target.path === path),
  );
  const download = writes[0];
  if (
    writes.length !== 1 ||
    download?.kind !== "write" ||
    download.how !== "download" ||
    download.command === undefined ||
    download.runs !== "always"
  )
    return "it is not simply downloaded";
  const sending = toStdout(model, download.command);
  const name = `${path} ${download.command.words.map((word) => render(word)).join(" ")}`;
  const receiving = fromStdin(
    model,
    command,
    name.split(" ").find((word) => /\.(t\w+|\w+)$/.test(word) && word.includes(".t")) ?? path,
  );
  if (sending === undefined || receiving === undefined) return "it cannot be a pipe";
  if (
    mentionsPath(writer, [download.command], path) ||
    mentionsPath(step, [command, ...removals], path) ||
    usesPath(step.effects, [command, ...removals], path)
  )
    return "the archive is used for something else, too";
  const alone = removals.every(
    ({ words, runs }) =>
      words[0]?.text === "rm" &&
      runs === "always" &&
      words.filter((word) => !word.text.startsWith("-")).length === 2,
  );
  if (!alone) return "its removal takes other files along";
  const end = endOf(model, late, path);
  if (typeof end === "string") return end;
  if (end.remover !== undefined) return `${placeOf(model, end.remover)} removes it`;
  const doubts: string[] = [];
  const moved = someCommands(writer, [download.command]);
  for (const other of stepsBetween(stage, writer, step)) {
    if (checksSums(moved, wholeStep(other))) return `${placeOf(model, other)} checks sums`;
    const way = crossing(model, moved, other);
    if (way.kind === "blocked") return way.why;
    if (way.kind === "doubt") doubts.push(way.why);
  }
  const there = settingAt(model, stage, writer, step, [download.command], sending);
  if (there.kind === "other") return there.why;
  if (there.kind === "doubt") doubts.push(there.why);
  if (download.command.words.some((word) => /\$/.test(word.text)) && inScript(writer, download.command))
    return "its RUN computes what it downloads";
  const cutDownload = cutOut(model, writer, download.command, true);
  if (typeof cutDownload === "string") return cutDownload;
  const edits: TextEdit[] = [...cutDownload, { span: command.span, text: `${sending} | ${receiving}` }];
  for (const removal of removals) {
    const cut = cutCommands(model.dockerfile, [removal]);
    if (cut?.kind !== "part") return "its removal does not stand by itself";
    edits.push(...cut.edits);
  }
  if (removals.length === 0) doubts.unshift(`${path} is no longer in the image`);
  return { title: "unpack it while it is downloaded, through a pipe", edits, doubts, cost: 0.8 };
}

/** Whether the script sets a variable that a command of it reads. */
function inScript(step: Step, command: ShellCommand): boolean {
  const names = [
    ...command.words
      .map(({ text }) => text)
      .join(" ")
      .matchAll(/\$\{?(\w+)/g),
  ].map((match) => match[1]!);
  return (step.script?.commands ?? []).some(
    (other) => other.words.length === 0 && names.some((name) => other.assignments.has(name)),
  );
}

/** One RUN that downloads, unpacks and removes the archive: the removal may come from a later RUN, or be new. */
export function mergeDownload(model: Model, late: Late): readonly (() => Attempt)[] {
  const steps = storingSteps(late);
  const found = unpacking(late);
  if (typeof steps === "string") return [() => steps];
  if (typeof found === "string") return [() => found];
  const checks = stepsBetween(late.stage, steps[0]!, late.step).filter((other) =>
    checksSums(wholeStep(late.step), wholeStep(other)),
  );
  const seeds = [...new Set([...steps, ...checks, late.step])];
  if (found.removed) return mergeAttempts(model, late.stage, seeds);
  if (found.removals.length > 0) return [() => "it is not known whether its RUN removes it"];
  const end = endOf(model, late, found.path);
  if (typeof end === "string") return [() => end];
  if (end.remover !== undefined) return mergeAttempts(model, late.stage, [...seeds, end.remover]);
  const last = lastUse(late.step, found);
  if (last === undefined || !/^[\w./+@%,=-]+$/.test(found.path))
    return [() => "it is not known where it could be removed"];
  const strict = late.step.script?.setsErrexit === true;
  const insertion = { at: last.span.end, text: `${strict ? ";" : " &&"} rm ${found.path}` };
  return mergeAttempts(model, late.stage, seeds, insertion).map((attempt) => (): Attempt => {
    const merged = attempt();
    if (typeof merged === "string") return merged;
    return { ...merged, doubts: [`${found.path} is no longer in the image`, ...merged.doubts] };
  });
}

/** The RUN behind the unpacking one that removes the archive, if there is one; why there is no telling. */
function endOf(model: Model, { stage, step }: Late, path: string): { readonly remover?: Step } | string {
  const archive: Target = { path, extent: "exact" };
  const users = stage.steps.filter(
    (other) => other.index > step.index && (touches(other, archive) || mentionsPath(other, [], path)),
  );
  const remover = users.find((other) => other.effects.some((effect) => surelyRemoves(effect, archive)));
  const [user] = users;
  if (remover === undefined && user !== undefined) return `${placeOf(model, user)} may use the archive`;
  return remover === undefined ? {} : { remover };
}

function touches({ effects }: Step, archive: Target): boolean {
  return effects.some((effect) =>
    [...writesOf(effect), ...readsOf(effect)].some((target) => meet(target, archive) !== undefined),
  );
}

/** The last command of the RUN that has to do with the archive; undefined when it may not come to it, or not once, or in a pipe. */
function lastUse(step: Step, { path, command }: Unpacking): ShellCommand | undefined {
  const archive: Target = { path, extent: "exact" };
  const uses = (one: ShellCommand): boolean =>
    one.span.start === command.span.start ||
    touches({ ...step, effects: someCommands(step, [one]).effects }, archive) ||
    mentionsPath({ ...step, script: { ...step.script!, commands: [one] } }, [], path);
  const last = (step.script?.commands ?? []).findLast(uses);
  const once =
    last?.place.lists.every(({ kind }) => /^(and-or|sequence|group|subshell)$/.test(kind)) === true;
  return once && last.runs === "always" ? last : undefined;
}

/** `ADD URL F` and `RUN tar -x -f F && rm F`: the RUN downloads it itself, with the program that the image has. */
export function downloadInside(model: Model, late: Late): Attempt {
  const copy = onlyCopy(late);
  if (typeof copy === "string") return copy;
  const copied = copiedBy(copy);
  if (typeof copied === "string") return copied;
  const [source] = copied.sources;
  const found = unpacking(late);
  if (typeof found === "string") return found;
  const origin = source?.effect.origin;
  if (copied.sources.length !== 1 || origin?.kind !== "remote" || copied.parts.checksum !== undefined)
    return "it is no plain download";
  if (found.path !== source!.path) return "it is not known where the download lies";
  const program = downloader(model, late);
  if (program === undefined) return "it is not known whether the image has curl or wget";
  const uses = usesBetween(model, late.stage, copy, late.step);
  if (typeof uses === "string") return uses;
  const url = `"${source!.word.text.replace(/^"|"$/g, "")}"`;
  const there = settingAt(model, late.stage, copy, late.step, [], url);
  if (there.kind === "other") return there.why;
  const doubts = [`${program} fetches it instead of the builder`, ...uses.doubts];
  const receiving = fromStdin(model, found.command, `${found.path} ${origin.url}`.split(" ")[0]!);
  const others = mentionsPath(late.step, [found.command, ...found.removals], found.path);
  const alone =
    found.removals.length > 0 &&
    found.removals.every(
      ({ words, runs }) =>
        words[0]?.text === "rm" &&
        runs === "always" &&
        words.filter((word) => !word.text.startsWith("-")).length === 2,
    );
  const { dockerfile } = model;
  if (receiving !== undefined && alone && !others) {
    const edits: TextEdit[] = [
      ...cutBare(dockerfile, copy.instruction),
      {
        span: found.command.span,
        text: `${program === "curl" ? "curl -fsSL" : "wget -qO-"} ${url} | ${receiving}`,
      },
    ];
    for (const removal of found.removals) {
      const cut = cutCommands(dockerfile, [removal]);
      if (cut?.kind !== "part") return "its removal does not stand by itself";
      edits.push(...cut.edits);
    }
    return { title: "unpack it while it is downloaded, through a pipe", edits, doubts, cost: 0.8 };
  }
  if (found.removals.length === 0) return "the archive stays in the image";
  const whole = wholePart(model, late.step);
  const shape = outline(model, late.step);
  if (typeof whole === "string") return whole;
  if (typeof shape === "string") return shape;
  const text = `${program === "curl" ? "curl -fsSLo" : "wget -qO"} ${found.path} ${url}`;
  const joined = joinParts(model, [newPart(whole.step, text), { ...whole, comments: [] }], [whole.text]);
  if (typeof joined === "string") return joined;
  return {
    title: "download it in the RUN that unpacks it",
    edits: [
      ...cutBare(dockerfile, copy.instruction),
      { span: { start: shape.span.start, end: shape.tail.end }, text: joined.text },
    ],
    doubts: [...doubts, ...joined.doubts],
    cost: 1,
  };
}

/** curl or wget, when the image surely has one where the step runs. */
function downloader(model: Model, { stage, step }: Late): "curl" | "wget" | undefined {
  const before = lineage(model, stage).flatMap((part) =>
    part.steps.filter((other) => part !== stage || other.index < step.index),
  );
  for (const name of ["curl", "wget"] as const) {
    const there = before.some((other) =>
      other.effects.some(
        (effect) =>
          (effect.kind === "install" && effect.packages.some((request) => request.name === name)) ||
          (effect.command?.words[0]?.text === name && effect.command.runs === "always"),
      ),
    );
    if (there) return name;
  }
  return stage.baseImage.family === "alpine" ? "wget" : undefined;
}
