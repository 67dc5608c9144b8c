// What a shell script does: simple commands with their words, in the order in which they run.
import type { Problem } from "../finding.ts";
import type { Excerpt, Span } from "../text.ts";

/** Text that is known. `quoted`: its blanks and glob characters stand for themselves. */
export interface TextPiece {
  readonly kind: "text";
  readonly text: string;
  readonly quoted: boolean;
}

/**
 * A value that only the build knows; an equal `id` means an equal value. An unquoted hole may be no word, one, or
 * several.
 */
export interface HolePiece {
  readonly kind: "hole";
  readonly id: string;
  /** As written: `$X`, `${X:-y}`, `$(uname -m)`. */
  readonly text: string;
  readonly quoted: boolean;
}

export type Piece = TextPiece | HolePiece;

/** One word, after expansion. Words that one piece of text expands to share its span. */
export interface Word {
  readonly pieces: readonly Piece[];
  /** As written. */
  readonly text: string;
  /** Offsets into the Dockerfile. */
  readonly span: Span;
}

/** A variable's value where a command runs; undefined if it is not set. */
export type Lookup = (name: string) => readonly Piece[] | undefined;

/** Variables that are set before the script begins. */
export type Environment = ReadonlyMap<string, readonly Piece[]>;

export interface Redirect {
  /** `>`, `>>`, `<`, `>|`, `&>`, `&>>`, `<>`, `>&`, `<&`. */
  readonly operator: string;
  /** The file descriptor it is for: as written, else 0 for input and 1 for output. */
  readonly fd: number;
  readonly target: Word;
  /** The whole redirection, operator and target. */
  readonly span: Span;
}

/** Where a command's standard input comes from, unless it is inherited or a file (see its redirects). */
export type Stdin =
  | {
      readonly kind: "heredoc";
      /** The content after expansion: one word whose pieces are all quoted. */
      readonly content: Word;
      /** The content as written, tabs stripped for `<<-`. */
      readonly excerpt: Excerpt;
      /** From the first line of the content to the end of the delimiter's line. */
      readonly span: Span;
    }
  | { readonly kind: "herestring"; readonly content: Word }
  | { readonly kind: "pipe" };

/** A program that runs another one and that was peeled off: `sudo`, `env`, `time`, `nice`, … */
export interface Wrapper {
  readonly name: string;
  readonly user?: Word;
}

export interface Separator {
  readonly operator: "&&" | "||" | ";" | "\n" | "&" | "|";
  readonly span: Span;
}

export type EnclosingKind =
  | "and-or"
  | "sequence"
  | "pipeline"
  | "group"
  | "subshell"
  | "if"
  | "loop"
  | "case"
  | "function"
  | "shell -c"
  | "substitution"
  | "exec";

/**
 * A list that a command stands in. Spans are offsets into the Dockerfile, and lists nest, with two exceptions: a
 * `function` list is the call, and the lists behind it lie in the function's body; a `shell -c` or `substitution`
 * list in the content of a heredoc lies behind the command that has the heredoc.
 */
export interface EnclosingList {
  readonly kind: EnclosingKind;
  readonly span: Span;
  /** For `and-or`, `sequence` and `pipeline`, the items between separators; else the parts (branches, the body). */
  readonly items: readonly Span[];
  /**
   * Between the items: separators[i] stands behind items[i]. A sequence may have one more, behind its last item and
   * outside its span.
   */
  readonly separators: readonly Separator[];
  /** Which item the command stands in. */
  readonly index: number;
}

/** Where a command stands, from the outermost list to the innermost. */
export interface Place {
  readonly lists: readonly EnclosingList[];
}

export interface ShellCommand {
  /** The program first; wrappers are peeled off. Empty for a command that is only assignments or redirects. */
  readonly words: readonly Word[];
  /** Outermost first. */
  readonly wrappers: readonly Wrapper[];
  /** Whom `sudo -u`, `su` or `gosu` makes it run as; `sudo` alone means the literal word `root`. */
  readonly user?: Word;
  /** Prefix assignments and those of `env`: in force for this command only, unless it has no words. */
  readonly assignments: ReadonlyMap<string, Word>;
  readonly redirects: readonly Redirect[];
  readonly stdin?: Stdin;
  /**
   * The working directory in the encoding of word.ts: absolute, or beginning with a hole when it is a path whose
   * beginning only the build knows. Undefined if it cannot be told.
   */
  readonly cwd: string | undefined;
  /** Variables as this command's program sees them, prefix assignments included. */
  readonly lookup: Lookup;
  /** From its first wrapper, assignment or redirect to its last word or redirect. */
  readonly span: Span;
  /** Whether it surely runs, given that the whole script succeeds. */
  readonly runs: "always" | "sometimes";
  /** It may fail and the script goes on: before `||`, as a condition, after `!`, behind `;` without errexit, … */
  readonly mayFail: boolean;
  /** Index, in the list of commands, of the command whose output it reads. */
  readonly pipedFrom?: number;
  /** Index of the command that reads its output. */
  readonly pipedTo?: number;
  readonly place: Place;
}

export interface ShellScript {
  /** In the order in which they run. A loop over known words is unrolled; a function is read at each call. */
  readonly commands: readonly ShellCommand[];
  /** False when it is no shell at all, or when parts could not be read; then commands may be missing. */
  readonly understood: boolean;
  readonly problems: readonly Problem[];
  /** `set -e` or its like is in force at the end, or was given with the shell. */
  readonly setsErrexit: boolean;
}
