// What else stands in a RUN: commands that only prepare for another one, and mean nothing without it.
import type { Step } from "../model/model.ts";
import type { ShellCommand } from "../shell/command.ts";
import { knownValue } from "../shell/word.ts";

const TRIVIAL = /^(set|export|cd|echo|printf|:|true|false|test|\[|\[\[|exit)$/;

/** Whether a RUN does nothing but some of its commands, and what these need. */
export function standsAlone(
  step: Step,
  commands: readonly ShellCommand[],
  companions: readonly (readonly string[])[] = [],
): boolean {
  const all = step.script?.commands ?? [];
  return (
    step.script?.understood === true &&
    all.every(
      (command) =>
        commands.some(({ span }) => span.start === command.span.start) ||
        (command.redirects.every(({ fd, operator }) => operator !== ">" || fd === 2) &&
          (isTrivial(command) || companions.some((words) => isCall(command, words)))),
    )
  );
}

function isTrivial(command: ShellCommand): boolean {
  const program = command.words[0];
  if (program === undefined) return true;
  return TRIVIAL.test(knownValue(program) ?? "") || isActivation(command);
}

/** `. /opt/venv/bin/activate`, `conda activate NAME` and what comes before it. */
export function isActivation({ words }: ShellCommand): boolean {
  const [program, first] = words.map((word) => word.text);
  if (program === "." || program === "source") {
    return /(^|\/)activate$|\/(conda|mamba|micromamba)\.sh$/.test(first ?? "");
  }
  return /^(conda|mamba|micromamba)$/.test(program ?? "") && first === "activate";
}

/** Whether a command is exactly these words. */
export function isCall(command: ShellCommand, words: readonly string[]): boolean {
  return (
    words.length === command.words.length && words.every((word, i) => knownValue(command.words[i]!) === word)
  );
}
