// `[[ … ]]`.
import { excerptSpan } from "../text.ts";
import { expressionStatus } from "./conditions.ts";
import { emit } from "./emit.ts";
import { expandWhole } from "./expand.ts";
import { fieldPieces, fieldWord } from "./field.ts";
import { type Context, type Reader, type State, type Status, scopeOf } from "./reading.ts";
import type { RunnableNode, TestExpression } from "./syntax.ts";
import { literalWord } from "./word.ts";

export function runTest(
  node: Extract<RunnableNode, { type: "TestCommand" }>,
  reader: Reader,
  state: State,
  context: Context,
): Status {
  const scope = scopeOf(reader, state, { ...context, required: undefined });
  const { excerpt } = context;
  const fields = new Map<object, ReturnType<typeof expandWhole>>();
  const words = [{ ...literalWord("[["), span: excerptSpan(excerpt, node.pos, node.pos + 2) }];
  const visit = (expression: TestExpression): void => {
    if (expression.type === "TestUnary" || expression.type === "TestBinary") {
      const { operator: text } = expression;
      const at =
        expression.type === "TestUnary" ? expression.pos : excerpt.text.indexOf(text, expression.left.end);
      const operator = { ...literalWord(text), span: excerptSpan(excerpt, at, at + text.length) };
      const operands =
        expression.type === "TestUnary" ? [expression.operand] : [expression.left, expression.right];
      const expanded = operands.map((operand) => {
        const field = expandWhole(operand, scope);
        fields.set(operand, field);
        return fieldWord(field, excerpt);
      });
      words.push(
        ...(expanded.length === 1 ? [operator, ...expanded] : [expanded[0]!, operator, expanded[1]!]),
      );
    } else if (expression.type === "TestLogical") for (const operand of expression.operands) visit(operand);
    else visit(expression.type === "TestNot" ? expression.operand : expression.expression);
  };
  visit(node.expression);
  emit(reader, state, context, { words, span: excerptSpan(excerpt, node.pos, node.end) });
  return expressionStatus(node.expression, (word) =>
    fieldPieces(fields.get(word) ?? expandWhole(word, scope)),
  );
}
