// Other commands of a script as calls: those that a pipeline comes from.
import type { ShellCommand } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import { baseName, normalizePath } from "../path.ts";
import type { Call } from "../program.ts";

/** The commands of a pipeline before this call, the nearest first; more than one only when the call knows them. */
export function pipedCommands(call: Call): readonly ShellCommand[] {
  return call.pipeline ?? (call.piping === undefined ? [] : [call.piping]);
}

/** Another command of the same script as a call. */
export function callOf(call: Call, command: ShellCommand): Call {
  const first = command.words[0];
  return {
    command,
    name: first === undefined ? "" : baseName(render(first)),
    words: command.words.slice(1),
    situation: call.situation,
    path(word) {
      const path = normalizePath(typeof word === "string" ? word : render(word), command.cwd);
      return path === undefined ? undefined : call.situation.follow(path);
    },
    translate: () => undefined,
  };
}
