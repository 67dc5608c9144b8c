// Shell scripts that stand in files of their own.
import { wholeExcerpt } from "../text.ts";
import type { Lookup, ShellScript, Word } from "./command.ts";
import { readShell } from "./script.ts";

export interface ScriptFileOptions {
  /** `$1`, `$2`, … */
  readonly parameters: readonly Word[];
  /** The file's name: its ending tells what it is when it has no `#!` line. */
  readonly name: string;
  /** The working directory as a rendered path; undefined if it cannot be told. */
  readonly cwd: string | undefined;
  /** The variables that it starts with. */
  readonly lookup: Lookup;
}

/** Reads a script file; spans are offsets into `text`. Undefined when another interpreter runs it. Never throws. */
export function readScriptFile(text: string, options: ScriptFileOptions): ShellScript | undefined {
  if (text.includes("\0")) return undefined;
  const line = /^#![^\n]*/.exec(text)?.[0];
  const shell = line === undefined ? "sh" : /[/\s](sh|bash|ash|dash|zsh|ksh)(?=\s|$)/.exec(line)?.[1];
  if (shell === undefined) return undefined;
  if (line === undefined && /\.(py|pl|rb|js|mjs|ts|php|lua|r)$/i.test(options.name)) return undefined;
  const source = text.includes("\r") ? text.replace(/\r(?=\n)/g, " ") : text;
  return readShell(wholeExcerpt(source, { start: 0, end: source.length }), {
    environment: new Map(),
    lookup: options.lookup,
    cwd: options.cwd,
    shell,
    positional: options.parameters.map((word) => word.pieces),
    errexit: line !== undefined && /\s-\w*e/.test(line),
  });
}
