// Programs that only run another one: what they say about it, and where it begins.
import type { Word, Wrapper } from "./command.ts";
import { knownValue, leadingText, literalWord, withoutHead } from "./word.ts";

interface WrapperRule {
  /** Options whose value is the next word. */
  readonly valued?: readonly string[];
  /** Those of them that name a user. */
  readonly user?: readonly string[];
  /** Whom it runs the program as when no option says it. */
  readonly defaultUser?: string;
  /** How many operands stand before the program. */
  readonly operands?: number;
  /** The first operand is a user. */
  readonly userOperand?: boolean;
  /** `A=b` may stand before the program. */
  readonly assignments?: boolean;
  /** Options that make it something else than a wrapper. */
  readonly not?: readonly string[];
  /** It means something without a program. */
  readonly alone?: boolean;
}

const RULES: Readonly<Record<string, WrapperRule>> = {
  sudo: {
    valued: "-u -g -C -h -p -r -t -T -U -D -R --user --group --prompt --host --chdir --chroot".split(" "),
    user: ["-u", "--user"],
    defaultUser: "root",
    assignments: true,
    not: "-l -v -e -K --list --validate --edit".split(" "),
  },
  doas: { valued: ["-u", "-C"], user: ["-u"], defaultUser: "root" },
  runuser: {
    valued: ["-u", "--user", "-g", "-G"],
    user: ["-u", "--user"],
    not: ["-c", "-l", "-", "--command", "--login"],
  },
  gosu: { operands: 1, userOperand: true },
  "su-exec": { operands: 1, userOperand: true },
  setuser: { operands: 1, userOperand: true },
  env: {
    valued: ["-u", "--unset", "-C", "--chdir"],
    assignments: true,
    not: ["-S", "--split-string", "-C", "--chdir"],
  },
  command: { not: ["-v", "-V"] },
  builtin: {},
  exec: { valued: ["-a"], alone: true },
  time: { valued: ["-f", "-o", "--format", "--output"] },
  nice: { valued: ["-n", "--adjustment"] },
  ionice: { valued: ["-c", "-n", "--class", "--classdata"], not: ["-p", "--pid"] },
  stdbuf: { valued: ["-i", "-o", "-e", "--input", "--output", "--error"] },
  timeout: { valued: ["-s", "-k", "--signal", "--kill-after"], operands: 1 },
  nohup: {},
  setsid: {},
  eatmydata: {},
  unbuffer: {},
  fakeroot: {},
  busybox: {},
  tini: {},
  "dumb-init": {},
  "dbus-run-session": {},
  "ssh-agent": { valued: ["-a", "-t"], not: ["-k", "-s", "-c"] },
  linux32: {},
  linux64: {},
  "xvfb-run": {
    valued: ["-e", "-f", "-n", "-p", "-s", "-w", "--server-num", "--server-args", "--error-file"],
  },
};

export interface Peeled {
  readonly wrappers: readonly Wrapper[];
  readonly user?: Word;
  readonly assignments: ReadonlyMap<string, Word>;
  /** How many words the wrappers take. */
  readonly count: number;
}

const NOTHING: Peeled = { wrappers: [], assignments: new Map(), count: 0 };

/** What stands before the program in a command's words. */
export function peelWrappers(words: readonly Word[]): Peeled {
  const program = words[0] === undefined ? undefined : programName(words[0]);
  if (program === undefined || !Object.hasOwn(RULES, program)) return NOTHING;
  const wrappers: Wrapper[] = [];
  const assignments = new Map<string, Word>();
  let user: Word | undefined;
  let at = 0;
  for (;;) {
    const word = words[at];
    const name = word === undefined ? undefined : programName(word);
    const rule = name !== undefined && Object.hasOwn(RULES, name) ? RULES[name] : undefined;
    if (word === undefined || name === undefined || rule === undefined) break;
    const found = readWrapper(words, at, rule);
    if (found === undefined) break;
    at = found.next;
    const named =
      found.user ??
      (rule.defaultUser === undefined ? undefined : { ...literalWord(rule.defaultUser), span: word.span });
    if (named !== undefined) user = named;
    for (const [key, value] of found.assignments) assignments.set(key, value);
    wrappers.push(named === undefined ? { name } : { name, user: named });
  }
  return { wrappers, assignments, count: at, ...(user === undefined ? {} : { user }) };
}

/** The last part of a program's path, when it is known. */
export function programName(word: Word): string | undefined {
  const value = knownValue(word);
  return value?.slice(value.lastIndexOf("/") + 1);
}

interface Found {
  readonly next: number;
  readonly user?: Word;
  readonly assignments: readonly (readonly [string, Word])[];
}

function readWrapper(words: readonly Word[], start: number, rule: WrapperRule): Found | undefined {
  let user: Word | undefined;
  let operands = rule.operands ?? 0;
  const assignments: [string, Word][] = [];
  let options = true;
  let at = start + 1;
  for (; at < words.length; at += 1) {
    const word = words[at]!;
    const text = leadingText(word);
    if (options && text === "--") options = false;
    else if (options && text.startsWith("-") && text.length > 1) {
      const option = readOption(
        text,
        rule,
        word.pieces.some((piece) => piece.kind === "hole"),
      );
      if (option === undefined) return undefined;
      const value = option.inside === undefined ? words[at + 1] : withoutHead(word, option.inside);
      if (option.name !== undefined && rule.user?.includes(option.name)) user = value;
      if (option.name !== undefined && option.inside === undefined) at += 1;
    } else if (rule.assignments && /^[A-Za-z_]\w*=/.test(text)) {
      const equals = text.indexOf("=");
      assignments.push([text.slice(0, equals), withoutHead(word, equals + 1)]);
    } else if (operands > 0) {
      operands -= 1;
      options = false;
      if (rule.userOperand) user = word;
    } else break;
  }
  if (at >= words.length && !rule.alone) return undefined;
  return { next: Math.min(at, words.length), assignments, ...(user === undefined ? {} : { user }) };
}

/** A valued option's name and where in the word its value begins (undefined: in the next word). */
function readOption(
  text: string,
  rule: WrapperRule,
  continues: boolean,
): { name?: string; inside?: number } | undefined {
  const equals = text.indexOf("=");
  const name = text.startsWith("--") && equals >= 0 ? text.slice(0, equals) : text;
  if (rule.not?.includes(name)) return undefined;
  if (text.startsWith("--")) {
    if (!rule.valued?.includes(name)) return {};
    return equals < 0 ? { name } : { name, inside: equals + 1 };
  }
  for (let at = 1; at < text.length; at += 1) {
    const letter = `-${text[at]!}`;
    if (rule.not?.includes(letter)) return undefined;
    if (rule.valued?.includes(letter))
      return at + 1 < text.length || continues ? { name: letter, inside: at + 1 } : { name: letter };
  }
  return {};
}
