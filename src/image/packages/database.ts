// What a package manager's reader gets and gives: the files of its database in all layers, the packages in them.

/** One package, as it is named in reports: `pip:flashinfer-cubin@0.6.8.post1`. */
export interface Package {
  readonly manager: string;
  readonly name: string;
  /** Undefined where the database does not say. */
  readonly version: string | undefined;
}

/** A file of a package database as one layer stores it. */
export interface DatabaseFile {
  readonly path: string;
  readonly layer: number;
  /** Its bytes; undefined when they were not kept. Not held: every call reads anew. */
  open(): Uint8Array | undefined;
}

/** A package that some layer's database lists. */
export interface Installed {
  readonly package: Package;
  readonly layer: number;
  /** Absolute paths of its files. */
  readonly files: Iterable<string>;
  /** A folder all of which is the package's, but for what other packages claim inside. */
  readonly folder?: string;
}

/** Reads the database of one package manager. Nothing in a database makes it throw: what is wrong is left out. */
export interface PackageReader {
  /** The folders that may hold a part of its database, by their whole path. */
  readonly folder: RegExp;
  /** Whether the reader needs this file of such a folder. */
  keeps(path: string): boolean;
  /** `files` by layer; `wasted` tells folders below which something is wasted. */
  read(files: readonly DatabaseFile[], wasted: (folder: string) => boolean): Iterable<Installed>;
}

export function openText(file: DatabaseFile): string | undefined {
  const bytes = file.open();
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** The JSON object in a file; undefined if it is none. */
export function openObject(file: DatabaseFile): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(openText(file) ?? "");
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** The folder of a path, "/" for those at the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** An absolute path from one that is relative to `folder`, or absolute itself; "." and ".." resolved. */
export function resolvePath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${folder}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
