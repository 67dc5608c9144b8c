// Images made of plain arrays, as a walk would yield them: the accounting's stand-in for archives.
import type { EntryKind, LayerEntries, PathTable } from "../../src/image/entries.ts";
import type { HistoryEntry, WalkedImage } from "../../src/image/image.ts";

export interface StackEntry {
  readonly kind: EntryKind;
  readonly path: string;
  /** What the content is; equal sizes and contents are equal files. */
  readonly content: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly xattrs: number;
  readonly link: string | undefined;
}

type Meta = Partial<Pick<StackEntry, "mode" | "uid" | "gid" | "mtime" | "xattrs">>;

export const MiB = 1024 * 1024;

function entry(kind: EntryKind, path: string, rest: Partial<StackEntry> = {}): StackEntry {
  const mode = kind === "directory" ? 0o755 : 0o644;
  return {
    kind,
    path,
    content: "",
    size: 0,
    mode,
    uid: 0,
    gid: 0,
    mtime: 0,
    xattrs: 0,
    link: undefined,
    ...rest,
  };
}

/** A file of `size` bytes whose content is told from others by a word. */
export const file = (path: string, size: number, content = "a", meta: Meta = {}): StackEntry =>
  entry("file", path, { size, content, ...meta });
/** A file whose content is this text. */
export const text = (path: string, content: string, meta: Meta = {}): StackEntry =>
  entry("file", path, { size: Buffer.byteLength(content), content, ...meta });
export const directory = (path: string, meta: Meta = {}): StackEntry => entry("directory", path, meta);
export const symlink = (path: string, link: string): StackEntry => entry("symlink", path, { link });
export const hardlink = (path: string, link: string): StackEntry => entry("hardlink", path, { link });
export const whiteout = (path: string): StackEntry => entry("whiteout", path);
export const opaque = (path: string): StackEntry => entry("opaque", path);
export const device = (path: string): StackEntry => entry("character-device", path);

const nameOf = (path: string): Buffer => Buffer.from(path.slice(path.lastIndexOf("/") + 1));

interface Interned extends PathTable {
  intern(path: string): number;
}

function pathTable(): Interned {
  const ids = new Map<string, number>([["/", 0]]);
  const paths = ["/"];
  const parents = [0];
  const intern = (path: string): number => {
    const known = ids.get(path);
    if (known !== undefined) return known;
    const parent = intern(path.slice(0, path.lastIndexOf("/")) || "/");
    const id = paths.length;
    ids.set(path, id);
    paths.push(path);
    parents.push(parent);
    return id;
  };
  return {
    get count() {
      return paths.length;
    },
    parent: (id) => parents[id]!,
    path: (id) => paths[id]!,
    find: (path) => ids.get(path),
    name: (id) => nameOf(paths[id]!).toString("latin1"),
    findChild: (folder, name) =>
      ids.get(`${folder === 0 ? "" : paths[folder]!}/${Buffer.from(name, "latin1").toString()}`),
    compare: (a, b) => Buffer.compare(Buffer.from(paths[a]!), Buffer.from(paths[b]!)),
    compareNames: (a, b) => Buffer.compare(nameOf(paths[a]!), nameOf(paths[b]!)),
    intern,
  };
}

export interface StackOptions extends Partial<Omit<WalkedImage, "layers" | "paths" | "config">> {
  readonly history?: readonly HistoryEntry[];
  /** Compressed bytes per layer. */
  readonly compressed?: readonly number[];
  readonly diffIds?: readonly string[];
}

/** A walked image of these layers, base first. */
export function stack(
  layers: readonly (readonly StackEntry[])[],
  options: StackOptions = {},
): WalkedImage & { readonly compared: () => number } {
  const paths = pathTable();
  let compared = 0;
  const columns = layers.map((entries): LayerEntries => {
    const ids = entries.map((item) => paths.intern(item.path));
    const links = entries.map((item) => (item.kind === "hardlink" ? paths.intern(item.link!) : undefined));
    return {
      count: entries.length,
      kind: (index) => entries[index]!.kind,
      path: (index) => ids[index]!,
      size: (index) => entries[index]!.size,
      mode: (index) => entries[index]!.mode,
      uid: (index) => entries[index]!.uid,
      gid: (index) => entries[index]!.gid,
      mtime: (index) => entries[index]!.mtime,
      linkPath: (index) => links[index],
      linkText: (index) => (entries[index]!.kind === "symlink" ? entries[index]!.link : undefined),
      linkBytes: (index) =>
        entries[index]!.kind === "symlink" ? Buffer.from(entries[index]!.link!) : undefined,
      xattrs: (index) => entries[index]!.xattrs,
    };
  });
  const hashes = new Map<string, bigint>();
  const hash = (content: string): bigint => {
    const known = hashes.get(content) ?? BigInt(hashes.size + 1);
    hashes.set(content, known);
    return known;
  };
  const { history = [], compressed = [], diffIds, ...rest } = options;
  return {
    name: "test.tar",
    digest: `sha256:${"0".repeat(64)}`,
    platform: "linux/amd64",
    config: {
      os: "linux",
      architecture: "amd64",
      variant: undefined,
      created: undefined,
      history,
      diffIds: diffIds ?? layers.map((_, index) => `sha256:${String(index).padStart(64, "0")}`),
      labels: {},
    },
    annotations: {},
    attestations: [],
    ...rest,
    paths,
    layers: columns.map((entries, index) => ({
      digest: `sha256:${String(index).padStart(64, "a")}`,
      diffId: diffIds?.[index] ?? `sha256:${String(index).padStart(64, "0")}`,
      mediaType: undefined,
      compression: "gzip",
      compressedSize: compressed[index] ?? 0,
      entries,
    })),
    sameContent: (layerA, a, layerB, b) => {
      compared++;
      const one = layers[layerA]![a]!;
      const two = layers[layerB]![b]!;
      return one.size === two.size && one.content === two.content;
    },
    contentHash: (layer, index) => {
      compared++;
      return hash(layers[layer]![index]!.content);
    },
    readFile: (layer, index) => new TextEncoder().encode(layers[layer]![index]!.content),
    close: async () => {},
    compared: () => compared,
  };
}
