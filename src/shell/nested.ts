// Scripts within scripts: `sh -c`, `su -c`, `eval`, `bash <<EOF`.
import type { Piece, Word } from "./command.ts";
import { knownValue, literalWord } from "./word.ts";
import { programName } from "./wrappers.ts";

/** Which of a command's words are a script, and how it is run. */
export interface NestedScript {
  /** The words that are its text (several are joined by blanks), or the command's standard input. */
  readonly text: { readonly from: number; readonly to: number } | "stdin";
  /** In this very shell (`eval`). */
  readonly here: boolean;
  readonly errexit: boolean;
  readonly pipefail: boolean;
  readonly positional: readonly (readonly Piece[])[];
  readonly user?: Word;
  /** It begins in the user's home. */
  readonly login: boolean;
  /** The shell's name; undefined for one that only the system knows (`su`). */
  readonly shell?: string;
}

const SHELL = /^(sh|bash|ash|dash|zsh|ksh|mksh|rbash)$/;
const ORDINARY = { here: false, errexit: false, pipefail: false, positional: [], login: false };

/** The script that these words run; undefined if they run none, or one that is not in the text. */
export function nestedScript(words: readonly Word[], hasInput: boolean): NestedScript | undefined {
  const program = words[0] === undefined ? undefined : programName(words[0]);
  if (program === undefined) return undefined;
  if (SHELL.test(program)) {
    const script = shellScript(words, hasInput);
    return script && { ...script, shell: program };
  }
  if (program === "su" || program === "runuser") return userScript(words, hasInput);
  if (program !== "eval" || words.length < 2) return undefined;
  const from = knownValue(words[1]!) === "--" ? 2 : 1;
  return isText(words.slice(from))
    ? { ...ORDINARY, text: { from, to: words.length }, here: true }
    : undefined;
}

/** Whether anything of the words stands in the file. */
function isText(words: readonly Word[]): boolean {
  return words.some((word) => word.pieces.some((piece) => piece.kind === "text" && piece.text.trim() !== ""));
}

function shellScript(words: readonly Word[], hasInput: boolean): NestedScript | undefined {
  let errexit = false;
  let pipefail = false;
  let command = false;
  let standard = false;
  let at = 1;
  for (; at < words.length; at += 1) {
    const text = knownValue(words[at]!);
    if (text === undefined || !/^[-+]./.test(text)) break;
    if (text === "--") {
      at += 1;
      break;
    }
    if (text.startsWith("--")) {
      if (text === "--rcfile" || text === "--init-file") at += 1;
      continue;
    }
    const on = text[0] === "-";
    if (text.includes("e")) errexit = on;
    if (text.includes("c")) command = true;
    if (text.includes("s")) standard = true;
    if (/[oO]/.test(text)) {
      at += 1;
      const option = words[at] === undefined ? undefined : knownValue(words[at]!);
      if (option === "pipefail") pipefail = on;
      if (option === "errexit") errexit = on;
    }
  }
  const rest = words.slice(at);
  if (command) {
    if (rest[0] === undefined || !isText([rest[0]])) return undefined;
    const positional = rest.slice(2).map((word) => word.pieces);
    return { ...ORDINARY, text: { from: at, to: at + 1 }, errexit, pipefail, positional };
  }
  if (!hasInput || (rest.length > 0 && !standard)) return undefined;
  return { ...ORDINARY, text: "stdin", errexit, pipefail, positional: rest.map((word) => word.pieces) };
}

function userScript(words: readonly Word[], hasInput: boolean): NestedScript | undefined {
  let login = false;
  let text: { from: number; to: number } | undefined;
  let user: Word | undefined;
  for (let at = 1; at < words.length; at += 1) {
    const option = knownValue(words[at]!);
    if (option === "-" || option === "-l" || option === "--login") login = true;
    else if (option === "-c" || option === "--command" || option === "-lc") {
      login ||= option === "-lc";
      at += 1;
      text = { from: at, to: at + 1 };
    } else if (option !== undefined && /^(-s|--shell|-g|--group|-G|-w|-u|--user)$/.test(option)) {
      at += 1;
      if (option === "-u" || option === "--user") user = words[at];
    } else if (option === undefined || !option.startsWith("-")) user ??= words[at];
  }
  if (text !== undefined && (words[text.from] === undefined || !isText([words[text.from]!])))
    return undefined;
  if (text === undefined && !hasInput) return undefined;
  return {
    ...ORDINARY,
    text: text ?? "stdin",
    login,
    user: user ?? { ...literalWord("root"), span: words[0]!.span },
  };
}
