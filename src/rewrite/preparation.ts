// Commands of a RUN that another one needs before it: an activated environment, a variable, a folder.
import type { Step } from "../model/model.ts";
import { lookupVariable } from "../model/variables.ts";
import type { Piece, ShellCommand } from "../shell/command.ts";
import { knownValue, renderPieces } from "../shell/word.ts";
import { isActivation } from "./alone.ts";
import { variableNames } from "./meaning.ts";

export interface Wanted {
  /** Variables that the program reads. */
  readonly variables: readonly string[];
  /** Whether its working directory matters. */
  readonly folder: boolean;
}

/** The commands that `moved` takes along to another RUN, in order; or why it cannot leave its own. */
export function preparation(
  step: Step,
  moved: readonly ShellCommand[],
  wanted: Wanted,
): readonly ShellCommand[] | string {
  const first = moved[0]!;
  const commands = step.script?.commands ?? [];
  const at = commands.findIndex(({ span }) => span.start === first.span.start);
  const before = commands.slice(0, Math.max(0, at));
  const written = moved.flatMap(({ words }) => namesIn(words));
  const changed = [...new Set([...wanted.variables, ...written])].filter(
    (name) =>
      isSetIn(step, first, name) ||
      (written.includes(name) && before.some((command) => setNames(command).includes(name))),
  );
  const folder = wanted.folder && first.cwd !== step.workdir;
  const along = before.filter(
    (command) =>
      isActivation(command) ||
      (folder && knownValue(command.words[0] ?? empty) === "cd") ||
      setNames(command).some((name) => changed.includes(name)),
  );
  const stray = along.find((command) => command.runs !== "always" || !isPlain(command, first));
  if (stray !== undefined) return `it needs what \`${stray.words[0]?.text ?? "its RUN"}\` did before it`;
  const missing = changed.find(
    (name) => !along.some((command) => isActivation(command) || setNames(command).includes(name)),
  );
  if (missing !== undefined) return `it needs $${missing}, which its RUN sets`;
  return along;
}

const empty = { pieces: [], text: "", span: { start: 0, end: 0 } };

function namesIn(words: ShellCommand["words"]): readonly string[] {
  return words.flatMap((word) => variableNames(word.text));
}

/** Whether the script gives a variable another value than the one that its RUN begins with. */
function isSetIn(step: Step, command: ShellCommand, name: string): boolean {
  if (command.assignments.has(name)) return false;
  const inside = setValue(command.lookup(name), name);
  const outside = setValue(lookupVariable(step.scope, name), name);
  // The model gives HOME a value of its own.
  return inside !== outside && !(name === "HOME" && outside === undefined);
}

function setValue(pieces: readonly Piece[] | undefined, name: string): string | undefined {
  if (pieces === undefined) return undefined;
  const [only] = pieces;
  const unset = pieces.length === 1 && only?.kind === "hole" && only.id === name;
  return unset ? undefined : renderPieces(pieces);
}

/** Variables that a command sets for those behind it. */
function setNames(command: ShellCommand): readonly string[] {
  if (command.words.length === 0) return [...command.assignments.keys()];
  if (!/^(export|declare|typeset|readonly)$/.test(command.words[0]!.text)) return [];
  return command.words.slice(1).flatMap((word) => /^([A-Za-z_]\w*)=/.exec(word.text)?.[1] ?? []);
}

/** Whether a command stands in the very list of another one, or in one around it. */
function isPlain(command: ShellCommand, other: ShellCommand): boolean {
  const own = command.place.lists.at(-1);
  return (
    own === undefined ||
    other.place.lists.some(
      (list) =>
        list.kind === own.kind && list.span.start === own.span.start && list.span.end === own.span.end,
    )
  );
}
