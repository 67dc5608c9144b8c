// The instructions that take plain words: USER, WORKDIR, SHELL, VOLUME, and the lists of COPY and ADD.
import { excerptSpan } from "../text.ts";
import type { Instruction, SourceWord } from "./syntax.ts";
import { blankWords } from "./words.ts";

export interface UserParts {
  readonly user: SourceWord;
  readonly group?: SourceWord;
}

/** The words of a list that may be JSON, as written or decoded. */
export function listedWords(instruction: Instruction): readonly SourceWord[] {
  const { body, json } = instruction;
  if (json !== undefined) return json.map(({ value, span }) => ({ text: value, span }));
  return blankWords(body.text).map(({ text, start, end }) => ({ text, span: excerptSpan(body, start, end) }));
}

/** USER's two sides, split at the first colon outside `${}`; quotes and variables as written. */
export function userParts(instruction: Instruction): UserParts | undefined {
  const whole = wholeBody(instruction, "USER");
  if (whole === undefined) return undefined;
  const { body } = instruction;
  const colon = colonOutsideBraces(body.text);
  if (colon < 0) return { user: whole };
  return {
    user: { text: body.text.slice(0, colon), span: excerptSpan(body, 0, colon) },
    group: { text: body.text.slice(colon + 1), span: excerptSpan(body, colon + 1, body.text.length) },
  };
}

/** WORKDIR's path; quotes and variables as written. */
export function workdirPath(instruction: Instruction): SourceWord | undefined {
  return wholeBody(instruction, "WORKDIR");
}

/** SHELL's program and its arguments; undefined unless in JSON form. */
export function shellWords(instruction: Instruction): readonly SourceWord[] | undefined {
  if (instruction.keyword !== "SHELL" || instruction.json === undefined) return undefined;
  return listedWords(instruction);
}

/** VOLUME's paths; variables as written. */
export function volumePaths(instruction: Instruction): readonly SourceWord[] {
  return instruction.keyword === "VOLUME" ? listedWords(instruction) : [];
}

function wholeBody({ keyword, body }: Instruction, wanted: string): SourceWord | undefined {
  if (keyword !== wanted || body.text === "") return undefined;
  return { text: body.text, span: excerptSpan(body, 0, body.text.length) };
}

function colonOutsideBraces(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === "{" && text[at - 1] === "$") depth++;
    else if (char === "}" && depth > 0) depth--;
    else if (char === ":" && depth === 0) return at;
  }
  return -1;
}
