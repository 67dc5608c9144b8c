// What a word after `pip install` asks for (PEP 508 and pip's own forms), holes included.
import { HOLE_END, HOLE_START, QUOTED } from "../../shell/word.ts";
import { poetrySpecifier } from "./constraints.ts";
import { isVersion, parseSpecifier, pinnedVersion } from "./versions.ts";

/** Where a requirement comes from when it is not looked up by name. */
export interface PythonSource {
  /** A wheel or sdist on disk, a folder with a project, a repository, or a file on a server. */
  readonly kind: "archive" | "project" | "git" | "url";
  /** The path or URL as written, without extras and fragment; a path may be a glob. */
  readonly location: string;
}

export interface PythonRequirement {
  /** As written, without the marks for quoted characters. */
  readonly text: string;
  /** Normalized (PEP 503); undefined when the text does not tell it. */
  readonly name: string | undefined;
  readonly extras: readonly string[];
  /** "==1.2", ">=2,<3", "" for any; may have holes, or be one. For a wheel or sdist, the version in its file name, pinned. */
  readonly specifier: string;
  /** The version, when it is pinned and known. */
  readonly version?: string;
  readonly source?: PythonSource;
  /** The environment marker behind ";", as written. */
  readonly marker?: string;
}

const ARCHIVE = /\.(?:whl|zip|tar|tgz|tbz|txz|tar\.(?:gz|bz2|xz|lzma|zst))$/i;
const HOLE = new RegExp(`${HOLE_START}[^${HOLE_END}]*${HOLE_END}`, "g");

/** A name as indexes compare it: lower case, runs of "-", "_" and "." as one "-" (PEP 503). */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** Reads one requirement; undefined when it is none, or when even its kind is left to the build. */
export function parseRequirement(word: string): PythonRequirement | undefined {
  const text = word.replaceAll(QUOTED, "").trim();
  const named = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*/.exec(text);
  const rest = text.slice(named?.[0].length);
  if (named !== null && rest.startsWith("@")) return parseReference(text, named[1]!, named[2], rest.slice(1));
  if (looksLikeLocation(text)) return parseReference(text, undefined, undefined, text);
  if (named === null) return undefined;
  // A hole right behind the name may be more of the name.
  if (rest.startsWith(HOLE_START) && named[2] === undefined && !/\s$/.test(named[0])) return undefined;
  const semicolon = masked(rest).indexOf(";");
  const written = (semicolon < 0 ? rest : rest.slice(0, semicolon)).trim();
  const specifier = written.replace(/^\((.*)\)$/s, "$1").replace(/\s+/g, "");
  if (!specifier.includes(HOLE_START) && parseSpecifier(specifier) === undefined) return undefined;
  return {
    text,
    name: normalizeName(named[1]!),
    extras: extrasOf(named[2]),
    ...versionParts(specifier),
    ...(semicolon >= 0 && { marker: rest.slice(semicolon + 1).trim() }),
  };
}

/** A URL, a repository or a path, perhaps with a name before it, extras or a fragment behind it. */
function parseReference(
  text: string,
  name: string | undefined,
  extras: string | undefined,
  reference: string,
): PythonRequirement | undefined {
  const [, written, marker] = /^\s*(.*?)(?:\s+;\s*(.*)|;\s+(.*))?$/s.exec(reference)!;
  const [, whole, ownExtras] = /^(.+?)(?:\[([^\]*?/]*)\])?$/s.exec(written!) ?? [];
  if (whole === undefined) return undefined;
  if (name !== undefined && /^[\^~<>=!\d]|^latest$/.test(whole)) {
    // Poetry's and uv's way to give a version: `name@^1.2`, `name@1.2`, `name@latest`.
    const specifier = poetrySpecifier(whole);
    return { text, name: normalizeName(name), extras: extrasOf(extras), ...versionParts(specifier) };
  }
  const [address = "", fragment = ""] = whole.split("#", 2);
  const egg = /(?:^|&)egg=([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?(?:&|$)/.exec(fragment);
  const source = sourceOf(address);
  const file =
    source.kind === "archive" || source.kind === "url" ? archiveParts(baseName(source.location)) : {};
  const told = name ?? egg?.[1] ?? file.name;
  return {
    text,
    name: told === undefined ? undefined : normalizeName(told),
    extras: extrasOf(extras ?? egg?.[2] ?? ownExtras),
    ...versionParts(file.version === undefined ? "" : `==${file.version}`),
    source,
    ...(marker !== undefined && { marker: marker.trim() }),
  };
}

function versionParts(specifier: string): { specifier: string; version?: string } {
  const pinned = pinnedVersion(specifier);
  return pinned !== undefined && isVersion(pinned) ? { specifier, version: pinned } : { specifier };
}

/** As pip decides: a scheme, a separator, a leading ".", or an archive's ending. */
function looksLikeLocation(text: string): boolean {
  const [reference = ""] = masked(text).split(/\s+;|;\s/, 1);
  const path = reference.replace(/\[[^\]*?/]*\]$/, "");
  return (
    /^[a-z][a-z0-9+.-]*:\/\/|[/\\]/i.test(path.split(/[<>=!~]=|[<>]/, 1)[0]!) ||
    /^[.~]/.test(path) ||
    ARCHIVE.test(path)
  );
}

function sourceOf(address: string): PythonSource {
  if (/^(?:git|hg|svn|bzr)\+|^git@/.test(address)) return { kind: "git", location: address };
  if (/^file:/.test(address)) return localSource(address.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/, ""));
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return { kind: "url", location: address };
  return localSource(address);
}

function localSource(path: string): PythonSource {
  const isArchive = ARCHIVE.test(path) || /[*?]/.test(baseName(path));
  return { kind: isArchive ? "archive" : "project", location: path };
}

function baseName(location: string): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\//i.test(location) ? decoded(location.replace(/\?.*$/s, "")) : location;
  return path.slice(masked(path).search(/[^/\\]*$/));
}

/**
 * Name and version from a file name: `name-version-tags.whl`, where no part has a "-", or `name-version.tar.gz`. A
 * part with a glob in it is not told; a version may have holes.
 */
function archiveParts(file: string): { name?: string; version?: string } {
  const ending = ARCHIVE.exec(file);
  if (ending === null) return {};
  const stem = file.slice(0, ending.index);
  if (ending[0].toLowerCase() !== ".whl") {
    const [, name, version] = /^(.+)-([^-]+)$/s.exec(stem) ?? [];
    return name && version && isPlainName(name) && isVersion(version) ? { name, version } : {};
  }
  const [name = "", version, ...tags] = splitOutsideHoles(stem, "-");
  if (!isPlainName(name) || (version === undefined && tags.length === 0)) return {};
  return { name, ...(version !== undefined && tags.length > 0 && !/[*?[]/.test(version) && { version }) };
}

function isPlainName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);
}

function extrasOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((extra) => extra.trim())
    .filter((extra) => extra !== "");
}

/** The text with each hole blackened, so that what is found in it is found outside of holes. */
function masked(text: string): string {
  return text.replace(HOLE, (hole) => HOLE_START.repeat(hole.length));
}

function splitOutsideHoles(text: string, separator: string): string[] {
  const parts: string[] = [];
  let at = 0;
  for (const part of masked(text).split(separator)) {
    parts.push(text.slice(at, at + part.length));
    at += part.length + separator.length;
  }
  return parts;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
