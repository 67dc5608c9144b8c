// Tables for a terminal: aligned columns, the last one cut to what is left of the line.
import { cutLine, escapeControls, showLine, textWidth } from "./cells.ts";
import type { Paint } from "./palette.ts";

export interface Cell {
  readonly text: string;
  readonly align: "left" | "right";
  /** Which end of a text that is too long for the line goes. */
  readonly cut: "start" | "end";
}

export const left = (text: string, cut: Cell["cut"] = "end"): Cell => ({ text, align: "left", cut });
export const right = (text: string): Cell => ({ text, align: "right", cut: "end" });

/** A name from an image on one line, control characters and what turns writing around spelt out. */
export function shown(name: string): string {
  return escapeControls(name.replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r"));
}

/** At most `width` cells of a text that is `shown`, with "…" for the rest. */
export function clip(text: string, width: number, cut: Cell["cut"] = "end"): string {
  const line = showLine(text);
  const end = cut === "start" ? line.width : 0;
  return cutLine(line, width, Math.max(0, end - 1), end).text;
}

/** A header and the rows below it, two blanks between columns; nothing when there are no rows. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  width: number,
  faint: Paint,
): string[] {
  if (rows.length === 0) return [];
  const widths = titles.map((title, column) =>
    rows.reduce((most, row) => Math.max(most, textWidth(row[column]!.text)), textWidth(title)),
  );
  const before = widths.slice(0, -1).reduce((sum, cells) => sum + cells + 2, 0);
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, column) => {
        if (column === cells.length - 1) return clip(cell.text, Math.max(12, width - before), cell.cut);
        const gap = " ".repeat(widths[column]! - textWidth(cell.text));
        return cell.align === "right" ? gap + cell.text : cell.text + gap;
      })
      .join("  ")
      .trimEnd();
  const header = titles.map((title, column) => ({ ...rows[0]![column]!, text: title }));
  return [faint(line(header)), ...rows.map(line)];
}
