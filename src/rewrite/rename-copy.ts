// Copied files that are only renamed: copied to their new name at once. And copied trees of which parts go.
import { copyParts } from "../dockerfile/copy.ts";
import type { RemoveEffect } from "../model/effect.ts";
import type { Model, Step } from "../model/model.ts";
import { isSharedFolder } from "../model/names.ts";
import { isBelow, isLiteral, restBelow } from "../model/path.ts";
import type { ShellCommand } from "../shell/command.ts";
import type { TextEdit } from "../text.ts";
import { standsAlone } from "./alone.ts";
import { copiedBy, isShared, knowsExclude } from "./copied.ts";
import { crossCommands, crossing, type Moved, someCommands } from "./crossing.ts";
import { cutBare, cutCommands, cutInstruction } from "./cut.ts";
import { hasFolder } from "./folders.ts";
import { type Attempt, guiltyCommands, type Late, placeOf, stepsBetween, storingSteps } from "./late.ts";
import { insertFlags } from "./run-flags.ts";

/** `COPY a /x` and `RUN mv /x /y` become `COPY a /y`. */
export function renameCopy(model: Model, late: Late): Attempt {
  const copy = onlyCopy(late);
  if (typeof copy === "string") return copy;
  const copied = copiedBy(copy);
  if (typeof copied === "string") return copied;
  const [effect] = late.effects;
  const [command] = guiltyCommands(late) ?? [];
  if (late.effects.length !== 1 || effect?.kind !== "move" || command === undefined)
    return "it is more than a move";
  const [source] = copied.sources;
  const from = effect.from[0]?.path;
  if (copied.sources.length !== 1 || source === undefined || source.effect.how === "unpack")
    return "the COPY brings several things";
  if (effect.from.length !== 1 || from !== source.path || !isLiteral(from))
    return "only a part of what is copied is moved";
  const to = effect.to.path;
  if (!isLiteral(to) || isSharedFolder(to) || effect.runs !== "always" || /[\s"'$\\]/.test(to))
    return "it is not known where it goes";
  if (isShared(model, late.step, to, [copy])) return "other files lie where it goes";
  const moved: Moved = { effects: [effect], commands: [command], complete: true, makesFolders: true };
  const doubts = way(model, late, copy, command, moved);
  if (typeof doubts === "string") return doubts;
  const cut = cutOut(model, late.step, command);
  if (typeof cut === "string") return cut;
  const left = hasFolder(model, late.stage, copy, from)
    ? []
    : [`the empty folder above ${from} is no longer made`];
  const kind =
    source.effect.entry === undefined && !/\.\w+$/.test(to) ? [`${to} must not be a folder already`] : [];
  const { destination } = copied.parts;
  const text = copy.instruction.json === undefined ? to : JSON.stringify(to);
  return {
    title: `copy it to ${to} at once`,
    edits: [{ span: destination.span, text }, ...cut],
    doubts: [...doubts, ...left, ...kind],
    cost: 1,
  };
}

/** `COPY . .` and `RUN rm -rf part` become `COPY --exclude=part . .`, where the syntax knows that. */
export function excludeFromCopy(model: Model, late: Late): Attempt {
  const copy = onlyCopy(late);
  if (typeof copy === "string") return copy;
  const copied = copiedBy(copy);
  if (typeof copied === "string") return copied;
  const commands = guiltyCommands(late) ?? [];
  const [command] = commands;
  const [source] = copied.sources;
  if (copied.sources.length !== 1 || source === undefined || source.effect.how === "unpack")
    return "the COPY brings several things";
  if (
    command === undefined ||
    commands.length !== 1 ||
    late.effects.some(({ kind, runs }) => kind !== "remove" || runs !== "always")
  )
    return "it is more than a removal";
  const removals = late.effects as readonly RemoveEffect[];
  const patterns = removals
    .flatMap(({ targets }) => targets)
    .map(({ path, extent }) => patternBelow(source.path, path, extent));
  if (patterns.some((pattern) => pattern === undefined))
    return "it is removed by a pattern, or with more than was copied";
  const moved = someCommands(late.step, [command]);
  const doubts = way(model, late, copy, command, moved);
  if (typeof doubts === "string") return doubts;
  const others = removals
    .flatMap(({ targets }) => targets)
    .some(({ path }) => isShared(model, late.step, path, [copy]));
  if (others) return "other files lie there, too";
  if (!knowsExclude(model)) return "COPY --exclude needs `# syntax=docker/dockerfile:1` (1.19 or later)";
  const cut = cutOut(model, late.step, command);
  if (typeof cut === "string") return cut;
  const flags = [...new Set(patterns)].map((pattern) => `--exclude=${pattern}`);
  return {
    title: "leave it out of the COPY",
    edits: [insertFlags(model, copy, flags), ...cut],
    doubts,
    cost: 1,
  };
}

function patternBelow(root: string, path: string, extent: string): string | undefined {
  if (!isLiteral(path) || !isLiteral(root) || extent === "some" || path === root || !isBelow(path, root))
    return undefined;
  const rest = restBelow(path, root);
  return /^[\w./@+-]+$/.test(rest) ? rest : undefined;
}

/** The one COPY or ADD that stored all the files. */
export function onlyCopy(late: Late): Step | string {
  const steps = storingSteps(late);
  if (typeof steps === "string") return steps;
  const [copy] = steps;
  if (steps.length !== 1 || copy === undefined || copyParts(copy.instruction) === undefined)
    return "not one COPY alone stored the files";
  return copy;
}

/** Doubts about, or the reason against, a change happening where the COPY stands. */
function way(
  model: Model,
  late: Late,
  copy: Step,
  command: ShellCommand,
  moved: Moved,
): readonly string[] | string {
  const doubts: string[] = [];
  const before = (late.step.script?.commands ?? []).filter(({ span }) => span.start < command.span.start);
  const found = [
    ...stepsBetween(late.stage, copy, late.step).map((other) => crossing(model, moved, other)),
    ...(before.length === 0
      ? []
      : [crossCommands(moved, someCommands(late.step, before), placeOf(model, late.step))]),
  ];
  for (const one of found) {
    if (one.kind === "blocked") return one.why;
    if (one.kind === "doubt") doubts.push(one.why);
  }
  return doubts;
}

/** Edits that take one command out, with its RUN when nothing else is in it; the comments of a moved one stay. */
export function cutOut(
  model: Model,
  step: Step,
  command: ShellCommand,
  moved = false,
): readonly TextEdit[] | string {
  const { dockerfile } = model;
  const { instruction } = step;
  const cut = cutCommands(dockerfile, [command]);
  if (cut?.kind === "whole" || standsAlone(step, [command])) {
    if (!moved) return cutInstruction(dockerfile, instruction);
    const inside = dockerfile.comments.some(
      ({ start }) => start > instruction.span.start && start < instruction.span.end,
    );
    return inside ? "it has comments between its words" : cutBare(dockerfile, instruction);
  }
  if (cut === undefined) return "it does not stand by itself in its RUN";
  return moved && cut.comments.length > 0 ? "it has comments of its own" : cut.edits;
}
