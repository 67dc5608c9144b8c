// A unified diff of one file.
import { createTwoFilesPatch } from "diff";
import { escapeControls } from "./cells.ts";
import { palette } from "./palette.ts";

/** As `diff -u` prints it, so that `patch -p0` applies it; empty when nothing differs. */
export function unifiedDiff(path: string, before: string, after: string, coloured = false): string {
  if (before === after) return "";
  const name = escapeControls(path).replace(/[\t\n]/g, " ");
  const patch = createTwoFilesPatch(name, name, before, after, undefined, undefined, { context: 3 });
  const lines = patch.slice(patch.indexOf("--- ")).split(/(?<=\n)/);
  if (!coloured) return lines.join("");
  const { added, removed, faint } = palette(true);
  const paint = (line: string): string => {
    if (line.startsWith("---") || line.startsWith("+++") || line.startsWith("@@")) return faint(line);
    return line.startsWith("+") ? added(line) : line.startsWith("-") ? removed(line) : line;
  };
  return lines.map((line) => line.replace(/^([^\r\n]*)/, (text) => paint(text))).join("");
}
