// Which paths the operands of a call name: entries, folders, files put into folders.
import type { Word } from "../../shell/command.ts";
import { HOLE_START, render } from "../../shell/word.ts";
import {
  baseName,
  hasGlobSegment,
  joinPath,
  normalizePath,
  parentPath,
  splitPath,
  type Target,
} from "../path.ts";
import type { Call } from "../program.ts";

/** Folders that many hands write into: unpacking there says nothing of the other files in them. */
const SHARED = new Set(
  (
    "/ /bin /boot /etc /home /lib /lib64 /media /mnt /opt /root /run /sbin /srv /tmp /usr /var " +
    "/usr/bin /usr/include /usr/lib /usr/lib64 /usr/libexec /usr/local /usr/sbin /usr/share /usr/src " +
    "/usr/local/bin /usr/local/etc /usr/local/include /usr/local/lib /usr/local/lib64 /usr/local/libexec " +
    "/usr/local/sbin /usr/local/share /usr/local/src /var/cache /var/lib /var/log /var/opt /var/spool /var/tmp " +
    "/var/www /etc/apt /etc/ssl /etc/profile.d /etc/apt/sources.list.d /etc/apt/keyrings /etc/yum.repos.d " +
    "/usr/share/keyrings /usr/share/fonts /usr/share/man /usr/<site-packages> /usr/local/<site-packages>"
  ).split(" "),
);

/** Names that folders have and files do not. */
const FOLDER_NAMES =
  /^(s?bin|lib(64|exec)?|include|share|etc|src|conf|config|plugins|modules|.+\.d|<site-packages>)$/;

/** Whether other steps, too, are expected to put files directly into this folder. */
export function isShared(call: Call, path: string): boolean {
  return SHARED.has(path) || path === call.situation.home || /^\/home\/[^/]+$/.test(path);
}

/** The target of files that are unpacked or copied into a folder: all of it, unless the folder is a shared one. */
export function contentOf(call: Call, path: string): Target {
  return { path, extent: isShared(call, path) ? "some" : "tree" };
}

/** The path that a word names, links followed but for the last one: what `rm` removes and `mv` moves. */
export function entryPath(call: Call, word: Word | string): string | undefined {
  const path = normalizePath(typeof word === "string" ? word : render(word), call.command.cwd);
  if (path === undefined || path === "/" || splitPath(path).length < 2) return path;
  return joinPath(call.situation.follow(parentPath(path)), baseName(path));
}

/** Targets for words that name entries themselves; words whose path cannot be told are left out. */
export function entriesOf(call: Call, words: readonly Word[], extent: Target["extent"]): Target[] {
  const out: Target[] = [];
  for (const word of words) {
    const path = entryPath(call, word);
    if (path !== undefined) out.push(withoutChoice(word, { path, extent }));
  }
  return out;
}

/** As `entriesOf`, but links are followed. */
export function filesOf(call: Call, words: readonly Word[], extent: Target["extent"]): Target[] {
  const out: Target[] = [];
  for (const word of words) {
    const path = call.path(word);
    if (path !== undefined) out.push(withoutChoice(word, { path, extent }));
  }
  return out;
}

/** The folder that holds a path; the path itself when its beginning, too, is what only the build knows. */
export function folderAbove(path: string): string {
  const folder = parentPath(path);
  return folder === "" ? path : folder;
}

/** A name such as `!(a|b)` stands for entries of its folder of which no more is known. */
function withoutChoice(word: Word, target: Target): Target {
  const choice = word.pieces.some(
    (piece) => piece.kind === "text" && !piece.quoted && /[!@+*?]\(/.test(piece.text),
  );
  return choice ? { path: folderAbove(target.path), extent: "some" } : target;
}

/** Whether a word ends in "/" or is a name that only folders have: ".", "..", "x/.". */
export function looksLikeFolder(word: Word): boolean {
  return /(^|\/)\.{0,2}$/.test(render(word));
}

/** Whether a word means what is in a folder rather than the folder: `src/.`, `.`. */
export function meansContent(word: Word): boolean {
  return /(^|\/)\.$/.test(render(word));
}

/**
 * Whether a path is surely or very likely a folder where the call stands. `own` is the name of what is put there:
 * `mv a/lib b/lib` tells nothing of b/lib.
 */
function isFolder(call: Call, path: string, own: string): boolean {
  const { situation, command } = call;
  if (situation.isFolder?.(path) === true) return true;
  if (SHARED.has(path) || path === situation.home || path === command.cwd) return true;
  if (path.includes(HOLE_START) && splitPath(path).length === 1) return false;
  if (baseName(path) !== own && FOLDER_NAMES.test(baseName(path))) return true;
  return !hasGlobSegment(path) && (situation.list(joinPath(path, "*"))?.length ?? 0) > 0;
}

/** Where sources go: below the folder, each under its own name, or to the very path. */
export interface Destination {
  readonly path: string;
  /** Undefined when it may be both. */
  readonly into: boolean | undefined;
}

/** What `cp`, `mv`, `ln` and `install` take the destination for. */
export function destinationOf(call: Call, word: Word, sources: readonly Word[]): Destination | undefined {
  const path = call.path(word);
  if (path === undefined) return undefined;
  const source = sources[0];
  const name = source === undefined ? "" : lastName(source);
  if (looksLikeFolder(word) || sources.length > 1 || isFolder(call, path, name)) return { path, into: true };
  if (name === "*") return { path, into: true };
  return { path, into: hasGlobSegment(name) ? undefined : false };
}

/** The targets of one source put at a destination. `extent` is what the copy of a single entry has. */
export function placed(call: Call, source: Word, to: Destination, extent: "exact" | "tree"): Target[] {
  if (to.into === undefined) return [{ path: to.path, extent: "tree" }];
  if (meansContent(source)) return [contentOf(call, to.path)];
  if (!to.into) return [{ path: to.path, extent }];
  const name = lastName(source);
  if (name === "" || name === "..") return [contentOf(call, to.path)];
  if (!hasGlobSegment(name)) return [{ path: joinPath(to.path, name), extent }];
  const names = listed(call, source);
  if (names !== undefined) return names.map((path) => ({ path: joinPath(to.path, baseName(path)), extent }));
  return [name === "*" ? contentOf(call, to.path) : { path: to.path, extent: "some" }];
}

/** The last name in a word, links and folders left alone. */
function lastName(word: Word): string {
  return baseName(render(word).replace(/\/+$/, ""));
}

/** The files that a glob stands for, when they came from the build context and are few. */
function listed(call: Call, word: Word): readonly string[] | undefined {
  const path = entryPath(call, word);
  if (path === undefined) return undefined;
  const names = call.situation.list(path);
  // A folder's files are listed one by one; only names right below the pattern's folder are entries of it.
  const depth = splitPath(path).length;
  if (names === undefined || names.length === 0 || names.length > 50) return undefined;
  return names.every((name) => splitPath(name).length === depth) ? names : undefined;
}
