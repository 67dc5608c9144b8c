// Python versions and version specifiers (PEP 440), with holes: what only the build knows is undefined, never guessed.
import { HOLE_START } from "../../shell/word.ts";

/** Numbers and words that compare as PEP 440 says, part by part; `local` is apart because `==` may overlook it. */
interface Version {
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: readonly [string, number] | undefined;
  readonly post: number | undefined;
  readonly dev: number | undefined;
  readonly local: readonly (string | number)[];
}

export interface Clause {
  readonly operator: "==" | "!=" | "<=" | ">=" | "<" | ">" | "~=" | "===";
  /** As written; may end in ".*" and may have holes. */
  readonly version: string;
}

const VERSION =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i;

const PRE_NAMES: Readonly<Record<string, string>> = {
  alpha: "a",
  beta: "b",
  c: "rc",
  pre: "rc",
  preview: "rc",
};

function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const [, epoch, release, pre, preNumber, dash, post, postNumber, dev, devNumber, local] = match;
  const letter = pre?.toLowerCase();
  return {
    epoch: Number(epoch ?? 0),
    release: release!.split(".").map(Number),
    pre: letter === undefined ? undefined : [PRE_NAMES[letter] ?? letter, Number(preNumber)],
    post: dash !== undefined ? Number(dash) : post === undefined ? undefined : Number(postNumber),
    dev: dev === undefined ? undefined : Number(devNumber),
    local: (local?.toLowerCase().split(/[-_.]/) ?? []).map((part) =>
      /^\d+$/.test(part) ? Number(part) : part,
    ),
  };
}

/** Whether a text is one known version. */
export function isVersion(text: string): boolean {
  return parseVersion(text) !== undefined;
}

/** Below 0, 0 or above 0, as PEP 440 orders; undefined when one is no known version. */
export function compareVersions(a: string, b: string): number | undefined {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left && right && compareParsed(left, right);
}

/** A version without its local part; undefined when more than that part is unknown. */
export function publicVersion(version: string): string | undefined {
  const known = version.split("+", 1)[0]!;
  return isVersion(known) ? known.trim() : undefined;
}

/** The clauses of a specifier; undefined when one is none (a hole in place of an operator, say). */
export function parseSpecifier(text: string): Clause[] | undefined {
  const clauses: Clause[] = [];
  for (const part of text.split(",")) {
    if (part.trim() === "") continue;
    const match = /^\s*(===|==|!=|<=|>=|~=|<|>)\s*(\S+)\s*$/.exec(part);
    if (match === null) return undefined;
    clauses.push({ operator: match[1] as Clause["operator"], version: match[2]! });
  }
  return clauses;
}

/** The one version that a specifier asks for, as written; it may have holes. */
export function pinnedVersion(specifier: string): string | undefined {
  const pin = parseSpecifier(specifier)?.find(isPin);
  return pin?.version;
}

/**
 * Whether a version fits a specifier, as an installer asks about what is installed (so pre-releases count).
 * Undefined when it depends on what is not known.
 */
export function satisfies(version: string, specifier: string): boolean | undefined {
  const clauses = parseSpecifier(specifier);
  if (clauses === undefined) return undefined;
  const answers = clauses.map((clause) => holds(version, clause));
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/**
 * Whether two specifiers of one distribution surely ask for the same version, surely cannot be met by the same one,
 * or neither is sure.
 */
export function couldDiffer(a: string, b: string): "same" | "different" | "unknown" {
  const [left, right] = [parseSpecifier(a), parseSpecifier(b)];
  if (left === undefined || right === undefined) return "unknown";
  const [pinA, pinB] = [left.find(isPin), right.find(isPin)];
  if (pinA && pinB && samePin(pinA.version, pinB.version)) return "same";
  if (pinA && excludes(pinA.version, right)) return "different";
  if (pinB && excludes(pinB.version, left)) return "different";
  return disjoint(left, right) ? "different" : "unknown";
}

function isPin({ operator, version }: Clause): boolean {
  return operator === "===" || (operator === "==" && !version.endsWith(".*"));
}

function samePin(a: string, b: string): boolean {
  return a === b || compareVersions(a, b) === 0;
}

/**
 * Whether a pinned version, whatever its unknown or unwritten local part, fits none of the clauses: `==2.1` may
 * install 2.1+cu118, so it is not surely another than `==2.1+cu118`.
 */
function excludes(pin: string, clauses: readonly Clause[]): boolean {
  const known = publicVersion(pin);
  if (known === undefined) return false;
  const whole = isVersion(pin) && pin.includes("+");
  return clauses.some((clause) => {
    const asked: Clause = clause.operator === "===" ? { ...clause, operator: "==" } : clause;
    if (whole || !asked.version.includes("+")) return holds(whole ? pin : known, asked) === false;
    return asked.operator === "==" && holdsInPart(known, "==", asked.version) === false;
  });
}

/** Whether one specifier's lower bound lies above the other's upper bound. */
function disjoint(a: readonly Clause[], b: readonly Clause[]): boolean {
  const lower = (clauses: readonly Clause[]) => clauses.filter(({ operator }) => /^(>=?|~=)$/.test(operator));
  const upper = (clauses: readonly Clause[]) => clauses.filter(({ operator }) => /^<=?$/.test(operator));
  const apart = (low: Clause, high: Clause): boolean => {
    const order = compareVersions(low.version, high.version);
    return (
      order !== undefined && (order > 0 || (order === 0 && (low.operator === ">" || high.operator === "<")))
    );
  };
  return [
    [a, b],
    [b, a],
  ].some(([low, high]) => lower(low!).some((one) => upper(high!).some((other) => apart(one, other))));
}

function holds(text: string, { operator, version: wanted }: Clause): boolean | undefined {
  if (text.includes(HOLE_START) || wanted.includes(HOLE_START)) {
    return operator === "==" || operator === "!=" ? holdsInPart(text, operator, wanted) : undefined;
  }
  if (operator === "===") return text.trim().toLowerCase() === wanted.toLowerCase();
  const version = parseVersion(text);
  const prefix = wanted.endsWith(".*");
  const other = parseVersion(prefix ? wanted.slice(0, -2) : wanted);
  if (version === undefined || other === undefined) return undefined;
  if (prefix) {
    const plain = compareParsed(other, bare(other)) === 0;
    if (!plain || (operator !== "==" && operator !== "!=")) return undefined;
    return startsWith(version, other) === (operator === "==");
  }
  // A local part that the specifier does not name is overlooked.
  const asAsked = other.local.length === 0 ? { ...version, local: [] } : version;
  const order = compareParsed(asAsked, other);
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<=":
      return order <= 0;
    case ">=":
      return order >= 0;
    case "~=":
      return order >= 0 && startsWith(version, { ...bare(other), release: other.release.slice(0, -1) });
    // `<1.0` leaves out the pre-releases of 1.0, `>1.0` its post-releases.
    case "<":
      return order < 0 && (isPrerelease(other) || compareParsed(version, { ...other, dev: 0 }) < 0);
    case ">":
      return compareParsed({ ...version, local: [] }, other) > 0 && !isPostreleaseOf(version, other);
  }
}

/** With a hole behind the "+" of one side, only a different public part is an answer. */
function holdsInPart(text: string, operator: "==" | "!=", wanted: string): boolean | undefined {
  const [left, right] = [publicVersion(text), publicVersion(wanted)];
  if (left === undefined || right === undefined) return undefined;
  return compareVersions(left, right) === 0 ? undefined : operator === "!=";
}

function startsWith(version: Version, prefix: Version): boolean {
  return (
    version.epoch === prefix.epoch &&
    prefix.release.every((number, at) => (version.release[at] ?? 0) === number)
  );
}

function bare(version: Version): Version {
  return { ...version, pre: undefined, post: undefined, dev: undefined, local: [] };
}

function isPrerelease(version: Version): boolean {
  return version.pre !== undefined || version.dev !== undefined;
}

function isPostreleaseOf(version: Version, other: Version): boolean {
  if (version.post === undefined || other.post !== undefined || other.dev !== undefined) return false;
  return compareParsed({ ...bare(version), pre: version.pre }, { ...other, local: [] }) === 0;
}

function compareParsed(a: Version, b: Version): number {
  return (
    a.epoch - b.epoch ||
    compareRelease(a.release, b.release) ||
    comparePre(a, b) ||
    (a.post ?? -1) - (b.post ?? -1) ||
    compareDev(a.dev, b.dev) ||
    compareLocal(a.local, b.local)
  );
}

function compareRelease(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = (a[at] ?? 0) - (b[at] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** 1.dev1 < 1a1 < 1: without a pre-release a version is above all of them, unless it is only a dev-release. */
function comparePre(a: Version, b: Version): number {
  const rank = ({ pre, post, dev }: Version) =>
    pre !== undefined ? { a: 1, b: 2, rc: 3 }[pre[0]]! : post === undefined && dev !== undefined ? 0 : 4;
  return rank(a) - rank(b) || (a.pre?.[1] ?? 0) - (b.pre?.[1] ?? 0);
}

function compareDev(a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined ? 1 : 0) - (b === undefined ? 1 : 0);
  return a - b;
}

/** Words come before numbers, a shorter local part before a longer one. */
function compareLocal(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [left, right] = [a[at]!, b[at]!];
    if (left === right) continue;
    if (typeof left === "number" && typeof right === "number") return left - right;
    if (typeof left === typeof right) return left < right ? -1 : 1;
    return typeof left === "string" ? -1 : 1;
  }
  return a.length - b.length;
}
