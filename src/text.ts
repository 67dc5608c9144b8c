// Text with positions: spans, excerpts that know where their characters came from, and edits.

/** A half-open range of UTF-16 offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Replaces the text at `span` by `text`; an empty span inserts. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** A run of an excerpt: `length` characters from `at` on that come from `source` on. */
export interface ExcerptPiece {
  readonly at: number;
  readonly length: number;
  readonly source: number;
  /** How many source characters the piece stands for; unequal to `length` only for a decoded escape. */
  readonly sourceLength: number;
}

/** A text cut out of a file, perhaps with parts left out or decoded, which knows where each character came from. */
export interface Excerpt {
  readonly text: string;
  /** Ordered by `at`, without gaps in the excerpt (there may be gaps in the source). */
  readonly pieces: readonly ExcerptPiece[];
  /** Where an empty excerpt stands in the source. */
  readonly origin: number;
}

/** Line and column, both from 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The characters of `text` inside `span`. */
export function slice(text: string, span: Span): string {
  return text.slice(span.start, span.end);
}

/** An excerpt that is one unbroken piece of the file. */
export function wholeExcerpt(text: string, span: Span): Excerpt {
  return buildExcerpt(text, [span]);
}

/** An excerpt made of several pieces of the file, one behind the other. */
export function buildExcerpt(text: string, spans: readonly Span[]): Excerpt {
  const pieces: ExcerptPiece[] = [];
  let joined = "";
  for (const span of spans) {
    const length = span.end - span.start;
    if (length <= 0) continue;
    pieces.push({ at: joined.length, length, source: span.start, sourceLength: length });
    joined += slice(text, span);
  }
  return { text: joined, pieces, origin: spans[0]?.start ?? 0 };
}

/** The part [start, end) of an excerpt, as an excerpt of the same source. */
export function subExcerpt(excerpt: Excerpt, start: number, end: number): Excerpt {
  const pieces: ExcerptPiece[] = [];
  addPieces(pieces, excerpt, start, end, 0);
  return { text: excerpt.text.slice(start, end), pieces, origin: sourceOffset(excerpt, start) };
}

/** Adds the pieces of [start, end), which stands at `at` in what they are added to. */
function addPieces(pieces: ExcerptPiece[], excerpt: Excerpt, start: number, end: number, at: number): void {
  for (let index = pieceIndex(excerpt, start); index < excerpt.pieces.length; index++) {
    const piece = excerpt.pieces[index]!;
    const from = Math.max(piece.at, start);
    const to = Math.min(piece.at + piece.length, end);
    if (from >= to) break;
    const whole = piece.length !== piece.sourceLength;
    pieces.push({
      at: at + from - start,
      length: to - from,
      source: whole ? piece.source : piece.source + (from - piece.at),
      sourceLength: whole ? piece.sourceLength : to - from,
    });
  }
}

/** An excerpt of an excerpt, as an excerpt of the outer source. */
export function composeExcerpt(inner: Excerpt, outer: Excerpt): Excerpt {
  const pieces: ExcerptPiece[] = [];
  for (const piece of inner.pieces) {
    if (piece.length !== piece.sourceLength) {
      const span = excerptSpan(outer, piece.source, piece.source + piece.sourceLength);
      pieces.push({
        at: piece.at,
        length: piece.length,
        source: span.start,
        sourceLength: span.end - span.start,
      });
      continue;
    }
    addPieces(pieces, outer, piece.source, piece.source + piece.length, piece.at);
  }
  return { text: inner.text, pieces, origin: sourceOffset(outer, inner.origin) };
}

/** The source offset of the character at `at`; at the end, just behind the last character. */
export function sourceOffset(excerpt: Excerpt, at: number): number {
  const piece = pieceAt(excerpt, at);
  if (piece !== undefined) {
    return piece.length === piece.sourceLength ? piece.source + (at - piece.at) : piece.source;
  }
  const last = excerpt.pieces.at(-1);
  return last === undefined ? excerpt.origin : last.source + last.sourceLength;
}

/** The source span that the excerpt's characters [start, end) cover, gaps between them included. */
export function excerptSpan(excerpt: Excerpt, start: number, end: number): Span {
  const from = sourceOffset(excerpt, start);
  if (end <= start) return { start: from, end: from };
  const piece = pieceAt(excerpt, end - 1);
  if (piece === undefined) return { start: from, end: Math.max(from, sourceOffset(excerpt, end)) };
  const to =
    piece.length === piece.sourceLength ? piece.source + (end - piece.at) : piece.source + piece.sourceLength;
  return { start: from, end: to };
}

function pieceAt(excerpt: Excerpt, at: number): ExcerptPiece | undefined {
  return at < 0 ? undefined : excerpt.pieces[pieceIndex(excerpt, at)];
}

/** The number of the first piece that ends behind `at`; the number of pieces if there is none. */
function pieceIndex(excerpt: Excerpt, at: number): number {
  let low = 0;
  let high = excerpt.pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = excerpt.pieces[middle]!;
    if (piece.at + piece.length <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Applies edits given in any order; edits at the same place apply in the order given.
 * Throws RangeError when two overlap or one lies outside the text.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let out = "";
  let at = 0;
  for (const edit of inOrder(edits)) {
    const { start, end } = edit.span;
    if (start < at || end < start || end > text.length) {
      throw new RangeError(`edit ${start}-${end} overlaps another one or lies outside the text`);
    }
    out += text.slice(at, start) + edit.text;
    at = end;
  }
  return out + text.slice(at);
}

/** Where a place of an edited text was before the edits; for what they put in, the place that they put it to. */
export function offsetBefore(edits: readonly TextEdit[], offset: number): number {
  let grown = 0;
  for (const { span, text } of inOrder(edits)) {
    const start = span.start + grown;
    if (offset < start) break;
    if (offset < start + text.length) return span.start;
    grown += text.length - (span.end - span.start);
  }
  return offset - grown;
}

function inOrder(edits: readonly TextEdit[]): readonly TextEdit[] {
  // Sorting is stable: edits at the same place stay in the order given.
  return edits.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** Finds lines and columns in a text; a line ends behind its "\n". */
export interface LineIndex {
  position(offset: number): Position;
  /** The offset where a line (from 1) begins; the text's length behind the last one. */
  lineStart(line: number): number;
  readonly lineCount: number;
}

export function indexLines(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    position(offset) {
      const line = lineAt(offset);
      return { line: line + 1, column: offset - starts[line]! + 1 };
    },
    lineStart: (line) => starts[line - 1] ?? text.length,
    lineCount: starts.length,
  };
}
