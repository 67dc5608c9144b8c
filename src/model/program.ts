// What a program is to the model: its names, and the translation of one call into effects.
import type { ShellCommand, Word } from "../shell/command.ts";
import { knownValue } from "../shell/word.ts";
import type { Effect, Size } from "./effect.ts";
import type { Knowledge } from "./knowledge/schema.ts";
import type { Target } from "./path.ts";

/** What the base image is known to be, from its name. */
export interface BaseImage {
  readonly family:
    | "debian"
    | "ubuntu"
    | "alpine"
    | "redhat"
    | "suse"
    | "arch"
    | "scratch"
    | "windows"
    | "unknown";
  /** Whether it is a system and next to nothing else. */
  readonly plain?: boolean;
  /** Whether the image's apt removes its archives after each install (official Debian and Ubuntu images). */
  readonly cleansApt: boolean;
  /** Prefix of the Python that `pip` installs into. */
  readonly pythonPrefix: string;
  /** Large things that it is known to hold. */
  readonly contents?: readonly BaseContent[];
  /** Who runs its commands when that is not root. */
  readonly user?: string;
  /** The folder that its commands begin in; undefined when that is not known. */
  readonly workdir?: string;
  /** Variables that it is known to set. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Something large in a base image. */
export interface BaseContent {
  readonly target: Target;
  readonly size: Size;
  /** A noun phrase: "the conda environment". */
  readonly what: string;
}

/** Where a command runs, beyond what the shell knows. */
export interface Situation {
  /** The user's name, number or rendered word; "root" at first. */
  readonly user: string;
  /** The user's home folder, as far as it can be told. */
  readonly home: string;
  readonly base: BaseImage;
  readonly knowledge: Knowledge;
  /** The text of a small file of the image or of a mount that came unchanged from the build context. */
  readFile(path: string): string | undefined;
  /**
   * Names of what lies at an image path (or glob) that came from the context, as image paths; undefined when it
   * did not come from there.
   */
  list(path: string): readonly string[] | undefined;
  /** Whether a path is known to be a folder where the step begins: made, copied to or set as WORKDIR before. */
  isFolder?(path: string): boolean;
  /** Whether an earlier step made a Python environment at this prefix. */
  isEnvironment(prefix: string): boolean;
  /** The path in the build context that an image path came from unchanged. */
  contextPath(path: string): string | undefined;
  /** Follows the symbolic links that the file itself makes. */
  follow(path: string): string;
  /** Tells of a symbolic link that the step has made by now. */
  link?(path: string, target: string): void;
  /** Whether the build stores nothing that is written there: below a mount, /dev, /proc, /sys. */
  isMounted(path: string): boolean;
}

export interface Call {
  readonly command: ShellCommand;
  /** The program's name without folder. */
  readonly name: string;
  /** What follows the program. */
  readonly words: readonly Word[];
  readonly situation: Situation;
  /** The command whose output this one reads. */
  readonly piping?: ShellCommand | undefined;
  /** The prefix of the environment that the script activated before this command. */
  readonly activated?: string | undefined;
  /** All commands before it in its pipeline, the nearest first. */
  readonly pipeline?: readonly ShellCommand[] | undefined;
  /** The absolute, normalized path that a word names; undefined when it cannot be told. */
  path(word: Word | string): string | undefined;
  /**
   * Runs the same programs' translation on another command line that this one starts (find -exec, xargs), perhaps in
   * another Python environment (`uv run`).
   */
  translate(words: readonly Word[], activated?: string): readonly Effect[] | undefined;
}

/** The effects of one call; undefined when the call is not understood, which makes the step incomplete. */
export type Program = (call: Call) => readonly Effect[] | undefined;

/** Program families are tables from a program's name to its translation. */
export type ProgramTable = Readonly<Record<string, Program>>;

/** What every effect of a call has in common. */
export function effectBase(call: Call): Pick<Effect, "span" | "runs"> & { readonly command: ShellCommand } {
  return { span: call.command.span, runs: call.command.runs, command: call.command };
}

/** Targets for path words; words whose path cannot be told are left out. */
export function targetsOf(call: Call, words: readonly Word[], extent: Target["extent"]): Target[] {
  const out: Target[] = [];
  for (const word of words) {
    const path = call.path(word);
    if (path !== undefined) out.push({ path, extent });
  }
  return out;
}

/** The value of an environment variable where the call stands, when it is known. */
export function variable(call: Call, name: string): string | undefined {
  const pieces = call.command.lookup(name);
  return pieces === undefined ? undefined : knownValue({ pieces, text: "", span: call.command.span });
}
