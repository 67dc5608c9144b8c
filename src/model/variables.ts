// Which variables an instruction sees and what is known of their values.
import { type Expansion, expandWord, type WordPiece } from "../dockerfile/expand.ts";
import type { Piece } from "../shell/command.ts";
import { renderPieces } from "../shell/word.ts";

/** Variables of a stage at one point; ENV wins over ARG of the same name, wherever each stands. */
export interface Scope {
  readonly args: ReadonlyMap<string, readonly Piece[]>;
  readonly env: ReadonlyMap<string, readonly Piece[]>;
  /** Whether a variable that is in neither may still be set, by an unknown base image. */
  readonly open: boolean;
}

/**
 * Args that BuildKit sets by itself (docs.docker.com, "Automatic platform ARGs in the global scope"). The system is
 * linux unless the platform says otherwise; the rest depends on the machine.
 */
const PLATFORM_ARGS: Readonly<Record<string, string | undefined>> = {
  BUILDPLATFORM: undefined,
  BUILDOS: "linux",
  BUILDARCH: undefined,
  BUILDVARIANT: undefined,
  TARGETPLATFORM: undefined,
  TARGETOS: "linux",
  TARGETARCH: undefined,
  TARGETVARIANT: undefined,
  TARGETSTAGE: undefined,
};

/** The global scope before the first ARG: platform args, each overridden by a build arg of its name. */
export function globalScope(buildArgs: ReadonlyMap<string, string>): Map<string, readonly Piece[]> {
  const scope = new Map<string, readonly Piece[]>();
  for (const [name, value] of Object.entries(PLATFORM_ARGS)) {
    const given = buildArgs.get(name) ?? value;
    scope.set(name, given === undefined ? [hole(name)] : text(given));
  }
  return scope;
}

/** A value that only the build knows. */
export function hole(id: string, written = `\${${id}}`): Piece {
  return { kind: "hole", id, text: written, quoted: true };
}

/** A value that is known. */
export function text(value: string): readonly Piece[] {
  return value === "" ? [] : [{ kind: "text", text: value, quoted: true }];
}

/** What the variable is worth; undefined when it is surely not set. */
export function lookupVariable(scope: Scope, name: string): readonly Piece[] | undefined {
  return ownVariable(scope, name) ?? (scope.open ? [hole(name)] : undefined);
}

/** What the file itself sets a variable to. */
export function ownVariable(scope: Scope, name: string): readonly Piece[] | undefined {
  return scope.env.get(name) ?? scope.args.get(name);
}

/**
 * Expands a word of an instruction in a scope. A value with holes in it counts as one hole, whose id holds the
 * whole value, so that equal values stay equal; where the word is nothing but variables, its pieces come through.
 */
export function expandPieces(word: string, scope: Scope, escapeChar: "\\" | "`"): readonly Piece[] {
  if (!/[$'"\\`]/.test(word)) return text(word);
  const partly = new Map<string, readonly Piece[]>();
  const lookup = (name: string): { known: string } | { hole: string } | undefined => {
    const pieces = lookupVariable(scope, name);
    if (pieces === undefined) return undefined;
    if (pieces.every((piece) => piece.kind === "text"))
      return { known: pieces.map((piece) => piece.text).join("") };
    const id = `\${${name}}`;
    partly.set(id, pieces);
    return { hole: id };
  };
  const expansion: Expansion = expandWord(word, lookup, escapeChar);
  return expansion.pieces.flatMap((piece) => toPieces(piece, partly));
}

function toPieces(piece: WordPiece, partly: ReadonlyMap<string, readonly Piece[]>): readonly Piece[] {
  if (piece.hole === undefined) return [{ kind: "text", text: piece.text, quoted: true }];
  // The hole's own id comes back for a plain reference; `${x%y}` and the like have another one.
  const pieces = partly.get(piece.hole);
  if (pieces !== undefined && /^\$(\w+|\{\w+\})$/.test(piece.text)) return pieces;
  return [{ kind: "hole", id: piece.hole, text: piece.text, quoted: true }];
}

/** As `expandPieces`, rendered; glob characters stay globs, as they are in COPY's sources. */
export function expandRendered(word: string, scope: Scope, escapeChar: "\\" | "`"): string {
  return renderPieces(expandPieces(word, scope, escapeChar).map(unquoted));
}

function unquoted(piece: Piece): Piece {
  return piece.kind === "text"
    ? { kind: "text", text: piece.text, quoted: false }
    : { kind: "hole", id: piece.id, text: piece.text, quoted: false };
}

/** All variables that a RUN sees. */
export function environmentOf(scope: Scope): Map<string, readonly Piece[]> {
  const all = new Map(scope.args);
  for (const [name, pieces] of scope.env) all.set(name, pieces);
  return all;
}
