// What a Dockerfile is once read: directives, comments and instructions, each knowing where it stands.
import type { Problem } from "../finding.ts";
import type { Excerpt, Span } from "../text.ts";

/** A parser directive, such as `# escape=` followed by a backtick. */
export interface Directive {
  /** Lower case: syntax, escape or check. */
  readonly name: string;
  readonly value: string;
  /** From the `#` to the end of the line. */
  readonly span: Span;
}

/** A flag between keyword and arguments: `--from=build`, `--link`. */
export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** What follows the first `=`, with escapes resolved as BuildKit does; undefined without `=`. */
  readonly value: string | undefined;
  /** As written, continuations and comments between its characters left out. */
  readonly text: string;
  readonly span: Span;
  /** The place of the value, empty for `--from=`; absent without `=`. */
  readonly valueSpan?: Span;
}

/** One string of a JSON array. */
export interface JsonArgument {
  readonly value: string;
  /** The decoded string; an escape is one piece whose source is longer than its text. */
  readonly excerpt: Excerpt;
  /** With its quotes. */
  readonly span: Span;
}

/** A word of an instruction: its text, decoded if it stands in JSON or in a flag, else as written. */
export interface SourceWord {
  readonly text: string;
  readonly span: Span;
}

export interface Heredoc {
  readonly name: string;
  /** The descriptor in `3<<EOF`; 0 when none is written. */
  readonly fd: number;
  /** Whether variables are expanded in it: its name stands without quotes. */
  readonly expand: boolean;
  /** Whether leading tabs go (`<<-`). */
  readonly chomp: boolean;
  /** The lines, with their breaks, without the terminator; leading tabs are gone if `chomp`. */
  readonly content: Excerpt;
  /** The lines in the file and the terminator's line, without its break. */
  readonly span: Span;
  /** The `<<EOF` in the instruction's line. */
  readonly tokenSpan: Span;
}

export interface Instruction {
  /** Upper case, also for words that name no instruction. */
  readonly keyword: string;
  readonly keywordSpan: Span;
  /**
   * From the keyword's first character to the end of its last physical line (the last heredoc's terminator
   * included), without the final line break.
   */
  readonly span: Span;
  readonly flags: readonly Flag[];
  /** The logical line: continuations, inner comment lines and heredoc bodies left out. */
  readonly original: string;
  /** What follows keyword and flags in the logical line, trimmed; for a RUN, what its shell would see. */
  readonly body: Excerpt;
  /** The strings when the body is a JSON array in an instruction that may have one, else undefined: shell form. */
  readonly json: readonly JsonArgument[] | undefined;
  /** The arguments as BuildKit's parser splits them. */
  readonly args: readonly string[];
  readonly heredocs: readonly Heredoc[];
  /** What an ONBUILD will do; its heredocs are here as well as in the ONBUILD. */
  readonly trigger?: Instruction;
}

export interface Dockerfile {
  readonly text: string;
  readonly escape: "\\" | "`";
  readonly directives: readonly Directive[];
  /** Whole-line comments from `#` to the end of the line, at top level and inside continued instructions. */
  readonly comments: readonly Span[];
  readonly instructions: readonly Instruction[];
  readonly problems: readonly Problem[];
}
