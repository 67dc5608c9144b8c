// Whether a RUN means the same at another place of its stage: user, folder, shell, variables.
import { assignments } from "../dockerfile/assignments.ts";
import type { Model, Stage, Step } from "../model/model.ts";
import type { ShellCommand } from "../shell/command.ts";
import { render } from "../shell/word.ts";
import { isCleaning, isPlain } from "./crossing.ts";
import { needsFolder } from "./inherited.ts";
import { placeOf, stepsBetween } from "./late.ts";
import { differences } from "./meaning.ts";

export type Setting =
  | { readonly kind: "same" }
  | { readonly kind: "doubt" | "other"; readonly why: string; readonly variable?: string };

/** What no program's work hangs on. */
const HARMLESS =
  /VERSION|SHA\d*$|CHECKSUM|DIGEST|COMMIT|REVISION|^(TARGET|BUILD)(ARCH|OS|PLATFORM|VARIANT|STAGE)$/;

/** Commands of `from`, with their text, at the place of `to`. */
export function settingAt(
  model: Model,
  stage: Stage,
  from: Step,
  to: Step,
  commands: readonly ShellCommand[],
  text: string,
): Setting {
  const between =
    from.index < to.index ? [from, ...stepsBetween(stage, from, to)] : [to, ...stepsBetween(stage, to, from)];
  for (const name of differences(from, to, { variables: [], text, workdir: false })) {
    if (name === "USER" && sameUser(from, to, commands)) continue;
    if (name.startsWith("$"))
      return { kind: "other", why: `${name} has another value there`, variable: name.slice(1) };
    return { kind: "other", why: `${name} is another one there` };
  }
  if (needsFolder({ commands }) && from.index > to.index && from.workdir !== to.workdir) {
    const maker = between.find((step) => step.instruction.keyword === "WORKDIR");
    if (maker !== undefined)
      return { kind: "other", why: `${placeOf(model, maker)} makes the folder that it runs in` };
  }
  if (commands.every(isPlain)) return { kind: "same" };
  for (const step of between) {
    if (!/^(ENV|ARG)$/.test(step.instruction.keyword)) continue;
    const names = assignments(step.instruction, model.dockerfile.escape).map((one) => one.name);
    const strong = names.find((name) => !HARMLESS.test(name));
    if (strong !== undefined)
      return { kind: "doubt", why: `$${strong} (${placeOf(model, step)}) may mean something to it` };
  }
  return { kind: "same" };
}

/** Root may remove what another user may; the name of root may be written in two ways. */
function sameUser(from: Step, to: Step, commands: readonly ShellCommand[]): boolean {
  const isRoot = ({ user }: Step): boolean => /^(root|0)(:(root|0))?$/.test(user);
  if (isRoot(from) && isRoot(to)) return true;
  return (
    isRoot(to) &&
    commands.every(
      (command) =>
        !isCleaning(command) &&
        /^(rm|rmdir|find)$/.test(command.words[0]?.text ?? "") &&
        command.words
          .slice(1)
          .every((word) => /^(-|\/)/.test(render(word)) && !/~|\$\{?HOME/.test(word.text)),
    )
  );
}
