// What assignments give: scalars, arrays, values appended to.
import type { Piece } from "./command.ts";
import { expandFields, expandWhole } from "./expand.ts";
import { type Field, fieldPieces } from "./field.ts";
import { type Context, freshHole, type Reader, type State, variableValue } from "./reading.ts";
import type { Scope } from "./scope.ts";
import type { Assignment } from "./syntax.ts";
import { scalarPieces, type Value } from "./variables.ts";
import { quotedPieces } from "./word.ts";

/** The value that an assignment gives; the variable is not set by it. */
export function assignedValue(
  node: Assignment,
  scope: Scope,
  state: State,
  reader: Reader,
  context: Context,
): Value {
  const old = variableValue(state, node.name);
  const unknown = (): Value => ({
    kind: "scalar",
    pieces: [freshHole(reader, node.name, `$${node.name}`, context.excerpt, node.pos)],
  });
  if (node.value.type === "ArrayValue") {
    const items = node.value.elements.flatMap((word) => expandFields(word, scope).map(fieldPieces));
    if (items.some((item) => item.some((piece) => piece.kind === "hole" && !piece.quoted))) return unknown();
    if (node.append && old?.kind !== "array") return unknown();
    const all = old?.kind === "array" && node.append ? [...old.items, ...items] : items;
    return isLarge(all.flat()) ? unknown() : { kind: "array", items: all };
  }
  const pieces = quotedPieces(fieldPieces(expandWhole(node.value, scope)));
  if (node.index !== undefined) return unknown();
  if (isLarge(pieces)) return unknown();
  if (!node.append && old?.kind === "array") return { kind: "array", items: [pieces, ...old.items.slice(1)] };
  if (!node.append) return { kind: "scalar", pieces };
  if (old?.kind === "array") return unknown();
  const before: readonly Piece[] | undefined =
    old === undefined
      ? [{ kind: "hole", id: node.name, text: `$${node.name}`, quoted: true }]
      : scalarPieces(old);
  const joined = quotedPieces([...(before ?? []), ...pieces]);
  return isLarge(joined) ? unknown() : { kind: "scalar", pieces: joined };
}

/** Values that a script lets grow without end count as unknown. */
export function isLarge(pieces: readonly Piece[]): boolean {
  return pieces.length > 2000 || pieces.reduce((sum, piece) => sum + piece.text.length, 0) > 20_000;
}

/** `A=b` as a word, as `export` sees it. */
export function assignmentField(node: Assignment, value: Value): Field {
  const head = { kind: "text" as const, text: `${node.name}=`, quoted: true };
  const pieces = [head, ...(scalarPieces(value) ?? [])];
  const fragments = pieces.map((piece) => ({ piece, start: node.pos, end: node.end }));
  return { fragments, start: node.pos, end: node.end };
}
