// BuildKit's shell lexer: quotes, escapes and variable references of a Dockerfile's words.
import { knownText, type Lookup, push, rendered, type WordPiece } from "./piece.ts";
import { replaced, trimmed } from "./substitute.ts";

export interface LexMode {
  readonly escape: string;
  readonly lookup: Lookup;
  /** Quotes stay in the result. */
  readonly rawQuotes: boolean;
  /** References to unset variables stay as written. */
  readonly keepUnset: boolean;
  /** Escapes stay in the result. */
  readonly rawEscapes: boolean;
  /** Told of every part of the outermost word, for splitting. */
  readonly words?: WordCollector | undefined;
}

/** Takes what the lexer finds, with the place [start, end) in the source that it is from. */
export interface WordCollector {
  /** Text that never splits. */
  add(text: string, start: number, end: number): void;
  /** Plain source text: splits at white space. */
  addPlain(text: string, start: number): void;
  /** Text from [start, end) of the source that splits at white space. */
  addSplit(text: string, start: number, end: number): void;
  /** Forgets the word that is being collected. */
  drop(): void;
}

interface State extends Omit<LexMode, "rawEscapes"> {
  readonly text: string;
  at: number;
  rawEscapes: boolean;
  depth: number;
  problem: string | undefined;
}

/** Lexes a whole text; never throws. After a problem the pieces say nothing. */
export function lexWord(text: string, mode: LexMode): { pieces: WordPiece[]; problem: string | undefined } {
  const { lookup, rawQuotes, keepUnset, rawEscapes, words } = mode;
  const state: State = {
    escape: mode.escape,
    lookup,
    rawQuotes,
    keepUnset,
    rawEscapes,
    words,
    text,
    at: 0,
    depth: 0,
    problem: undefined,
  };
  const pieces = lexUntil(state, undefined, rawEscapes);
  return { pieces, problem: state.problem };
}

/** References nested deeper than this are refused, so that no text can exhaust the stack. */
const deepest = 100;

function lexUntil(state: State, stop: string | undefined, rawEscapes: boolean): WordPiece[] {
  if (state.depth === deepest) return fail(state, "variable references are nested too deep");
  state.depth++;
  const pieces = lexOnUntil(state, stop, rawEscapes);
  state.depth--;
  return pieces;
}

function lexOnUntil(state: State, stop: string | undefined, rawEscapes: boolean): WordPiece[] {
  const outer = state.rawEscapes;
  state.rawEscapes = rawEscapes;
  const pieces: WordPiece[] = [];
  const words = stop === undefined ? state.words : undefined;
  // BuildKit shares one buffer for words: what is inside ${} drops what stands before it.
  if (stop !== undefined) state.words?.drop();
  const specials = `${state.escape}$'"<${stop ?? ""}`;
  while (state.at < state.text.length && state.problem === undefined) {
    const start = state.at;
    const char = state.text[start]!;
    if (char === stop) {
      state.at++;
      state.rawEscapes = outer;
      return pieces;
    }
    if (char === "$") {
      const value = lexDollar(state);
      push(pieces, value);
      words?.addSplit(rendered(value), start, state.at);
    } else if (char === "'" || char === '"') {
      const quoted = char === "'" ? lexSingleQuote(state) : lexDoubleQuote(state);
      push(pieces, quoted);
      words?.add(rendered(quoted), start, state.at);
    } else if (char === "<") {
      const sign = lexAngle(state);
      push(pieces, [{ text: sign }]);
      words?.add(sign, start, state.at);
    } else if (char === state.escape) {
      const next = charAt(state.text, start + 1);
      const text = rawEscapes ? char + next : next;
      state.at = start + 1 + next.length;
      push(pieces, [{ text }]);
      words?.add(text, start, state.at);
    } else {
      state.at = nextSpecial(state.text, start, specials);
      const text = state.text.slice(start, state.at);
      push(pieces, [{ text }]);
      words?.addPlain(text, start);
    }
  }
  state.rawEscapes = outer;
  if (stop !== undefined) state.problem ??= `missing '${stop}' in a variable reference`;
  return pieces;
}

function lexSingleQuote(state: State): WordPiece[] {
  const close = state.text.indexOf("'", state.at + 1);
  if (close < 0) {
    state.problem = "a single quote is not closed";
    return [];
  }
  const text = state.text.slice(state.at, close + 1);
  state.at = close + 1;
  return [{ text: state.rawQuotes ? text : text.slice(1, -1) }];
}

function lexDoubleQuote(state: State): WordPiece[] {
  const pieces: WordPiece[] = [];
  const specials = `${state.escape}$"`;
  if (state.rawQuotes) push(pieces, [{ text: '"' }]);
  state.at++;
  while (state.problem === undefined) {
    const start = state.at;
    const char = state.text[start];
    if (char === undefined) {
      state.problem = "a double quote is not closed";
    } else if (char === '"') {
      state.at++;
      if (state.rawQuotes) push(pieces, [{ text: '"' }]);
      break;
    } else if (char === "$") {
      push(pieces, lexDollar(state));
    } else if (char === state.escape) {
      // Only a quote, a dollar and the escape itself can be escaped here; else the escape stays.
      const next = state.text[start + 1];
      const escapes = next === '"' || next === "$" || next === state.escape;
      state.at = start + (escapes ? 2 : 1);
      const text = (state.rawEscapes ? char : "") + (next === undefined ? "" : escapes ? next : char);
      push(pieces, [{ text }]);
    } else {
      state.at = nextSpecial(state.text, start, specials);
      push(pieces, [{ text: state.text.slice(start, state.at) }]);
    }
  }
  return pieces;
}

/** `<`, or `<<` with the blanks behind it, so that a heredoc's name belongs to its word. */
function lexAngle(state: State): string {
  const match = /<<[\t\r ]*|</y;
  match.lastIndex = state.at;
  const sign = match.exec(state.text)?.[0] ?? "<";
  state.at += sign.length;
  return sign;
}

function lexDollar(state: State): WordPiece[] {
  const start = state.at;
  state.at++;
  if (state.text[state.at] !== "{") {
    const name = lexName(state);
    if (name === "") return [{ text: "$" }];
    return variable(state, name, start);
  }
  state.at++;
  const first = state.text[state.at];
  if (first === undefined || first === "{" || first === "}" || first === ":") {
    return fail(state, first === undefined ? "missing '}' in a variable reference" : "bad substitution");
  }
  const name = lexName(state);
  let operator = charAt(state.text, state.at);
  state.at += operator.length;
  if (operator === "}") return variable(state, name, start);
  if (operator === "/") return replacement(state, name, start);
  const nullIsUnset = operator === ":";
  if (nullIsUnset) {
    operator = charAt(state.text, state.at);
    state.at += operator.length;
  }
  const sign = (nullIsUnset ? ":" : "") + operator;
  const pattern = operator === "#" || operator === "%";
  const known = operator !== "" && "+-?#%".includes(operator);
  const unsupported = `unsupported modifier ${sign} in a variable reference`;
  if (nullIsUnset ? pattern : !known) return fail(state, unsupported);
  const word = lexUntil(state, "}", pattern);
  if (state.problem !== undefined) return [];
  const value = state.lookup(name);
  // BuildKit looks at the letter behind a colon only now: a line may have `${env:TEMP}` beside its heredocs.
  if (value === undefined && state.keepUnset) return [{ text: `\${${name}${sign}${rendered(word)}}` }];
  if (!known) return fail(state, unsupported);
  if (value !== undefined && "hole" in value) {
    return [{ hole: value.hole + sign + rendered(word), text: state.text.slice(start, state.at) }];
  }
  const text = value?.known;
  const missing = text === undefined || (nullIsUnset && text === "");
  if (operator === "-") return missing ? word : [{ text }];
  if (operator === "+") return missing ? [] : word;
  if (operator === "?") {
    if (!missing) return [{ text }];
    return fail(
      state,
      `${name}: ${rendered(word) || `must not be ${text === undefined ? "unset" : "empty"}`}`,
    );
  }
  return trim(state, start, operator, text ?? "", word);
}

function variable(state: State, name: string, start: number): WordPiece[] {
  const value = state.lookup(name);
  const source = state.text.slice(start, state.at);
  if (value === undefined) return state.keepUnset ? [{ text: source }] : [];
  return "hole" in value ? [{ hole: value.hole, text: source }] : [{ text: value.known }];
}

/** `${x#p}`, `${x##p}`, `${x%p}` and `${x%%p}` of a known value. */
function trim(state: State, start: number, side: string, value: string, word: WordPiece[]): WordPiece[] {
  const pattern = knownText(word);
  const source = state.text.slice(start, state.at);
  if (pattern === undefined) return [{ hole: JSON.stringify(value) + side + rendered(word), text: source }];
  const text = trimmed(value, side, pattern);
  if (text === undefined) return fail(state, `invalid pattern ${pattern} in a variable reference`);
  return [{ text }];
}

/** `${x/p/r}` and `${x//p/r}`, read from behind the first slash. */
function replacement(state: State, name: string, start: number): WordPiece[] {
  const all = state.text[state.at] === "/";
  if (all) state.at++;
  const pattern = lexUntil(state, "/", true);
  if (state.problem !== undefined) return [];
  const by = lexUntil(state, "}", true);
  if (state.problem !== undefined) return [];
  const value = state.lookup(name);
  const source = state.text.slice(start, state.at);
  const id = `${all ? "//" : "/"}${rendered(pattern)}/${rendered(by)}`;
  if (value === undefined && state.keepUnset)
    return [{ text: `\${${name}/${rendered(pattern)}/${rendered(by)}}` }];
  if (value !== undefined && "hole" in value) return [{ hole: value.hole + id, text: source }];
  const known = knownText(pattern);
  if (known === undefined) return [{ hole: JSON.stringify(value?.known ?? "") + id, text: source }];
  const pieces = replaced(value?.known ?? "", known, by, all);
  return pieces ?? fail(state, `invalid pattern ${known} in a variable reference`);
}

function lexName(state: State): string {
  const name = /\p{Nd}+|[@*#?\-$!]|[\p{L}_][\p{L}\p{Nd}_]*/uy;
  name.lastIndex = state.at;
  const found = name.exec(state.text)?.[0] ?? "";
  state.at += found.length;
  return found;
}

function fail(state: State, problem: string): WordPiece[] {
  state.problem ??= problem;
  return [];
}

/** The whole character at `at`, both halves of a surrogate pair; "" at the end. */
function charAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function nextSpecial(text: string, at: number, specials: string): number {
  let end = at;
  while (end < text.length && !specials.includes(text[end]!)) end++;
  return end;
}
