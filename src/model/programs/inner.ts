// A command line that another program starts: `find -exec`, `xargs`. It may be wrapped, or be a script itself.
import type { Piece, Word } from "../../shell/command.ts";
import { nestedScript } from "../../shell/nested.ts";
import { readShell } from "../../shell/script.ts";
import { peelWrappers } from "../../shell/wrappers.ts";
import { wholeExcerpt } from "../../text.ts";
import type { Effect } from "../effect.ts";
import { type Call, effectBase } from "../program.ts";
import { callOf } from "./calls.ts";
import { redirectEffects } from "./redirects.ts";

/** What an inner command line does; undefined when it is not understood. */
export function innerEffects(call: Call, words: readonly Word[]): readonly Effect[] | undefined {
  const line = words.slice(peelWrappers(words).count);
  if (line.length === 0) return undefined;
  const nested = nestedScript(line, false);
  if (nested === undefined || nested.text === "stdin") return call.translate(line);
  const { text, holes } = asScript(line.slice(nested.text.from, nested.text.to));
  const { commands, understood } = readShell(wholeExcerpt(text, { start: 0, end: text.length }), {
    environment: holes,
    cwd: call.command.cwd,
    lookup: call.command.lookup,
    positional: nested.positional,
  });
  if (!understood) return undefined;
  const effects: Effect[] = [];
  const { span } = effectBase(call);
  for (const command of commands) {
    // A call's translation works where the call does.
    if (command.cwd !== call.command.cwd) return undefined;
    const own = command.words.length === 0 ? [] : call.translate(command.words);
    if (own === undefined) return undefined;
    const runs = command.runs === "always" ? call.command.runs : command.runs;
    const redirected = redirectEffects({ ...callOf(call, command), command: { ...command, span } });
    effects.push(
      ...[...own, ...redirected].map((effect): Effect => ({ ...effect, runs, command: call.command })),
    );
  }
  return effects;
}

/** The words as the text of a script, in which holes are variables. */
function asScript(words: readonly Word[]): { text: string; holes: Map<string, readonly Piece[]> } {
  const holes = new Map<string, readonly Piece[]>();
  const parts = words.map(({ pieces }) =>
    pieces
      .map((piece) => {
        if (piece.kind === "text") return piece.text;
        const name = `__hole_${holes.size}`;
        holes.set(name, [piece]);
        return `\${${name}}`;
      })
      .join(""),
  );
  return { text: parts.join(" "), holes };
}
