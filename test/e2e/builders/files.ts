// What a container sees: the layers of an image laid over each other.
import { type Entry, layerEntries } from "./layer.ts";
import { blobPath, layersOf } from "./layout.ts";

export interface BuiltImage {
  /** Bytes of regular files in each layer, base first. */
  readonly layers: readonly number[];
  /** The sum of `layers`. */
  readonly stored: number;
  /** What is visible at the end, by path; two names of one file share one entry object. */
  readonly files: ReadonlyMap<string, Entry>;
}

/** Reads an image out of a layout by its tag or digest. */
export async function readBuilt(layout: string, name: string): Promise<BuiltImage> {
  const files = new Map<string, Entry>();
  const layers: number[] = [];
  for (const digest of layersOf(layout, name)) {
    const entries = await layerEntries(blobPath(layout, digest));
    layers.push(entries.reduce((sum, { size }) => sum + size, 0));
    layOver(files, entries);
  }
  return { layers, stored: layers.reduce((sum, bytes) => sum + bytes, 0), files };
}

function layOver(files: Map<string, Entry>, entries: readonly Entry[]): void {
  // Whiteouts speak of the layers below, wherever they stand in this one.
  for (const { path } of entries) {
    const slash = path.lastIndexOf("/") + 1;
    const name = path.slice(slash);
    if (name === ".wh..wh..opq") removeBelow(files, path.slice(0, Math.max(0, slash - 1)));
    else if (name.startsWith(".wh.")) remove(files, path.slice(0, slash) + name.slice(4));
  }
  for (const entry of entries) {
    const { path, type } = entry;
    if (path.slice(path.lastIndexOf("/") + 1).startsWith(".wh.")) continue;
    const there = files.get(path);
    if (there?.type === "directory" && type !== "directory") removeBelow(files, path);
    if (type !== "link") files.set(path, entry);
    else {
      const other = files.get(entry.link!);
      if (other === undefined) throw new Error(`hardlink ${path} to ${entry.link}, which is not there`);
      files.set(path, other);
    }
  }
}

function remove(files: Map<string, Entry>, path: string): void {
  if (files.get(path)?.type === "directory") removeBelow(files, path);
  files.delete(path);
}

function removeBelow(files: Map<string, Entry>, folder: string): void {
  const prefix = folder === "" ? "" : `${folder}/`;
  for (const path of files.keys()) if (path !== "" && path.startsWith(prefix)) files.delete(path);
}
