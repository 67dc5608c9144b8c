// Which variables an instruction refers to. The only file that uses dockerfile-ast.
import { DockerfileParser } from "dockerfile-ast";

/**
 * Names of the variables that an instruction's text refers to, in the order in which they stand there. dockerfile-ast
 * finds them with quotes and escapes in mind; it knows no modifiers such as `%`, so a name ends where a name must.
 */
export function referencedVariables(instruction: string): readonly string[] {
  const names = DockerfileParser.parse(instruction)
    .getInstructions()
    .flatMap((one) => one.getVariables())
    .flatMap((variable) => /^[A-Za-z_]\w*/.exec(variable.getName())?.[0] ?? []);
  return [...new Set(names)];
}
