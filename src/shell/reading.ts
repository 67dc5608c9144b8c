// The state of one script being read: variables, directory, and what is sure at a point of it.
import type { Problem } from "../finding.ts";
import { type Excerpt, excerptSpan, sourceOffset } from "../text.ts";
import type { EnclosingList, HolePiece, Piece, ShellCommand, Word } from "./command.ts";
import { unknownVariable } from "./parameter.ts";
import type { Scope } from "./scope.ts";
import type { CommandExpansionPart, ProcessSubstitutionPart, RunnableNode, Statement } from "./syntax.ts";
import { sameValue, scalarPieces, type Value, type Variables } from "./variables.ts";
import { parseRendered } from "./word.ts";

/** How a shell's code stopped before its end, by `exit`, `return`, `break`, `continue` or `exec`. */
export interface Departure {
  readonly by: "exit" | "return" | "break" | "continue";
  /** It ends with a failure. */
  readonly fails: boolean;
}

export interface FunctionDefinition {
  readonly body: RunnableNode;
  readonly excerpt: Excerpt;
}

/** Whether an earlier conditional departure may have skipped what comes now. */
export interface Doubts {
  readonly exit: boolean;
  readonly return: boolean;
  /** For the rest of the loop. */
  readonly loop: boolean;
  /** For the rest of this turn of it. */
  readonly turn: boolean;
}

export const NO_DOUBTS: Doubts = { exit: false, return: false, loop: false, turn: false };

/** What a shell process knows; changed as its script is read. */
export interface State {
  variables: Variables;
  cwd: string | undefined;
  previous: string | undefined;
  directories: readonly (string | undefined)[];
  positional: readonly (readonly Piece[])[];
  functions: ReadonlyMap<string, FunctionDefinition>;
  errexit: boolean;
  pipefail: boolean;
  allexport: boolean;
  /** Whether the shell knows `{a,b}`. */
  braces: boolean;
  left: Departure | undefined;
  doubts: Doubts;
}

export type Status = "success" | "failure" | "unknown";

/** What holds for a part of a script. */
export interface Context {
  readonly excerpt: Excerpt;
  readonly lists: readonly EnclosingList[];
  /**
   * `success`: the script's success implies this part's; `errexit`: a failure of it ends the script; undefined: it
   * may fail and the script goes on.
   */
  readonly required: "success" | "errexit" | undefined;
  /** errexit does not count here (a condition, before `&&` or `||`, behind `!`). */
  readonly tolerant: boolean;
  /** A failure here leads elsewhere: a condition, or before `||`. */
  readonly rescued: boolean;
  readonly sure: boolean;
  /** There is a loop to `break` from. */
  readonly looping: boolean;
  /** An `exit 1` here fails the whole script. */
  readonly exitFails: boolean;
  /** So does a `return 1`. */
  readonly returnFails: boolean;
  readonly user: Word | undefined;
  /** How many functions, scripts and substitutions are around it. */
  readonly depth: number;
  /** Bodies of the functions around it: a function that calls itself is not followed again. */
  readonly calling: readonly RunnableNode[];
  /** Names that are local to the function around it, with their outer values. */
  readonly locals: Map<string, Value | undefined> | undefined;
}

export type MutableCommand = { -readonly [key in keyof ShellCommand]: ShellCommand[key] };

/** The outcome of reading, and the budgets that keep it finite. */
export interface Reader {
  readonly commands: MutableCommand[];
  readonly problems: Problem[];
  readonly holes: HolePiece[];
  /** Whether the outermost shell knows `{a,b}`. */
  readonly braces: boolean;
  understood: boolean;
  /** Loop turns and function calls that may still be followed. */
  turnsLeft: number;
  commandsLeft: number;
  wordsLeft: number;
  readonly counts: Map<string, number>;
  // What follows parts of a script; here so that files need not import one another both ways.
  readonly runScript: (script: Excerpt, state: State, context: Context) => Status;
  readonly runStatements: (statements: readonly Statement[], state: State, context: Context) => Status;
  readonly runNode: (node: RunnableNode, state: State, context: Context) => Status;
  readonly substitute: (
    part: CommandExpansionPart | ProcessSubstitutionPart,
    state: State,
    context: Context,
  ) => readonly Piece[];
}

/** A moment of a state that can be returned to. */
export interface Snapshot {
  readonly fields: Omit<State, "variables">;
  readonly at: number;
}

export function snapshot(state: State): Snapshot {
  const { variables, ...fields } = state;
  return { fields, at: variables.now() };
}

export function restore(state: State, moment: Snapshot): void {
  state.variables.rollback(moment.at);
  Object.assign(state, moment.fields);
}

/**
 * Sets the state to what is common to several ways that the script may have gone since `base`. A way that left by
 * success makes what follows doubtful; one that left by failure was not taken.
 */
export function mergeWays(
  state: State,
  base: Snapshot,
  ways: readonly Snapshot[],
  fresh: (name: string) => HolePiece,
): void {
  const alive = ways.filter((way) => way.fields.left === undefined);
  const first = alive[0];
  const { variables } = state;
  if (first === undefined) {
    const left = ways.find((way) => way.fields.left?.fails === false) ?? ways[0];
    if (left !== undefined) state.left = left.fields.left;
    return;
  }
  const changed = variables.changedSince(base.at);
  const last = variables.now();
  for (const name of changed) {
    const values = alive.map((way) => variables.value(name, way.at));
    const same = values.every((value) => sameValue(value, values[0]));
    const merged: Value | undefined = same ? values[0] : { kind: "scalar", pieces: [fresh(name)] };
    const exported = alive.some((way) => variables.exported(name, way.at));
    if (!sameValue(merged, variables.value(name, last)) || exported !== variables.exported(name, last)) {
      variables.set(name, merged, exported);
    }
  }
  const agreed = <T>(pick: (fields: Snapshot["fields"]) => T | undefined): T | undefined =>
    alive.every((way) => pick(way.fields) === pick(first.fields)) ? pick(first.fields) : undefined;
  state.cwd = agreed((fields) => fields.cwd);
  state.previous = agreed((fields) => fields.previous);
  state.directories = agreed((fields) => fields.directories) ?? [];
  state.positional = agreed((fields) => fields.positional) ?? [[{ ...fresh("@"), quoted: false }]];
  state.functions =
    agreed((fields) => fields.functions) ?? new Map(alive.flatMap((way) => [...way.fields.functions]));
  state.errexit = alive.every((way) => way.fields.errexit);
  state.pipefail = alive.every((way) => way.fields.pipefail);
  state.allexport = alive.some((way) => way.fields.allexport);
  state.left = undefined;
  state.doubts = ways.reduce((doubts, way) => joinDoubts(doubts, way.fields), NO_DOUBTS);
}

function joinDoubts(doubts: Doubts, { doubts: own, left }: Snapshot["fields"]): Doubts {
  const away = left !== undefined && !left.fails ? left.by : undefined;
  return {
    exit: doubts.exit || own.exit || away === "exit",
    return: doubts.return || own.return || away === "return",
    loop: doubts.loop || own.loop || away === "break",
    turn: doubts.turn || own.turn || away === "continue",
  };
}

/** Whether a command here surely runs. */
export function isSure(state: State, context: Context): boolean {
  const { doubts } = state;
  return context.sure && !doubts.exit && !doubts.return && !doubts.loop && !doubts.turn;
}

/** A hole that equals no other of this Dockerfile: named after a place and, there, counted. */
export function freshHole(
  reader: Reader,
  name: string,
  text: string,
  excerpt: Excerpt,
  at: number,
): HolePiece {
  const key = `${name}@${sourceOffset(excerpt, at)}`;
  const count = reader.counts.get(key) ?? 0;
  reader.counts.set(key, count + 1);
  return unknownVariable(count === 0 ? key : `${key}.${count}`, text);
}

/** The scope in which a node's words are expanded. */
export function scopeOf(reader: Reader, state: State, context: Context): Scope {
  return {
    excerpt: context.excerpt,
    holes: reader.holes,
    braces: state.braces,
    positional: state.positional,
    value: (name) => variableValue(state, name),
    assign: (name, value) => state.variables.set(name, value, state.allexport || undefined),
    fresh: (name, text, at) => freshHole(reader, name, text, context.excerpt, at),
    substitute: (part) => reader.substitute(part, state, context),
  };
}

export function variableValue(state: State, name: string): Value | undefined {
  if (name === "PWD" && state.cwd !== undefined) return { kind: "scalar", pieces: parseRendered(state.cwd) };
  if (name === "OLDPWD" && state.previous !== undefined) {
    return { kind: "scalar", pieces: parseRendered(state.previous) };
  }
  return state.variables.value(name);
}

/** A scalar's pieces; undefined if unset, unknown when nobody in the file sets it. */
export function scalarValue(state: State, name: string): readonly Piece[] | undefined {
  return scalarPieces(variableValue(state, name));
}

/** Records that something could not be read. */
export function report(reader: Reader, message: string, excerpt: Excerpt, at: number, end: number): void {
  reader.understood = false;
  if (reader.problems.length < 20) reader.problems.push({ message, span: excerptSpan(excerpt, at, end) });
}
