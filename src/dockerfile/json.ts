// The JSON form of an instruction's arguments, each string mapped back to the file.
import { composeExcerpt, type Excerpt, type ExcerptPiece, excerptSpan } from "../text.ts";
import type { JsonArgument } from "./syntax.ts";

/**
 * The strings of a body that is a JSON array from its first to its last character. "mixed" for an array with
 * other things than strings, which BuildKit refuses; undefined for anything else, which is shell form.
 */
export function readJson(body: Excerpt): readonly JsonArgument[] | "mixed" | undefined {
  if (!body.text.startsWith("[")) return undefined;
  let values: unknown;
  try {
    values = JSON.parse(body.text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!Array.isArray(values) || values.some((value) => typeof value !== "string")) return "mixed";
  // It is valid, so a quote outside a string opens one.
  const strings: JsonArgument[] = [];
  const string = /"(?:[^"\\]+|\\.)*"/g;
  for (const match of body.text.matchAll(string)) {
    const end = match.index + match[0].length;
    const excerpt = composeExcerpt(decode(match[0], match.index), body);
    strings.push({ value: excerpt.text, excerpt, span: excerptSpan(body, match.index, end) });
  }
  return strings;
}

/** A JSON string with its quotes, decoded; `at` is where it begins. */
function decode(literal: string, at: number): Excerpt {
  const pieces: ExcerptPiece[] = [];
  let text = "";
  for (const part of literal.slice(1, -1).matchAll(/\\(?:u[0-9a-fA-F]{4}|.)|[^\\]+/g)) {
    const plain = !part[0].startsWith("\\");
    const decoded = plain ? part[0] : (JSON.parse(`"${part[0]}"`) as string);
    pieces.push({
      at: text.length,
      length: decoded.length,
      source: at + 1 + part.index,
      sourceLength: part[0].length,
    });
    text += decoded;
  }
  // Go replaces half a surrogate pair.
  return { text: text.replace(/\p{Surrogate}/gu, "\ufffd"), pieces, origin: at + 1 };
}
