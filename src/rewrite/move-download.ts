// Moving a download behind the last install that can replace what it wrote into.
import type { Fix } from "../finding.ts";
import type { Download } from "../model/artifacts.ts";
import type { Effect } from "../model/effect.ts";
import type { Install } from "../model/installs.ts";
import type { Model, Step } from "../model/model.ts";
import { meet } from "../model/path.ts";
import type { ShellCommand } from "../shell/command.ts";
import { slice } from "../text.ts";
import { isCall, standsAlone } from "./alone.ts";
import { type Cut, cutCommands, cutInstruction, withComment } from "./cut.ts";
import { insertBehind } from "./insert.ts";
import { differences, neededFlags } from "./meaning.ts";
import { preparation } from "./preparation.ts";

/** What any Python program's behaviour hangs on. */
const PYTHON_VARIABLES = ["PATH", "HOME", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX"];

const TITLE = "move the download behind the last install that can replace the package";

/** The fix of `download-then-reinstall`: `later` are the installs behind the download. */
export function moveDownload(model: Model, download: Download, later: readonly Install[]): Fix {
  const { step, effect, stage } = download;
  const { dockerfile } = model;
  const last = later.filter((install) => install.stage === stage).at(-1);
  if (last === undefined) return manual("that install stands in another stage, which starts from this one");
  if (step.triggered || last.step.triggered) return manual("an ONBUILD instruction takes part");
  if (effect.command === undefined) return manual("it is no command");

  const excerpt = takeOut(model, download, effect.command);
  if (typeof excerpt === "string") return manual(excerpt);
  const needs = {
    variables: [...PYTHON_VARIABLES, ...download.artifact.writes.variables],
    text: excerpt.text,
    workdir: excerpt.workdir,
  };
  const differing = differences(step, last.step, needs);
  const blocking = differing.find((name) => name !== "$PATH");
  if (blocking !== undefined) return manual(`${blocking} means something else behind that install`);

  const edits = [
    ...excerpt.edits,
    insertBehind(dockerfile, behindDownloads(stage.steps, last.step).instruction, excerpt.lines),
  ];
  const reader = readsBetween(download, last.step);
  const why =
    reader !== undefined
      ? `line ${lineOf(dockerfile.text, reader)} stands between the two places and may read or change the files`
      : differing.length > 0
        ? "PATH is another one behind that install"
        : undefined;
  return why === undefined
    ? { applicability: "safe", title: TITLE, edits }
    : { applicability: "unsafe", title: TITLE, why, edits };
}

function manual(why: string): Fix {
  return { applicability: "manual", title: TITLE, why, edits: [] };
}

interface TakenOut {
  readonly edits: Extract<Cut, { kind: "part" }>["edits"];
  /** What is to stand at the new place, without a final line break. */
  readonly lines: string;
  /** What of it a shell or an exec runs, with what it reads. */
  readonly text: string;
  /** Whether its working directory matters. */
  readonly workdir: boolean;
}

/** The download's command as an instruction of its own, or why that cannot be made. */
function takeOut(model: Model, download: Download, command: ShellCommand): TakenOut | string {
  const { artifact, step, effect } = download;
  const { dockerfile } = model;
  const moved = withCompanions(step, command, artifact.companions);
  const cut = effect.runs === "always" ? cutCommands(dockerfile, moved) : undefined;
  if (cut?.kind === "whole" || standsAlone(step, moved, artifact.companions)) {
    return {
      edits: cutInstruction(dockerfile, step.instruction),
      lines: slice(dockerfile.text, withComment(dockerfile, step.instruction)),
      text: slice(dockerfile.text, step.instruction.span),
      workdir: (step.script?.commands ?? []).some(needsFolder),
    };
  }
  if (cut === undefined) return "it does not stand by itself in its RUN";
  if (command.stdin?.kind === "heredoc") return "it shares its RUN with other commands";
  const variables = [...PYTHON_VARIABLES, ...artifact.writes.variables];
  const prepared = preparation(step, moved, { variables, folder: moved.some(needsFolder) });
  if (typeof prepared === "string") return prepared;
  const text = [...prepared, ...moved].map(({ span }) => slice(dockerfile.text, span)).join(" && ");
  const script = step.instruction.heredocs.some(
    ({ span }) => span.start <= command.span.start && command.span.end <= span.end,
  );
  if (script && text.includes("\n")) return "it spans several lines of a script";
  const flags = neededFlags(step, text, effect.targets);
  return {
    edits: cut.edits,
    lines: [...cut.comments, ["RUN", ...flags, text].join(" ")].join("\n"),
    text,
    workdir: moved.some(needsFolder) && prepared.length === 0,
  };
}

/** Whether a command may use its working directory: it reads a script, or names a path without a root. */
function needsFolder(command: ShellCommand): boolean {
  const relative = (text: string): boolean => /^\.{1,2}(\/|$)|^[^/~$<=-][^=:]*\//.test(text);
  return (
    command.stdin !== undefined ||
    command.words.some(({ text }) => text === "-c" || relative(text)) ||
    command.redirects.some(({ target }) => !/^[/$&\d-]/.test(target.text))
  );
}

/** The command, with neighbours that only print and belong to it. */
function withCompanions(
  step: Step,
  command: ShellCommand,
  companions: readonly (readonly string[])[],
): readonly ShellCommand[] {
  const commands = step.script?.commands ?? [];
  const at = commands.findIndex(({ span }) => span.start === command.span.start);
  const list = command.place.lists.at(-1);
  const belongs = (neighbour: ShellCommand | undefined): neighbour is ShellCommand => {
    const own = neighbour?.place.lists.at(-1);
    const together = own?.span.start === list?.span.start && own?.span.end === list?.span.end;
    return neighbour !== undefined && together && companions.some((words) => isCall(neighbour, words));
  };
  return [commands[at - 1], command, commands[at + 1]].filter(
    (one): one is ShellCommand => one === command || belongs(one),
  );
}

/** The last of the downloads that stand right behind a step already, so that their order stays. */
function behindDownloads(steps: readonly Step[], from: Step): Step {
  let last = from;
  for (const step of steps.slice(from.index + 1)) {
    const downloads = step.effects.some((effect) => effect.kind === "write" && effect.artifact !== undefined);
    if (!downloads || step.instruction.keyword !== "RUN" || installs(step)) break;
    last = step;
  }
  return last;
}

function installs(step: Step): boolean {
  return step.effects.some((effect) => effect.kind === "install");
}

/** The first effect behind the download, up to the new place, that may read or change the files. */
function readsBetween(download: Download, last: Step): Effect | undefined {
  const { step, effect, stage } = download;
  const own = step.effects.slice(step.effects.findIndex(({ span }) => span.start === effect.span.start) + 1);
  const between = stage.steps.slice(step.index + 1, last.index + 1);
  return [...own, ...between.flatMap((other) => other.effects)].find((other) => mayRead(other, download));
}

/** Whether an effect runs something of the package, or touches its files, other than by installing. */
function mayRead(effect: Effect, download: Download): boolean {
  if (effect.kind === "install" || effect.kind === "upgrade") return false;
  if (effect.kind === "write" && effect.artifact !== undefined) return false;
  if (effect.kind === "opaque") return runsPython(effect) || namesPackage(effect, download);
  return touchedTargets(effect).some((target) =>
    download.effect.targets.some((own) => meet(target, own) !== undefined),
  );
}

function touchedTargets(effect: Effect): Extract<Effect, { kind: "read" }>["targets"] {
  switch (effect.kind) {
    case "read":
    case "write":
    case "edit":
    case "retouch":
    case "remove":
    case "uninstall":
      return effect.targets;
    case "move":
      return [...effect.from, effect.to];
    default:
      return [];
  }
}

function runsPython(effect: Extract<Effect, { kind: "opaque" }>): boolean {
  return /^(python[\d.]*|pypy[\d.]*|pytest|ipython|torchrun|jupyter.*)$/.test(effect.program);
}

function namesPackage(effect: Extract<Effect, { kind: "opaque" }>, download: Download): boolean {
  const { artifact } = download;
  if (effect.command !== undefined && artifact.companions.some((words) => isCall(effect.command!, words))) {
    return false;
  }
  const names = [artifact.of, ...artifact.replacedBy].flatMap((name) =>
    name === undefined ? [] : [name, name.split("-")[0]!],
  );
  const words = effect.command?.words.map((word) => word.text).join(" ") ?? "";
  return names.some((name) => words.includes(name));
}

function lineOf(text: string, { span }: Effect): number {
  return text.slice(0, span.start).split("\n").length;
}
