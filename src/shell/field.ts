// Words while they are expanded: pieces that know which characters of the script they come from.
import { composeExcerpt, type Excerpt, type ExcerptPiece, excerptSpan } from "../text.ts";
import type { HolePiece, Piece, Word } from "./command.ts";
import { mergePieces } from "./word.ts";

/** A piece and the characters of the script it stands for. */
export interface Fragment {
  readonly piece: Piece;
  readonly start: number;
  readonly end: number;
}

/** One word after expansion; offsets are into the script's text. */
export interface Field {
  readonly fragments: readonly Fragment[];
  readonly start: number;
  readonly end: number;
}

/** Part of a word before field splitting: a fragment (split at blanks if unquoted), or a border between words. */
export type Atom = { readonly fragment: Fragment; readonly split: boolean } | "border";

/** Cuts a word's atoms into fields, as the shell does after expansion. */
export function splitFields(atoms: readonly Atom[], separators: string, start: number, end: number): Field[] {
  const fields: Field[] = [];
  let current: Fragment[] = [];
  const flush = (): void => {
    if (current.length > 0) fields.push({ fragments: current, start, end });
    current = [];
  };
  for (const atom of atoms) {
    if (atom === "border") {
      flush();
      continue;
    }
    const { piece } = atom.fragment;
    if (!atom.split || piece.kind === "hole") {
      current.push(atom.fragment);
      continue;
    }
    let text = "";
    for (const char of piece.text) {
      if (!separators.includes(char)) text += char;
      else {
        if (text !== "") current.push({ ...atom.fragment, piece: { ...piece, text } });
        text = "";
        flush();
      }
    }
    if (text !== "") current.push({ ...atom.fragment, piece: { ...piece, text } });
  }
  flush();
  return fields;
}

/** All atoms as one field, without splitting. */
export function wholeField(atoms: readonly Atom[], start: number, end: number): Field {
  return { fragments: atoms.flatMap((atom) => (atom === "border" ? [] : [atom.fragment])), start, end };
}

export function fieldPieces(field: Field): readonly Piece[] {
  return mergePieces(field.fragments.map((fragment) => fragment.piece));
}

/** The field as a word of the Dockerfile; `excerpt` is the script it stands in. */
export function fieldWord(field: Field, excerpt: Excerpt): Word {
  const pieces = fieldPieces(field);
  return {
    pieces: pieces.length > 0 ? pieces : [{ kind: "text", text: "", quoted: true }],
    text: writtenText(field, excerpt.text),
    span: excerptSpan(excerpt, field.start, field.end),
  };
}

/** As written: a hole's own text where a mark stands for it. */
function writtenText({ fragments, start, end }: Field, script: string): string {
  const text = script.slice(start, end);
  if (!text.includes(MARK_START)) return text;
  const marked = fragments.filter(
    ({ piece, start: at }) => piece.kind === "hole" && script[at] === MARK_START,
  );
  let index = 0;
  return text.replace(/\uE010\d+\uE011/g, (mark) => marked[index++]?.piece.text ?? mark);
}

/** Holes inside a text that is to be read as a script stand in it as MARK_START, a number, MARK_END. */
export const MARK_START = "\uE010";
export const MARK_END = "\uE011";

/** Fields joined by blanks, as the text of a script within the script `excerpt`; holes are marked and kept. */
export function fieldsExcerpt(fields: readonly Field[], excerpt: Excerpt, holes: HolePiece[]): Excerpt {
  const pieces: ExcerptPiece[] = [];
  let text = "";
  const add = (part: string, source: number, sourceEnd: number): void => {
    if (part === "") return;
    pieces.push({ at: text.length, length: part.length, source, sourceLength: sourceEnd - source });
    text += part;
  };
  fields.forEach((field, index) => {
    const before = fields[index - 1];
    if (before !== undefined) add(" ", before.end, Math.max(before.end, field.start));
    for (const { piece, start, end } of field.fragments) {
      if (piece.kind === "text") add(piece.text, start, end);
      else add(`${MARK_START}${holes.push(piece) - 1}${MARK_END}`, start, end);
    }
  });
  const origin = fields[0]?.start ?? 0;
  return composeExcerpt({ text, pieces: pieces.length > 0 ? pieces : [], origin }, excerpt);
}

/** A text in which marks stand for holes, as pieces with their offsets in it. */
export function markedPieces(
  text: string,
  quoted: boolean,
  holes: readonly HolePiece[],
): { readonly piece: Piece; readonly at: number; readonly length: number }[] {
  if (!text.includes(MARK_START))
    return [{ piece: { kind: "text", text, quoted }, at: 0, length: text.length }];
  const out: { piece: Piece; at: number; length: number }[] = [];
  for (const match of text.matchAll(/\uE010(\d+)\uE011|[^\uE010]+|\uE010/g)) {
    const hole = match[1] === undefined ? undefined : holes[Number(match[1])];
    const piece: Piece =
      hole === undefined
        ? { kind: "text", text: match[0], quoted }
        : { ...hole, quoted: quoted || hole.quoted };
    out.push({ piece, at: match.index, length: match[0].length });
  }
  return out;
}
