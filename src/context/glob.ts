// Globs as Go's filepath.Match and moby's patternmatcher read them, as regular expressions over "/"-separated paths.

/** The pattern as Go's filepath.Match reads it; undefined when Go calls it malformed. */
export function compileGlob(pattern: string): RegExp | undefined {
  const source = globSource(pattern, false);
  return source === undefined ? undefined : new RegExp(`^${source}$`, "su");
}

/** Whether a COPY source is a glob: a `*`, `?` or `[` that no backslash stands before. */
export function isGlob(source: string): boolean {
  return /^(?:[^\\*?[]|\\.)*[*?[]/s.test(source);
}

/**
 * The body of a regular expression for a pattern; undefined when it is malformed. With `doubleStar`, `**` stands
 * for any number of folders (github.com/moby/patternmatcher, `compile`), else it is `*` twice.
 */
export function globSource(pattern: string, doubleStar: boolean): string | undefined {
  let out = "";
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at]!;
    if (char === "*" && doubleStar && pattern[at + 1] === "*") {
      at += pattern[at + 2] === "/" ? 3 : 2;
      out += at >= pattern.length ? ".*" : "(?:.*/)?";
    } else if (char === "[") {
      const found = CLASS.exec(pattern.slice(at))?.[0];
      const compiled = found === undefined ? undefined : classSource(found);
      if (found === undefined || compiled === undefined) return undefined;
      out += compiled;
      at += found.length;
    } else if (char === "\\") {
      const next = String.fromCodePoint(pattern.codePointAt(at + 1) ?? 0);
      if (at + 1 >= pattern.length) return undefined;
      // To patternmatcher an escaped letter is a regular expression's (or none at all), never the letter.
      if (doubleStar && /[A-Za-z0-9]/.test(next)) return undefined;
      out += escaped(next);
      at += 1 + next.length;
    } else {
      out += char === "*" ? "[^/]*" : char === "?" ? "[^/]" : escaped(char);
      at += 1;
    }
  }
  return out;
}

// In a class a "]" or "-" that stands for itself has a backslash before it.
const CLASS = /^\[\^?(?:(?:\\.|[^\]\\-])(?:-(?:\\.|[^\]\\-]))?)+\]/su;

/** A character class; undefined for a range that runs backwards. */
function classSource(text: string): string | undefined {
  const negated = text[1] === "^";
  let body = "";
  for (const [, low, high] of text.slice(negated ? 2 : 1, -1).matchAll(/(\\?.)(?:-(\\?.))?/gsu)) {
    const from = unescaped(low!);
    const to = unescaped(high ?? low!);
    if (from.codePointAt(0)! > to.codePointAt(0)!) return undefined;
    body += `${escapedInClass(from)}-${escapedInClass(to)}`;
  }
  return `[${negated ? "^" : ""}${body}]`;
}

function unescaped(char: string): string {
  return char.length > 1 && char[0] === "\\" ? char.slice(1) : char;
}

function escaped(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function escapedInClass(char: string): string {
  return char === "-" ? "\\-" : escaped(char);
}
