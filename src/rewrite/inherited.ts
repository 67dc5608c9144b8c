// What a script leaves in its shell for the commands that are put behind it: folder, variables, options.
import type { Step } from "../model/model.ts";
import type { ShellCommand } from "../shell/command.ts";
import { knownValue, render } from "../shell/word.ts";
import { isCleaning, isPlain } from "./crossing.ts";
import { variableNames } from "./meaning.ts";

/** Commands that are put behind a script, and their text. */
export interface Follower {
  readonly commands: readonly ShellCommand[];
  readonly text: string;
}

export type Inheritance =
  | { readonly kind: "no"; readonly why: string }
  | { readonly kind: "yes"; readonly doubts: readonly string[]; readonly folder: boolean };

/** What changes for `follower` when it runs in the shell that `step`'s script leaves. */
export function inheritance(step: Step, follower: Follower): Inheritance {
  const commands = (step.script?.commands ?? []).filter((command) => !inSubshell(command));
  const words = new Set(follower.text.split(/[\s;&|(){}]+/));
  const redefined = functionNames(step).find((name) => words.has(name));
  if (redefined !== undefined)
    return { kind: "no", why: `the earlier RUN makes \`${redefined}\` a function of its own` };
  const doubts: string[] = [];
  let folder = false;
  for (const command of commands) {
    const name = command.words[0] === undefined ? "" : (knownValue(command.words[0]) ?? "");
    if (name === "trap" || command.wrappers.some((wrapper) => wrapper.name === "exec"))
      return { kind: "no", why: `\`${name || "exec"}\` in the earlier RUN reaches to its end` };
    if ((name === "exit" || name === "return") && !/^[1-9]/.test(command.words[1]?.text ?? "0"))
      return { kind: "no", why: "`exit` may end the earlier RUN before" };
    if (/^(cd|pushd|popd)$/.test(name)) folder = true;
    if (name === "umask") doubts.push("the earlier RUN sets a umask");
    if (name === "set") doubts.push(...optionDoubts(command, follower));
    if (changesGlobs(name, command) && /[*?[]/.test(follower.text))
      return { kind: "no", why: `\`${name}\` in the earlier RUN changes what patterns match` };
    for (const variable of setNames(command)) {
      if (isMentioned(variable, follower) || (variable === "PATH" && losesPath(step)))
        return { kind: "no", why: `the earlier RUN sets $${variable}, which the later one reads` };
      const exported = name !== "" && follower.commands.some((other) => !isPlain(other));
      if (exported)
        doubts.push(`$${variable}, which the earlier RUN exports, would hold for the later one, too`);
    }
  }
  return { kind: "yes", doubts, folder: folder && needsFolder(follower) };
}

/** `name() { …; }` and `function name`, wherever they stand. */
function functionNames({ instruction }: Step): readonly string[] {
  return [
    ...instruction.body.text.matchAll(/(?:\bfunction\s+([\w.-]+)|(?<![\w.$-])([\w.-]+)\s*\(\s*\))/g),
  ].map(([, first, second]) => (first ?? second)!);
}

/** `set -f` and `shopt`. */
function changesGlobs(name: string, { words }: ShellCommand): boolean {
  if (name === "shopt") return true;
  return name === "set" && words.some(({ text }) => /^-[a-zA-Z]*f|^noglob$/.test(text));
}

function inSubshell({ place }: ShellCommand): boolean {
  return place.lists.some(
    ({ kind }) => kind === "subshell" || kind === "substitution" || kind === "shell -c",
  );
}

/** Names that a command sets for what follows it. */
function setNames(command: ShellCommand): readonly string[] {
  const [program] = command.words;
  if (program === undefined) return [...command.assignments.keys()];
  if (program.text === "unset") return command.words.slice(1).map(({ text }) => text);
  if (!/^(export|declare|typeset|readonly|local)$/.test(program.text)) return [];
  return command.words.slice(1).flatMap((word) => /^([A-Za-z_]\w*)=/.exec(word.text)?.[1] ?? []);
}

/** Whether the programs that were found before may no longer be. */
function losesPath({ instruction }: Step): boolean {
  return !/\bPATH=\S*\$\{?PATH\b/.test(instruction.body.text);
}

/** Whether the follower reads a variable that it does not set itself. */
function isMentioned(name: string, { commands, text }: Follower): boolean {
  const used = variableNames(text).includes(name) || (name === "HOME" && /(^|[\s=:])~/.test(text));
  return used && !commands.some((command) => setNames(command).includes(name));
}

/** `set -u` and `set -o pipefail` are stricter to what follows, unless that sets them itself. */
function optionDoubts(command: ShellCommand, { commands, text }: Follower): readonly string[] {
  const own = commands
    .filter(({ words }) => words[0]?.text === "set")
    .map(({ words }) => words.map((word) => word.text).join(" "))
    .join(" ");
  const given = command.words.map((word) => word.text).join(" ");
  const out: string[] = [];
  const nounset = /(^| )-[a-z]*u|nounset/;
  if (nounset.test(given) && !nounset.test(own) && /\$\w|\$\{\w+\}/.test(text))
    out.push("`set -u` of the earlier RUN would hold for the later one, too");
  if (/pipefail/.test(given) && !/pipefail/.test(own) && /(^|[^|])\|([^|]|$)/.test(text))
    out.push("`pipefail` of the earlier RUN would hold for the later one, too");
  return out;
}

/** Their words are no paths. */
const NO_PATHS = /^(set|export|echo|printf|true|:|test|\[|unset|useradd|groupadd|adduser|addgroup)$/;

/** Whether the working directory matters to the commands. */
export function needsFolder({ commands }: Pick<Follower, "commands">): boolean {
  const [first] = commands;
  if (first?.words[0]?.text === "cd" && first.words[1]?.text.startsWith("/") === true) return false;
  return commands.some((command) => {
    if (!isPlain(command)) return true;
    if (isCleaning(command)) return false;
    const words = NO_PATHS.test(command.words[0]?.text ?? ":") ? [] : command.words.slice(1);
    return [...words, ...command.redirects.map(({ target }) => target)].some(
      (word) => !/^([/~-]|&?\d+$)/.test(word.text) && !render(word).startsWith("/"),
    );
  });
}
