// Words with holes: what is known of them, and their one-string encoding for paths.
import type { Piece, Word } from "./command.ts";

/** In a rendered word a hole is HOLE_START, its id, HOLE_END. */
export const HOLE_START = "\uE000";
export const HOLE_END = "\uE001";
/** In a rendered word a quoted glob character has this before it, so that an unquoted one is a glob. */
export const QUOTED = "\uE002";

/** The word's value when no part of it is left to the build; glob characters stay in it. */
export function knownValue(word: Word): string | undefined {
  return knownText(word.pieces);
}

/** The text of pieces none of which is a hole. */
export function knownText(pieces: readonly Piece[]): string | undefined {
  let text = "";
  for (const piece of pieces) {
    if (piece.kind === "hole") return undefined;
    text += piece.text;
  }
  return text;
}

/** Whether the shell would match the word against file names: an unquoted `*`, `?` or `[`. */
export function hasGlob(word: Word): boolean {
  return word.pieces.some((piece) => piece.kind === "text" && !piece.quoted && /[*?[]/.test(piece.text));
}

/** The word as one string: holes between HOLE_START and HOLE_END, quoted glob characters behind QUOTED. */
export function render(word: Word): string {
  return renderPieces(word.pieces);
}

/** As `render`, for pieces. */
export function renderPieces(pieces: readonly Piece[]): string {
  let out = "";
  for (const piece of pieces) {
    if (piece.kind === "hole") out += HOLE_START + piece.id + HOLE_END;
    else out += piece.quoted ? piece.text.replace(/[*?[]/g, `${QUOTED}$&`) : piece.text;
  }
  return out;
}

/** The text at the beginning of a word, up to its first hole. */
export function leadingText(word: Word): string {
  let text = "";
  for (const piece of word.pieces) {
    if (piece.kind === "hole") break;
    text += piece.text;
  }
  return text;
}

/** The word without its first `count` characters of text. */
export function withoutHead(word: Word, count: number): Word {
  let left = count;
  const pieces = word.pieces.flatMap((piece) => {
    if (left <= 0 || piece.kind === "hole") return [piece];
    const drop = Math.min(left, piece.text.length);
    left -= drop;
    return drop === piece.text.length ? [] : [{ ...piece, text: piece.text.slice(drop) }];
  });
  return { ...word, pieces, text: word.text.slice(Math.min(count, word.text.length)) };
}

/** A word written without quotes or variables, at `start` in the file. */
export function literalWord(text: string, start = 0): Word {
  return {
    pieces: [{ kind: "text", text, quoted: false }],
    text,
    span: { start, end: start + text.length },
  };
}

/** The pieces that render to `text`; what is not behind QUOTED counts as quoted unless it is a glob character. */
export function parseRendered(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const pattern = /\uE000([^\uE001]*)\uE001|\uE002(.)|([*?[]+)|[^*?[\uE000\uE002]+|[\uE000\uE002]/gs;
  for (const match of text.matchAll(pattern)) {
    const [whole, id, escaped, glob] = match;
    if (id !== undefined) pieces.push({ kind: "hole", id, text: `$${id}`, quoted: true });
    else pieces.push({ kind: "text", text: escaped ?? whole, quoted: glob === undefined });
  }
  return mergePieces(pieces);
}

/** The same pieces with neighbouring texts of one quoting joined and empty ones dropped. */
export function mergePieces(pieces: readonly Piece[]): readonly Piece[] {
  if (pieces.length === 1 && (pieces[0]!.kind === "hole" || pieces[0]!.text !== "")) return pieces;
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (piece.kind === "text" && piece.text === "") continue;
    if (piece.kind === "text" && last?.kind === "text" && last.quoted === piece.quoted) {
      merged[merged.length - 1] = { ...last, text: last.text + piece.text };
    } else merged.push(piece);
  }
  return merged;
}

/** The same pieces, all quoted: how a variable keeps a value. */
export function quotedPieces(pieces: readonly Piece[]): readonly Piece[] {
  return mergePieces(pieces.map((piece) => (piece.quoted ? piece : { ...piece, quoted: true })));
}

/** Known text as pieces. */
export function textPieces(text: string): readonly Piece[] {
  return [{ kind: "text", text, quoted: true }];
}

/** A hole's id made from any text, free of characters that mean something in a rendered path. */
export function holeId(text: string): string {
  if (/^[\w.@]+$/.test(text)) return text;
  return text
    .replace(/[%/\s*?[<>\uE002]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`)
    .replaceAll(HOLE_START, "<")
    .replaceAll(HOLE_END, ">");
}
