// A chown, chgrp or chmod as written: its parts, and the same command on other paths.
import type { ShellCommand, Word } from "../../shell/command.ts";
import { knownValue } from "../../shell/word.ts";
import { type Span, slice } from "../../text.ts";

export interface ChangeCommand {
  readonly command: ShellCommand;
  readonly program: "chown" | "chgrp" | "chmod";
  /** Options and the change itself, as words. */
  readonly options: readonly Word[];
  /** `app:app`, `755`, `g=u`. */
  readonly change: Word;
  readonly operands: readonly Word[];
  readonly recursive: boolean;
}

/** The parts of a plain call; undefined for find, for references to other files, and for what is conditional. */
export function changeCommand(command: ShellCommand): ChangeCommand | undefined {
  const [first, ...words] = command.words;
  if (first === undefined) return undefined;
  const program = /^(?:\/(?:usr\/)?bin\/)?g?(chown|chgrp|chmod)$/.exec(knownValue(first) ?? "")?.[1];
  if (program === undefined) return undefined;
  const options: Word[] = [];
  const rest: Word[] = [];
  for (const word of words) {
    if (isOption(program, word.text) && !options.some(({ text }) => text === "--")) options.push(word);
    else rest.push(word);
  }
  const [change, ...operands] = rest;
  if (change === undefined || operands.length === 0) return undefined;
  if (options.some(({ text }) => /^--(reference|from)/.test(text))) return undefined;
  return {
    command,
    program: program as ChangeCommand["program"],
    options,
    change,
    operands,
    recursive: options.some(({ text }) => isRecursion(text)),
  };
}

/** `-x` and `-rw` of chmod are modes. */
function isOption(program: string, text: string): boolean {
  if (!/^-./.test(text)) return false;
  return text.startsWith("--") || program !== "chmod" || /^-[Rfvc]+$/.test(text);
}

function isRecursion(text: string): boolean {
  return text === "--recursive" || /^-[a-zA-Z]*R/.test(text);
}

/** The command's text with other operands, perhaps without recursion; wrappers such as sudo stay. */
export function onPaths(
  source: string,
  change: ChangeCommand,
  paths: readonly string[],
  recursive: boolean,
): string {
  const { command, options, operands } = change;
  const edits: { span: Span; text: string }[] = [];
  if (!recursive) {
    for (const { text, span } of options.filter((option) => isRecursion(option.text))) {
      const left = text.startsWith("--") ? "" : text.replace("R", "");
      edits.push(
        left === "" || left === "-"
          ? { span: { start: blankBefore(source, span.start), end: span.end }, text: "" }
          : { span, text: left },
      );
    }
  }
  const start = operands[0]!.span.start;
  edits.push({ span: { start, end: operands.at(-1)!.span.end }, text: paths.join(" ") });
  let out = "";
  let at = command.span.start;
  for (const { span, text } of edits.toSorted((a, b) => a.span.start - b.span.start)) {
    out += source.slice(at, span.start) + text;
    at = span.end;
  }
  return out + source.slice(at, command.span.end);
}

function blankBefore(source: string, offset: number): number {
  let at = offset;
  while (at > 0 && /[ \t]/.test(source[at - 1]!)) at -= 1;
  return at;
}

/** The text of a word without its quotes, fit for a flag of COPY; undefined when only a shell can read it. */
export function flagText(word: Word): string | undefined {
  const plain = word.text.replace(/^"(.*)"$/s, "$1").replace(/^'([^$`\\]*)'$/s, "$1");
  if (/["'`\\\s]|\$\(|\$[^\w{]|\$\{[^}]*[^\w}]/.test(plain)) return undefined;
  return plain;
}

/** The command's own text. */
export function commandText(source: string, { span }: ShellCommand): string {
  return slice(source, span);
}
