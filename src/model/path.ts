// Paths of the image as the model compares them: absolute, normalized, with globs and with holes that only the
// build knows (in the encoding of shell/word.ts), and how two sets of paths meet.
import { HOLE_END, HOLE_START, QUOTED } from "../shell/word.ts";

/**
 * exact: the path itself (a file, or a folder's own entry); tree: the path and everything below it;
 * some: files below the path of which nothing more is known (an unpacked archive, an installed package).
 */
export type Extent = "exact" | "tree" | "some";

export interface Target {
  /** Normalized by `normalizePath`. */
  readonly path: string;
  readonly extent: Extent;
  /** Paths below it that are left out, with all that is below them. */
  readonly except?: readonly string[];
}

/** The segment that stands for `lib/python3.X/site-packages` of whatever prefix it follows. */
export const SITE_PACKAGES = "<site-packages>";

/** How two targets meet. */
export interface Meeting {
  readonly certainty: "certain" | "likely" | "possible";
  /** covers: the first has all of the second; inside: only some of the second's files; part: neither is known. */
  readonly relation: "covers" | "inside" | "part";
}

/**
 * Makes a path absolute against `cwd` and takes out ".", ".." and empty segments. A path that begins with a hole
 * stays as it is, a root of its own. Undefined when it is relative and `cwd` is unknown, or climbs above a hole.
 */
export function normalizePath(path: string, cwd: string | undefined): string | undefined {
  if (path === "") return undefined;
  const absolute = path.startsWith("/") || path.startsWith(HOLE_START);
  if (!absolute && cwd === undefined) return undefined;
  const joined = absolute ? path : `${cwd}/${path}`;
  return withOneName(UNTIDY.test(joined) ? tidied(joined) : joined);
}

/** What only the slow way takes out: empty segments, dots, and an end of the path's or a hole's slash. */
const UNTIDY = /\/\/|\/\.|\/$|\uE000/;

function tidied(joined: string): string | undefined {
  const out: string[] = [];
  for (const segment of splitPath(joined)) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") {
      out.push(segment);
      continue;
    }
    const last = out.pop();
    if (last?.includes(HOLE_START) || last === "**") return undefined;
  }
  return joined.startsWith(HOLE_START) ? out.join("/") : `/${out.join("/")}`;
}

/** Places that have several names, under one. */
function withOneName(path: string | undefined): string | undefined {
  if (path === undefined || !(path.includes("-packages") || path.startsWith("/var/run"))) return path;
  return path
    .replace(/^(\/usr)?\/lib(64)?\/python\d(\.\d+)?\/(site|dist)-packages(?=\/|$)/, `/usr/${SITE_PACKAGES}`)
    .replace(/\/lib(64)?\/python[\d.*]+\/(site|dist)-packages(?=\/|$)/, `/${SITE_PACKAGES}`)
    .replace(/^\/var\/run(?=\/|$)/, "/run");
}

const SLASH_IN_HOLE = /\uE000[^\uE001/]*\//;

/** The segments of a path; a "/" inside a hole's id does not split. */
export function splitPath(path: string): string[] {
  if (!SLASH_IN_HOLE.test(path)) return path.split("/");
  const out: string[] = [];
  let segment = "";
  let inside = false;
  for (const character of path) {
    if (character === HOLE_START) inside = true;
    else if (character === HOLE_END) inside = false;
    if (character === "/" && !inside) {
      out.push(segment);
      segment = "";
    } else segment += character;
  }
  out.push(segment);
  return out;
}

/** The path of the folder that holds `path`; "/" for the root. */
export function parentPath(path: string): string {
  if (!path.includes(HOLE_START)) {
    const end = path.lastIndexOf("/");
    return end === 0 ? "/" : path.slice(0, Math.max(0, end));
  }
  const segments = splitPath(path);
  segments.pop();
  return segments.length <= 1 && path.startsWith("/") ? `/${segments[1] ?? ""}` : segments.join("/");
}

/** The last segment. */
export function baseName(path: string): string {
  return path.includes(HOLE_START) ? splitPath(path).at(-1)! : path.slice(path.lastIndexOf("/") + 1);
}

/** A name below a folder. */
export function joinPath(folder: string, name: string): string {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

/** What follows a folder in the path of something below it; "" for the folder itself. */
export function restBelow(path: string, folder: string): string {
  return path.slice(folder === "/" ? 1 : folder.length + 1);
}

/** The path as a person reads it: holes as `${id}`, marks taken off. */
export function showPath(path: string): string {
  return path
    .replace(new RegExp(`${HOLE_START}([^${HOLE_END}]*)${HOLE_END}`, "g"), (_, id: string) =>
      /^\w+$/.test(id) ? `\${${id}}` : "…",
    )
    .replaceAll(QUOTED, "")
    .replace(`/${SITE_PACKAGES}`, "/lib/python3/site-packages");
}

/** Whether `path` is known to the last character. */
export function isLiteral(path: string): boolean {
  return !path.includes(HOLE_START) && !hasGlobSegment(path);
}

const SLASH = 0x2f;

/** Whether `path` is `folder` or lies below it, surely. */
export function isBelow(path: string, folder: string): boolean {
  if (path === folder || folder === "/") return true;
  return path.charCodeAt(folder.length) === SLASH && path.startsWith(folder);
}

const SPECIAL = /[*?[\uE000-\uE002]/;

type Likeness = "yes" | "maybe" | "no";

const segmentLikeness = new Map<string, RegExp>();

/** Whether a segment, or a path, has a glob character that is not quoted. */
export function hasGlobSegment(segment: string): boolean {
  return /(?<!\uE002)[*?[]/.test(segment);
}

function asExpression(segment: string): RegExp {
  const known = segmentLikeness.get(segment);
  if (known !== undefined) return known;
  let source = "";
  for (let at = 0; at < segment.length; at += 1) {
    const character = segment[at]!;
    if (character === QUOTED) {
      at += 1;
      source += escapeExpression(segment[at] ?? "");
    } else if (character === HOLE_START) {
      const end = segment.indexOf(HOLE_END, at);
      at = end < 0 ? segment.length : end;
      source += ".*";
    } else if (character === "*") source += ".*";
    else if (character === "?") source += ".";
    else if (character === "[") {
      const end = segment.indexOf("]", at + 2);
      if (end < 0) source += "\\[";
      else {
        source += ".";
        at = end;
      }
    } else source += escapeExpression(character);
  }
  const expression = new RegExp(`^${source}$`, "s");
  if (segmentLikeness.size > 10_000) segmentLikeness.clear();
  segmentLikeness.set(segment, expression);
  return expression;
}

/** A text as a regular expression that matches just that. */
export function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** Whether two segments name the same entry; a glob on the left matches what it matches. */
function likeness(a: string, b: string): Likeness {
  if (a === b) return "yes";
  if (!SPECIAL.test(a) && !SPECIAL.test(b)) return "no";
  const globA = hasGlobSegment(a);
  const globB = hasGlobSegment(b);
  const holeA = a.includes(HOLE_START);
  const holeB = b.includes(HOLE_START);
  if (!globA && !globB && !holeA && !holeB) {
    return a.replaceAll(QUOTED, "") === b.replaceAll(QUOTED, "") ? "yes" : "no";
  }
  // A shell's glob leaves hidden files out.
  if (/^[*?]/.test(a) && a !== "**" && /^\.[^*?[\uE000]/.test(b)) return "no";
  if (a === "*") return "yes";
  if (globA && !holeA && !globB && !holeB)
    return asExpression(a).test(b.replaceAll(QUOTED, "")) ? "yes" : "no";
  if (coversPattern(a, b)) return "yes";
  const plainA = a.replaceAll(QUOTED, "");
  const plainB = b.replaceAll(QUOTED, "");
  return asExpression(a).test(plainB) || asExpression(b).test(plainA) || overlapPossible(a, b)
    ? "maybe"
    : "no";
}

/**
 * Whether all that a pattern or a name with holes may stand for is matched by a pattern whose only wildcards are "*":
 * `tool*.tgz` has all of `tool-*-x64.tgz`.
 */
function coversPattern(a: string, b: string): boolean {
  if (!a.includes("*") || a === "**" || /[?[\uE000-\uE002]/.test(a)) return false;
  // What is not known of the other one is a character that no name has.
  const unknown = b.replaceAll(QUOTED, "").replace(/\uE000[^\uE001]*\uE001|\[[^\]]+\]|[*?]+/g, "\uF8FF");
  return asExpression(a).test(unknown);
}

/** Two patterns may name the same only when their known beginnings and ends agree. */
function overlapPossible(a: string, b: string): boolean {
  const head = (text: string): string => text.split(/[*?[\uE000]/, 1)[0]!.replaceAll(QUOTED, "");
  const tail = (text: string): string =>
    text
      .split(/[*?\]\uE001]/)
      .at(-1)!
      .replaceAll(QUOTED, "");
  const startsAlike = head(a).startsWith(head(b)) || head(b).startsWith(head(a));
  const endsAlike = tail(a).endsWith(tail(b)) || tail(b).endsWith(tail(a));
  return startsAlike && endsAlike;
}

/** Where the first of two paths lies beside the second; "unclear" when it hangs on a character that may stand for others. */
type Place = "above" | "apart" | "below" | "equal" | "unclear";

function placeBeside(a: string, b: string): Place {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const code = a.charCodeAt(at);
    const other = b.charCodeAt(at);
    if (code === other) {
      if (isSpecial(code)) return "unclear";
      continue;
    }
    if (isSpecial(code) || isSpecial(other)) return "unclear";
    if (code === LESS) return b.startsWith("lib", at) ? "unclear" : "apart";
    return other === LESS && a.startsWith("lib", at) ? "unclear" : "apart";
  }
  if (a.length === b.length) return "equal";
  const longer = a.length > shared ? a : b;
  // The shorter one may go on with what stands for anything.
  if (shared > 1 && longer.charCodeAt(shared) !== SLASH) return "unclear";
  return longer === b ? "above" : "below";
}

/** What SITE_PACKAGES begins with: it lies in a folder that is called lib or lib64. */
const LESS = 0x3c;

/** A glob character or a mark: `*`, `?`, `[`, \uE000 to \uE002. */
function isSpecial(code: number): boolean {
  return code === 0x2a || code === 0x3f || code === 0x5b || (code >= 0xe000 && code <= 0xe002);
}

const segments = new Map<string, readonly string[]>();

function segmentsOf(path: string): readonly string[] {
  const known = segments.get(path);
  if (known !== undefined) return known;
  const made = splitPath(path);
  if (segments.size > 20_000) segments.clear();
  segments.set(path, made);
  return made;
}

/** A path with the folders of its SITE_PACKAGES, `lib` and `python3.12`, where another path names them: it may hold it. */
function spelledOut(path: string, other: string): string {
  const at = path.indexOf(`/${SITE_PACKAGES}`);
  if (at < 0 || other.includes(SITE_PACKAGES) || !other.startsWith(path.slice(0, at))) return path;
  const folders = /^\/(lib(?:64)?)(?:\/(python\d[\d.]*))?(?=\/|$)/.exec(other.slice(at));
  if (folders === null) return path;
  const [, lib, python = "python3"] = folders;
  return `${path.slice(0, at)}/${lib}/${python}/site-packages${path.slice(at + SITE_PACKAGES.length + 1)}`;
}

/**
 * How `later`, which changes what is there, meets `earlier`, which wrote it. Undefined when they surely share no
 * path.
 */
export function meet(later: Target, earlier: Target): Meeting | undefined {
  if (later.except?.some((path) => isBelow(earlier.path, path))) return undefined;
  if (earlier.except?.some((path) => isBelow(later.path, path))) return undefined;
  // Most pairs share nothing: that must cost next to nothing.
  switch (placeBeside(later.path, earlier.path)) {
    case "apart":
      return undefined;
    case "equal":
      return meetAtSamePlace(later, earlier, true);
    case "above":
      return meetAbove(later, true);
    case "below":
      if (!later.path.endsWith("/*")) return meetBelow(later, earlier, true);
  }
  const a = segmentsOf(spelledOut(later.path, earlier.path));
  const b = segmentsOf(spelledOut(earlier.path, later.path));
  const rootA = later.path === "/" ? 1 : a.length;
  const rootB = earlier.path === "/" ? 1 : b.length;
  const shared = Math.min(rootA, rootB);
  let sure = true;
  for (let i = 0; i < shared; i += 1) {
    const alike = likeness(a[i]!, b[i]!);
    if (alike === "no") return undefined;
    if (alike === "maybe") sure = false;
  }
  if (rootA === rootB) return meetAtSamePlace(later, earlier, sure);
  if (rootA < rootB) return meetAbove(later, sure);
  // "folder/*" with all below it is the folder's whole content.
  if (rootA === rootB + 1 && a.at(-1) === "*" && later.extent === "tree" && earlier.extent !== "exact") {
    return { certainty: sure ? "certain" : "possible", relation: "covers" };
  }
  return meetBelow(later, earlier, sure);
}

function meetAtSamePlace(later: Target, earlier: Target, sure: boolean): Meeting | undefined {
  const doubt = sure ? "certain" : "possible";
  if (later.extent === "exact" && earlier.extent !== "exact") {
    // The folder's own entry: a tree has it, "some" files below do not.
    return earlier.extent === "tree" ? { certainty: doubt, relation: "inside" } : undefined;
  }
  if (later.extent === "some") return { certainty: sure ? "likely" : "possible", relation: "part" };
  return { certainty: doubt, relation: "covers" };
}

function meetAbove({ extent }: Target, sure: boolean): Meeting | undefined {
  if (extent === "exact") return undefined;
  if (extent === "some") return { certainty: "possible", relation: "part" };
  return { certainty: sure ? "certain" : "possible", relation: "covers" };
}

function meetBelow(later: Target, earlier: Target, sure: boolean): Meeting | undefined {
  if (earlier.extent === "exact") return undefined;
  const likely = sure && later.extent !== "some" && earlier.extent === "tree";
  return { certainty: likely ? "likely" : "possible", relation: "inside" };
}

/** Whether two targets may share a path, whichever comes first. */
export function overlap(a: Target, b: Target): boolean {
  return meet(a, b) !== undefined || (placeBeside(a.path, b.path) !== "apart" && meet(b, a) !== undefined);
}

/** Whether a target may share a path with any of these: asked of many targets, most of which lie elsewhere. */
export function overlapsAny(targets: readonly Target[]): (target: Target) => boolean {
  const folders = targets.map(topFolder);
  return (target) => {
    const folder = topFolder(target);
    return targets.some((one, index) => {
      const other = folders[index];
      return (folder === undefined || other === undefined || folder === other) && overlap(one, target);
    });
  };
}

/** The first folder of a path; undefined when it may stand for several. */
function topFolder({ path }: Target): string | undefined {
  const end = path.indexOf("/", 1);
  const folder = path.slice(0, end < 0 ? path.length : end);
  return folder === "/" || /^\/?<|[*?[\uE000-\uE002]/.test(folder) ? undefined : folder;
}

/** Whether a literal path is one that `target` has. */
export function includesPath(target: Target, path: string): boolean {
  return meet(target, { path, extent: "exact" })?.certainty === "certain";
}
