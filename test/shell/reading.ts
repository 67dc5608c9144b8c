// Reads scripts for the tests and shows what came out in one line per command.
import type { Environment, Piece, ShellCommand, ShellScript } from "../../src/shell/command.ts";
import { readShell, type ShellOptions } from "../../src/shell/script.ts";
import { render } from "../../src/shell/word.ts";
import { wholeExcerpt } from "../../src/text.ts";

/** A value per name; undefined stands for one that only the build knows. */
export function environment(values: Readonly<Record<string, string | undefined>>): Environment {
  const map = new Map<string, readonly Piece[]>();
  for (const [name, value] of Object.entries(values)) {
    map.set(name, [
      value === undefined
        ? { kind: "hole", id: name, text: `$${name}`, quoted: true }
        : { kind: "text", text: value, quoted: true },
    ]);
  }
  return map;
}

export function read(script: string, options: Partial<ShellOptions> = {}): ShellScript {
  const excerpt = wholeExcerpt(script, { start: 0, end: script.length });
  return readShell(excerpt, { environment: new Map(), cwd: "/", ...options });
}

/** Holes as <id>, quoted glob characters behind a backslash. */
export function shown(text: string): string {
  return text.replaceAll("\uE000", "<").replaceAll("\uE001", ">").replaceAll("\uE002", "\\");
}

/** `name [words] ?` where `?` means sometimes. */
export function show(command: ShellCommand): string {
  const words = command.words.map((word) => shown(render(word)) || "''").join(" ");
  return `${words}${command.runs === "sometimes" ? " ?" : ""}`;
}

export function shows(script: string, options: Partial<ShellOptions> = {}): string[] {
  return read(script, options).commands.map(show);
}
