// Environment markers (PEP 508): whether one holds where only a part of the environment is known.
import { isVersion, satisfies } from "./versions.ts";

/** Marker variables by name; one that is not there is not known. `extra` may be several. */
export type MarkerEnvironment = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is the same in every Linux container. */
export const LINUX: MarkerEnvironment = { os_name: "posix", sys_platform: "linux", platform_system: "Linux" };

const VARIABLES = new Set([
  "python_version",
  "python_full_version",
  "os_name",
  "sys_platform",
  "platform_release",
  "platform_system",
  "platform_version",
  "platform_machine",
  "platform_python_implementation",
  "implementation_name",
  "implementation_version",
  "extra",
  "extras",
  "dependency_groups",
]);

const OLD_NAMES: Readonly<Record<string, string>> = {
  "os.name": "os_name",
  "sys.platform": "sys_platform",
  "platform.version": "platform_version",
  "platform.machine": "platform_machine",
  "platform.python_implementation": "platform_python_implementation",
  python_implementation: "platform_python_implementation",
};

interface Operand {
  readonly variable?: string;
  readonly value?: string;
}

/** Whether a marker holds; true for none, undefined when it depends on what is not known or cannot be read. */
export function markerHolds(marker: string | undefined, environment: MarkerEnvironment): boolean | undefined {
  if (marker === undefined || marker.trim() === "") return true;
  const tokens = tokensOf(marker);
  if (tokens === undefined) return undefined;
  const reader = { tokens, at: 0 };
  const answer = either(reader, environment);
  return answer === MALFORMED || reader.at < tokens.length ? undefined : answer;
}

const MALFORMED = Symbol("malformed");
type Answer = boolean | undefined | typeof MALFORMED;

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  const token = /\s*(?:("[^"]*"|'[^']*')|([()])|(===|[<>=!~]=|[<>])|([A-Za-z_][\w.]*))/y;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const match = token.exec(text);
    if (match === null) return undefined;
    tokens.push(match[0].trim());
  }
  return tokens;
}

function either(reader: Reader, environment: MarkerEnvironment): Answer {
  return joined(reader, environment, "or", both, true);
}

function both(reader: Reader, environment: MarkerEnvironment): Answer {
  return joined(reader, environment, "and", single, false);
}

/** Parts between `word`s: one part that is `decisive` decides, whatever is not known of the others. */
function joined(
  reader: Reader,
  environment: MarkerEnvironment,
  word: string,
  part: (reader: Reader, environment: MarkerEnvironment) => Answer,
  decisive: boolean,
): Answer {
  let answer = part(reader, environment);
  while (reader.tokens[reader.at] === word) {
    reader.at++;
    const next = part(reader, environment);
    if (answer === MALFORMED || next === MALFORMED) return MALFORMED;
    if (answer === decisive || next === decisive) answer = decisive;
    else if (next === undefined) answer = undefined;
  }
  return answer;
}

function single(reader: Reader, environment: MarkerEnvironment): Answer {
  if (reader.tokens[reader.at] === "(") {
    reader.at++;
    const inner = either(reader, environment);
    return reader.tokens[reader.at++] === ")" ? inner : MALFORMED;
  }
  const left = operand(reader);
  let operator = reader.tokens[reader.at++];
  if (operator === "not" && reader.tokens[reader.at++] === "in") operator = "not in";
  const right = operand(reader);
  if (left === undefined || right === undefined || !/^(?:[<>=!~]+|in|not in)$/.test(operator ?? ""))
    return MALFORMED;
  return comparison(left, operator!, right, environment);
}

function operand(reader: Reader): Operand | undefined {
  const token = reader.tokens[reader.at++];
  if (token === undefined) return undefined;
  if (/^["']/.test(token)) return { value: token.slice(1, -1) };
  const variable = OLD_NAMES[token] ?? token;
  return VARIABLES.has(variable) ? { variable } : undefined;
}

function comparison(left: Operand, operator: string, right: Operand, environment: MarkerEnvironment): Answer {
  const values = [left, right].map(({ variable, value }) =>
    variable === undefined ? value : environment[variable],
  );
  const [first, second] = values;
  if (first === undefined || second === undefined) return undefined;
  if (typeof first !== "string") return anyOf(first, operator, second);
  if (typeof second !== "string") return anyOf(second, operator, first);
  if (left.variable === "extra" || right.variable === "extra") return anyOf([first], operator, second);
  return compare(first, operator, second);
}

/** A set of extras, against one name. */
function anyOf(set: readonly string[], operator: string, other: string | readonly string[]): Answer {
  if (typeof other !== "string") return MALFORMED;
  const wanted = other.toLowerCase().replace(/[-_.]+/g, "-");
  const there = set.some((extra) => extra.toLowerCase().replace(/[-_.]+/g, "-") === wanted);
  if (operator === "==" || operator === "in") return there;
  return operator === "!=" || operator === "not in" ? !there : MALFORMED;
}

/** As versions when both sides can be one, else as text, which has no order. */
function compare(left: string, operator: string, right: string): Answer {
  if (operator === "in" || operator === "not in") return right.includes(left) === (operator === "in");
  const asVersions = isVersion(left) ? satisfies(left, `${operator}${right}`) : undefined;
  if (asVersions !== undefined) return asVersions;
  if (operator === "!=") return left !== right;
  return operator === "==" || operator === "===" ? left === right : undefined;
}
