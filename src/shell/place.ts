// Where commands stand: the lists around them, with their separators.
import { type Excerpt, excerptSpan, type Span } from "../text.ts";
import type { EnclosingKind, EnclosingList, Separator } from "./command.ts";
import type { Context } from "./reading.ts";
import type { RunnableNode } from "./syntax.ts";

interface Range {
  readonly pos: number;
  readonly end: number;
}

const made = new WeakMap<object, readonly EnclosingList[]>();

/** A list of statements, and-or parts or pipeline members, once for each item; made once for each `key`. */
export function listOf(
  kind: "and-or" | "sequence" | "pipeline",
  key: object,
  nodes: readonly Range[],
  excerpt: Excerpt,
): readonly EnclosingList[] {
  const known = made.get(key);
  if (known !== undefined) return known;
  const separators: Separator[] = [];
  nodes.forEach((node, index) => {
    const next = nodes[index + 1];
    if (next === undefined && kind !== "sequence") return;
    const found = findSeparator(excerpt.text, node.end, next?.pos ?? excerpt.text.length);
    if (found === undefined) return;
    separators.push({ operator: found.operator, span: excerptSpan(excerpt, found.pos, found.end) });
  });
  const span = excerptSpan(excerpt, nodes[0]?.pos ?? 0, nodes.at(-1)?.end ?? 0);
  return forEachItem(kind, key, span, nodes, separators, excerpt);
}

/** Context inside the part `index` of a compound command, whose parts lie one behind the other. */
export function insidePart(
  context: Context,
  kind: "group" | "subshell" | "if" | "loop" | "case",
  node: RunnableNode,
  parts: readonly Range[],
  index: number,
): Context {
  const { excerpt } = context;
  const lists =
    made.get(node) ?? forEachItem(kind, node, excerptSpan(excerpt, node.pos, node.end), parts, [], excerpt);
  return {
    ...context,
    lists: [...context.lists, lists[index]!],
    looping: context.looping || kind === "loop",
  };
}

function forEachItem(
  kind: EnclosingKind,
  key: object,
  span: Span,
  nodes: readonly Range[],
  separators: readonly Separator[],
  excerpt: Excerpt,
): readonly EnclosingList[] {
  const items = nodes.map((node) => excerptSpan(excerpt, node.pos, node.end));
  const lists = items.map((_, index) => ({ kind, span, items, separators, index }));
  made.set(key, lists);
  return lists;
}

/** A list with one item, which is all of it. */
export function singleList(kind: EnclosingKind, span: Span): EnclosingList {
  return { kind, span, items: [span], separators: [], index: 0 };
}

function findSeparator(
  text: string,
  from: number,
  limit: number,
): { operator: Separator["operator"]; pos: number; end: number } | undefined {
  let at = from;
  while (at < limit) {
    const char = text[at]!;
    if (char === "#") {
      const end = text.indexOf("\n", at);
      if (end < 0) return undefined;
      at = end;
    } else if (char === "\\" && text[at + 1] === "\n") at += 2;
    else if (char === " " || char === "\t" || char === "\r") at += 1;
    else break;
  }
  if (at >= limit) return undefined;
  const double = text.slice(at, at + 2);
  if (double === ";;") return undefined;
  if (double === "&&" || double === "||") return { operator: double, pos: at, end: at + 2 };
  if (double === "|&") return { operator: "|", pos: at, end: at + 2 };
  const char = text[at]!;
  if (char === ";" || char === "&" || char === "|" || char === "\n")
    return { operator: char, pos: at, end: at + 1 };
  return undefined;
}
