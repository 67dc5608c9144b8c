// Reads a script, or the words of the exec form, as the commands that it runs.
import type { Excerpt, Span } from "../text.ts";
import type { Environment, Lookup, Piece, ShellScript, Word } from "./command.ts";
import { emit } from "./emit.ts";
import { nestedScript } from "./nested.ts";
import { singleList } from "./place.ts";
import { type Context, NO_DOUBTS, type Reader, type State } from "./reading.ts";
import { substitute } from "./substitution.ts";
import { createVariables } from "./variables.ts";
import { runNode, runScript, runStatements } from "./walk.ts";
import { textPieces } from "./word.ts";
import { peelWrappers } from "./wrappers.ts";

export interface ShellOptions {
  /** Variables that are set before: ENV and ARG, known or as holes. */
  readonly environment: Environment;
  /** The working directory as a rendered path; undefined if it cannot be told. */
  readonly cwd: string | undefined;
  /** The shell's name: sh, bash, ash, dash. Braces stay as they are in ash and dash; sh may be bash and has them. */
  readonly shell?: string;
  readonly errexit?: boolean;
  readonly pipefail?: boolean;
  /** Variables beyond `environment`. */
  readonly lookup?: Lookup;
  /** `$1`, `$2`, … */
  readonly positional?: readonly (readonly Piece[])[];
}

/** Reads a script; its spans are those of the excerpt's source. Never throws. */
export function readShell(script: Excerpt, options: ShellOptions): ShellScript {
  const reader = createReader(options);
  const state = createState(options);
  reader.runScript(script, state, outermost(script));
  return finish(reader, state);
}

/** One string of the exec form; `span` is that of the whole string, quotes included. */
export interface ExecWord {
  readonly excerpt: Excerpt;
  readonly value: string;
  readonly span: Span;
}

/** Reads the exec form: one command run without a shell, or the script that it gives to one. */
export function readExec(words: readonly ExecWord[], options: ShellOptions): ShellScript {
  const reader = createReader(options);
  const state = createState(options);
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return finish(reader, state);
  const span = { start: first.span.start, end: last.span.end };
  const read: Word[] = words.map((word) => ({
    pieces: word.value === "" ? [{ kind: "text", text: "", quoted: true }] : textPieces(word.value),
    text: word.value,
    span: word.span,
  }));
  const context: Context = { ...outermost(first.excerpt), lists: [singleList("exec", span)] };
  const peeled = peelWrappers(read);
  const rest = read.slice(peeled.count);
  const nested = nestedScript(rest, false);
  if (nested === undefined || nested.text === "stdin" || nested.here) {
    emit(reader, state, context, { ...peeled, words: rest, span });
    return finish(reader, state);
  }
  const script = words[peeled.count + nested.text.from]!;
  const environment = new Map(options.environment);
  for (const [name, word] of peeled.assignments) environment.set(name, word.pieces);
  const child = createState({
    ...options,
    ...(nested.shell === undefined || nested.shell === "sh" ? {} : { shell: nested.shell }),
    environment,
    cwd: nested.login ? undefined : options.cwd,
    errexit: nested.errexit,
    pipefail: nested.pipefail,
    positional: nested.positional,
  });
  reader.runScript(script.excerpt, child, {
    ...outermost(script.excerpt),
    lists: [...context.lists, singleList("shell -c", script.span)],
    user: nested.user ?? peeled.user,
  });
  return finish(reader, child);
}

function outermost(excerpt: Excerpt): Context {
  return {
    excerpt,
    lists: [],
    required: "success",
    tolerant: false,
    rescued: false,
    sure: true,
    looping: false,
    exitFails: true,
    returnFails: true,
    user: undefined,
    depth: 0,
    calling: [],
    locals: undefined,
  };
}

function createReader(options: ShellOptions): Reader {
  const reader: Reader = {
    commands: [],
    problems: [],
    holes: [],
    braces: knowsBraces(options.shell),
    understood: true,
    turnsLeft: 1000,
    commandsLeft: 5000,
    wordsLeft: 100_000,
    counts: new Map(),
    runScript: (script, state, context) => runScript(script, reader, state, context),
    runStatements: (statements, state, context) => runStatements(statements, reader, state, context),
    runNode: (node, state, context) => runNode(node, reader, state, context),
    substitute: (part, state, context) => substitute(part, reader, state, context),
  };
  return reader;
}

function knowsBraces(shell = "sh"): boolean {
  return !/^(ash|dash)$/.test(shell);
}

function createState(options: ShellOptions): State {
  return {
    variables: createVariables(options.environment, options.lookup),
    cwd: options.cwd,
    previous: undefined,
    directories: [],
    positional: options.positional ?? [],
    functions: new Map(),
    errexit: options.errexit ?? false,
    pipefail: options.pipefail ?? false,
    allexport: false,
    braces: knowsBraces(options.shell),
    left: undefined,
    doubts: NO_DOUBTS,
  };
}

function finish(reader: Reader, state: State): ShellScript {
  return {
    commands: reader.commands,
    understood: reader.understood,
    problems: reader.problems,
    setsErrexit: state.errexit,
  };
}
