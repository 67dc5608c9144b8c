// What the form of a script says about success: what must succeed, what gives up, what only asks.
import type { Context } from "./reading.ts";
import type { AndOr, RunnableNode } from "./syntax.ts";

/**
 * What must succeed in a chain of `&&` and `||`, given what the chain itself must do: `own` for the item, `before`
 * for all that stands before its operator.
 */
export function requirements(
  node: AndOr,
  context: Context,
): { own: Context["required"]; before: Context["required"] }[] {
  const needs: { own: Context["required"]; before: Context["required"] }[] = [];
  let whole = context.required;
  for (let index = node.commands.length - 1; index >= 0; index -= 1) {
    const operator = node.operators[index - 1];
    const own = whole;
    let before: Context["required"];
    if (operator === "&&") before = whole === "success" ? "success" : undefined;
    else if (operator === "||" && givesUp(node.commands[index]!, context, whole)) before = "success";
    needs[index] = { own, before };
    whole = before;
  }
  return needs;
}

/** Whether a command ends the script with a failure, or fails where the script could not bear it. */
export function givesUp(node: RunnableNode, context: Context, required: Context["required"]): boolean {
  switch (node.type) {
    case "BraceGroup":
    case "Subshell":
      return givesUp(
        node.body,
        node.type === "Subshell" ? { ...context, exitFails: required !== undefined } : context,
        required,
      );
    case "Redirected":
      return givesUp(node.command, context, required);
    case "CompoundList": {
      const last = node.commands.at(-1);
      return last !== undefined && !last.background && givesUp(last.command, context, required);
    }
    case "AndOr":
      return (
        node.operators.every((operator) => operator === "&&") &&
        givesUp(node.commands.at(-1)!, context, required)
      );
    case "Command": {
      const name = node.name?.text;
      const code = node.args[0]?.text;
      const fails = code === undefined || (/^\d+$/.test(code) && Number(code) !== 0);
      if (name === "exit") return fails && context.exitFails;
      if (name === "return")
        return fails && (context.locals === undefined ? context.exitFails : context.returnFails);
      return name === "false" && required === "success";
    }
    default:
      return false;
  }
}

const ASKING =
  /^(test|\[|grep|egrep|fgrep|command|which|type|id|getent|hash|diff|cmp|pgrep|read|false|mountpoint|whereis)$/;

/** Whether what stands behind `&&` runs although nothing says that what is before it succeeds. */
export function followsSurely(
  node: AndOr,
  index: number,
  before: Context["required"],
  { rescued }: Context,
): boolean {
  if (before === "success") return true;
  if (rescued) return false;
  return node.operators[index - 2] === "||" || !asks(node.commands[index - 1]!);
}

/** Whether a command is a question rather than work. */
function asks(node: RunnableNode): boolean {
  switch (node.type) {
    case "TestCommand":
    case "ArithmeticCommand":
      return true;
    case "Command":
      return ASKING.test(node.name?.text ?? "");
    case "Pipeline":
      return node.prefixes.some((prefix) => prefix.type === "Negation") || asks(node.commands.at(-1)!);
    case "BraceGroup":
    case "Subshell":
      return asks(node.body);
    case "CompoundList":
      return node.commands.length > 0 && asks(node.commands.at(-1)!.command);
    case "AndOr":
      return asks(node.commands.at(-1)!);
    default:
      return false;
  }
}
