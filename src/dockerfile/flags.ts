// The flags between an instruction's keyword and its arguments.
import { type Excerpt, excerptSpan } from "../text.ts";
import type { Flag, Instruction, SourceWord } from "./syntax.ts";

/**
 * Reads `--name` and `--name=value` words from `from` on, as far as they go; a lone `--` ends them and belongs to
 * neither side. `bodyStart` is where the rest begins.
 */
export function readFlags(
  line: Excerpt,
  from: number,
  end: number,
  escapeChar: string,
): { flags: Flag[]; bodyStart: number } {
  const { text } = line;
  const flags: Flag[] = [];
  let at = from;
  for (;;) {
    while (at < end && isBlank(text.charCodeAt(at))) at++;
    if (!(at + 2 <= end && text.startsWith("--", at))) return { flags, bodyStart: at };
    const word = readWord(text, at, end, escapeChar);
    if (word.text === "--") return { flags, bodyStart: word.end };
    flags.push(flag(line, at, word));
    at = word.end;
  }
}

interface FlagWord {
  readonly text: string;
  readonly end: number;
  /** Where the value begins. */
  readonly valueStart: number | undefined;
}

/** A word up to the next blank outside quotes, its quotes and escapes taken out. */
function readWord(text: string, from: number, end: number, escapeChar: string): FlagWord {
  let word = "";
  let quote = "";
  let valueStart: number | undefined;
  let at = from;
  let copied = from;
  const leaveOut = (): void => {
    word += text.slice(copied, at);
    copied = at + 1;
  };
  for (; at < end; at++) {
    const char = text[at]!;
    if (quote === "" && isBlank(text.charCodeAt(at))) break;
    if (char === quote) {
      leaveOut();
      quote = "";
    } else if (quote === "" && (char === "'" || char === '"')) {
      leaveOut();
      quote = char;
    } else {
      if (char === escapeChar) {
        leaveOut();
        at++;
      }
      if (text[at] === "=" && at < end) valueStart ??= at + 1;
    }
  }
  at = Math.min(at, end);
  return { text: word + text.slice(copied, at), end: at, valueStart };
}

function flag(line: Excerpt, start: number, word: FlagWord): Flag {
  const equals = word.text.indexOf("=");
  const text = line.text.slice(start, word.end);
  const span = excerptSpan(line, start, word.end);
  if (equals < 0 || word.valueStart === undefined)
    return { name: word.text.slice(2), value: undefined, text, span };
  return {
    name: word.text.slice(2, equals),
    value: word.text.slice(equals + 1),
    text,
    span,
    valueSpan: excerptSpan(line, word.valueStart, word.end),
  };
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** The value of the last flag of a name, with its place; undefined without flag or value. */
export function flagWord(instruction: Instruction, name: string): SourceWord | undefined {
  const found = instruction.flags.findLast((flag) => flag.name === name);
  return found === undefined ? undefined : valueWord(found);
}

/** Whether a flag that is on or off is on: written without a value, or as true. */
export function flagIsOn(instruction: Instruction, name: string): boolean {
  const found = instruction.flags.findLast((flag) => flag.name === name);
  return found !== undefined && (found.value ?? "true").toLowerCase() === "true";
}

/** A flag's value with its place. */
export function valueWord(flag: Flag): SourceWord | undefined {
  return flag.value === undefined ? undefined : { text: flag.value, span: flag.valueSpan ?? flag.span };
}
