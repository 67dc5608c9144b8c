// A folder to look into, on disk or in memory: entries without following links. Nothing else here touches the disk.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

export type EntryKind = "file" | "folder" | "link" | "other";

export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
}

/** Paths are relative to the tree's root, "/"-separated; "" is the root. No function throws. */
export interface Tree {
  /** What a folder holds, in no order; undefined when it cannot be read. Answers are kept. */
  list(folder: string): readonly Entry[] | undefined;
  kind(path: string): EntryKind | undefined;
  /** Bytes of a file; 0 when it cannot be told. */
  size(path: string): number;
  /** Whether an entry has a setuid, setgid or sticky bit. */
  isSpecial(path: string): boolean;
  /** Where a symbolic link points, as written. */
  link(path: string): string | undefined;
  /** A file's text, or undefined when it cannot be read. */
  text(path: string): string | undefined;
}

/** A folder on disk, read when asked. */
export function diskTree(root: string): Tree {
  const lists = new Map<string, readonly Entry[] | undefined>();
  // Plain concatenation: path.join normalizes, which costs more than the lstat in a large tree.
  const base = root.endsWith("/") ? root : `${root}/`;
  const place = (path: string): string => (path === "" ? root : base + path);
  return {
    list(folder) {
      if (!lists.has(folder))
        lists.set(
          folder,
          attempt(() => readFolder(place(folder))),
        );
      return lists.get(folder);
    },
    kind: (path) => attempt(() => kindOf(lstatSync(place(path), { throwIfNoEntry: false }))),
    size: (path) => attempt(() => lstatSync(place(path), { throwIfNoEntry: false })?.size) ?? 0,
    isSpecial: (path) =>
      attempt(() => ((lstatSync(place(path), { throwIfNoEntry: false })?.mode ?? 0) & 0o7000) !== 0) ?? false,
    link: (path) => attempt(() => readlinkSync(place(path))),
    text: (path) => attempt(() => readFileSync(place(path), "utf8")),
  };
}

/** A tree of files whose text is given by path; folders are those that the paths name. */
export function memoryTree(files: Readonly<Record<string, string>>): Tree {
  const folders = new Map<string, Map<string, Entry>>([["", new Map()]]);
  const texts = new Map<string, string>();
  for (const [path, text] of Object.entries(files)) {
    const names = path.split("/").filter((name) => name !== "" && name !== ".");
    texts.set(names.join("/"), text);
    names.forEach((name, at) => {
      const folder = names.slice(0, at).join("/");
      const kind = at === names.length - 1 && !path.endsWith("/") ? "file" : "folder";
      if (!folders.has(folder)) folders.set(folder, new Map());
      folders.get(folder)!.set(name, { name, kind });
      const own = names.slice(0, at + 1).join("/");
      if (kind === "folder" && !folders.has(own)) folders.set(own, new Map());
    });
  }
  return {
    list: (folder) => (folders.has(folder) ? [...folders.get(folder)!.values()] : undefined),
    kind: (path) => (folders.has(path) ? "folder" : texts.has(path) ? "file" : undefined),
    size: (path) => Buffer.byteLength(texts.get(path) ?? ""),
    isSpecial: () => false,
    link: () => undefined,
    text: (path) => texts.get(path),
  };
}

interface Kinds {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function readFolder(path: string): Entry[] {
  return readdirSync(path, { withFileTypes: true }).map((entry) => ({
    name: entry.name,
    kind: kindOf(entry)!,
  }));
}

function kindOf(entry: Kinds | undefined): EntryKind | undefined {
  if (entry === undefined) return undefined;
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "link" : "other";
}

/** What cannot be looked at counts as not there: a context is a help, never a reason to fail. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
