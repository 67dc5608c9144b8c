// xargs: the command line it starts, with what comes through the pipe.
import type { Word } from "../../shell/command.ts";
import { knownValue } from "../../shell/word.ts";
import { type OptionRules, readArguments } from "../arguments.ts";
import type { Effect } from "../effect.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { foundPiece, placeFound, substitute } from "./found.ts";
import { innerEffects } from "./inner.ts";
import { fileItems, type Piped, pipedItems } from "./pipes.ts";

const rules: OptionRules = {
  valued:
    "-n -P -L -I -d -a -s -E --max-args --max-procs --max-lines --delimiter --arg-file --max-chars".split(
      " ",
    ),
  attached: ["-i", "-l", "-e"],
  aliases: { "--max-args": "-n", "--arg-file": "-a", "--replace": "-i", "--max-lines": "-L" },
  stopAtOperand: true,
};

/** More items than these are not worth a translation each. */
const MANY_ITEMS = 100;

const xargs: Program = (call) => {
  const args = readArguments(call.words, rules);
  if (args.operands.length === 0) return [];
  const replaced = args.has("-I") ? args.text("-I") : args.has("-i") ? (args.text("-i") ?? "{}") : undefined;
  if (args.has("-I") && replaced === undefined) return undefined;
  const items = itemsOf(call, args.value("-a"));
  const foundWord: Word = { pieces: [foundPiece], text: "…", span: call.command.span };
  const line = (given: readonly Word[]): readonly Word[] =>
    replaced === undefined || replaced === ""
      ? [...args.operands, ...given]
      : substitute(
          args.operands,
          replaced,
          given.flatMap(({ pieces }) => pieces),
        );

  if (items?.kind === "words" && items.words.length === 0) return [];
  if (items?.kind === "words" && items.words.length <= MANY_ITEMS) {
    const single =
      replaced !== undefined || args.text("-n") === "1" || args.has("-l") || args.text("-L") === "1";
    const lists = single ? items.words.map((word) => [word]) : [items.words];
    const effects: Effect[] = [];
    for (const list of lists) {
      const inner = innerEffects(call, line(list));
      if (inner === undefined) return undefined;
      effects.push(...inner);
    }
    return effects;
  }
  const inner = innerEffects(call, line([foundWord]));
  return inner && placeFound(call, inner, items?.kind === "found" ? items.found : undefined);
};

function itemsOf(call: Call, file: Word | undefined): Piped | undefined {
  if (file !== undefined) return fileItems(call, file);
  const input = call.command.redirects.find(({ operator, fd }) => operator === "<" && fd === 0);
  if (input !== undefined) return fileItems(call, input.target);
  const { stdin } = call.command;
  if (stdin?.kind === "herestring" || stdin?.kind === "heredoc") {
    const text = knownValue(stdin.content);
    if (text === undefined) return undefined;
    const words = text.split(/\s+/).filter((part) => part !== "");
    const { span } = stdin.content;
    return {
      kind: "words",
      words: words.map((part) => ({
        pieces: [{ kind: "text", text: part, quoted: true }],
        text: part,
        span,
      })),
    };
  }
  return pipedItems(call);
}

export const xargsPrograms: ProgramTable = { xargs, gxargs: xargs };
