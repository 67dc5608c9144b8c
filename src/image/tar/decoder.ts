// Turns tar headers and extension headers into members; shared by all walkers, so that they cannot differ.

import { ImageError } from "../error.ts";
import { KindCode } from "../kinds.ts";
import { extensionBytes, pathBytes } from "../limits.ts";
import {
  BLOCK,
  type BlockReader,
  blockState,
  createBlockReader,
  ended,
  number,
  prefixLength,
  sameOwner,
} from "./block.ts";
import { emptyMember, keepName, type Member } from "./member.ts";
import { hashBytes, noPax, type PaxFields, parsePax } from "./pax.ts";

/**
 * What a block turned out to be:
 * - `zero`: a block of zeros; two of them end an archive
 * - `member`: `member` is filled, its payload follows
 * - `extension`: `extension` bytes follow that must be given to `readExtension` before the next header
 * - `skip`: `extension` bytes follow that mean nothing here (a volume label)
 * - `continued`: one more block of a sparse map follows, for `readSparseMap`
 */
export type Step = "zero" | "member" | "extension" | "skip" | "continued";

/** A decoder at work: its member, and what it has heard of the next one. */
export interface TarDecoder {
  readonly member: Member;
  /** Bytes that follow, after `extension` and `skip`. */
  extension: number;
  readonly where: string;
  readonly blocks: BlockReader;
  /** Prefix and name put together. */
  readonly joined: Uint8Array;
  global: PaxFields | undefined;
  local: PaxFields | undefined;
  longName: Uint8Array | undefined;
  longLink: Uint8Array | undefined;
  /** The type of the extension header whose content is awaited. */
  pending: number;
  /** Offsets of the first header of the member under way, -1 between members, and of the last one read. */
  first: number;
  last: number;
  mode: number;
  uid: number;
  gid: number;
}

const { BLOCK_DEVICE, CHARACTER_DEVICE, DIRECTORY, FIFO, FILE, HARDLINK, SYMLINK } = KindCode;

/** Codes of types that are no files. */
function kindOf(type: number): number {
  switch (type) {
    case 49: // 1
      return HARDLINK;
    case 50: // 2
      return SYMLINK;
    case 51: // 3
      return CHARACTER_DEVICE;
    case 52: // 4
      return BLOCK_DEVICE;
    case 53: // 5
    case 68: // D, GNU's folder with a list of names behind it
      return DIRECTORY;
    case 54: // 6
      return FIFO;
    default:
      return FILE;
  }
}

/** `where` opens every error: "layer 3". */
export function createDecoder(where: string): TarDecoder {
  return {
    member: emptyMember(),
    extension: 0,
    where,
    blocks: createBlockReader(),
    joined: new Uint8Array(BLOCK),
    global: undefined,
    local: undefined,
    longName: undefined,
    longLink: undefined,
    pending: 0,
    first: -1,
    last: 0,
    mode: 0,
    uid: 0,
    gid: 0,
  };
}

function fault(decoder: TarDecoder, what: string): ImageError {
  return new ImageError(`${header(decoder)} ${what}`);
}

const header = ({ where, last }: TarDecoder) => `${where}: the tar header at byte ${last}`;

function checked(decoder: TarDecoder, value: number, field: string): number {
  if (Number.isNaN(value)) throw fault(decoder, `has a ${field} that is no number`);
  return value;
}

/** Reads the block at `at`, which lies `position` bytes into the archive. Throws ImageError. */
export function readHeader(decoder: TarDecoder, bytes: Uint8Array, at: number, position: number): Step {
  const { blocks, member } = decoder;
  decoder.last = position;
  const state = blockState(blocks, bytes, at);
  if (state !== "header") {
    if (state === "zero") return "zero";
    throw fault(decoder, "has a wrong checksum");
  }
  if (decoder.first < 0) decoder.first = position;
  const size = checked(decoder, number(bytes, at + 124, 12), "size");
  if (size < 0) throw fault(decoder, "claims a negative size");
  if (size > Number.MAX_SAFE_INTEGER) throw fault(decoder, `claims ${size} bytes`);

  const type = bytes[at + 156]!;
  if (type > 55 || type === 0) {
    switch (type) {
      case 75: // K
      case 76: // L
      case 88: // X, Solaris' x
      case 103: // g
      case 120: // x
        if (size > extensionBytes) {
          throw fault(decoder, `announces ${size} bytes of extension, more than ${extensionBytes}`);
        }
        decoder.pending = type;
        decoder.extension = size;
        return "extension";
      case 86: // V, a volume label
        decoder.extension = size;
        decoder.first = -1;
        return "skip";
    }
  }

  if (!sameOwner(blocks)) {
    decoder.mode = checked(decoder, number(bytes, at + 100, 8), "mode") & 0o7777;
    decoder.uid = checked(decoder, number(bytes, at + 108, 8), "uid");
    decoder.gid = checked(decoder, number(bytes, at + 116, 8), "gid");
  }
  member.position = decoder.first;
  member.sparse = false;
  member.sparseMap = 0;
  member.xattrs = 0;
  member.mode = decoder.mode;
  member.uid = decoder.uid;
  member.gid = decoder.gid;
  member.mtime = checked(decoder, number(bytes, at + 136, 12), "mtime");
  readName(decoder, bytes, at);
  // Of all other types some readers expect no payload even if they claim one, as Go's archive/tar does.
  const kind = kindOf(type);
  member.kind = kind;
  member.payload = kind === FILE || type === 68 ? size : 0;
  member.claimed = size;
  member.size = member.payload;
  member.linkBytes = bytes;
  member.linkStart = at + 157;
  member.linkEnd = kind === HARDLINK || kind === SYMLINK ? ended(bytes, at + 157, 100) : at + 157;

  const { longName, longLink, local, global } = decoder;
  if (longName !== undefined || longLink !== undefined || local !== undefined || global !== undefined) {
    applyExtensions(decoder, local ?? global);
  }
  // The time before POSIX told folders by their names.
  if (type === 0 && member.nameEnd > member.nameStart && member.nameBytes[member.nameEnd - 1] === 47) {
    member.kind = DIRECTORY;
  }
  if (type === 83) {
    member.sparse = true;
    member.size = checked(decoder, number(bytes, at + 483, 12), "real size");
    member.sparseMap = hashBytes(bytes.subarray(at + 386, at + 482), 0x811c9dc5);
    if (bytes[at + 482] !== 0) {
      // The map's next block overwrites the buffer that the name lies in.
      keepName(member);
      return "continued";
    }
  }
  return finished(decoder);
}

function finished(decoder: TarDecoder): Step {
  const { member } = decoder;
  if (member.kind !== FILE) member.size = 0;
  if (!(member.size >= 0 && member.size <= Number.MAX_SAFE_INTEGER)) {
    throw fault(decoder, `claims ${member.size} bytes`);
  }
  if (member.nameEnd - member.nameStart > pathBytes || member.linkEnd - member.linkStart > pathBytes) {
    throw fault(decoder, `has a name longer than ${pathBytes} bytes`);
  }
  decoder.longName = undefined;
  decoder.longLink = undefined;
  decoder.local = undefined;
  decoder.first = -1;
  return "member";
}

function readName({ member, joined }: TarDecoder, bytes: Uint8Array, at: number): void {
  const end = ended(bytes, at, 100);
  const prefix = bytes[at + 345]! === 0 ? 0 : prefixLength(bytes, at);
  if (prefix === 0) {
    member.nameBytes = bytes;
    member.nameStart = at;
    member.nameEnd = end;
    return;
  }
  joined.set(bytes.subarray(at + 345, at + 345 + prefix));
  joined[prefix] = 47;
  joined.set(bytes.subarray(at, end), prefix + 1);
  member.nameBytes = joined;
  member.nameStart = 0;
  member.nameEnd = prefix + 1 + end - at;
}

function applyExtensions(decoder: TarDecoder, pax: PaxFields | undefined): void {
  const { member, longName, longLink } = decoder;
  if (pax !== undefined) {
    if (pax.size !== undefined) {
      if (pax.size > Number.MAX_SAFE_INTEGER) throw fault(decoder, `claims ${pax.size} bytes`);
      member.claimed = pax.size;
      if (member.kind === FILE) member.payload = pax.size;
    }
    member.size = member.payload;
    if (pax.sparse && member.kind === FILE) {
      member.sparse = true;
      member.sparseMap = pax.sparseMap;
      member.size = pax.sparseSize ?? member.payload;
    }
    member.uid = pax.uid ?? member.uid;
    member.gid = pax.gid ?? member.gid;
    member.mtime = pax.mtime ?? member.mtime;
    member.xattrs = pax.xattrs;
  }
  // GNU tar lets PAX win where an archive has both kinds of long names.
  const path = (pax?.sparse ? pax.sparseName : undefined) ?? pax?.path ?? longName;
  if (path !== undefined) {
    member.nameBytes = path;
    member.nameStart = 0;
    member.nameEnd = path.length;
  }
  const link = pax?.linkPath ?? longLink;
  if (link !== undefined && (member.kind === HARDLINK || member.kind === SYMLINK)) {
    member.linkBytes = link;
    member.linkStart = 0;
    member.linkEnd = link.length;
  }
}

/** Takes the content of an extension header, whole, after a step `extension`. The bytes are kept. */
export function readExtension(decoder: TarDecoder, bytes: Uint8Array): void {
  const { pending, global } = decoder;
  const where = () => header(decoder);
  if (pending === 76) decoder.longName = bytes.subarray(0, ended(bytes, 0, bytes.length));
  else if (pending === 75) decoder.longLink = bytes.subarray(0, ended(bytes, 0, bytes.length));
  else if (pending === 103) decoder.global = parsePax(bytes, global ?? noPax(), where);
  else decoder.local = parsePax(bytes, global ?? noPax(), where);
}

/** Takes a block of a sparse map, after a step `continued`; answers `continued` again or `member`. */
export function readSparseMap(decoder: TarDecoder, bytes: Uint8Array, at: number): Step {
  const { member } = decoder;
  member.sparseMap = hashBytes(bytes.subarray(at, at + 504), member.sparseMap);
  return bytes[at + 504] === 0 ? finished(decoder) : "continued";
}
