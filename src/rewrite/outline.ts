// The outermost lines of a RUN's script: what may be put behind it, and how it may be put behind another.
import { heredocWord } from "../dockerfile/heredoc.ts";
import { runScript } from "../dockerfile/script.ts";
import type { Model, Step } from "../model/model.ts";
import { parseScript } from "../shell/syntax.ts";
import { type Excerpt, type Span, sourceOffset } from "../text.ts";

export interface Outline {
  readonly form: "line" | "heredoc";
  /** From the first statement to the end of the last one, in the file. */
  readonly span: Span;
  /** Behind the last statement: nothing but blanks and `;`, in the file. */
  readonly tail: Span;
  /** How many statements there are. */
  readonly statements: number;
  /** `&&` and `||` between the parts of the last statement. */
  readonly operators: readonly string[];
  /** Where the statements begin in the file. */
  readonly starts: readonly number[];
  /** Whether it is nothing but commands joined by `&&`. */
  readonly chain: boolean;
}

/** The outline of a RUN that a POSIX shell reads, or why nothing can be joined to it. */
export function outline({ dockerfile }: Model, step: Step): Outline | string {
  const { instruction, script } = step;
  if (instruction.keyword !== "RUN") return "it is no RUN";
  if (instruction.json !== undefined) return "a RUN in exec form takes part";
  if (script?.understood !== true) return "a RUN could not be read to its end";
  const run = runScript(instruction, dockerfile);
  if (run.kind === "exec") return "a RUN in exec form takes part";
  if (run.kind === "file" && !/^\S*\/(env +)?(ba|da|a)?sh\b/.test(run.interpreter))
    return "a RUN has an interpreter of its own";
  const heredoc = instruction.heredocs.length > 0;
  if (heredoc && (instruction.heredocs.length > 1 || heredocWord(instruction.body.text) === undefined))
    return "a RUN feeds heredocs to its commands";
  return outlineOf(run.text, heredoc ? "heredoc" : "line");
}

function outlineOf(excerpt: Excerpt, form: Outline["form"]): Outline | string {
  const { text } = excerpt;
  const { commands } = parseScript(text);
  const last = commands.at(-1);
  if (last === undefined) return "a RUN does nothing";
  const tail = text.slice(last.end);
  if (last.background === true || commands.some(({ background }) => background === true))
    return "a RUN starts something in the background";
  if (form === "line" ? !/^[\s;]*$/.test(tail) : !/^[ \t;]*(#[^\n]*)?\s*$/.test(tail))
    return "a RUN does not end with its last command";
  if (form === "line" && hasComment(text)) return "a RUN ends in a comment";
  if (text.includes("<<") && form === "heredoc") return "a RUN feeds heredocs to its commands";
  const operators = last.command.type === "AndOr" ? last.command.operators : [];
  return {
    form,
    span: { start: sourceOffset(excerpt, commands[0]!.pos), end: sourceOffset(excerpt, last.end - 1) + 1 },
    tail: {
      start: sourceOffset(excerpt, last.end - 1) + 1,
      end: tail.length === 0 ? sourceOffset(excerpt, last.end - 1) + 1 : sourceOffset(excerpt, text.length),
    },
    statements: commands.length,
    operators,
    starts: commands.map(({ pos }) => sourceOffset(excerpt, pos)),
    chain: commands.length === 1 && operators.every((operator) => operator === "&&"),
  };
}

/** Whether a `#` begins a comment, which would swallow what is put behind it. */
function hasComment(text: string): boolean {
  const code = text.replace(/\\.|'[^']*'|"(?:\\.|[^"\\])*"/gs, (quoted) => "x".repeat(quoted.length));
  return /(^|[\s;&|(])#/.test(code);
}
