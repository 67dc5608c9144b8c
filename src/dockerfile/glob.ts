// The patterns of `${x#p}`, `${x%p}` and `${x/p/r}`: a character, any one (?), or any number of any (*).

export type GlobToken = { readonly kind: "char"; readonly char: string } | { readonly kind: "one" | "many" };

/** The pattern's parts; undefined for an escape that BuildKit does not allow. */
export function globTokens(pattern: string): GlobToken[] | undefined {
  const chars = Array.from(pattern);
  const tokens: GlobToken[] = [];
  for (let at = 0; at < chars.length; at++) {
    let char = chars[at]!;
    if (char === "*") tokens.push({ kind: "many" });
    else if (char === "?") tokens.push({ kind: "one" });
    else {
      if (char === "\\") {
        const next = chars[++at];
        if (next === undefined || !"*?\\}/".includes(next)) return undefined;
        char = next;
      }
      tokens.push({ kind: "char", char });
    }
  }
  return tokens;
}

/**
 * How many characters from `from` on the whole pattern matches, the most if `greedy`, else the fewest; undefined
 * if it does not match there. As in BuildKit no wildcard matches a line feed.
 */
export function matchLength(
  tokens: readonly GlobToken[],
  chars: readonly string[],
  from: number,
  greedy: boolean,
): number | undefined {
  // All the places in the pattern that the characters so far can have led to.
  let states = closure(new Set([0]), tokens);
  let found = states.has(tokens.length) ? 0 : undefined;
  for (let at = from; at < chars.length && states.size > 0; at++) {
    if (found !== undefined && !greedy) return found;
    const char = chars[at]!;
    const next = new Set<number>();
    for (const state of states) {
      const token = tokens[state];
      if (token === undefined) continue;
      if (token.kind === "char" ? token.char === char : char !== "\n")
        next.add(token.kind === "many" ? state : state + 1);
    }
    states = closure(next, tokens);
    if (states.has(tokens.length)) found = at + 1 - from;
  }
  return found;
}

/** Adds the places behind a `*`, which may match nothing. */
function closure(states: Set<number>, tokens: readonly GlobToken[]): Set<number> {
  for (const state of states) if (tokens[state]?.kind === "many") states.add(state + 1);
  return states;
}
