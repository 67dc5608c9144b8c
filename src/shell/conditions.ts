// Conditions whose outcome the text decides: `test`, `[` and `[[` on known words.
import type { Piece, Word } from "./command.ts";
import { matchesPattern } from "./pattern.ts";
import type { Status } from "./reading.ts";
import type { TestExpression, WordNode } from "./syntax.ts";
import { knownText, renderPieces } from "./word.ts";

/** The outcome of `test` with these words (without `test`, `[` and `]`). */
export function testStatus(words: readonly Word[]): Status {
  const texts = words.map((word) => word.pieces);
  if (texts.some((pieces) => pieces.some((piece) => piece.kind === "hole" && !piece.quoted)))
    return "unknown";
  return decide(texts);
}

function decide(words: readonly (readonly Piece[])[]): Status {
  const first = words[0];
  if (first === undefined) return "failure";
  if (words.length === 1) return filled(first);
  if (words.length === 2) {
    const operator = knownText(first);
    if (operator === "!") return opposite(filled(words[1]!));
    return operator === undefined ? "unknown" : unary(operator, words[1]!);
  }
  if (words.length === 3) {
    const operator = knownText(words[1]!);
    if (operator !== undefined && /^(=|==|!=|-eq|-ne|-lt|-le|-gt|-ge)$/.test(operator)) {
      return compare(operator, first, words[2]!, false);
    }
  }
  if (knownText(first) === "!") return opposite(decide(words.slice(1)));
  for (const [operator, join] of [
    ["-o", either],
    ["-a", both],
  ] as const) {
    const at = words.findIndex((word, index) => index > 0 && knownText(word) === operator);
    if (at > 0 && at < words.length - 1) return join(decide(words.slice(0, at)), decide(words.slice(at + 1)));
  }
  return "unknown";
}

/** The outcome of what stands in `[[ … ]]`; `expand` gives a word's pieces. */
export function expressionStatus(
  expression: TestExpression,
  expand: (word: WordNode) => readonly Piece[],
): Status {
  switch (expression.type) {
    case "TestUnary":
      return unary(expression.operator, expand(expression.operand));
    case "TestBinary":
      return compare(expression.operator, expand(expression.left), expand(expression.right), true);
    case "TestLogical": {
      const outcomes = expression.operands.map((operand) => expressionStatus(operand, expand));
      return outcomes.reduce(expression.operator === "&&" ? both : either);
    }
    case "TestNot": {
      const inner = expressionStatus(expression.operand, expand);
      return expression.negations.length % 2 === 1 ? opposite(inner) : inner;
    }
    default:
      return expressionStatus(expression.expression, expand);
  }
}

export function opposite(status: Status): Status {
  if (status === "unknown") return status;
  return status === "success" ? "failure" : "success";
}

function both(a: Status, b: Status): Status {
  if (a === "failure" || b === "failure") return "failure";
  return a === "success" && b === "success" ? "success" : "unknown";
}

function either(a: Status, b: Status): Status {
  return opposite(both(opposite(a), opposite(b)));
}

function truth(value: boolean): Status {
  return value ? "success" : "failure";
}

function filled(pieces: readonly Piece[]): Status {
  if (pieces.some((piece) => piece.kind === "text" && piece.text !== "")) return "success";
  return pieces.some((piece) => piece.kind === "hole") ? "unknown" : "failure";
}

function unary(operator: string, operand: readonly Piece[]): Status {
  if (operator === "-n") return filled(operand);
  if (operator === "-z") return opposite(filled(operand));
  return "unknown";
}

function compare(
  operator: string,
  left: readonly Piece[],
  right: readonly Piece[],
  patterns: boolean,
): Status {
  const a = knownText(left);
  const b = knownText(right);
  if (/^(=|==|!=)$/.test(operator)) {
    const same = equals(left, right, a, b, patterns);
    if (same === undefined) return "unknown";
    return truth(same === (operator !== "!="));
  }
  if (a === undefined || b === undefined || !/^\s*-?\d+\s*$/.test(a) || !/^\s*-?\d+\s*$/.test(b))
    return "unknown";
  const difference = Number(a) - Number(b);
  switch (operator) {
    case "-eq":
      return truth(difference === 0);
    case "-ne":
      return truth(difference !== 0);
    case "-lt":
      return truth(difference < 0);
    case "-le":
      return truth(difference <= 0);
    case "-gt":
      return truth(difference > 0);
    case "-ge":
      return truth(difference >= 0);
    default:
      return "unknown";
  }
}

function equals(
  left: readonly Piece[],
  right: readonly Piece[],
  a: string | undefined,
  b: string | undefined,
  patterns: boolean,
): boolean | undefined {
  if (a !== undefined && b !== undefined) return patterns ? matchesPattern(renderPieces(right), a) : a === b;
  return renderPieces(left) === renderPieces(right) ? true : undefined;
}
