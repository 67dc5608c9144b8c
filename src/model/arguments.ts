// Command line options as getopt reads them: combined short options, long ones, values, "--".
import { once } from "../once.ts";
import type { Word } from "../shell/command.ts";
import { knownValue, leadingText, withoutHead } from "../shell/word.ts";

/** Which options take a value; all others are flags. Names as written: "-f", "--file". */
export interface OptionRules {
  /** Options whose value is the next word (or, for long ones, what follows "="; for short ones, what follows in the word). */
  readonly valued?: readonly string[];
  /** Options whose value, if there is one, stands in the same word: `sed -i.bak`, `7z -o/opt`, `xargs -i{}`. */
  readonly attached?: readonly string[];
  /** Options read as if they were another: { "--directory": "-C" }. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Options begin with one dash and have long names (find, java): no combining. */
  readonly singleDash?: boolean;
  /** Options end at the first operand (sudo, xargs, subcommands). */
  readonly stopAtOperand?: boolean;
}

export interface Arguments {
  /** Words that are no options. */
  readonly operands: readonly Word[];
  /** Flags and valued options present, by name after aliases, dashes included; a valued one maps to its values. */
  readonly options: ReadonlyMap<string, readonly Word[]>;
  has(...names: string[]): boolean;
  /** The last value of the first of these options that is present. */
  value(...names: string[]): Word | undefined;
  /** As `value`, when it is known to the last character. */
  text(...names: string[]): string | undefined;
}

const NONE: readonly string[] = [];

/** The same list of names comes with every call of a program. */
const setOf = once((names: readonly string[]): ReadonlySet<string> => new Set(names));

/** Reads the words behind a program's name. Never throws; a word whose beginning is unknown is an operand. */
export function readArguments(words: readonly Word[], rules: OptionRules = {}): Arguments {
  const valued = setOf(rules.valued ?? NONE);
  const attached = setOf(rules.attached ?? NONE);
  const aliases = rules.aliases ?? {};
  const operands: Word[] = [];
  const options = new Map<string, Word[]>();
  const add = (name: string, value?: Word): void => {
    const key = aliases[name] ?? name;
    const list = options.get(key) ?? [];
    if (value !== undefined) list.push(value);
    options.set(key, list);
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const head = leadingText(word);
    if (head === "--" && word.pieces.length <= 1) {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (head.startsWith("--") || (rules.singleDash && /^-[a-zA-Z]/.test(head))) {
      const equals = head.indexOf("=");
      const name = equals < 0 ? head : head.slice(0, equals);
      if (equals >= 0) add(name, withoutHead(word, equals + 1));
      else if (valued.has(name) && at + 1 < words.length) {
        at += 1;
        add(name, words[at]);
      } else add(name);
      continue;
    }
    if (head.startsWith("-") && head.length > 1) {
      let index = 1;
      while (index < head.length) {
        const name = `-${head[index]!}`;
        index += 1;
        if (attached.has(name)) {
          const more = index < head.length || word.pieces.length > 1;
          add(name, more ? withoutHead(word, index) : undefined);
          break;
        }
        if (!valued.has(name)) {
          add(name);
          continue;
        }
        if (index < head.length || word.pieces.length > 1) add(name, withoutHead(word, index));
        else if (at + 1 < words.length) {
          at += 1;
          add(name, words[at]);
        } else add(name);
        break;
      }
      continue;
    }
    operands.push(word);
    if (rules.stopAtOperand) {
      operands.push(...words.slice(at + 1));
      break;
    }
  }
  return {
    operands,
    options,
    has: (...names) => names.some((name) => options.has(name)),
    value: (...names) => {
      for (const name of names) {
        const list = options.get(name);
        if (list !== undefined && list.length > 0) return list.at(-1);
      }
      return undefined;
    },
    text(...names) {
      const word = this.value(...names);
      return word === undefined ? undefined : knownValue(word);
    },
  };
}
