// What a command says on standard error.
import type { Io } from "../io.ts";
import { escapeControls } from "./cells.ts";

/** One line, whatever line breaks `text` has. */
export function note(io: Io, text: string): void {
  io.stderr.write(`dfdedupe: ${escapeControls(text.replace(/\s*[\r\n]+\s*/g, " "))}\n`);
}
