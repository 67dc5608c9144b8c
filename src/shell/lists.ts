// `a && b || c` and `a | b`.
import { opposite } from "./conditions.ts";
import { followsSurely, requirements } from "./outcome.ts";
import { listOf } from "./place.ts";
import type { Context, Reader, State, Status } from "./reading.ts";
import { runInSubshell, runUnsurely } from "./subshell.ts";
import type { AndOr, Pipeline } from "./syntax.ts";

export function runAndOr(node: AndOr, reader: Reader, state: State, context: Context): Status {
  const lists = listOf("and-or", node, node.commands, context.excerpt);
  const needs = requirements(node, context);
  let status: Status = "unknown";
  for (const [index, command] of node.commands.entries()) {
    const operator = node.operators[index - 1];
    const last = index === node.commands.length - 1;
    const inner: Context = {
      ...context,
      lists: [...context.lists, lists[index]!],
      required: needs[index]!.own,
      tolerant: context.tolerant || !last,
      rescued: context.rescued || node.operators.includes("||", index),
    };
    if (operator === undefined) {
      status = reader.runNode(command, state, inner);
    } else {
      const skip = operator === "&&" ? "failure" : "success";
      if (status === skip) continue;
      const sure: boolean =
        status !== "unknown" ||
        (operator === "&&" && followsSurely(node, index, needs[index]!.before, inner));
      const outcome: Status = sure
        ? reader.runNode(command, state, inner)
        : runUnsurely(command, reader, state, inner);
      if (sure) status = outcome;
      else if (operator === "&&") status = outcome === "failure" ? "failure" : "unknown";
      else status = outcome === "success" ? "success" : "unknown";
    }
    if (state.left !== undefined) break;
  }
  return status;
}

export function runPipeline(node: Pipeline, reader: Reader, state: State, context: Context): Status {
  const negated = node.prefixes.filter((prefix) => prefix.type === "Negation").length % 2 === 1;
  const required = negated ? undefined : context.required;
  const base: Context = { ...context, required, tolerant: context.tolerant || negated };
  if (node.commands.length === 1) {
    const status = reader.runNode(node.commands[0]!, state, base);
    return negated ? opposite(status) : status;
  }
  const lists = listOf("pipeline", node, node.commands, context.excerpt);
  let status: Status = "unknown";
  let writer: number | undefined;
  for (const [index, command] of node.commands.entries()) {
    const last = index === node.commands.length - 1;
    const needed = last || state.pipefail ? required : undefined;
    const from = reader.commands.length;
    status = runInSubshell(command, reader, state, {
      ...base,
      lists: [...base.lists, lists[index]!],
      required: needed === undefined ? undefined : "success",
      exitFails: needed !== undefined,
    });
    const to = reader.commands.length - 1;
    if (to < from) continue;
    if (index > 0) connect(reader, writer, readerIndex(reader, from, to, base.lists.length));
    writer = to;
  }
  return negated ? opposite(status) : status;
}

/** The first command of a pipeline's member that is not in a substitution of its words. */
function readerIndex(reader: Reader, from: number, to: number, depth: number): number {
  for (let index = from; index <= to; index += 1) {
    const lists = reader.commands[index]!.place.lists.slice(depth);
    if (!lists.some((list) => list.kind === "substitution")) return index;
  }
  return to;
}

function connect(reader: Reader, from: number | undefined, to: number): void {
  const target = reader.commands[to]!;
  if (from !== undefined) {
    reader.commands[from]!.pipedTo = to;
    target.pipedFrom = from;
  }
  const redirected = target.redirects.some((redirect) => redirect.fd === 0 && redirect.operator === "<");
  if (target.stdin === undefined && !redirected) target.stdin = { kind: "pipe" };
}
