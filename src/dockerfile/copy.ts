// COPY and ADD: what is copied where, and as whose.
import { flagIsOn, flagWord, valueWord } from "./flags.ts";
import { heredocWord } from "./heredoc.ts";
import { listedWords } from "./plain.ts";
import type { Heredoc, Instruction, SourceWord } from "./syntax.ts";

export interface CopyParts {
  /** Paths, globs, and for ADD also addresses; words with variables as written. Heredocs are not among them. */
  readonly sources: readonly SourceWord[];
  readonly destination: SourceWord;
  /** The heredocs that are sources; each becomes a file of its name unless the destination names one. */
  readonly heredocs: readonly Heredoc[];
  /** COPY only: a stage, its number, an image, or a named context. */
  readonly from?: SourceWord;
  readonly chown?: SourceWord;
  readonly chmod?: SourceWord;
  readonly link: boolean;
  /** COPY only. */
  readonly parents: boolean;
  readonly exclude: readonly SourceWord[];
  /** ADD only. */
  readonly keepGitDir: boolean;
  /** ADD only; undefined when not written: then local archives are unpacked and downloaded ones are not. */
  readonly unpack?: boolean;
  /** ADD only. */
  readonly checksum?: SourceWord;
}

/** Asked of one instruction from many sides. */
const known = new WeakMap<Instruction, CopyParts | undefined>();

/** A COPY's or ADD's parts; undefined for other instructions and when there are fewer than two arguments. */
export function copyParts(instruction: Instruction): CopyParts | undefined {
  const { keyword } = instruction;
  if (keyword !== "COPY" && keyword !== "ADD") return undefined;
  if (!known.has(instruction)) known.set(instruction, readParts(instruction));
  return known.get(instruction);
}

function readParts(instruction: Instruction): CopyParts | undefined {
  const { keyword } = instruction;
  const words = listedWords(instruction);
  const destination = words.at(-1);
  if (words.length < 2 || destination === undefined) return undefined;
  const byName = new Map(instruction.heredocs.map((heredoc) => [heredoc.name, heredoc]));
  const sources: SourceWord[] = [];
  const heredocs: Heredoc[] = [];
  for (const word of words.slice(0, -1)) {
    const token = heredocWord(word.text);
    const heredoc = token && byName.get(token.name);
    if (token === undefined) sources.push(word);
    else if (heredoc !== undefined) heredocs.push(heredoc);
  }
  const optional = (name: string, key = name) => {
    const word = flagWord(instruction, name);
    return word === undefined ? {} : { [key]: word };
  };
  return {
    sources,
    destination,
    heredocs,
    ...optional("chown"),
    ...optional("chmod"),
    ...(keyword === "COPY" ? optional("from") : optional("checksum")),
    link: flagIsOn(instruction, "link"),
    parents: keyword === "COPY" && flagIsOn(instruction, "parents"),
    exclude: instruction.flags
      .filter((flag) => flag.name === "exclude")
      .flatMap((flag) => valueWord(flag) ?? []),
    keepGitDir: keyword === "ADD" && flagIsOn(instruction, "keep-git-dir"),
    ...(keyword === "ADD" && hasFlag(instruction, "unpack") && { unpack: flagIsOn(instruction, "unpack") }),
  };
}

function hasFlag(instruction: Instruction, name: string): boolean {
  return instruction.flags.some((flag) => flag.name === name);
}
