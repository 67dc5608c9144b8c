// Parts that leave no trace, or only one that is doubtful.
import {
  type Context,
  freshHole,
  mergeWays,
  NO_DOUBTS,
  type Reader,
  restore,
  type State,
  type Status,
  snapshot,
} from "./reading.ts";
import type { RunnableNode } from "./syntax.ts";

/** Runs in a process of its own: nothing that it changes stays. */
export function runInSubshell(node: RunnableNode, reader: Reader, state: State, context: Context): Status {
  return apart(state, context, (inner) => reader.runNode(node, state, inner));
}

/** As `runInSubshell`, for anything. */
export function apart(state: State, context: Context, run: (context: Context) => Status): Status {
  const before = snapshot(state);
  const { doubts } = state;
  state.doubts = NO_DOUBTS;
  const doubtful = doubts.exit || doubts.return || doubts.loop || doubts.turn;
  const status = run({ ...context, sure: context.sure && !doubtful, looping: false });
  const { left } = state;
  restore(state, before);
  if (left === undefined) return status;
  return left.fails ? "failure" : "unknown";
}

/** Runs what may be skipped; afterwards only what holds either way is known. */
export function runUnsurely(node: RunnableNode, reader: Reader, state: State, context: Context): Status {
  const base = snapshot(state);
  const status = reader.runNode(node, state, { ...context, sure: false });
  const taken = snapshot(state);
  restore(state, base);
  const skipped = { fields: base.fields, at: state.variables.now() };
  mergeWays(state, base, [taken, skipped], (name) =>
    freshHole(reader, name, `$${name}`, context.excerpt, node.pos),
  );
  return status;
}
