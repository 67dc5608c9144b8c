// Brace expansion: `{a,b}` and `{1..9}`, before anything else is expanded.
import type { WordPart } from "./syntax.ts";

/** Part of a word: a piece of the script's text, a part of the syntax tree, or text that a range makes. */
export interface Item {
  readonly start: number;
  readonly end: number;
  readonly part?: WordPart;
  readonly made?: string;
}

const MOST = 256;
const LONGEST = 4000;

/** The words, as items, that the braces in a word make; the word itself if they are too many. */
export function braceVariants(items: readonly Item[], text: string, enabled: boolean): (readonly Item[])[] {
  if (!enabled || !items.some((item) => item.part?.type === "BraceExpansion")) return [items];
  return product(items, text) ?? [items];
}

function product(items: readonly Item[], text: string): (readonly Item[])[] | undefined {
  let variants: (readonly Item[])[] = [[]];
  for (const item of items) {
    const choices = item.part?.type === "BraceExpansion" ? alternatives(item.part, text) : [[item]];
    if (choices === undefined || variants.length * choices.length > MOST) return undefined;
    variants = variants.flatMap((variant) => choices.map((choice) => [...variant, ...choice]));
  }
  return variants;
}

function alternatives(
  part: Extract<WordPart, { type: "BraceExpansion" }>,
  text: string,
): (readonly Item[])[] | undefined {
  if (part.end - part.pos > LONGEST) return undefined;
  const inner = (part.parts ?? []).filter((child) => child.type !== "Literal");
  const solid = new Map(inner.map((child) => [child.pos, child]));
  return insideBraces(part.pos, part.end, solid, text);
}

/** The alternatives of the braces [start, end); `solid` parts inside are kept whole. */
function insideBraces(
  start: number,
  end: number,
  solid: ReadonlyMap<number, WordPart>,
  text: string,
): (readonly Item[])[] | undefined {
  const commas = topCommas(start + 1, end - 1, solid, text);
  if (commas.length === 0) return rangeItems(start, end, text);
  const out: (readonly Item[])[] = [];
  let from = start + 1;
  for (const comma of [...commas, end - 1]) {
    const nested = nestedVariants(from, comma, solid, text);
    if (nested === undefined || out.length + nested.length > MOST) return undefined;
    out.push(...nested);
    from = comma + 1;
  }
  return out;
}

/** One alternative, whose own braces are expanded in turn. */
function nestedVariants(
  start: number,
  end: number,
  solid: ReadonlyMap<number, WordPart>,
  text: string,
): (readonly Item[])[] | undefined {
  let variants: (readonly Item[])[] = [[]];
  let from = start;
  const append = (choices: (readonly Item[])[] | undefined): boolean => {
    if (choices === undefined || variants.length * choices.length > MOST) return false;
    variants = variants.flatMap((variant) => choices.map((choice) => [...variant, ...choice]));
    return true;
  };
  const flush = (to: number): void => {
    if (to > from) append([[{ start: from, end: to }]]);
  };
  for (let at = start; at < end; at += 1) {
    const part = solid.get(at);
    if (part !== undefined) {
      flush(at);
      const choices =
        part.type === "BraceExpansion" ? alternatives(part, text) : [[{ start: at, end: part.end, part }]];
      if (!append(choices)) return undefined;
      at = part.end - 1;
      from = part.end;
    } else if (text[at] === "\\") at += 1;
    else if (text[at] === "{") {
      const close = matchingBrace(at, end, solid, text);
      const inner = close === undefined ? undefined : insideBraces(at, close + 1, solid, text);
      if (close === undefined || inner === undefined) continue;
      flush(at);
      if (!append(inner)) return undefined;
      at = close;
      from = close + 1;
    }
  }
  flush(end);
  return variants;
}

function matchingBrace(
  open: number,
  end: number,
  solid: ReadonlyMap<number, WordPart>,
  text: string,
): number | undefined {
  let depth = 0;
  for (let at = open; at < end; at += 1) {
    const part = solid.get(at);
    if (part !== undefined) at = part.end - 1;
    else if (text[at] === "\\") at += 1;
    else if (text[at] === "{") depth += 1;
    else if (text[at] === "}") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return undefined;
}

function topCommas(start: number, end: number, solid: ReadonlyMap<number, WordPart>, text: string): number[] {
  const commas: number[] = [];
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    const part = solid.get(at);
    if (part !== undefined) at = part.end - 1;
    else if (text[at] === "\\") at += 1;
    else if (text[at] === "{") depth += 1;
    else if (text[at] === "}") depth -= 1;
    else if (text[at] === "," && depth === 0) commas.push(at);
  }
  return commas;
}

function rangeItems(start: number, end: number, text: string): (readonly Item[])[] | undefined {
  const match = /^(-?\d{1,9}|[A-Za-z])\.\.(-?\d{1,9}|[A-Za-z])(?:\.\.(-?\d{1,6}))?$/.exec(
    text.slice(start + 1, end - 1),
  );
  if (match === null) return undefined;
  const [, first, last, by] = match as unknown as [string, string, string, string | undefined];
  const letters = /[A-Za-z]/.test(first);
  if (letters !== /[A-Za-z]/.test(last)) return undefined;
  const from = letters ? first.charCodeAt(0) : Number(first);
  const to = letters ? last.charCodeAt(0) : Number(last);
  const step = Math.max(1, Math.abs(Number(by ?? 1)));
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (count > MOST) return undefined;
  const width = /^-?0\d/.test(first) || /^-?0\d/.test(last) ? Math.max(first.length, last.length) : 0;
  return Array.from({ length: count }, (_, index) => {
    const at = from < to ? from + index * step : from - index * step;
    return [{ start, end, made: letters ? String.fromCharCode(at) : String(at).padStart(width, "0") }];
  });
}
