// The lines of a file that a finding is about, with its places marked and labelled.
import { indexLines, type LineIndex, type Span } from "../text.ts";
import { cutLine, escapeControls, showLine, textWidth, wrap } from "./cells.ts";
import type { Paint } from "./palette.ts";

/** A marked place. */
export interface Place {
  readonly span: Span;
  readonly label: string;
  readonly paint: Paint;
  /** What it stands in: its first line is shown as well. */
  readonly within?: Span;
}

export interface FrameOptions {
  /** Cells of a line. */
  readonly width: number;
  readonly faint: Paint;
}

interface Rows {
  readonly place: Place;
  readonly first: number;
  readonly last: number;
}

/** A place of more lines is cut to its first and last ones. */
const MOST_LINES = 6;
const INDENT = "   ";
/** Cells that a label on lines of its own has at least. */
const NARROWEST_LABEL = 30;

/** The frame's lines, places in the order of the file. */
export function frame(text: string, places: readonly Place[], options: FrameOptions): string[] {
  const lines = indexLines(text);
  const rows = places
    .map((place) => ({ place, ...lineRange(lines, place.span) }))
    .sort((a, b) => a.last - b.last || a.place.span.start - b.place.span.start);
  const numbers = shownLines(lines, rows);
  const digits = Math.max(2, String(numbers.at(-1) ?? 0).length);
  const gutter: Gutter = (number, bar = options.faint("│")) =>
    `${INDENT}${options.faint(number.padStart(digits))} ${bar} `;
  const room = Math.max(20, options.width - INDENT.length - digits - 3);

  const out: string[] = [];
  let before: number | undefined;
  for (const number of numbers) {
    if (before !== undefined && isGap(lines, rows, before, number)) out.push(gutter("…").trimEnd());
    before = number;
    const here = rows.filter((row) => row.first <= number && number <= row.last);
    const single = here.find((row) => row.first === row.last);
    const long = here.find((row) => row.first !== row.last);
    const source = showLine(lineText(text, lines, number));
    const [start, end] = single === undefined ? [0, 0] : cellsOf(source, lines, number, single.place.span);
    const cut = cutLine(source, room, start, end);
    const bar = long?.place.paint("┃");
    out.push(`${gutter(String(number), bar)}${cut.text}`.trimEnd());
    for (const row of here.filter((each) => each.last === number)) {
      const mark =
        row.first === row.last ? underline(source, lines, number, row.place, cut.shift, room) : undefined;
      out.push(...labelled(row.place, mark, gutter, room));
    }
  }
  return out;
}

/** What stands before a line: its number, or nothing, and a bar. */
type Gutter = (number: string, bar?: string) => string;

interface Mark {
  readonly at: number;
  readonly length: number;
}

/** The mark and its label: beside each other when both fit, else the label on lines of its own. */
function labelled(place: Place, mark: Mark | undefined, gutter: Gutter, room: number): string[] {
  const label = escapeControls(place.label);
  const paint = place.paint;
  if (mark === undefined) {
    // A place of several lines has its bar at their side; the label closes the bar.
    const [first = "", ...rest] = wrap(label, room - 4);
    return [
      `${gutter("", paint("┗━━━"))}${first}`.trimEnd(),
      ...rest.map((line) => `${gutter("", " ")}   ${line}`),
    ];
  }
  const left = gutter("");
  const line = `${" ".repeat(mark.at)}${paint("━".repeat(mark.length))}`;
  if (mark.at + mark.length + 1 + textWidth(label) <= room) return [`${left}${line} ${label}`.trimEnd()];
  // Below the mark, unless that leaves too little room.
  const indent = Math.max(0, Math.min(mark.at, room - Math.max(NARROWEST_LABEL, room >> 1)));
  const wrapped = wrap(label, room - indent);
  return [`${left}${line}`, ...wrapped.map((part) => `${left}${" ".repeat(indent)}${part}`)];
}

function underline(
  source: ReturnType<typeof showLine>,
  lines: LineIndex,
  number: number,
  place: Place,
  shift: number,
  room: number,
): Mark {
  const [start, end] = cellsOf(source, lines, number, place.span);
  const at = Math.min(room - 1, Math.max(0, start + shift));
  return { at, length: Math.max(1, Math.min(room, end + shift) - at) };
}

/** The cells that a span takes on one line. */
function cellsOf(
  source: ReturnType<typeof showLine>,
  lines: LineIndex,
  number: number,
  span: Span,
): [number, number] {
  const start = lines.lineStart(number);
  return [source.cell(Math.max(0, span.start - start)), source.cell(Math.max(0, span.end - start))];
}

/** One-based numbers of a span's first and last line; a line break at its end counts for the line it closes. */
function lineRange(lines: LineIndex, span: Span): { first: number; last: number } {
  const first = lines.position(span.start).line;
  return { first, last: Math.max(first, lines.position(Math.max(span.start, span.end - 1)).line) };
}

/** The numbers of the lines to show: a gap in an instruction is filled when the mark for it would be as long. */
function shownLines(lines: LineIndex, rows: readonly Rows[]): number[] {
  const wanted = new Set(rows.flatMap((row) => [...linesOf(row), ...leadOf(lines, row.place)]));
  const sorted = [...wanted].sort((a, b) => a - b);
  return sorted.flatMap((number, at) => {
    const before = sorted[at - 1] ?? number;
    return number === before + 2 && isGap(lines, rows, before, number) ? [number - 1, number] : [number];
  });
}

function linesOf(row: Rows): number[] {
  const count = row.last - row.first + 1;
  const all = Array.from({ length: count }, (_, at) => row.first + at);
  return count <= MOST_LINES ? all : [...all.slice(0, MOST_LINES - 2), row.last];
}

function leadOf(lines: LineIndex, place: Place): number[] {
  return place.within === undefined ? [] : [lines.position(place.within.start).line];
}

/** Whether lines are missing between two shown ones that belong to one place or to what it stands in. */
function isGap(lines: LineIndex, rows: readonly Rows[], before: number, after: number): boolean {
  if (after === before + 1) return false;
  return rows.some(({ place, first, last }) => {
    const lead = place.within === undefined ? first : lines.position(place.within.start).line;
    return Math.min(lead, first) <= before && after <= last;
  });
}

function lineText(text: string, lines: LineIndex, number: number): string {
  return text.slice(lines.lineStart(number), lines.lineStart(number + 1)).replace(/\r?\n$/, "");
}
