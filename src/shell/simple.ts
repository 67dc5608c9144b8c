// One simple command: its words, what it runs in turn, what it changes.
import { excerptSpan, type Span } from "../text.ts";
import { assignedValue, assignmentField, isLarge } from "./assign.ts";
import { DECLARING, type Declared, declaredByWord, parameters, runBuiltin } from "./builtins.ts";
import type { Word } from "./command.ts";
import { emit } from "./emit.ts";
import { expandWord, plainField } from "./expand.ts";
import { type Field, fieldsExcerpt, fieldWord } from "./field.ts";
import { type NestedScript, nestedScript } from "./nested.ts";
import { singleList } from "./place.ts";
import {
  type Context,
  isSure,
  NO_DOUBTS,
  type Reader,
  report,
  type State,
  type Status,
  scopeOf,
} from "./reading.ts";
import { type Redirections, readRedirections } from "./redirect.ts";
import type { Scope } from "./scope.ts";
import type { Command, WordNode } from "./syntax.ts";
import { createVariables, scalarPieces, type Value } from "./variables.ts";
import { knownValue } from "./word.ts";
import { type Peeled, peelWrappers } from "./wrappers.ts";

const DEEPEST = 8;
/** Wrappers behind which a builtin still acts on this very shell. */
const IN_SHELL: ReadonlySet<string> = new Set(["command", "builtin", "time"]);

const NO_REDIRECTIONS: Redirections = { redirects: [] };

/** A simple command once its words are expanded. */
interface Call {
  readonly node: Command;
  readonly span: Span;
  readonly fields: readonly Field[];
  readonly words: readonly Word[];
  readonly prefix: ReadonlyMap<string, Value>;
  readonly declared: readonly Declared[];
  readonly io: Redirections;
}

export function runSimple(node: Command, reader: Reader, state: State, context: Context): Status {
  const call = expandCall(node, reader, state, context);
  const { words, span, io } = call;
  if (words.length === 0) return runAssignments(call, reader, state, context);
  const plain = peelWrappers(words);
  const definition = plain.count === 0 ? state.functions.get(knownValue(words[0]!) ?? "") : undefined;
  if (definition !== undefined) {
    const again = context.calling.includes(definition.body);
    if (!again && context.depth < DEEPEST && reader.turnsLeft > 0)
      return runFunction(call, definition, reader, state, context);
    report(reader, "calls of functions go too deep to be followed", context.excerpt, node.pos, node.end);
  }
  const peeled: Peeled = {
    ...plain,
    assignments: new Map([...prefixWords(call, context), ...plain.assignments]),
  };
  const rest = words.slice(peeled.count);
  const nested = context.depth < DEEPEST ? nestedScript(rest, io.input !== undefined) : undefined;
  const replaces = peeled.wrappers.some((wrapper) => wrapper.name === "exec") && rest.length > 0;
  let status: Status = "unknown";
  if (nested !== undefined) status = runNested(call, peeled, nested, reader, state, context);
  else {
    emit(reader, state, context, {
      words: rest,
      span,
      wrappers: peeled.wrappers,
      user: peeled.user,
      assignments: peeled.assignments,
      redirects: io.redirects,
      stdin: io.stdin,
    });
    const name = rest[0] === undefined ? undefined : knownValue(rest[0]);
    if (name !== undefined && peeled.wrappers.every((wrapper) => IN_SHELL.has(wrapper.name))) {
      const builtin = { name, words: rest, declared: call.declared, at: node.pos };
      status = runBuiltin(builtin, reader, state, context) ?? "unknown";
    }
  }
  if (replaces) state.left = { by: "exit", fails: false };
  return status;
}

function expandCall(node: Command, reader: Reader, state: State, context: Context): Call {
  const bare = node.name === undefined;
  let made: Scope | undefined;
  const scope = (): Scope => {
    made ??= scopeOf(reader, state, bare ? context : { ...context, required: undefined });
    return made;
  };
  const expand = (word: WordNode): readonly Field[] => {
    const plain = plainField(word, context.excerpt);
    return plain === undefined ? expandWord(word, scope()) : [plain];
  };
  const fields = node.name === undefined ? [] : [...expand(node.name)];
  const declares = node.name !== undefined && DECLARING.has(node.name.text);
  const declared: Declared[] = [];
  for (const argument of node.args) {
    if (argument.type === "Assignment") {
      const value = assignedValue(argument, scope(), state, reader, context);
      declared.push({ name: argument.name, value });
      fields.push(assignmentField(argument, value));
      continue;
    }
    if (reader.wordsLeft <= 0) {
      report(
        reader,
        "the script has more words than can be followed",
        context.excerpt,
        argument.pos,
        argument.end,
      );
      break;
    }
    for (const field of expand(argument)) {
      reader.wordsLeft -= 1;
      fields.push(field);
      const item = declares ? declaredByWord(fieldWord(field, context.excerpt)) : undefined;
      if (item !== undefined && !(item.value?.kind === "scalar" && isLarge(item.value.pieces)))
        declared.push(item);
    }
  }
  const prefix = new Map<string, Value>();
  for (const child of node.prefix) {
    if (child.type !== "Assignment") continue;
    const value = assignedValue(child, scope(), state, reader, context);
    prefix.set(child.name, value);
    if (bare) state.variables.set(child.name, value, state.allexport || undefined);
  }
  const io = node.redirects.length === 0 ? NO_REDIRECTIONS : readRedirections(node.redirects, scope());
  const words = fields.map((field) => fieldWord(field, context.excerpt));
  return {
    node,
    span: excerptSpan(context.excerpt, node.pos, node.end),
    fields,
    words,
    prefix,
    declared,
    io,
  };
}

function prefixWords(call: Call, context: Context): [string, Word][] {
  return call.node.prefix.flatMap((node): [string, Word][] => {
    const value = node.type === "Assignment" ? call.prefix.get(node.name) : undefined;
    if (node.type !== "Assignment" || value === undefined) return [];
    const { text, pos, end } = node;
    const word = { pieces: scalarPieces(value) ?? [], text, span: excerptSpan(context.excerpt, pos, end) };
    return [[node.name, word]];
  });
}

function runAssignments(call: Call, reader: Reader, state: State, context: Context): Status {
  emit(reader, state, context, {
    words: [],
    span: call.span,
    assignments: new Map(prefixWords(call, context)),
    redirects: call.io.redirects,
    stdin: call.io.stdin,
  });
  const plain = [...call.prefix.values()].every(
    (value) => value.kind === "scalar" && value.pieces.every((piece) => piece.kind === "text"),
  );
  return plain && call.node.name === undefined ? "success" : "unknown";
}

function runFunction(
  call: Call,
  definition: NonNullable<ReturnType<State["functions"]["get"]>>,
  reader: Reader,
  state: State,
  context: Context,
): Status {
  reader.turnsLeft -= 1;
  emitRedirects(call, reader, state, context);
  const { positional, doubts } = state;
  const locals = new Map<string, Value | undefined>();
  for (const [name, value] of call.prefix) {
    locals.set(name, state.variables.value(name));
    state.variables.set(name, value, true);
  }
  state.positional = parameters(call.words.slice(1));
  const status = reader.runNode(definition.body, state, {
    ...context,
    excerpt: definition.excerpt,
    lists: [...context.lists, singleList("function", call.span)],
    returnFails: context.required !== undefined,
    looping: false,
    depth: context.depth + 1,
    calling: [...context.calling, definition.body],
    locals,
  });
  state.positional = positional;
  for (const [name, value] of locals) state.variables.set(name, value);
  state.doubts = { ...state.doubts, return: doubts.return };
  const { left } = state;
  if (left?.by !== "return") return status;
  state.left = undefined;
  return left.fails ? "failure" : "unknown";
}

/** A command that only redirects: what stands for a function's or a script's redirections. */
function emitRedirects({ io, span }: Call, reader: Reader, state: State, context: Context): void {
  if (io.redirects.length === 0) return;
  const spans = io.redirects.map((redirect) => redirect.span);
  const start = Math.min(...spans.map((one) => one.start));
  const end = Math.max(...spans.map((one) => one.end));
  const inside = start >= span.start && end <= span.end ? { start, end } : span;
  emit(reader, state, context, { words: [], span: inside, redirects: io.redirects });
}

function runNested(
  call: Call,
  peeled: Peeled,
  nested: NestedScript,
  reader: Reader,
  state: State,
  context: Context,
): Status {
  const { text } = nested;
  emitRedirects(call, reader, state, context);
  const fields =
    text === "stdin" ? [call.io.input!] : call.fields.slice(peeled.count + text.from, peeled.count + text.to);
  const script = fieldsExcerpt(fields, context.excerpt, reader.holes);
  const from = fields[0]!.start;
  const list = singleList("shell -c", excerptSpan(context.excerpt, from, Math.max(from, fields.at(-1)!.end)));
  const inner: Context = {
    ...context,
    excerpt: script,
    lists: [...context.lists, list],
    depth: context.depth + 1,
    user: nested.user ?? peeled.user ?? context.user,
  };
  if (nested.here) return reader.runScript(script, state, inner);
  const environment = new Map(state.variables.environment());
  for (const [name, word] of peeled.assignments) environment.set(name, word.pieces);
  const child: State = {
    variables: createVariables(environment, state.variables.beyond),
    cwd: nested.login ? undefined : state.cwd,
    previous: undefined,
    directories: [],
    positional: nested.positional,
    functions: new Map(),
    errexit: nested.errexit,
    pipefail: nested.pipefail,
    allexport: false,
    // A user's shell is bash, as a rule.
    braces: nested.shell === "sh" ? reader.braces : !/^(ash|dash)$/.test(nested.shell ?? "bash"),
    left: undefined,
    doubts: NO_DOUBTS,
  };
  const status = reader.runScript(script, child, {
    ...inner,
    required: context.required === undefined ? undefined : "success",
    tolerant: false,
    sure: isSure(state, context),
    exitFails: context.required !== undefined,
    returnFails: context.required !== undefined,
    looping: false,
    locals: undefined,
  });
  return child.left?.fails ? "failure" : status;
}
