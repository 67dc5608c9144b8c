// The same content at different paths in different layers: no waste, all of it is visible, but stored again.
import { contentsOf } from "./content.ts";
import type { WalkedImage } from "./image.ts";
import { applyLayers, layerOf } from "./overlay.ts";

/** Visible files of equal content in at least two layers. */
export interface Duplicate {
  /** Bytes of one copy. */
  readonly size: number;
  /** Bytes of the copies above the lowest layer that has one. */
  readonly bytes: number;
  /** Base first, in archive order; each under a name that is visible. */
  readonly copies: readonly { readonly path: string; readonly layer: number }[];
}

/**
 * Finds them, largest first; reads every visible file that has the size of another one, so call it before the image
 * is closed. Hardlinks are one file, copies within one layer alone are no matter of layers, and empty files are
 * left out.
 */
export function findDuplicates(image: WalkedImage): Duplicate[] {
  const otherNames = new Map<number, string>();
  const { offsets, hiddenBy } = applyLayers(
    image.paths,
    image.layers.map((layer) => layer.entries),
    otherNames,
  );
  const nameOf = (entry: number, layer: number): string =>
    otherNames.get(entry) ?? image.paths.path(image.layers[layer]!.entries.path(entry - offsets[layer]!));
  const visible = new Int32Array(offsets.at(-1)!);
  let count = 0;
  for (const [layer, { entries }] of image.layers.entries()) {
    for (let index = 0; index < entries.count; index++) {
      const entry = offsets[layer]! + index;
      if (entries.kind(index) === "file" && hiddenBy[entry]! < 0) visible[count++] = entry;
    }
  }
  const contents = contentsOf(image, offsets);
  return [...contents.groups(visible.subarray(0, count))]
    .map((group) => {
      const size = contents.size(group[0]!);
      const copies = group.map((entry) => {
        const layer = layerOf(offsets, entry);
        return { layer, path: nameOf(entry, layer) };
      });
      const above = copies.filter((copy) => copy.layer !== copies[0]!.layer).length;
      return { size, bytes: size * above, copies };
    })
    .filter((group) => group.bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || (a.copies[0]!.path < b.copies[0]!.path ? -1 : 1));
}
