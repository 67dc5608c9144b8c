// What a command reads from its pipeline, as far as it can be told: found files, words, or the text of a file.
import type { Word } from "../../shell/command.ts";
import { knownValue } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import type { Call } from "../program.ts";
import { callOf, pipedCommands } from "./calls.ts";
import { findPrints } from "./find.ts";
import type { Found } from "./found.ts";

/** What comes through a pipe: words one by one, or files that were found. */
export type Piped =
  | { readonly kind: "words"; readonly words: readonly Word[] }
  | { readonly kind: "found"; readonly found: Found };

/** Reads a call's standard input as a list of words; undefined when only the build knows it. */
export function pipedItems(call: Call): Piped | undefined {
  const filters: Call[] = [];
  for (const command of pipedCommands(call)) {
    const piping = callOf(call, command);
    if (isFilter(piping)) {
      filters.push(piping);
      continue;
    }
    const items = printed(piping);
    return items === undefined ? undefined : filters.reduceRight(filtered, items as Piped | undefined);
  }
  return undefined;
}

/** The words of a file that came from the build context, one per blank-separated part. */
export function fileItems(call: Call, file: Word): Piped | undefined {
  const path = call.path(file);
  const text = path === undefined ? undefined : call.situation.readFile(path);
  return text === undefined ? undefined : { kind: "words", words: asWords(text, file) };
}

function printed(call: Call): Piped | undefined {
  switch (call.name) {
    case "find": {
      const found = findPrints(call);
      return found === undefined ? undefined : { kind: "found", found };
    }
    case "echo":
      return {
        kind: "words",
        words: call.words.filter(({ text }) => !/^-[neE]+$/.test(text)).flatMap(splitWord),
      };
    case "printf": {
      const [format, ...words] = call.words;
      if (format === undefined) return undefined;
      const plain = knownValue(format)
        ?.replaceAll(/\\[n0t]/g, " ")
        .trim();
      if (plain === "%s") return { kind: "words", words };
      return plain === undefined || plain.includes("%")
        ? undefined
        : { kind: "words", words: asWords(plain, format) };
    }
    case "ls":
      return listing(call);
    case "cat": {
      const { operands } = readArguments(call.words);
      const { stdin } = call.command;
      if (operands.length === 0 && stdin?.kind === "heredoc") {
        const text = knownValue(stdin.content);
        return text === undefined ? undefined : { kind: "words", words: asWords(text, stdin.content) };
      }
      return operands.length === 1 ? fileItems(call, operands[0]!) : undefined;
    }
    default:
      return undefined;
  }
}

/** `ls x*.zip` prints the names as given; `ls folder` prints what is in it. */
function listing(call: Call): Piped | undefined {
  const { operands } = readArguments(call.words);
  const first = operands[0];
  if (first === undefined) return { kind: "words", words: [anyName(call)] };
  const named =
    operands.every((word) => /[*?[]/.test(word.text)) || call.words.some(({ text }) => /^-\w*d/.test(text));
  return { kind: "words", words: named ? operands : [anyName(call)] };
}

function anyName(call: Call): Word {
  return { pieces: [{ kind: "text", text: "*", quoted: false }], text: "*", span: call.command.span };
}

/** Programs that pass lines on, all of them or some. */
function isFilter(call: Call): boolean {
  return (
    /^(sort|uniq|tac|rev|shuf|tr|grep|egrep|fgrep|head|tail|tee|cat)$/.test(call.name) &&
    readArguments(call.words).operands.length <= 2 &&
    !(call.name === "cat" && call.words.length > 0)
  );
}

function filtered(items: Piped | undefined, filter: Call): Piped | undefined {
  if (items === undefined) return undefined;
  switch (filter.name) {
    case "grep":
    case "egrep":
    case "fgrep":
    case "head":
    case "tail": {
      if (items.kind === "words") return withoutComments(items, filter);
      const entries = items.found.entries.map(({ path, except }) => ({
        path,
        extent: "some" as const,
        ...(except === undefined ? {} : { except }),
      }));
      return { kind: "found", found: { ...items.found, entries } };
    }
    case "rev":
      return undefined;
    case "tr":
      // Only separators are changed.
      return filter.words.every(({ text }) =>
        /^['"$]*(\\[0nrt]|\s|,|:|;|\[:space:\]|-[ds])*['"]*$/.test(text),
      )
        ? items
        : undefined;
    default:
      return items;
  }
}

/** `grep -v '^#'`: comments are no words anyhow; any other filter leaves nobody knows which. */
function withoutComments(items: Piped, filter: Call): Piped | undefined {
  const operands = readArguments(filter.words).operands;
  const pattern = operands[0] === undefined ? undefined : knownValue(operands[0]);
  const inverted = filter.words.some(({ text }) => /^-\w*v/.test(text));
  return inverted &&
    pattern !== undefined &&
    /^\^(\\s\*|\[\[:space:\]\]\*|\s*)?(#|\$|\(?#\|\$\)?)/.test(pattern)
    ? items
    : undefined;
}

function asWords(text: string, from: Word): Word[] {
  return text
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .flatMap((line) => line.split(/\s+/))
    .filter((part) => part !== "")
    .map((part) => ({ pieces: [{ kind: "text", text: part, quoted: true }], text: part, span: from.span }));
}

/** A word of known text with blanks in it is several for whoever reads the pipe. */
function splitWord(word: Word): Word[] {
  const text = knownValue(word);
  return text === undefined || !/\s/.test(text) ? [word] : asWords(text, word);
}
