// Moving a download behind the last install that can replace what it wrote into.
import type { Fix } from "../finding.ts";
import type { Download } from "../model/artifacts.ts";
import type { Effect } from "../model/effect.ts";
import type { Install } from "../model/installs.ts";
import type { Model, Step } from "../model/model.ts";
import { meet } from "../model/path.ts";
import type { ShellCommand } from "../shell/command.ts";
import { knownValue } from "../shell/word.ts";
import { slice } from "../text.ts";
import { cutCommands, cutInstruction, withComment } from "./cut.ts";
import { insertBehind } from "./insert.ts";
import { differences, neededFlags, variableNames } from "./meaning.ts";

/** What any Python program's behaviour hangs on. */
const PYTHON_VARIABLES = ["PATH", "HOME", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX"];

/** The fix of `download-then-reinstall`: `later` are the installs behind the download. */
export function moveDownload(model: Model, download: Download, later: readonly Install[]): Fix {
  const { artifact, step, effect, stage } = download;
  const { dockerfile } = model;
  const last = later.filter((install) => install.stage === stage).at(-1);
  const title = "move the download behind the last install that can replace the package";
  const manual = (why: string): Fix => ({ applicability: "manual", title, why, edits: [] });
  if (last === undefined) return manual("that install stands in another stage, which starts from this one");
  if (step.triggered || last.step.triggered) return manual("an ONBUILD instruction takes part");
  const { command } = effect;
  if (command === undefined) return manual("it is no command");
  const moved = withCompanions(step, command, artifact.companions);
  const cut = cutCommands(moved);
  if (cut === undefined || effect.runs === "sometimes")
    return manual("it does not stand by itself in its RUN");

  const targets = effect.targets;
  const whole = cut.kind === "whole";
  const commandText = moved.map((one) => slice(dockerfile.text, one.span)).join(" && ");
  const needs = {
    variables: [...PYTHON_VARIABLES, ...artifact.writes.variables],
    text: whole ? slice(dockerfile.text, step.instruction.span) : commandText,
    workdir: command.stdin !== undefined || whole,
  };
  const assigned = variableNames(commandText).filter(
    (name) => !step.scope.env.has(name) && !step.scope.args.has(name),
  );
  if (!whole && assigned.length > 0) return manual(`it needs $${assigned[0]}, which its RUN sets`);
  if (!whole && command.stdin?.kind === "heredoc") return manual("it shares its RUN with other commands");
  const differing = differences(step, last.step, needs);
  if (differing.length > 0) return manual(`${differing[0]} means something else behind that install`);

  const between = stage.steps.slice(step.index + 1, last.step.index + 1);
  const reader = between.find((other) => mayRead(other, download));
  const flags = neededFlags(step, commandText, targets);
  const lines = whole
    ? slice(dockerfile.text, withComment(dockerfile, step.instruction))
    : ["RUN", ...flags, commandText].join(" ");
  const edits = [
    ...(whole ? cutInstruction(dockerfile, step.instruction) : cut.edits),
    insertBehind(dockerfile, last.step.instruction, lines),
  ];
  if (reader === undefined) return { applicability: "safe", title, edits };
  return {
    applicability: "unsafe",
    title,
    why: "a step between the two places may read or change the files",
    edits,
  };
}

/** The command, with neighbours that only print and belong to it. */
function withCompanions(
  step: Step,
  command: ShellCommand,
  companions: readonly (readonly string[])[],
): readonly ShellCommand[] {
  const commands = step.script?.commands ?? [];
  const at = commands.indexOf(command);
  const before = commands[at - 1];
  if (before === undefined || !companions.some((words) => isCall(before, words))) return [command];
  return cutCommands([before, command]) === undefined ? [command] : [before, command];
}

function isCall(command: ShellCommand, words: readonly string[]): boolean {
  return (
    words.length === command.words.length && words.every((word, i) => knownValue(command.words[i]!) === word)
  );
}

/** Whether a step runs something of the package, or touches its files, other than by installing. */
function mayRead(step: Step, download: Download): boolean {
  return step.effects.some((effect) => {
    if (effect.kind === "install" || effect.kind === "upgrade") return false;
    if (effect.kind === "opaque") return runsPython(effect) || namesPackage(effect, download);
    return touchedTargets(effect).some((target) =>
      download.effect.targets.some((own) => meet(target, own) !== undefined),
    );
  });
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

function namesPackage(effect: Extract<Effect, { kind: "opaque" }>, { artifact }: Download): boolean {
  const names = [artifact.of, ...artifact.replacedBy].flatMap((name) =>
    name === undefined ? [] : [name, name.split("-")[0]!],
  );
  const words = effect.command?.words.map((word) => word.text).join(" ") ?? "";
  return names.some((name) => words.includes(name));
}
