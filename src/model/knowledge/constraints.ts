// Other writings of a version requirement, as a PEP 440 specifier: Poetry's, and conda's match specifications.
import { HOLE_END, HOLE_START } from "../../shell/word.ts";
import { isVersion, parseSpecifier } from "./versions.ts";

/** `^1.2`, `~1.2`, `1.*`, `*`, `1.2` (exactly), `>=1,<2`; what cannot be said otherwise is a hole. */
export function poetrySpecifier(constraint: string): string {
  const clauses = constraint.split(/\s*,\s*|\s+(?=[<>=!^~])/).map((text) => poetryClause(text.trim()));
  const known = clauses.filter((clause) => clause !== undefined);
  return known.length === clauses.length
    ? known.filter((clause) => clause !== "").join(",")
    : unknown(constraint);
}

function poetryClause(text: string): string | undefined {
  if (text === "" || text === "*" || text === "latest") return "";
  const [, sign, version] = /^([\^~])\s*(\d+(?:\.\d+)*)$/.exec(text) ?? [];
  if (sign !== undefined && version !== undefined) return `>=${version},<${above(version, sign === "^")}`;
  if (isVersion(text) || /^\d+(\.\d+)*\.\*$/.test(text)) return `==${text}`;
  if (/^=\s*\d/.test(text)) return `=${text.replaceAll(" ", "")}`;
  return parseSpecifier(text) === undefined ? undefined : text.replaceAll(" ", "");
}

/** The first version that a caret (the first number that is not 0 stays) or a tilde does not allow. */
function above(version: string, caret: boolean): string {
  const numbers = version.split(".").map(Number);
  const firstSet = numbers.findIndex((number) => number !== 0);
  const kept = caret ? (firstSet < 0 ? numbers.length - 1 : firstSet) : Math.min(1, numbers.length - 1);
  return [...numbers.slice(0, kept), numbers[kept]! + 1].join(".");
}

export interface CondaSpec {
  readonly name: string;
  /** As a PEP 440 specifier, "" for any. */
  readonly specifier: string;
  readonly channel?: string;
}

/** `name`, `name=1.2`, `name==1.2=build`, `name>=1,<2`, `channel::name`, `name[version='>=1']`; undefined if none. */
export function parseCondaSpec(text: string): CondaSpec | undefined {
  const match =
    /^(?:([\w./:-]+)::)?([A-Za-z0-9_][\w.-]*)\s*(?:\[[^\]]*?version\s*=\s*["']?([^\]"']*)["']?[^\]]*\]|(.*))$/s.exec(
      text.trim(),
    );
  if (match === null) return undefined;
  const [, channel, name, bracketed, rest = ""] = match;
  if (rest.startsWith(HOLE_START)) return undefined;
  const written = (bracketed ?? rest).trim();
  if (written !== "" && !/^(?:[<>=!~*\d]|\[)/.test(written)) return undefined;
  return {
    name: name!.toLowerCase(),
    specifier: condaSpecifier(written),
    ...(channel !== undefined && { channel }),
  };
}

/** conda's `=1.2` allows 1.2.3; `==1.2` and `1.2=build` do not, nor does `|` have a counterpart. */
function condaSpecifier(text: string): string {
  if (text === "" || text === "*" || text.startsWith("[")) return "";
  const [, fuzzy, version, build] =
    /^(={0,2})\s*([^\s=<>!~,|*]+)(?:[\s=]+([^\s=<>!~,|]+))?$/.exec(text) ?? [];
  if (version !== undefined) {
    if (version.includes(HOLE_START) || !isVersion(version)) return `==${version}`;
    return fuzzy === "=" && build === undefined ? `==${version}.*` : `==${version}`;
  }
  const star = /^={0,2}\s*(\d+(?:\.\d+)*)\.?\*$/.exec(text);
  if (star !== null) return `==${star[1]}.*`;
  const plain = text.replace(/\s+/g, "");
  return parseSpecifier(plain) === undefined ? unknown(text) : plain;
}

function unknown(text: string): string {
  return `${HOLE_START}${text}${HOLE_END}`;
}
