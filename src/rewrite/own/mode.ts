// Modes as chmod writes them, for COPY --chmod.

/** One mode that does what several changes do one behind the other; a text says why there is none. */
export function oneMode(
  changes: readonly string[],
): { readonly mode: string; readonly octal: boolean } | { readonly why: string } {
  const modes = changes.map((mode) => plainMode(mode));
  const bad = modes.find((mode) => mode === undefined);
  if (bad !== undefined || modes.length === 0 || modes.includes(undefined)) {
    return { why: "a flag cannot say that mode" };
  }
  const known = modes as string[];
  const from = known.findLastIndex(isOctal);
  if (from < 0) return { mode: [...new Set(known)].join(","), octal: false };
  let bits = Number.parseInt(known[from]!, 8);
  for (const mode of known.slice(from + 1)) {
    const next = applied(bits, mode);
    if (next === undefined)
      return { why: `\`${mode}\` behind ${known[from]} means another mode for each kind of file` };
    bits = next;
  }
  const octal = from === known.length - 1 ? known[from]! : bits.toString(8);
  return { mode: octal, octal: true };
}

export function isOctal(mode: string): boolean {
  return /^[0-7]{1,5}$/.test(mode);
}

/**
 * The mode without regard to a umask: chmod takes 022 away where nobody is named, COPY nothing. Undefined when it is
 * none that both know.
 */
function plainMode(mode: string): string | undefined {
  if (isOctal(mode)) return mode;
  const parts = mode.split(",").map((part) => {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(part);
    if (match === null) return undefined;
    const [, who, what] = match as unknown as [string, string, string];
    if (who !== "" || !/[w=]/.test(what)) return part;
    return /^[-+]w$/.test(what) ? `u${what}` : undefined;
  });
  return parts.includes(undefined) ? undefined : parts.join(",");
}

const WHO: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const WHAT: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

/** A symbolic mode on known bits; undefined for X, s and t. */
function applied(bits: number, mode: string): number | undefined {
  let now = bits;
  for (const part of mode.split(",")) {
    const match = /^([ugoa]*)([-+=])([rwx]*|[ugo])$/.exec(part);
    if (match === null) return undefined;
    const who = match[1] === "" || match[1]!.includes("a") ? ["u", "g", "o"] : [...match[1]!];
    const source = now;
    for (const one of who) {
      const shift = WHO[one]!;
      const perm = /^[ugo]$/.test(match[3]!)
        ? (source >> WHO[match[3]!]!) & 7
        : [...match[3]!].reduce((sum, letter) => sum | WHAT[letter]!, 0);
      if (match[2] === "+") now |= perm << shift;
      else if (match[2] === "-") now &= ~(perm << shift);
      else now = (now & ~(7 << shift)) | (perm << shift);
    }
  }
  return now;
}
