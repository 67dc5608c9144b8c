// FROM: the image or stage a stage starts from, and its name.
import { excerptSpan } from "../text.ts";
import { flagWord } from "./flags.ts";
import type { Instruction, SourceWord } from "./syntax.ts";
import { blankWords } from "./words.ts";

export interface FromParts {
  /** As written: variables of the global scope stand in it. */
  readonly image: SourceWord;
  readonly platform?: SourceWord;
  /** The name behind AS in lower case, as BuildKit knows it; the span is the word as written. */
  readonly alias?: SourceWord;
}

/** A FROM's parts; undefined for other instructions and for a FROM that BuildKit refuses. */
export function fromParts(instruction: Instruction): FromParts | undefined {
  if (instruction.keyword !== "FROM") return undefined;
  const { body } = instruction;
  const words = blankWords(body.text).map(({ text, start, end }) => ({
    text,
    span: excerptSpan(body, start, end),
  }));
  const [image, as, name] = words;
  if (image === undefined || words.length === 2 || words.length > 3) return undefined;
  if (as !== undefined && as.text.toLowerCase() !== "as") return undefined;
  const platform = flagWord(instruction, "platform");
  return {
    image,
    ...(platform !== undefined && { platform }),
    ...(name !== undefined && { alias: { text: name.text.toLowerCase(), span: name.span } }),
  };
}
