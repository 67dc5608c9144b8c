// `$(…)`, backquotes and `<(…)`: the commands inside, and what their output is.
import { composeExcerpt, type Excerpt, type ExcerptPiece, excerptSpan } from "../text.ts";
import type { Piece, ShellCommand } from "./command.ts";
import { singleList } from "./place.ts";
import { type Context, freshHole, type Reader, report, type State } from "./reading.ts";
import { apart } from "./subshell.ts";
import type { CommandExpansionPart, ParsedScript, ProcessSubstitutionPart } from "./syntax.ts";
import { hasGlob, holeId, knownValue, parseRendered, quotedPieces, render, textPieces } from "./word.ts";

/** Programs whose output depends on their words, their input and the platform alone. */
const STEADY =
  /^(uname|arch|nproc|getconf|dpkg|lsb_release|echo|printf|cut|sed|awk|gawk|mawk|tr|head|tail|rev|basename|dirname|grep|egrep|sort|uniq|expr|seq|true|cat|\[|test|\[\[)$/;

export function substitute(
  part: CommandExpansionPart | ProcessSubstitutionPart,
  reader: Reader,
  state: State,
  context: Context,
): readonly Piece[] {
  const { script } = part;
  if (script === undefined) return [freshHole(reader, "substitution", part.text, context.excerpt, part.pos)];
  const excerpt =
    script.source === undefined ? context.excerpt : backquoted(part, script.source, context.excerpt);
  for (const error of script.errors ?? [])
    report(reader, `shell: ${error.message}`, excerpt, error.pos, error.pos);
  const from = reader.commands.length;
  const list = singleList("substitution", excerptSpan(context.excerpt, part.pos, part.end));
  apart(state, { ...context, excerpt, lists: [...context.lists, list], exitFails: false }, (inner) =>
    reader.runStatements(script.commands, state, inner),
  );
  if (part.type === "ProcessSubstitution") {
    return [freshHole(reader, "pipe", part.text, context.excerpt, part.pos)];
  }
  const commands = reader.commands.slice(from);
  const value = output(script, commands);
  if (value !== undefined) return value;
  const id = steadyId(part.text, commands);
  if (id !== undefined) return [{ kind: "hole", id, text: part.text, quoted: true }];
  const name =
    commands[0]?.words[0] === undefined
      ? "substitution"
      : (knownValue(commands[0].words[0]) ?? "substitution");
  return [freshHole(reader, name, part.text, context.excerpt, part.pos)];
}

/** The output of a single command that only prints what it is given. */
function output(script: ParsedScript, commands: readonly ShellCommand[]): readonly Piece[] | undefined {
  const command = commands.at(-1);
  const node = script.commands[0]?.command;
  if (command === undefined || script.commands.length !== 1 || node?.type !== "Command") return undefined;
  const [program, ...rest] = command.words;
  if (program === undefined || command.redirects.length > 0 || command.wrappers.length > 0) return undefined;
  const first = rest[0] === undefined ? undefined : knownValue(rest[0]);
  switch (knownValue(program)) {
    case "pwd":
      return command.cwd === undefined || rest.length > 0
        ? undefined
        : quotedPieces(parseRendered(command.cwd));
    case "echo": {
      const words = first === "-n" ? rest.slice(1) : rest;
      if (
        words.some((word) => hasGlob(word) || word.text.includes("\\")) ||
        /^-[neE]+$/.test(knownValue(words[0] ?? program) ?? "")
      ) {
        return undefined;
      }
      return quotedPieces(
        words.flatMap((word, index) => (index > 0 ? [...textPieces(" "), ...word.pieces] : word.pieces)),
      );
    }
    case "dirname":
    case "basename": {
      if (first === undefined || rest.length !== 1 || first.startsWith("-") || !/[^/]/.test(first))
        return undefined;
      const path = first.replace(/\/+$/, "");
      const slash = path.lastIndexOf("/");
      if (knownValue(program) === "basename") return textPieces(path.slice(slash + 1));
      return textPieces(slash < 0 ? "." : path.slice(0, slash).replace(/\/+$/, "") || "/");
    }
    default:
      return undefined;
  }
}

/** An id that is the same for the same commands on the same platform; undefined if the output may differ. */
function steadyId(text: string, commands: readonly ShellCommand[]): string | undefined {
  for (const command of commands) {
    const program = command.words[0] === undefined ? undefined : knownValue(command.words[0]);
    if (program === undefined || !STEADY.test(program)) return undefined;
    if (program === "dpkg" && knownValue(command.words[1] ?? command.words[0]!) !== "--print-architecture")
      return undefined;
    if (
      program === "cat" &&
      command.words.some((word, index) => index > 0 && knownValue(word) !== "/etc/os-release")
    ) {
      return undefined;
    }
    const files = command.redirects.filter((redirect) => !/^([<>]&)$/.test(redirect.operator));
    if (files.some((redirect) => knownValue(redirect.target) !== "/dev/null")) return undefined;
    const reads = /^(grep|egrep|sed|awk|gawk|mawk|head|tail|cut|sort|uniq)$/.test(program);
    if (reads && command.stdin === undefined) return undefined;
  }
  if (commands.length === 0) return undefined;
  const inner = text.replace(/^(\$\(|`)|(\)|`)$/g, "").trim();
  const values = commands.map((command) => command.words.map(render).join(" "));
  return holeId(`$(${inner})${inner.includes("$") ? `#${values.join(";")}` : ""}`);
}

/** The script between backquotes once its backslashes are taken away. */
function backquoted(
  part: { readonly pos: number; readonly end: number },
  source: string,
  excerpt: Excerpt,
): Excerpt {
  const pieces: ExcerptPiece[] = [];
  let from = part.pos + 1;
  for (let at = 0; at < source.length; at += 1) {
    const escaped = excerpt.text[from] === "\\" && excerpt.text[from] !== source[at];
    const doubled = excerpt.text[from] === "\\" && source[at] === "\\" && excerpt.text[from + 1] === "\\";
    const length = escaped || doubled ? 2 : 1;
    pieces.push({ at, length: 1, source: from, sourceLength: length });
    from = Math.min(from + length, part.end);
  }
  return composeExcerpt({ text: source, pieces, origin: part.pos + 1 }, excerpt);
}
