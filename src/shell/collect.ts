// What running a part of a script may change: needed before a loop whose turns nobody can count.
import { once } from "../once.ts";
import { forEachChild, type SyntaxNode } from "./syntax.ts";

export interface Changes {
  /** Variables that it may assign. */
  readonly names: ReadonlySet<string>;
  /** Commands that it may call. */
  readonly calls: ReadonlySet<string>;
}

const ASSIGNING =
  /^(export|local|declare|typeset|readonly|read|unset|mapfile|readarray|getopts|printf|let|wait)$/;

/** Variables assigned and commands called anywhere below a node. */
export const changesIn = once((node: SyntaxNode): Changes => {
  const names = new Set<string>();
  const calls = new Set<string>();
  const visit = (child: SyntaxNode): void => {
    switch (child.type) {
      case "Word":
      case "Redirect":
      case "HereDoc":
      case "HereString":
        return;
      case "Assignment":
        names.add(child.name);
        return;
      case "For":
      case "Select":
        names.add(child.name.text);
        break;
      case "ArithmeticCommand":
        for (const name of child.body.match(/[A-Za-z_]\w*/g) ?? []) names.add(name);
        return;
      case "ArithmeticWord":
        names.add(child.value);
        return;
      case "Command":
        if (child.name === undefined) break;
        calls.add(child.name.text);
        if (!ASSIGNING.test(child.name.text)) break;
        for (const word of child.args) {
          const name = word.type === "Word" ? /^[A-Za-z_]\w*/.exec(word.text)?.[0] : word.name;
          if (name !== undefined) names.add(name);
        }
        break;
      default:
    }
    forEachChild(child, visit);
  };
  visit(node);
  return { names, calls };
});
