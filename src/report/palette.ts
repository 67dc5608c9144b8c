// Colours for the text reports: they carry nothing that the text does not.
import { Chalk } from "chalk";
import type { Severity } from "../finding.ts";
import type { Io, Output } from "../io.ts";

export type Paint = (text: string) => string;

export interface Palette {
  readonly severity: Readonly<Record<Severity, Paint>>;
  /** The other places. */
  readonly related: Paint;
  readonly path: Paint;
  readonly faint: Paint;
  readonly added: Paint;
  readonly removed: Paint;
}

export function palette(coloured: boolean): Palette {
  const chalk = new Chalk({ level: coloured ? 1 : 0 });
  return {
    severity: { error: chalk.bold.red, warning: chalk.bold.yellow, info: chalk.bold.cyan },
    related: chalk.blue,
    path: chalk.bold,
    faint: chalk.dim,
    added: chalk.green,
    removed: chalk.red,
  };
}

/** `--no-color` wins, then FORCE_COLOR, then NO_COLOR (see no-color.org), then whether it is a terminal. */
export function wantsColour(flag: boolean | undefined, io: Io, output: Output): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = io.env;
  if (flag === false) return false;
  if (force !== undefined) return force !== "0" && force !== "false";
  if (no !== undefined && no !== "") return false;
  return output.isTTY === true && term !== "dumb";
}
