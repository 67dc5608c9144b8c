// What the expansion of words asks of the script that is being read.
import type { Excerpt } from "../text.ts";
import type { HolePiece, Piece } from "./command.ts";
import type { CommandExpansionPart, ProcessSubstitutionPart } from "./syntax.ts";
import type { Value } from "./variables.ts";

export interface Scope {
  /** The script whose offsets the nodes have. */
  readonly excerpt: Excerpt;
  /** What marks in the script stand for. */
  readonly holes: readonly HolePiece[];
  /** Whether this shell knows `{a,b}`. */
  readonly braces: boolean;
  /** `$1`, `$2`, … */
  readonly positional: readonly (readonly Piece[])[];
  value(name: string): Value | undefined;
  assign(name: string, value: Value): void;
  /** A hole that equals no other one; `at` is an offset into the script. */
  fresh(name: string, text: string, at: number): HolePiece;
  /** Runs a substitution and gives its value. */
  substitute(part: CommandExpansionPart | ProcessSubstitutionPart): readonly Piece[];
}
