// What `$x` and `${x…}` stand for.
import type { HolePiece, Piece } from "./command.ts";
import { type Atom, wholeField } from "./field.ts";
import { removeMatch, replaceMatch } from "./pattern.ts";
import type { Scope } from "./scope.ts";
import type { ParameterExpansionPart, WordNode } from "./syntax.ts";
import { scalarPieces, type Value } from "./variables.ts";
import { holeId, knownText, mergePieces, renderPieces, textPieces } from "./word.ts";

type Operation = NonNullable<ParameterExpansionPart["operation"]>;

/** `$x` or `${x…}`; the optional members are those of the longer form. */
export type ParameterNode = Pick<ParameterExpansionPart, "parameter" | "text" | "pos"> &
  Partial<Pick<ParameterExpansionPart, "prefix" | "index" | "operation">>;

/** The values (several for `"$@"`), or the atoms of the operand that stands for them. */
export type Expanded = readonly (readonly Piece[])[] | { readonly atoms: readonly Atom[] };

type AtomsOf = (word: WordNode, scope: Scope, quoted: boolean) => Atom[];

const RESTLESS = /^([?$!_-]|0|RANDOM|SRANDOM|SECONDS|LINENO|BASHPID|EPOCHSECONDS|EPOCHREALTIME)$/;

export function expandParameter(
  node: ParameterNode,
  quoted: boolean,
  scope: Scope,
  atomsOf: AtomsOf,
): Expanded {
  const { parameter, prefix, operation, index } = node;
  if (parameter === "#" && prefix === undefined) {
    const open = scope.positional.some(isOpen);
    return [
      open ? [scope.fresh(parameter, node.text, node.pos)] : textPieces(String(scope.positional.length)),
    ];
  }
  if (RESTLESS.test(parameter)) return [[scope.fresh(parameter, node.text, node.pos)]];
  if (prefix === "!") return indirect(node, quoted, scope, atomsOf);
  const value = parameterValue(parameter, scope);
  const all = parameter === "@" || parameter === "*" || index?.text === "@" || index?.text === "*";
  if (all) {
    const items = listItems(value);
    if (items === undefined)
      return prefix === "#" ? [[scope.fresh(parameter, node.text, node.pos)]] : [[unquotedHole(node)]];
    if (prefix === "#") return [textPieces(String(items.length))];
    if (items.length > 0 || operation?.type === "Slice" || operation === undefined) {
      const kept = operation?.type === "Slice" ? sliceItems(items, operation, parameter) : items;
      if (kept === undefined) return [[unquotedHole(node)]];
      return quoted && (parameter === "*" || index?.text === "*") ? [joined(kept)] : kept;
    }
  }
  const pieces = index === undefined || all ? scalarPieces(value) : itemAt(value, index.text);
  if (prefix === "#") {
    const text = pieces === undefined ? undefined : knownText(pieces);
    return text === undefined
      ? [[scope.fresh(parameter, node.text, node.pos)]]
      : [textPieces(String(text.length))];
  }
  const state =
    value === undefined ? "unknown" : pieces === undefined || (all && pieces.length === 0) ? "unset" : "set";
  const present = state === "unknown" ? [unknownVariable(parameter, node.text)] : (pieces ?? []);
  if (operation === undefined) return [present];
  return operate(node, operation, state, present, quoted, scope, atomsOf);
}

/** What stands for a variable whose value nobody in the file says. */
export function unknownVariable(name: string, text: string): HolePiece {
  return { kind: "hole", id: holeId(name), text, quoted: true };
}

function unquotedHole(node: ParameterNode): HolePiece {
  return { ...unknownVariable(`${node.parameter}[@]`, node.text), quoted: false };
}

function parameterValue(name: string, scope: Scope): Value | undefined {
  if (name === "@" || name === "*") return { kind: "array", items: scope.positional };
  if (!/^\d+$/.test(name)) return scope.value(name);
  const before = scope.positional.slice(0, Number(name));
  if (before.some((pieces) => isOpen(pieces) && !pieces.some((piece) => piece.kind === "text")))
    return undefined;
  const pieces = before[Number(name) - 1];
  return pieces === undefined ? { kind: "unset" } : { kind: "scalar", pieces };
}

/** Whether a parameter may stand for any number of them. */
function isOpen(pieces: readonly Piece[]): boolean {
  return pieces.some((piece) => piece.kind === "hole" && !piece.quoted);
}

function listItems(value: Value | undefined): readonly (readonly Piece[])[] | undefined {
  if (value === undefined) return undefined;
  if (value.kind === "array") return value.items;
  return value.kind === "unset" ? [] : [value.pieces];
}

function itemAt(value: Value | undefined, index: string): readonly Piece[] | undefined {
  if (value?.kind !== "array") return index === "0" ? scalarPieces(value) : undefined;
  return /^\d+$/.test(index) ? value.items[Number(index)] : undefined;
}

function joined(items: readonly (readonly Piece[])[]): readonly Piece[] {
  return items.flatMap((item, index) => (index > 0 ? [...textPieces(" "), ...item] : item));
}

function sliceItems(
  items: readonly (readonly Piece[])[],
  operation: Extract<Operation, { type: "Slice" }>,
  parameter: string,
): readonly (readonly Piece[])[] | undefined {
  const from = wholeNumber(operation.offset);
  const length = operation.length === undefined ? items.length : wholeNumber(operation.length);
  if (from === undefined || length === undefined) return undefined;
  const start = parameter === "@" || parameter === "*" ? Math.max(0, from - 1) : from;
  return items.slice(start, start + length);
}

function wholeNumber(word: WordNode): number | undefined {
  return /^\s*\d+\s*$/.test(word.text) ? Number(word.text) : undefined;
}

function indirect(node: ParameterNode, quoted: boolean, scope: Scope, atomsOf: AtomsOf): Expanded {
  const pieces =
    node.operation === undefined ? scalarPieces(parameterValue(node.parameter, scope)) : undefined;
  const name = pieces === undefined ? undefined : knownText(pieces);
  if (name === undefined || !/^[A-Za-z_]\w*$/.test(name))
    return [[scope.fresh(node.parameter, node.text, node.pos)]];
  return expandParameter({ parameter: name, text: node.text, pos: node.pos }, quoted, scope, atomsOf);
}

function operate(
  node: ParameterNode,
  operation: Operation,
  state: "unknown" | "unset" | "set",
  present: readonly Piece[],
  quoted: boolean,
  scope: Scope,
  atomsOf: AtomsOf,
): Expanded {
  const textOf = (word: WordNode): readonly Piece[] =>
    wholeField(atomsOf(word, scope, false), word.pos, word.end).fragments.map((fragment) => fragment.piece);
  if (operation.type === "Default") {
    const { operator, operand } = operation;
    if (operator.endsWith("?")) return [present];
    const filled = isFilled(state, present, operator.startsWith(":"));
    const alternative = operator.endsWith("+");
    if (filled === undefined) return [[derivedHole(node, operation, present, scope, textOf)]];
    if (filled !== alternative) return alternative ? [[]] : [present];
    if (operator.endsWith("=")) {
      const pieces = mergePieces(textOf(operand));
      scope.assign(node.parameter, { kind: "scalar", pieces });
      return [pieces];
    }
    return { atoms: atomsOf(operand, scope, quoted).map((atom) => splittable(atom, quoted)) };
  }
  if (operation.type === "Remove" && state === "set") {
    const kept = removeFrom(present, operation.operator, renderPieces(textOf(operation.operand)));
    if (kept !== undefined) return [kept];
  }
  const text = state === "set" ? knownText(present) : state === "unset" ? "" : undefined;
  const changed = text === undefined ? undefined : changeText(text, operation, textOf);
  return [
    changed === undefined ? [derivedHole(node, operation, present, scope, textOf)] : textPieces(changed),
  ];
}

/** Outside quotes, blanks in an operand separate words, as they do in a value. */
function splittable(atom: Atom, quoted: boolean): Atom {
  if (quoted || atom === "border" || atom.fragment.piece.quoted) return atom;
  return { ...atom, split: true };
}

/** Whether the value counts as there; undefined if only the build knows. */
function isFilled(
  state: "unknown" | "unset" | "set",
  present: readonly Piece[],
  andNotEmpty: boolean,
): boolean | undefined {
  if (state === "unset") return false;
  if (state === "unknown") return undefined;
  if (!andNotEmpty)
    return present.some((piece) => piece.kind === "hole") && present.length === 1 ? undefined : true;
  if (present.some((piece) => piece.kind === "text" && piece.text !== "")) return true;
  return present.some((piece) => piece.kind === "hole") ? undefined : false;
}

/** A removal where holes count as characters that only `*` and `?` match. */
function removeFrom(
  pieces: readonly Piece[],
  operator: "#" | "##" | "%" | "%%",
  pattern: string,
): readonly Piece[] | undefined {
  const holes: Piece[] = [];
  const text = pieces
    .map((piece) =>
      piece.kind === "text" ? piece.text : String.fromCharCode(0xe100 + holes.push(piece) - 1),
    )
    .join("");
  if (holes.length > 100 || /^[\uE100-\uE163]$/.test(text)) return undefined;
  const kept = removeMatch(text, operator, pattern);
  if (kept === undefined) return undefined;
  return mergePieces(
    [...kept].map((char) => holes[char.charCodeAt(0) - 0xe100] ?? { kind: "text", text: char, quoted: true }),
  );
}

function changeText(
  text: string,
  operation: Operation,
  textOf: (word: WordNode) => readonly Piece[],
): string | undefined {
  switch (operation.type) {
    case "Replace": {
      const replacement = knownText(textOf(operation.replacement));
      if (replacement === undefined) return undefined;
      return replaceMatch(text, operation.operator, renderPieces(textOf(operation.pattern)), replacement);
    }
    case "Slice": {
      const from = wholeNumber(operation.offset);
      const length = operation.length === undefined ? text.length : wholeNumber(operation.length);
      return from === undefined || length === undefined ? undefined : text.slice(from, from + length);
    }
    case "CaseModification": {
      if (operation.operand !== undefined && operation.operand.text !== "") return undefined;
      const change = (part: string): string =>
        operation.operator[0] === "^" ? part.toUpperCase() : part.toLowerCase();
      return operation.operator.length === 2 ? change(text) : change(text.slice(0, 1)) + text.slice(1);
    }
    default:
      return undefined;
  }
}

/** A hole that equals another one made in the same way from the same values. */
function derivedHole(
  node: ParameterNode,
  operation: Operation,
  present: readonly Piece[],
  scope: Scope,
  textOf: (word: WordNode) => readonly Piece[],
): HolePiece {
  const from = node.text.indexOf(node.parameter) + node.parameter.length;
  const source = node.text.slice(from, -1);
  if (/\$\(|`/.test(source)) return scope.fresh(node.parameter, node.text, node.pos);
  const operands = Object.values(operation).flatMap((part) =>
    typeof part === "object" && part?.type === "Word" && part.text.includes("$")
      ? [renderPieces(textOf(part))]
      : [],
  );
  const id = holeId(
    `${renderPieces(present)}${source}${operands.length > 0 ? `#${operands.join("#")}` : ""}`,
  );
  return { kind: "hole", id, text: node.text, quoted: true };
}
