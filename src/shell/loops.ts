// `for`, `while`, `until`: unrolled over known words, else followed once with all that changes unknown.
import { changesIn } from "./collect.ts";
import type { Piece } from "./command.ts";
import { expandFields } from "./expand.ts";
import { fieldPieces } from "./field.ts";
import { insidePart } from "./place.ts";
import {
  type Context,
  freshHole,
  mergeWays,
  type Reader,
  restore,
  type State,
  type Status,
  scopeOf,
  snapshot,
} from "./reading.ts";
import type { RunnableNode, While } from "./syntax.ts";

type ForNode = Extract<RunnableNode, { type: "For" | "Select" | "ArithmeticFor" }>;

/** More words than this are followed as one that is unknown. */
const MOST_TURNS = 64;

export function runFor(node: ForNode, reader: Reader, state: State, context: Context): Status {
  const body = insidePart(context, "loop", node, [node.body], 0);
  const before = state.doubts;
  let status: Status = "success";
  if (node.type !== "For")
    status = unknownTurn(
      node,
      node.type === "Select" ? node.name.value : undefined,
      reader,
      state,
      body,
      false,
    );
  else {
    const words =
      node.wordlist === undefined
        ? state.positional
        : node.wordlist.flatMap((word) =>
            expandFields(word, scopeOf(reader, state, { ...context, required: undefined })).map(fieldPieces),
          );
    if (words.length > MOST_TURNS || words.length > reader.turnsLeft) {
      status = unknownTurn(node, node.name.value, reader, state, body, true);
    } else status = knownTurns(node, words, reader, state, body);
  }
  state.doubts = { ...state.doubts, loop: before.loop, turn: before.turn };
  return status;
}

function knownTurns(
  node: Extract<ForNode, { type: "For" }>,
  words: readonly (readonly Piece[])[],
  reader: Reader,
  state: State,
  context: Context,
): Status {
  const name = node.name.value;
  let status: Status = "success";
  for (const [index, word] of words.entries()) {
    reader.turnsLeft -= 1;
    const errexit = state.errexit && !context.tolerant ? "errexit" : undefined;
    const required = index === words.length - 1 ? context.required : errexit;
    if (isUnknownList(word)) status = unknownTurn(node, name, reader, state, { ...context, required }, false);
    else {
      state.variables.set(name, { kind: "scalar", pieces: word });
      status = reader.runNode(node.body, state, { ...context, required });
      if (endTurn(state)) break;
    }
    if (state.left !== undefined) break;
  }
  return status;
}

/** A word that may be any number of words, about none of which anything is known. */
function isUnknownList(word: readonly Piece[]): boolean {
  return (
    word.some((piece) => piece.kind === "hole" && !piece.quoted) &&
    !word.some((piece) => piece.kind === "text")
  );
}

/** Ends a turn; true if the loop ends with it. */
function endTurn(state: State): boolean {
  const { left } = state;
  state.doubts = { ...state.doubts, turn: false };
  if (left?.by !== "break" && left?.by !== "continue") return false;
  state.left = undefined;
  return left.by === "break";
}

/** Follows a loop's body once, for any number of turns (at least one if `surely`). */
function unknownTurn(
  node: ForNode,
  name: string | undefined,
  reader: Reader,
  state: State,
  context: Context,
  surely: boolean,
): Status {
  const base = snapshot(state);
  forget(node, node.pos, reader, state, context);
  if (name !== undefined) {
    const hole = freshHole(reader, name, `$${name}`, context.excerpt, node.pos);
    state.variables.set(name, { kind: "scalar", pieces: [hole] });
  }
  reader.runNode(node.body, state, { ...context, sure: context.sure && surely });
  endTurn(state);
  if (!surely) {
    mergeWays(state, base, [snapshot(state), base], (changed) =>
      freshHole(reader, changed, `$${changed}`, context.excerpt, node.pos),
    );
  }
  return "unknown";
}

/** Makes unknown whatever the turns of a loop may change. */
function forget(node: RunnableNode, at: number, reader: Reader, state: State, context: Context): void {
  const { names, calls } = changesIn(node);
  const all = new Set(names);
  for (const call of calls) {
    const definition = state.functions.get(call);
    if (definition !== undefined) for (const name of changesIn(definition.body).names) all.add(name);
  }
  for (const name of all) {
    const pieces = [freshHole(reader, name, `$${name}`, context.excerpt, at)];
    state.variables.set(name, { kind: "scalar", pieces });
  }
  if (calls.has("cd") || calls.has("pushd") || calls.has("popd")) state.cwd = undefined;
}

export function runWhile(node: While, reader: Reader, state: State, context: Context): Status {
  const parts = [node.clause, node.body];
  const base = snapshot(state);
  const { doubts } = state;
  forget(node, node.pos, reader, state, context);
  const asking = insidePart(context, "loop", node, parts, 0);
  const answer = reader.runNode(node.clause, state, {
    ...asking,
    required: undefined,
    tolerant: true,
    rescued: true,
  });
  const goes = node.kind === "while" ? "success" : "failure";
  if (answer !== "unknown" && answer !== goes) {
    const asked = state.left;
    restore(state, base);
    state.left = asked;
    return "success";
  }
  const after = snapshot(state);
  const surely = answer === goes;
  const body = insidePart(context, "loop", node, parts, 1);
  reader.runNode(node.body, state, { ...body, required: undefined, sure: context.sure && surely });
  endTurn(state);
  const ways = surely ? [snapshot(state)] : [snapshot(state), after];
  mergeWays(state, base, ways, (name) => freshHole(reader, name, `$${name}`, context.excerpt, node.pos));
  state.doubts = { ...state.doubts, loop: doubts.loop, turn: doubts.turn };
  return "unknown";
}
