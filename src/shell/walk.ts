// Statements, lists, pipelines and groups: in which order commands run, and how surely.
import { type Excerpt, excerptSpan } from "../text.ts";
import { runCase, runIf } from "./branches.ts";
import type { Piece } from "./command.ts";
import { emit } from "./emit.ts";
import { runAndOr, runPipeline } from "./lists.ts";
import { runFor, runWhile } from "./loops.ts";
import { insidePart, listOf } from "./place.ts";
import { type Context, freshHole, type Reader, report, type State, type Status, scopeOf } from "./reading.ts";
import { readRedirections } from "./redirect.ts";
import { runSimple } from "./simple.ts";
import { runInSubshell } from "./subshell.ts";
import { parseScript, type RunnableNode, type Statement } from "./syntax.ts";
import { runTest } from "./test-command.ts";
import { literalWord } from "./word.ts";

/** Parses and follows a script. */
export function runScript(script: Excerpt, reader: Reader, state: State, context: Context): Status {
  const tree = parseScript(script.text);
  for (const error of tree.errors ?? [])
    report(reader, `shell: ${error.message}`, script, error.pos, error.pos);
  return runStatements(tree.commands, reader, state, { ...context, excerpt: script });
}

export function runStatements(
  statements: readonly Statement[],
  reader: Reader,
  state: State,
  context: Context,
): Status {
  const nodes = statements.map((statement) => statement.command);
  const lists = listOf("sequence", statements, nodes, context.excerpt);
  let status: Status = "success";
  for (const [index, statement] of statements.entries()) {
    if (state.left !== undefined || reader.commandsLeft < 0) break;
    const last = index === statements.length - 1;
    const errexit = state.errexit && !context.tolerant ? "errexit" : undefined;
    const required = statement.background ? undefined : last ? (context.required ?? errexit) : errexit;
    const inner: Context = { ...context, lists: [...context.lists, lists[index]!], required };
    if (statement.background) {
      runInSubshell(statement.command, reader, state, { ...inner, exitFails: false });
      status = "success";
    } else status = runNode(statement.command, reader, state, inner);
  }
  return status;
}

export function runNode(node: RunnableNode, reader: Reader, state: State, context: Context): Status {
  switch (node.type) {
    case "Command":
      return runSimple(node, reader, state, context);
    case "AndOr":
      return runAndOr(node, reader, state, context);
    case "Pipeline":
      return runPipeline(node, reader, state, context);
    case "CompoundList":
      return runStatements(node.commands, reader, state, context);
    case "BraceGroup":
      return runNode(node.body, reader, state, insidePart(context, "group", node, [node.body], 0));
    case "Subshell": {
      const inner = insidePart(context, "subshell", node, [node.body], 0);
      const required = context.required === undefined ? undefined : "success";
      return runInSubshell(node.body, reader, state, {
        ...inner,
        required,
        exitFails: required !== undefined,
      });
    }
    case "If":
      return runIf(node, reader, state, context);
    case "Case":
      return runCase(node, reader, state, context);
    case "For":
    case "Select":
    case "ArithmeticFor":
      return runFor(node, reader, state, context);
    case "While":
      return runWhile(node, reader, state, context);
    case "Redirected":
      emitRedirections(node, reader, state, context);
      return runNode(node.command, reader, state, context);
    case "Function":
      state.functions = new Map(state.functions).set(node.name.value, {
        body: node.body,
        excerpt: context.excerpt,
      });
      return "success";
    case "Coproc":
      return runInSubshell(node.body, reader, state, { ...context, required: undefined });
    case "TestCommand":
      return runTest(node, reader, state, context);
    case "ArithmeticCommand":
      emit(reader, state, context, {
        words: [{ ...literalWord("(("), span: excerptSpan(context.excerpt, node.pos, node.pos + 2) }],
        span: excerptSpan(context.excerpt, node.pos, node.end),
      });
      for (const name of node.body.match(/[A-Za-z_]\w*(?=\s*(\+\+|--|[-+*/%]?=[^=]))/g) ?? []) {
        const pieces: readonly Piece[] = [freshHole(reader, name, `$${name}`, context.excerpt, node.pos)];
        state.variables.set(name, { kind: "scalar", pieces });
      }
      return "unknown";
    default:
      return "unknown";
  }
}

function emitRedirections(
  node: Extract<RunnableNode, { type: "Redirected" }>,
  reader: Reader,
  state: State,
  context: Context,
): void {
  const { redirects, stdin } = readRedirections(node.redirects, scopeOf(reader, state, context));
  const first = node.redirects[0];
  if (first === undefined || (redirects.length === 0 && stdin === undefined)) return;
  emit(reader, state, context, {
    words: [],
    span: excerptSpan(context.excerpt, first.pos, node.redirects.at(-1)!.end),
    redirects,
    stdin,
  });
}
