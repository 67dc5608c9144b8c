// Finds what a member of a layer is in the image: its path, what it hides, what it links to.

import type { LayerColumns } from "./columns.ts";
import { ImageError } from "./error.ts";
import { KindCode } from "./kinds.ts";
import { AUFS, OUTSIDE, type PathInterner } from "./paths.ts";
import type { Member } from "./tar/member.ts";

/** A layer that is being walked. */
export interface LayerUnderWay {
  /** Opens its errors: "layer 3". */
  readonly where: string;
  readonly columns: LayerColumns;
  readonly paths: PathInterner;
  readonly tally: ImageTally;
}

/** Counts over all layers of an image, to keep it within bounds. */
export interface ImageTally {
  readonly limit: number;
  entries: number;
}

const { HARDLINK, OPAQUE, WHITEOUT } = KindCode;
const SLASH = 47;
const DOT = 46;
const W = 119;
const H = 104;
const opaqueName = ".wh..wh..opq";

/**
 * Adds a member to the layer's columns and answers its index, or -1 for one that is no entry (aufs' own files). Throws
 * ImageError for a name that leaves the image, a whiteout of nothing, and when the image has too many entries.
 */
export function addMember(layer: LayerUnderWay, member: Member): number {
  const { paths, tally } = layer;
  const { nameBytes, nameStart } = member;
  let { nameEnd } = member;
  while (nameEnd > nameStart && nameBytes[nameEnd - 1] === SLASH) nameEnd--;
  let last = nameEnd;
  while (last > nameStart && nameBytes[last - 1] !== SLASH) last--;

  let kind = member.kind;
  let path = paths.folder(nameBytes, nameStart, last);
  if (path >= 0 && nameBytes[last] !== DOT && last < nameEnd) {
    path = paths.child(path, nameBytes, last, nameEnd);
  } else if (isDots(nameBytes, last, nameEnd)) {
    if (path !== AUFS) path = paths.intern(nameBytes, nameStart, nameEnd);
  } else if (path >= 0) {
    const whiteout = isWhiteout(nameBytes, last, nameEnd);
    if (!whiteout) {
      path = paths.child(path, nameBytes, last, nameEnd);
    } else if (!isWhiteout(nameBytes, last + 4, nameEnd)) {
      if (isDots(nameBytes, last + 4, nameEnd)) {
        throw new ImageError(`${layer.where}: the whiteout at byte ${member.position} names nothing`);
      }
      kind = WHITEOUT;
      path = paths.child(path, nameBytes, last + 4, nameEnd);
    } else if (Buffer.from(nameBytes.subarray(last, nameEnd)).toString("latin1") === opaqueName) {
      kind = OPAQUE;
    } else {
      path = AUFS;
    }
  }
  if (path === AUFS) return -1;
  if (path === OUTSIDE) throw outside(layer, member, nameBytes, nameStart, nameEnd);

  let link = 0;
  if (kind === HARDLINK) {
    link = paths.intern(member.linkBytes, member.linkStart, member.linkEnd);
    if (link === OUTSIDE) throw outside(layer, member, member.linkBytes, member.linkStart, member.linkEnd);
    // The file behind it is kept where no image shows it; the link has no content of its own.
    if (link === AUFS) link = path;
  }
  if (++tally.entries > tally.limit) throw new ImageError(`the image has more than ${tally.limit} entries`);
  return layer.columns.append(member, kind, path, link);
}

function outside(
  { where }: LayerUnderWay,
  { position }: Member,
  name: Uint8Array,
  start: number,
  end: number,
): ImageError {
  const text = Buffer.from(name.subarray(start, end)).toString();
  return new ImageError(`${where}: the entry at byte ${position} leads outside the image: ${text}`);
}

/** `.wh.`, at a place in a name. */
function isWhiteout(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    end - at >= 4 && bytes[at] === DOT && bytes[at + 1] === W && bytes[at + 2] === H && bytes[at + 3] === DOT
  );
}

/** "", "." or "..". */
function isDots(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  return (
    length === 0 || (bytes[start] === DOT && (length === 1 || (length === 2 && bytes[start + 1] === DOT)))
  );
}
