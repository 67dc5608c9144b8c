// A line of a file as a terminal shows it: control characters spelt out, tabs as blanks, cut to a width.

/** Its parts in order; each is some characters of the line and the cells that they take. */
export interface ShownLine {
  readonly parts: readonly { readonly text: string; readonly at: number; readonly width: number }[];
  readonly width: number;
  /** The cell at which the character with this UTF-16 index begins. */
  cell(index: number): number;
}

/** C0, DEL and C1 controls, line and paragraph separators, and what turns the direction of writing around. */
const CONTROL =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const TAB = "    ";

/** Text from outside made harmless for a terminal: `\x1b` for an escape character. Tabs and line feeds stay. */
export function escapeControls(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** The cells that a text takes, by the width of its characters. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

export function showLine(line: string): ShownLine {
  const parts: { text: string; at: number; width: number }[] = [];
  const cells: number[] = [];
  let width = 0;
  for (const character of line) {
    const text = shownCharacter(character, parts.length === 0);
    const taken = text === character ? characterWidth(character) : text.length;
    parts.push({ text, at: width, width: taken });
    for (let unit = 0; unit < character.length; unit += 1) cells.push(width);
    width += taken;
  }
  return { parts, width, cell: (index) => cells[index] ?? width };
}

function shownCharacter(character: string, first: boolean): string {
  if (character === "\t") return TAB;
  // A byte order mark at the beginning is no part of what a person sees.
  return first && character === "\uFEFF" ? "" : escapeControls(character);
}

/** What is left of a line when it is cut to fit: `offset` cells are gone from its beginning. */
export interface Cut {
  readonly text: string;
  /** Add it to a cell of the whole line to get the cell on the screen. */
  readonly shift: number;
}

/** At most `width` cells of the line, so chosen that the cells [start, end) are seen, or as many of them as fit. */
export function cutLine(line: ShownLine, width: number, start: number, end: number): Cut {
  if (line.width <= width) return { text: line.parts.map((part) => part.text).join(""), shift: 0 };
  const lead = end < width ? 0 : Math.max(0, Math.min(start - 4, line.width - width));
  const from = lead === 0 ? 0 : lead + 1;
  const room = width - (lead === 0 ? 0 : 1);
  const rest = line.width - from <= room;
  const to = rest ? line.width : from + room - 1;
  const kept = line.parts.filter((part) => part.at >= from && part.at + part.width <= to);
  // A wide character on the left edge is left out, and a blank keeps the rest in its place.
  const gap = " ".repeat(Math.max(0, (kept[0]?.at ?? from) - from));
  const text = `${lead === 0 ? "" : "…"}${gap}${kept.map((part) => part.text).join("")}${rest ? "" : "…"}`;
  return { text, shift: lead === 0 ? 0 : 1 - from };
}

/** Breaks a text at blanks into lines of at most `width` cells, as far as its words allow. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/[ \t\r\n]+/).filter((part) => part !== "")) {
    if (line !== "" && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** 2 for East Asian wide characters and emoji, 0 for combining marks (Unicode UAX #11), else 1. */
function characterWidth(character: string): number {
  if (character <= "\u02ff") return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;
