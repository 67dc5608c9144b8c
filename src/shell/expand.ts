// Words as the shell expands them: quotes, variables, braces, tilde, substitutions.
import type { Excerpt } from "../text.ts";
import { braceVariants, type Item } from "./brace.ts";
import type { Piece } from "./command.ts";
import { type Atom, type Field, markedPieces, splitFields, wholeField } from "./field.ts";
import { type Expanded, expandParameter } from "./parameter.ts";
import type { Scope } from "./scope.ts";
import type { WordNode, WordPart } from "./syntax.ts";
import { holeId } from "./word.ts";

const MOST_FIELDS = 5000;

/** The fields that a word expands to; none for an unquoted empty value. */
export function expandFields(word: WordNode, scope: Scope): Field[] {
  const plain = plainField(word, scope.excerpt);
  return plain === undefined ? expandWord(word, scope) : [plain];
}

/** As `expandFields`, of a word that is known to be no plain one. */
export function expandWord(word: WordNode, scope: Scope): Field[] {
  const separators = fieldSeparators(scope);
  const fields: Field[] = [];
  for (const items of braceVariants(wordItems(word), scope.excerpt.text, scope.braces)) {
    const atoms = expandItems(items, scope, false);
    for (const field of splitFields(atoms, separators, word.pos, word.end)) fields.push(field);
    if (fields.length > MOST_FIELDS) break;
  }
  return fields;
}

/** A word that is never split: an assignment's value, a redirection's target, `case`'s word, the words of `[[`. */
export function expandWhole(word: WordNode, scope: Scope): Field {
  const plain = plainField(word, scope.excerpt);
  if (plain !== undefined) return plain;
  return wholeField(expandItems(wordItems(word), scope, false), word.pos, word.end);
}

/** Most words: nothing in them is expanded, and their parts need not be looked at. */
export function plainField(word: WordNode, excerpt: Excerpt): Field | undefined {
  const { pos: start, end } = word;
  const text = excerpt.text.slice(start, end);
  if (!/^[\w./:=,@%+^*?[\]-]+$/.test(text)) return undefined;
  return { fragments: [{ piece: { kind: "text", text, quoted: false }, start, end }], start, end };
}

/** A word's atoms, for the operand of `${x:-word}`; `quoted` if that stands in double quotes. */
export function wordAtoms(word: WordNode, scope: Scope, quoted: boolean): Atom[] {
  return expandItems(wordItems(word), scope, quoted);
}

/** The content of a heredoc with its variables replaced; `parts` absent means it is taken as it is. */
export function expandHeredoc(
  body: { readonly pos: number; readonly end: number; readonly parts: readonly WordPart[] | undefined },
  expands: boolean,
  scope: Scope,
): Field {
  const atoms: Atom[] = [];
  if (!expands) pushText(atoms, body.pos, body.end, true, scope);
  else if (body.parts === undefined) pushEscaped(atoms, body.pos, body.end, true, "$`\\", scope);
  else for (const part of body.parts) expandQuotedChild(atoms, part, scope, "$`\\");
  return wholeField(atoms, body.pos, body.end);
}

function fieldSeparators(scope: Scope): string {
  const value = scope.value("IFS");
  if (value?.kind !== "scalar" || value.pieces.some((piece) => piece.kind === "hole")) return " \t\n";
  return value.pieces.map((piece) => piece.text).join("");
}

function wordItems(word: WordNode): Item[] {
  if (word.parts === undefined) return [{ start: word.pos, end: word.end }];
  return word.parts.map((part) => ({ start: part.pos, end: part.end, part }));
}

function expandItems(items: readonly Item[], scope: Scope, quoted: boolean): Atom[] {
  const atoms: Atom[] = [];
  for (const [index, item] of items.entries()) {
    if (item.made !== undefined) {
      const piece: Piece = { kind: "text", text: item.made, quoted: false };
      atoms.push({ fragment: { piece, start: item.start, end: item.end }, split: false });
    } else if (item.part !== undefined && item.part.type !== "Literal")
      expandPart(atoms, item.part, scope, quoted);
    else {
      const from = index === 0 && !quoted ? pushTilde(atoms, item, items.length === 1, scope) : item.start;
      pushPlain(atoms, from, item.end, quoted, scope);
    }
  }
  return atoms;
}

function expandPart(atoms: Atom[], part: WordPart, scope: Scope, quoted: boolean): void {
  const { text } = scope.excerpt;
  switch (part.type) {
    case "SingleQuoted": {
      const end = part.end - (part.end > part.pos + 1 && text[part.end - 1] === "'" ? 1 : 0);
      if (quoted) pushText(atoms, part.pos, part.end, true, scope);
      else pushText(atoms, part.pos + 1, end, true, scope);
      return;
    }
    case "DoubleQuoted":
    case "LocaleString": {
      const before = atoms.length;
      for (const child of part.parts) expandQuotedChild(atoms, child, scope, '$`"\\');
      const params = part.parts.some((child) => /^\$(@|\{@\}|\{\w+\[@\]\})$/.test(child.text));
      if (atoms.length === before && !params) pushMade(atoms, "", part, true);
      return;
    }
    case "AnsiCQuoted":
      pushMade(atoms, part.value, part, true);
      return;
    case "Literal":
    case "Glob":
    case "ExtendedGlob":
      pushPlain(atoms, part.pos, part.end, quoted, scope);
      return;
    case "BraceExpansion": {
      let from = part.pos;
      for (const child of part.parts ?? []) {
        pushPlain(atoms, from, child.pos, quoted, scope);
        expandPart(atoms, child, scope, quoted);
        from = child.end;
      }
      pushPlain(atoms, from, part.end, quoted, scope);
      return;
    }
    default:
      expandVariablePart(atoms, part, scope, quoted);
  }
}

function expandQuotedChild(atoms: Atom[], child: WordPart, scope: Scope, escapes: string): void {
  if (child.type === "Literal") pushEscaped(atoms, child.pos, child.end, true, escapes, scope);
  else expandPart(atoms, child, scope, true);
}

function expandVariablePart(atoms: Atom[], part: WordPart, scope: Scope, quoted: boolean): void {
  switch (part.type) {
    case "SimpleExpansion":
      pushValue(
        atoms,
        part,
        expandParameter(
          { parameter: part.text.slice(1), text: part.text, pos: part.pos },
          quoted,
          scope,
          wordAtoms,
        ),
        quoted,
      );
      return;
    case "ParameterExpansion":
      pushValue(atoms, part, expandParameter(part, quoted, scope, wordAtoms), quoted);
      return;
    case "CommandExpansion":
    case "ProcessSubstitution":
      pushValue(atoms, part, [scope.substitute(part)], quoted);
      return;
    case "ArithmeticExpansion": {
      const number = /^\$\(\(\s*(\d+)\s*\)\)$/.exec(part.text)?.[1];
      const piece: Piece =
        number === undefined
          ? scope.fresh("arithmetic", part.text, part.pos)
          : { kind: "text", text: number, quoted: true };
      pushValue(atoms, part, [[piece]], quoted);
      return;
    }
    default:
      pushPlain(atoms, part.pos, part.end, quoted, scope);
  }
}

/**
 * Several values are several words (`"$@"`); atoms pass through. Outside quotes a quoted value is split at blanks,
 * while an unquoted one (files that match a glob) stays whole.
 */
function pushValue(
  atoms: Atom[],
  part: { readonly pos: number; readonly end: number },
  values: Expanded,
  quoted: boolean,
): void {
  if ("atoms" in values) {
    atoms.push(...values.atoms);
    return;
  }
  values.forEach((pieces, index) => {
    if (index > 0) atoms.push("border");
    for (const piece of pieces) {
      const split = !quoted && piece.quoted;
      const shown = split ? { ...piece, quoted: false } : piece;
      atoms.push({ fragment: { piece: shown, start: part.pos, end: part.end }, split });
    }
    if (quoted && pieces.length === 0) pushMade(atoms, "", part, true);
  });
}

function pushMade(
  atoms: Atom[],
  text: string,
  part: { readonly pos: number; readonly end: number },
  quoted: boolean,
): void {
  atoms.push({
    fragment: { piece: { kind: "text", text, quoted }, start: part.pos, end: part.end },
    split: false,
  });
}

/** Text in which a backslash stands before the character that it quotes. */
function pushPlain(atoms: Atom[], start: number, end: number, quoted: boolean, scope: Scope): void {
  pushEscaped(atoms, start, end, quoted, undefined, scope);
}

/** Replaces a `~` at the beginning of a word; `last` if no other item follows. Gives where the rest begins. */
function pushTilde(atoms: Atom[], { start, end }: Item, last: boolean, scope: Scope): number {
  const { text } = scope.excerpt;
  if (text[start] !== "~") return start;
  const tilde = /^~[\w.-]*/.exec(text.slice(start, Math.min(end, start + 64)))![0];
  const stop = start + tilde.length;
  if (stop === end ? !last : text[stop] !== "/") return start;
  for (const piece of homeOf(tilde.slice(1), scope)) {
    atoms.push({ fragment: { piece, start, end: stop }, split: false });
  }
  return stop;
}

function homeOf(user: string, scope: Scope): readonly Piece[] {
  if (user === "root") return [{ kind: "text", text: "/root", quoted: true }];
  if (user !== "") return [{ kind: "hole", id: holeId(`~${user}`), text: `~${user}`, quoted: true }];
  const value = scope.value("HOME");
  if (value?.kind === "scalar") return value.pieces;
  return [{ kind: "hole", id: "HOME", text: "~", quoted: true }];
}

/** Text with backslashes: before any character outside quotes (`escapes` undefined), before some inside. */
function pushEscaped(
  atoms: Atom[],
  start: number,
  end: number,
  quoted: boolean,
  escapes: string | undefined,
  scope: Scope,
): void {
  const { text } = scope.excerpt;
  let from = start;
  let at = start;
  while (at < end) {
    const next = text[at + 1];
    if (text[at] !== "\\" || at + 1 >= end || next === undefined) {
      at += 1;
      continue;
    }
    if (next !== "\n" && escapes !== undefined && !escapes.includes(next)) {
      at += 2;
      continue;
    }
    pushText(atoms, from, at, quoted, scope);
    if (next !== "\n") pushMade(atoms, next, { pos: at, end: at + 2 }, true);
    at += 2;
    from = at;
  }
  pushText(atoms, from, end, quoted, scope);
}

/** Text as it stands, but for marks. */
function pushText(atoms: Atom[], start: number, end: number, quoted: boolean, scope: Scope): void {
  if (end < start || (end === start && !quoted)) return;
  for (const { piece, at, length } of markedPieces(
    scope.excerpt.text.slice(start, end),
    quoted,
    scope.holes,
  )) {
    atoms.push({ fragment: { piece, start: start + at, end: start + at + length }, split: false });
  }
}
