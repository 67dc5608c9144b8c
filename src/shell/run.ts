// A RUN instruction as the commands that it runs, whatever form it has.
import { runScript } from "../dockerfile/script.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { type Excerpt, excerptSpan, type Span } from "../text.ts";
import type { Environment, ShellCommand, ShellScript, Word } from "./command.ts";
import { type NestedScript, nestedScript } from "./nested.ts";
import { singleList } from "./place.ts";
import { readExec, readShell } from "./script.ts";
import { literalWord, textPieces } from "./word.ts";
import { programName } from "./wrappers.ts";

export interface RunOptions {
  /** The Dockerfile that the instruction stands in. */
  readonly file: { readonly text: string };
  /** ENV and ARG in force, known or as holes. */
  readonly environment: Environment;
  /** WORKDIR as a rendered path; undefined if it cannot be told. */
  readonly cwd: string | undefined;
  /** The words of SHELL; absent: `/bin/sh -c`. */
  readonly shell?: readonly string[];
  /** What the image has as /bin/sh: dash, ash; absent when it may be bash. */
  readonly sh?: string;
}

const NOT_UNDERSTOOD: ShellScript = { commands: [], understood: false, problems: [], setsErrexit: false };

/** What a RUN does. PowerShell, cmd and other interpreters as SHELL are not understood. Never throws. */
export function readRun(instruction: Instruction, options: RunOptions): ShellScript {
  const { environment, cwd } = options;
  const run = runScript(instruction, options.file);
  const sh = options.sh ?? POSIX.shell;
  if (run.kind === "exec") return readExec(run.words, { environment, cwd, shell: sh });
  if (run.kind === "shell") {
    if (/^\s*(powershell|pwsh|cmd)(\.exe)?\s/i.test(run.text.text)) return NOT_UNDERSTOOD;
    const shell =
      options.shell === undefined ? POSIX : shellOf(options.shell.map((word) => literalWord(word)));
    if (shell === undefined) return NOT_UNDERSTOOD;
    return readShell(run.text, {
      environment,
      cwd,
      ...shell,
      ...(shell.shell === "sh" ? { shell: sh } : {}),
    });
  }
  const line = interpreterWords(run.text);
  const shell = shellOf([...line, literalWord("-c")]);
  if (shell !== undefined) return readShell(run.text, { environment, cwd, ...shell });
  const span = instruction.heredocs[0]?.span ?? instruction.span;
  return fileScript(
    line,
    run.text,
    excerptSpan(instruction.body, 0, instruction.body.text.length),
    span,
    options,
  );
}

interface Shell extends Pick<NestedScript, "errexit" | "pipefail"> {
  readonly shell: string;
}

const POSIX: Shell = { shell: "sh", errexit: false, pipefail: false };

/** The shell that these words, ending in `-c`, start; undefined for other interpreters. */
function shellOf(words: readonly Word[]): Shell | undefined {
  for (const [index, word] of words.entries()) {
    const nested = nestedScript([...words.slice(index), literalWord("script")], false);
    if (nested === undefined || nested.here || nested.user !== undefined) continue;
    return { shell: programName(word) ?? "sh", errexit: nested.errexit, pipefail: nested.pipefail };
  }
  return undefined;
}

/** The words behind `#!`, without `env` and its options. */
function interpreterWords(script: Excerpt): Word[] {
  const words: Word[] = [];
  const end = script.text.indexOf("\n");
  for (const { 0: text, index } of script.text.slice(2, end < 0 ? undefined : end).matchAll(/\S+/g)) {
    const from = index + 2;
    words.push({ pieces: textPieces(text), text, span: excerptSpan(script, from, from + text.length) });
  }
  const first = words[0];
  if (first === undefined || programName(first) !== "env") return words;
  return words.slice(1).filter((word) => !word.text.startsWith("-") || word.text.length > 2);
}

/** A heredoc that begins with `#!`: its interpreter, which reads it. */
function fileScript(
  words: readonly Word[],
  text: Excerpt,
  span: Span,
  lines: Span,
  options: RunOptions,
): ShellScript {
  const content: Word = {
    pieces: textPieces(text.text),
    text: text.text,
    span: excerptSpan(text, 0, text.text.length),
  };
  const command: ShellCommand = {
    words,
    wrappers: [],
    assignments: new Map(),
    redirects: [],
    stdin: { kind: "heredoc", content, excerpt: text, span: lines },
    cwd: options.cwd,
    lookup: (name) => options.environment.get(name),
    span,
    runs: "always",
    mayFail: false,
    place: { lists: [singleList("exec", span)] },
  };
  return { commands: [command], understood: true, problems: [], setsErrexit: false };
}
