// Programs written into the script: `python -c "…"`, `python3 - <<EOF`, `node -e …`.
import type { Span } from "../text.ts";
import type { ShellCommand, Word } from "./command.ts";
import { HOLE_END, HOLE_START, knownValue } from "./word.ts";
import { programName } from "./wrappers.ts";

export interface InlineScript {
  /** The interpreter without path and version: python, perl, ruby, node, php, r. */
  readonly interpreter: string;
  /** The program's text; a hole is written as HOLE_START, its id, HOLE_END. */
  readonly text: string;
  /** The word or the heredoc's content. */
  readonly span: Span;
}

interface Interpreter {
  readonly name: string;
  readonly matches: RegExp;
  /** The option whose value is the program. */
  readonly option: RegExp;
  /** Options with a value that is not the program. */
  readonly valued: RegExp;
}

const INTERPRETERS: readonly Interpreter[] = [
  { name: "python", matches: /^(python|pypy)[\d.]*$/, option: /^-[A-Zbdhiqsuvx]*c$/, valued: /^-[WX]$/ },
  { name: "perl", matches: /^perl[\d.]*$/, option: /^-\w*[eE]$/, valued: /^-I$/ },
  { name: "ruby", matches: /^j?ruby[\d.]*$/, option: /^-\w*e$/, valued: /^-[rI]$/ },
  {
    name: "node",
    matches: /^(node(js)?|bun|deno)$/,
    option: /^(-p?e|-p|--eval|--print)$/,
    valued: /^(-r|--require)$/,
  },
  { name: "php", matches: /^php[\d.]*$/, option: /^-r$/, valued: /^-[dc]$/ },
  { name: "r", matches: /^(Rscript|R|r)$/, option: /^-e$/, valued: /^$/ },
];

/** Runners that come before an interpreter, with their options that take a value. */
const RUNNERS: Readonly<Record<string, RegExp>> = {
  uv: /^(--with|--python|-p|--project|--directory|--extra|--group)$/,
  poetry: /^(-C|--directory|-P|--project)$/,
  pdm: /^(-p|--project)$/,
  pipenv: /^$/,
  conda: /^(-n|--name|-p|--prefix|--cwd)$/,
  mamba: /^(-n|--name|-p|--prefix|--cwd)$/,
  micromamba: /^(-n|--name|-p|--prefix|--cwd)$/,
};

/** The program that a command gives to an interpreter, when it stands in the Dockerfile. */
export function inlineScript(command: ShellCommand): InlineScript | undefined {
  const words = withoutRunner(command.words);
  const program = words[0] === undefined ? undefined : programName(words[0]);
  const interpreter = INTERPRETERS.find((one) => program !== undefined && one.matches.test(program));
  if (interpreter === undefined) return undefined;
  for (let at = 1; at < words.length; at += 1) {
    const text = knownValue(words[at]!);
    if (text === undefined || text === "-" || !text.startsWith("-")) {
      return text === "-" ? fromInput(command, interpreter.name) : undefined;
    }
    if (interpreter.option.test(text)) {
      const word = words[at + 1];
      return word === undefined ? undefined : fromWord(word, interpreter.name);
    }
    if (interpreter.valued.test(text)) at += 1;
    if (text === "-m" && interpreter.name === "python") return undefined;
  }
  return fromInput(command, interpreter.name);
}

function fromInput(command: ShellCommand, interpreter: string): InlineScript | undefined {
  const { stdin } = command;
  if (stdin === undefined || stdin.kind === "pipe") return undefined;
  const { text } = fromWord(stdin.content, interpreter);
  return { interpreter, text, span: stdin.content.span };
}

function fromWord(word: Word, interpreter: string): InlineScript {
  const text = word.pieces
    .map((piece) => (piece.kind === "text" ? piece.text : HOLE_START + piece.id + HOLE_END))
    .join("");
  return { interpreter, text, span: word.span };
}

function withoutRunner(words: readonly Word[]): readonly Word[] {
  const program = words[0] === undefined ? undefined : programName(words[0]);
  const valued = program === undefined || !Object.hasOwn(RUNNERS, program) ? undefined : RUNNERS[program];
  if (valued === undefined) return words;
  let run = false;
  for (let at = 1; at < words.length; at += 1) {
    const text = knownValue(words[at]!);
    if (text === "run" && !run) run = true;
    else if (text?.startsWith("-")) at += valued.test(text) ? 1 : 0;
    else return run ? words.slice(at) : words;
  }
  return words;
}
