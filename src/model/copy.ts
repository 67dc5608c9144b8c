// COPY and ADD: which paths they write, from where, and how big that is.
import type { BuildContext } from "../context/context.ts";
import { type CopyParts, copyParts } from "../dockerfile/copy.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { type Effect, NEGLIGIBLE, type Origin, type Size, UNKNOWN_SIZE, type WriteEffect } from "./effect.ts";
import { isSmallByName, looksLikeFile } from "./names.ts";
import { baseName, hasGlobSegment, isLiteral, joinPath, normalizePath, type Target } from "./path.ts";
import type { Provenance } from "./provenance.ts";
import { expandRendered, type Scope } from "./variables.ts";

export interface CopyPlace {
  readonly scope: Scope;
  readonly escapeChar: "\\" | "`";
  readonly workdir: string | undefined;
  readonly context: BuildContext | undefined;
  /** Whether a path is surely a folder that is there already. */
  isFolder(path: string): boolean;
  /** The stage a --from names; undefined when it is an image or a named context. */
  stageOf(from: string): number | undefined;
  provenanceOf(stage: number): readonly Provenance[];
}

export interface CopyResult {
  readonly effects: readonly Effect[];
  readonly provenance: readonly Provenance[];
  readonly complete: boolean;
}

/** One source with what is known of it. */
interface Source {
  readonly path: string;
  readonly size: Size;
  /** The name below the destination folder, when the source itself (not its content) goes there. */
  readonly name: string | undefined;
  readonly isDirectory: boolean | undefined;
  readonly archive: boolean;
}

const ARCHIVE = /\.(tar|tgz|tbz2?|txz|tzst|tar\.(gz|bz2|xz|zst|lzma|Z))$/i;
const REMOTE = /^(https?|ftp):\/\//i;
const GIT = /^(git@|git:\/\/|ssh:\/\/)|^https?:\/\/.*\.git([#?].*)?$/i;

export function copyEffects(instruction: Instruction, place: CopyPlace): CopyResult {
  const parts = copyParts(instruction);
  if (parts === undefined) return { effects: [], provenance: [], complete: false };
  const expand = (text: string): string => expandRendered(text, place.scope, place.escapeChar);
  const written = expand(parts.destination.text);
  const destination = normalizePath(written, place.workdir);
  if (destination === undefined) return { effects: [], provenance: [], complete: false };
  const from = parts.from === undefined ? undefined : expand(parts.from.text);
  const stage = from === undefined ? undefined : place.stageOf(from);
  const sources = parts.sources.map((word) => readSource(expand(word.text), from, parts, instruction, place));
  // A glob without a slash behind the destination can only mean one file.
  const many = sources.length + parts.heredocs.length > 1;
  const intoFolder = many || /(^|\/)\.?$/.test(written) || place.isFolder(destination);
  const effects: WriteEffect[] = [];
  const provenance: Provenance[] = [];
  const owner = parts.chown && expand(parts.chown.text);
  const mode = parts.chmod && expand(parts.chmod.text);
  const { span } = instruction;
  for (const source of sources) {
    const targets = sourceTargets(source, destination, intoFolder, parts).map((target) =>
      withoutExcluded(
        target,
        parts.exclude.map(({ text }) => expand(text)),
      ),
    );
    effects.push({
      kind: "write",
      how: source.archive ? "unpack" : "copy",
      targets,
      size: source.size,
      origin: originOf(source.path, from, stage),
      owner,
      mode,
      entry: entryOf(source, targets),
      span,
      runs: "always",
    });
    const target = targets[0];
    if (target === undefined || hasGlobSegment(target.path) || source.archive || parts.parents) continue;
    if (from === undefined && !REMOTE.test(source.path)) {
      provenance.push({ path: target.path, source: contextSource(source.path) });
    } else if (stage !== undefined) {
      const path = normalizePath(source.path, "/");
      if (path !== undefined)
        provenance.push({ path: target.path, source: path, stage: place.provenanceOf(stage) });
    }
  }
  for (const heredoc of parts.heredocs) {
    const path = intoFolder ? joinPath(destination, heredoc.name) : destination;
    effects.push({
      kind: "write",
      how: "copy",
      targets: [{ path, extent: "exact" }],
      size: NEGLIGIBLE,
      origin: { kind: "inline" },
      owner,
      mode,
      entry: undefined,
      span,
      runs: "always",
    });
  }
  return { effects, provenance, complete: true };
}

/** A folder's copy without the paths that `--exclude` names plainly. */
function withoutExcluded(target: Target, patterns: readonly string[]): Target {
  if (target.extent !== "tree") return target;
  const except = patterns.flatMap((pattern) => {
    const path = normalizePath(pattern.replace(/^\//, ""), target.path);
    return path !== undefined && path !== target.path && isLiteral(path) ? [path] : [];
  });
  return except.length === 0 ? target : { path: target.path, extent: target.extent, except };
}

/** File or folder, where the source's kind or its name tells. */
function entryOf(source: Source, targets: readonly Target[]): WriteEffect["entry"] {
  if (source.archive || source.isDirectory === true || /(^|\/)\.?$/.test(source.path)) return "directory";
  const file = source.isDirectory === false || targets.some(({ path }) => looksLikeFile(path));
  return file ? "file" : undefined;
}

function contextSource(path: string): string {
  return (normalizePath(path, "/") ?? "/").slice(1);
}

function originOf(path: string, from: string | undefined, stage: number | undefined): Origin {
  if (stage !== undefined) return { kind: "stage", stage, sources: [normalizePath(path, "/") ?? path] };
  if (from !== undefined) return { kind: "image", image: from, sources: [path] };
  if (REMOTE.test(path) || GIT.test(path)) return { kind: "remote", url: path };
  return { kind: "context", sources: [contextSource(path)] };
}

function readSource(
  path: string,
  from: string | undefined,
  parts: CopyParts,
  instruction: Instruction,
  place: CopyPlace,
): Source {
  const adds = instruction.keyword === "ADD";
  if (from !== undefined) {
    return {
      path,
      size: isSmallByName(path) ? NEGLIGIBLE : UNKNOWN_SIZE,
      name: baseName(normalizePath(path, "/") ?? path),
      isDirectory: undefined,
      archive: false,
    };
  }
  if (adds && (REMOTE.test(path) || GIT.test(path))) {
    const name = GIT.test(path)
      ? undefined
      : path
          .replace(/[?#].*$/, "")
          .split("/")
          .at(-1);
    return {
      path,
      size: UNKNOWN_SIZE,
      name: name === "" ? undefined : name,
      isDirectory: GIT.test(path),
      archive: parts.unpack === true,
    };
  }
  const source = contextSource(path);
  const exclude = parts.exclude.map((word) => expandRendered(word.text, place.scope, place.escapeChar));
  const measure = place.context?.measure(source === "" ? "." : source, exclude);
  const size: Size =
    measure === undefined
      ? isSmallByName(source)
        ? NEGLIGIBLE
        : UNKNOWN_SIZE
      : { kind: "bytes", value: measure.bytes, source: "context" };
  const isDirectory =
    source === "" ? true : measure === undefined ? undefined : place.context?.isDirectory(source);
  const archive = adds && parts.unpack !== false && ARCHIVE.test(path);
  return { path, size, name: baseName(`/${source}`), isDirectory, archive };
}

/** Where one source goes: a folder's content into the destination, a file below a folder or in its place. */
function sourceTargets(
  source: Source,
  destination: string,
  intoFolder: boolean,
  parts: CopyParts,
): readonly Target[] {
  if (source.archive) return [{ path: destination, extent: "tree" }];
  if (parts.parents) {
    const kept = normalizePath(source.path.replace(/^.*\/\.\//, ""), "/") ?? "/";
    return [{ path: kept === "/" ? destination : joinPath(destination, kept.slice(1)), extent: "tree" }];
  }
  const wholeFolder = source.isDirectory ?? looksLikeFolder(source.path);
  if (wholeFolder || !intoFolder)
    return [{ path: destination, extent: source.isDirectory === false ? "exact" : "tree" }];
  if (source.name === undefined || source.name === "") return [{ path: destination, extent: "tree" }];
  return [
    { path: joinPath(destination, source.name), extent: source.isDirectory === false ? "exact" : "tree" },
  ];
}

/** A source of which nothing is known: a name with an ending is a file, one without is a folder. */
function looksLikeFolder(path: string): boolean {
  if (path === "." || path.endsWith("/") || path.endsWith("/.")) return true;
  return !hasGlobSegment(baseName(path)) && !looksLikeFile(path);
}
