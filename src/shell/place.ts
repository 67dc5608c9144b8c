// Where commands stand: the lists around them, with their separators.
import { type Excerpt, excerptSpan, type Span } from "../text.ts";
import type { EnclosingKind, EnclosingList, Separator } from "./command.ts";
import type { Context } from "./reading.ts";
import type { RunnableNode } from "./syntax.ts";

interface Range {
  readonly pos: number;
  readonly end: number;
}

/** A list without the index of the item one stands in. */
export type ListShape = Omit<EnclosingList, "index">;

/** The shape of a list of statements, and-or parts or pipeline members. */
export function listShape(
  kind: "and-or" | "sequence" | "pipeline",
  nodes: readonly Range[],
  excerpt: Excerpt,
): ListShape {
  const separators: Separator[] = [];
  nodes.forEach((node, index) => {
    const next = nodes[index + 1];
    if (next === undefined && kind !== "sequence") return;
    const found = findSeparator(excerpt.text, node.end, next?.pos ?? excerpt.text.length);
    if (found === undefined) return;
    separators.push({ operator: found.operator, span: excerptSpan(excerpt, found.pos, found.end) });
  });
  return {
    kind,
    span: excerptSpan(excerpt, nodes[0]?.pos ?? 0, nodes.at(-1)?.end ?? 0),
    items: nodes.map((node) => excerptSpan(excerpt, node.pos, node.end)),
    separators,
  };
}

/** The shape of anything else: its parts lie one behind the other. */
export function partsShape(
  kind: EnclosingKind,
  node: Range,
  parts: readonly Range[],
  excerpt: Excerpt,
): ListShape {
  return {
    kind,
    span: excerptSpan(excerpt, node.pos, node.end),
    items: parts.map((part) => excerptSpan(excerpt, part.pos, part.end)),
    separators: [],
  };
}

/** A list with one item, which is all of it. */
export function singleList(kind: EnclosingKind, span: Span): EnclosingList {
  return { kind, span, items: [span], separators: [], index: 0 };
}

const shapes = new WeakMap<object, ListShape>();

/** The shape of a node's list, made once. */
export function shapeOf(key: object, make: () => ListShape): ListShape {
  const known = shapes.get(key);
  if (known !== undefined) return known;
  const shape = make();
  shapes.set(key, shape);
  return shape;
}

/** Context inside one item of a list. */
export function inside(context: Context, shape: ListShape, index: number): Context {
  return { ...context, lists: [...context.lists, { ...shape, index }] };
}

/** Context inside the part `index` of a compound command. */
export function insidePart(
  context: Context,
  kind: "group" | "subshell" | "if" | "loop" | "case",
  node: RunnableNode,
  parts: readonly Range[],
  index: number,
): Context {
  return inside(
    context,
    shapeOf(node, () => partsShape(kind, node, parts, context.excerpt)),
    index,
  );
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
