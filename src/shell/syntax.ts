// The shell's syntax tree: the one file that knows unbash.
import { type ParsedScript, parse, type SyntaxNode } from "unbash";

export type {
  AndOr,
  ArrayValue,
  Assignment,
  BraceExpansionPart,
  Case,
  Command,
  CommandExpansionPart,
  CompoundList,
  Elif,
  For,
  Function as FunctionNode,
  HereDoc,
  If,
  ParameterExpansionPart,
  ParsedScript,
  Pipeline,
  ProcessSubstitutionPart,
  Redirect as RedirectNode,
  Redirection,
  Select,
  Statement,
  SyntaxNode,
  TestExpression,
  While,
  Word as WordNode,
  WordPart,
} from "unbash";
export { forEachChild } from "unbash";

/** What a statement holds. */
export type RunnableNode = Extract<
  SyntaxNode,
  {
    type:
      | "AndOr"
      | "Pipeline"
      | "Command"
      | "If"
      | "For"
      | "ArithmeticFor"
      | "Select"
      | "While"
      | "Subshell"
      | "BraceGroup"
      | "Case"
      | "TestCommand"
      | "ArithmeticCommand"
      | "Redirected"
      | "Function"
      | "Coproc"
      | "CompoundList";
  }
>;

/** Parses a script as Bash reads it; positions are offsets into `text`. Never throws. */
export function parseScript(text: string): ParsedScript {
  return parse(text);
}
