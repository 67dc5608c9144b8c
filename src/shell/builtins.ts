// Commands that change the shell itself: directories, variables, options, departures.
import type { Piece, Word } from "./command.ts";
import { testStatus } from "./conditions.ts";
import { changeDirectory } from "./directory.ts";
import {
  type Context,
  freshHole,
  isSure,
  type Reader,
  type State,
  type Status,
  scalarValue,
} from "./reading.ts";
import type { Value } from "./variables.ts";
import { knownValue, quotedPieces, render, renderPieces, withoutHead } from "./word.ts";

/** An assignment that a command's words make: `export A=b`; without a value the name alone. */
export interface Declared {
  readonly name: string;
  readonly value?: Value;
}

interface Call {
  readonly name: string;
  readonly words: readonly Word[];
  readonly declared: readonly Declared[];
  /** Where the command begins in the script. */
  readonly at: number;
}

export const DECLARING: ReadonlySet<string> = new Set(["export", "readonly", "local", "declare", "typeset"]);

/** Applies a builtin's effect on the state; undefined for any other program. */
export function runBuiltin(call: Call, reader: Reader, state: State, context: Context): Status | undefined {
  const { name, words } = call;
  if (DECLARING.has(name)) return declare(call, state, context);
  switch (name) {
    case "true":
    case ":":
      return "success";
    case "false":
      return "failure";
    case "test":
      return testStatus(words.slice(1));
    case "[":
      return testStatus(words.slice(1, -1));
    case "cd":
    case "pushd":
    case "popd":
      moveTo(name, words.slice(1), state);
      return "unknown";
    case "set":
      setOptions(words.slice(1), state);
      return "success";
    case "shift":
      return shiftParameters(words[1], state);
    case "unset":
      for (const word of words.slice(1)) {
        const variable = knownValue(word);
        if (variable !== undefined && /^[A-Za-z_]\w*$/.test(variable))
          state.variables.set(variable, { kind: "unset" }, false);
      }
      return "success";
    case "read":
    case "mapfile":
    case "readarray":
    case "getopts":
    case "printf":
    case "let":
      assignUnknown(call, reader, state, context);
      return "unknown";
    case "exit":
    case "return":
    case "break":
    case "continue":
      leave(name, words[1], state, context);
      return "unknown";
    default:
      return undefined;
  }
}

function declare({ name, words, declared }: Call, state: State, context: Context): Status {
  const removes = words.some((word) => /^-n$|^\+x$/.test(knownValue(word) ?? ""));
  const exports =
    name === "export" ? !removes : words.some((word) => /^-\w*x/.test(knownValue(word) ?? "")) || undefined;
  const { variables } = state;
  for (const item of declared) {
    const scoped = context.locals !== undefined && name !== "export" && name !== "readonly";
    if (scoped && !context.locals.has(item.name)) context.locals.set(item.name, variables.value(item.name));
    const value = item.value ?? (scoped ? { kind: "unset" as const } : variables.value(item.name));
    variables.set(item.name, value, exports ?? (state.allexport || undefined));
  }
  return "success";
}

function moveTo(name: string, words: readonly Word[], state: State): void {
  const operands = words.filter((word) => !/^-[LPe@n]+$|^--$/.test(knownValue(word) ?? ""));
  const before = state.cwd;
  const target = operands[0];
  if (name === "popd") {
    state.cwd = state.directories.at(-1);
    state.directories = state.directories.slice(0, -1);
  } else {
    if (name === "pushd") state.directories = [...state.directories, before];
    state.cwd = operands.length > 1 ? undefined : destination(target, name, state);
  }
  state.previous = before;
}

function destination(target: Word | undefined, name: string, state: State): string | undefined {
  if (target === undefined) {
    const home = scalarValue(state, "HOME") ?? [{ kind: "hole", id: "HOME", text: "$HOME", quoted: true }];
    return name === "cd" ? changeDirectory(undefined, renderPieces(home)) : undefined;
  }
  if (knownValue(target) === "-") return state.previous;
  if (/^"?(\$\(|`)/.test(target.text)) return undefined;
  return changeDirectory(state.cwd, render(target));
}

/** Follows `set`'s options: `-e`, `-euo pipefail`, `+e`, `-- a b`. */
export function setOptions(words: readonly Word[], state: State): void {
  for (let at = 0; at < words.length; at += 1) {
    const text = knownValue(words[at]!);
    if (text === "--") {
      state.positional = parameters(words.slice(at + 1));
      return;
    }
    if (text === undefined || !/^[-+]./.test(text)) {
      state.positional = parameters(words.slice(at));
      return;
    }
    const on = text[0] === "-";
    if (text.includes("e")) state.errexit = on;
    if (text.includes("a")) state.allexport = on;
    if (!text.includes("o")) continue;
    at += 1;
    const option = words[at] === undefined ? undefined : knownValue(words[at]!);
    if (option === "pipefail") state.pipefail = on;
    if (option === "errexit") state.errexit = on;
    if (option === "allexport") state.allexport = on;
  }
}

function shiftParameters(count: Word | undefined, state: State): Status {
  const many = count === undefined ? 1 : Number(knownValue(count) ?? 1);
  const open = state.positional.some((pieces) =>
    pieces.some((piece) => !piece.quoted && (piece.kind === "hole" || /[*?[]/.test(piece.text))),
  );
  if (!open && many > state.positional.length) return "failure";
  state.positional =
    open && state.positional.length <= many ? state.positional : state.positional.slice(many);
  return open ? "unknown" : "success";
}

/** Words as `$1`, `$2`, …, within reason. */
export function parameters(words: readonly Word[]): readonly (readonly Piece[])[] {
  return words.slice(0, 1000).map((word) => word.pieces);
}

function assignUnknown({ name, words, at }: Call, reader: Reader, state: State, context: Context): void {
  const texts = words.map((word) => knownValue(word) ?? "");
  const give = (variable: string): void => {
    const pieces: readonly Piece[] = [freshHole(reader, variable, `$${variable}`, context.excerpt, at)];
    state.variables.set(variable, { kind: "scalar", pieces }, state.allexport || undefined);
  };
  if (name === "printf") {
    if (texts[1] === "-v" && /^[A-Za-z_]\w*$/.test(texts[2] ?? "")) give(texts[2]!);
    return;
  }
  const names = texts.slice(1).flatMap((text) => /^[A-Za-z_]\w*/.exec(text)?.[0] ?? []);
  for (const variable of names) give(variable);
  if (name === "read" && names.length === 0) give("REPLY");
}

function leave(
  by: "exit" | "return" | "break" | "continue",
  code: Word | undefined,
  state: State,
  context: Context,
): void {
  if (by === "break" || by === "continue") {
    if (context.looping) state.left = { by, fails: false };
    return;
  }
  const text = code === undefined ? undefined : knownValue(code);
  const nonzero = text !== undefined && /^\d+$/.test(text) && Number(text) !== 0;
  const certain = by === "exit" || context.locals === undefined ? context.exitFails : context.returnFails;
  const fails = certain && (nonzero || (code === undefined && !isSure(state, context)));
  state.left = { by: context.locals === undefined ? "exit" : by, fails };
}

/** What `NAME=value` as a whole word (`export "A=$B"`) declares. */
export function declaredByWord(word: Word): Declared | undefined {
  const first = word.pieces[0];
  const head = first?.kind === "text" ? first.text : "";
  const name = /^[A-Za-z_]\w*/.exec(head)?.[0];
  if (name === undefined) return undefined;
  if (head[name.length] === "=") {
    return {
      name,
      value: { kind: "scalar", pieces: quotedPieces(withoutHead(word, name.length + 1).pieces) },
    };
  }
  return knownValue(word) === name ? { name } : undefined;
}
