// Which stored copies are equal in content: hashes are taken only where sizes meet.
import type { WalkedImage } from "./image.ts";
import { layerOf } from "./overlay.ts";

/** The files of an image by entry number (see Overlay). */
export interface Contents {
  size(entry: number): number;
  same(a: number, b: number): boolean;
  /** Entry numbers of equal size and content, for each size that occurs at least twice; sizes of 0 are left out. */
  groups(entries: Iterable<number>): number[][];
  /** For each of `wanted` that has its like among `others`: that one, with the same file name if there is one. */
  matches(wanted: readonly number[], others: Iterable<number>): Map<number, number>;
}

export function contentsOf(image: WalkedImage, offsets: Int32Array): Contents {
  const size = (entry: number): number => {
    const layer = layerOf(offsets, entry);
    return image.layers[layer]!.entries.size(entry - offsets[layer]!);
  };
  const hash = (entry: number): bigint => {
    const layer = layerOf(offsets, entry);
    return image.contentHash(layer, entry - offsets[layer]!);
  };
  const same = (a: number, b: number): boolean => {
    if (size(a) !== size(b)) return false;
    const layerA = layerOf(offsets, a);
    const layerB = layerOf(offsets, b);
    return image.sameContent(layerA, a - offsets[layerA]!, layerB, b - offsets[layerB]!);
  };
  const fileName = (entry: number): string => {
    const layer = layerOf(offsets, entry);
    const path = image.paths.path(image.layers[layer]!.entries.path(entry - offsets[layer]!));
    return path.slice(path.lastIndexOf("/") + 1);
  };

  const groups: Contents["groups"] = (entries) =>
    [...groupBy(entries, size)]
      .filter(([bytes, group]) => bytes > 0 && group.length > 1)
      .flatMap(([, group]) => {
        // A comparison of two stops at the first difference; hashing reads both to the end.
        if (group.length === 2) return same(group[0]!, group[1]!) ? [group] : [];
        return [...groupBy(group, hash).values()].filter((alike) => alike.length > 1);
      });

  const matches: Contents["matches"] = (wanted, others) => {
    const sought = groupBy(wanted, size);
    const offered = groupBy(
      filter(others, (entry) => sought.has(size(entry))),
      size,
    );
    const found = new Map<number, number>();
    for (const [bytes, candidates] of offered) {
      const seekers = sought.get(bytes)!;
      if (seekers.length === 1 && candidates.length === 1) {
        if (same(seekers[0]!, candidates[0]!)) found.set(seekers[0]!, candidates[0]!);
        continue;
      }
      const alike = new Map<bigint, { readonly first: number; readonly names: Map<string, number> }>();
      for (const [key, entries] of groupBy(candidates, hash)) {
        const names = new Map(entries.map((entry) => [fileName(entry), entry] as const).reverse());
        alike.set(key, { first: entries[0]!, names });
      }
      for (const seeker of seekers) {
        const like = alike.get(hash(seeker));
        if (like !== undefined) found.set(seeker, like.names.get(fileName(seeker)) ?? like.first);
      }
    }
    return found;
  };
  return { size, same, groups, matches };
}

function* filter(entries: Iterable<number>, keep: (entry: number) => boolean): Iterable<number> {
  for (const entry of entries) if (keep(entry)) yield entry;
}

function groupBy<Key>(entries: Iterable<number>, key: (entry: number) => Key): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  for (const entry of entries) {
    const of = key(entry);
    const group = groups.get(of);
    if (group === undefined) groups.set(of, [entry]);
    else group.push(entry);
  }
  return groups;
}
