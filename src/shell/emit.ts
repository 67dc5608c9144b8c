// Puts commands into the result.
import type { Excerpt, Span } from "../text.ts";
import type { Redirect, Stdin, Word, Wrapper } from "./command.ts";
import { type Context, isSure, type MutableCommand, type Reader, report, type State } from "./reading.ts";
import { scalarPieces } from "./variables.ts";

export interface Emitted {
  readonly words: readonly Word[];
  readonly span: Span;
  readonly wrappers?: readonly Wrapper[];
  readonly user?: Word | undefined;
  readonly assignments?: ReadonlyMap<string, Word>;
  readonly redirects?: readonly Redirect[];
  readonly stdin?: Stdin | undefined;
}

/** Adds a command that runs now, with the state as it is before it. */
export function emit(reader: Reader, state: State, context: Context, command: Emitted): void {
  if (reader.commandsLeft <= 0) {
    if (reader.commandsLeft === 0) tooMuch(reader, context.excerpt);
    reader.commandsLeft -= 1;
    return;
  }
  reader.commandsLeft -= 1;
  const { variables } = state;
  const at = variables.now();
  const assignments = command.assignments ?? new Map<string, Word>();
  const user = command.user ?? context.user;
  const added: MutableCommand = {
    words: command.words,
    wrappers: command.wrappers ?? [],
    assignments,
    redirects: command.redirects ?? [],
    cwd: state.cwd,
    lookup: (name) =>
      assignments.get(name)?.pieces ??
      (variables.exported(name, at) ? scalarPieces(variables.value(name, at)) : undefined),
    span: command.span,
    runs: isSure(state, context) ? "always" : "sometimes",
    mayFail: context.required === undefined,
    place: { lists: context.lists },
  };
  if (user !== undefined) added.user = user;
  if (command.stdin !== undefined) added.stdin = command.stdin;
  reader.commands.push(added);
}

function tooMuch(reader: Reader, excerpt: Excerpt): void {
  report(reader, "the script does more than can be followed", excerpt, 0, 0);
}
