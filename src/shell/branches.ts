// `if` and `case`: which branch runs, when the text decides it.
import { expandWhole } from "./expand.ts";
import { fieldPieces } from "./field.ts";
import { givesUp } from "./outcome.ts";
import { matchesPattern } from "./pattern.ts";
import { insidePart } from "./place.ts";
import {
  type Context,
  freshHole,
  mergeWays,
  type Reader,
  restore,
  type Snapshot,
  type State,
  type Status,
  scopeOf,
  snapshot,
} from "./reading.ts";
import type { Case, Elif, If, RunnableNode } from "./syntax.ts";
import { knownText, renderPieces } from "./word.ts";

export function runIf(node: If, reader: Reader, state: State, context: Context): Status {
  const arms: readonly (If | Elif)[] = [node, ...node.elif];
  const parts = [
    ...arms.flatMap((arm) => [arm.clause, arm.then]),
    ...(node.else === undefined ? [] : [node.else]),
  ];
  const gone = (body: RunnableNode): boolean => givesUp(body, context, context.required);
  const base = snapshot(state);
  const ways: Snapshot[] = [];
  const outcomes: Status[] = [];
  let { sure } = context;
  let open = true;
  for (const [index, arm] of arms.entries()) {
    const asking = insidePart(context, "if", node, parts, index * 2);
    const answer = reader.runNode(arm.clause, state, {
      ...asking,
      required: undefined,
      tolerant: true,
      rescued: true,
      sure,
    });
    if (state.left !== undefined) {
      ways.push(snapshot(state));
      open = false;
      break;
    }
    if (answer === "failure") continue;
    const after = snapshot(state);
    const others = [
      ...arms.slice(index + 1).map((later) => later.then),
      ...(node.else === undefined ? [] : [node.else]),
    ];
    const only = answer === "success" || (node.else !== undefined && others.every(gone));
    const body = insidePart(context, "if", node, parts, index * 2 + 1);
    outcomes.push(reader.runNode(arm.then, state, { ...body, sure: sure && only }));
    ways.push(snapshot(state));
    if (answer === "success") {
      open = false;
      break;
    }
    restore(state, after);
    sure &&= gone(arm.then);
  }
  if (open) {
    if (node.else === undefined) outcomes.push("success");
    else {
      const body = insidePart(context, "if", node, parts, parts.length - 1);
      outcomes.push(reader.runNode(node.else, state, { ...body, sure }));
    }
    ways.push(snapshot(state));
  }
  return finish(node, base, ways, outcomes, reader, state, context);
}

export function runCase(node: Case, reader: Reader, state: State, context: Context): Status {
  const subject = fieldPieces(
    expandWhole(node.word, scopeOf(reader, state, { ...context, required: undefined })),
  );
  const parts = node.items.map((item) => item.body);
  const base = snapshot(state);
  const ways: Snapshot[] = [];
  const outcomes: Status[] = [];
  let { sure } = context;
  let open = true;
  for (let index = 0; index < node.items.length; index += 1) {
    const item = node.items[index]!;
    const patterns = item.pattern.map((word) => {
      const pieces = fieldPieces(expandWhole(word, scopeOf(reader, state, context)));
      return matches(renderPieces(pieces), knownText(subject));
    });
    const chosen = patterns.includes(true);
    if (!chosen && !patterns.includes(undefined)) continue;
    const after = snapshot(state);
    let at = index;
    let outcome: Status;
    do {
      const body = insidePart(context, "case", node, parts, at);
      outcome = reader.runNode(parts[at]!, state, { ...body, sure: sure && chosen });
      at += 1;
    } while (node.items[at - 1]?.terminator === ";&" && at < parts.length);
    outcomes.push(outcome);
    ways.push(snapshot(state));
    if (chosen && node.items[at - 1]?.terminator !== ";;&") {
      open = false;
      break;
    }
    restore(state, after);
    sure = false;
  }
  if (open) {
    outcomes.push("success");
    ways.push(snapshot(state));
  }
  return finish(node, base, ways, outcomes, reader, state, context);
}

function matches(pattern: string, text: string | undefined): boolean | undefined {
  if (pattern === "*") return true;
  return text === undefined ? undefined : matchesPattern(pattern, text);
}

function finish(
  node: RunnableNode,
  base: Snapshot,
  ways: readonly Snapshot[],
  outcomes: readonly Status[],
  reader: Reader,
  state: State,
  context: Context,
): Status {
  mergeWays(state, base, ways, (name) => freshHole(reader, name, `$${name}`, context.excerpt, node.pos));
  const first = outcomes[0] ?? "unknown";
  return outcomes.every((outcome) => outcome === first) ? first : "unknown";
}
