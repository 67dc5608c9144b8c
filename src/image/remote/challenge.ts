// What a registry asks for in WWW-Authenticate (RFC 9110, 11.6.1).

export interface Challenge {
  /** In lower case: "bearer", "basic". */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** All challenges of a header, in order; what cannot be read ends the list. */
export function parseChallenges(header: string | undefined): Challenge[] {
  const challenges: Challenge[] = [];
  const text = header ?? "";
  const parameter = /[\s,]*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
  const scheme = /[\s,]*([\w-]+)/y;
  let parameters: Map<string, string> | undefined;
  for (let at = 0; at < text.length; ) {
    parameter.lastIndex = at;
    const found = parameters && parameter.exec(text);
    if (found) {
      parameters!.set(found[1]!.toLowerCase(), found[2]?.replace(/\\(.)/g, "$1") ?? found[3]!);
      at = parameter.lastIndex;
      continue;
    }
    scheme.lastIndex = at;
    const next = scheme.exec(text);
    if (next === null) break;
    parameters = new Map();
    challenges.push({ scheme: next[1]!.toLowerCase(), parameters });
    at = scheme.lastIndex;
  }
  return challenges;
}
