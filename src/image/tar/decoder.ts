// Turns tar headers and extension headers into members; shared by all walkers, so that they cannot differ.

import { ImageError } from "../error.ts";
import { KindCode } from "../kinds.ts";
import { extensionBytes, pathBytes } from "../limits.ts";
import { BLOCK, createBlockReader, number } from "./block.ts";
import { hashBytes, noPax, type PaxFields, parsePax } from "./pax.ts";

/** One member of an archive. The decoder has one object that it fills again for the next: copy what must stay. */
export interface Member {
  /** A KindCode; whiteouts are known by their names only, later. */
  kind: number;
  /** Bytes that follow the header in the archive, without padding. */
  payload: number;
  /** Bytes the header's size field claims, believed or not. */
  claimed: number;
  /** Bytes of content. That of a sparse file is its real size, holes counted; 0 for all but files. */
  size: number;
  sparse: boolean;
  /** Hash over a sparse file's map as far as it stands in headers. */
  sparseMap: number;
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  /** Seconds since 1970, with fractions where PAX has them. */
  mtime: number;
  xattrs: number;
  /** The name is `nameBytes` from `nameStart` to `nameEnd`; so is the link's target. */
  nameBytes: Uint8Array;
  nameStart: number;
  nameEnd: number;
  linkBytes: Uint8Array;
  linkStart: number;
  linkEnd: number;
  /** Offset of the first header that belongs to it, extension headers included. */
  position: number;
}

/**
 * What a block turned out to be:
 * - `zero`: a block of zeros; two of them end an archive
 * - `member`: `member` is filled, its payload follows
 * - `extension`: `extension` bytes follow that must be given to `extend` before the next header
 * - `skip`: `extension` bytes follow that mean nothing here (a volume label)
 * - `continued`: one more block of a sparse map follows, for `continue`
 */
export type Step = "zero" | "member" | "extension" | "skip" | "continued";

export interface TarDecoder {
  readonly member: Member;
  readonly extension: number;
  /** Reads the block at `at`, which lies `position` bytes into the archive. Throws ImageError. */
  header(bytes: Uint8Array, at: number, position: number): Step;
  /** Takes the content of an extension header, whole. The bytes are kept. */
  extend(bytes: Uint8Array): void;
  /** Takes a block of a sparse map; answers `continued` or `member`. */
  continue(bytes: Uint8Array, at: number): Step;
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

const none = new Uint8Array(0);

/** `where` opens every error: "layer 3". */
export function createDecoder(where: string): TarDecoder {
  const block = createBlockReader();
  const joined = new Uint8Array(BLOCK);
  let global: PaxFields | undefined;
  let local: PaxFields | undefined;
  let longName: Uint8Array | undefined;
  let longLink: Uint8Array | undefined;
  let pending = 0;
  let extension = 0;
  let first = -1;
  let last = 0;
  let mode = 0;
  let uid = 0;
  let gid = 0;

  const member: Member = {
    kind: FILE,
    payload: 0,
    claimed: 0,
    size: 0,
    sparse: false,
    sparseMap: 0,
    mode: 0,
    uid: 0,
    gid: 0,
    mtime: 0,
    xattrs: 0,
    nameBytes: none,
    nameStart: 0,
    nameEnd: 0,
    linkBytes: none,
    linkStart: 0,
    linkEnd: 0,
    position: 0,
  };

  const here = () => `${where}: the tar header at byte ${last}`;

  function checked(value: number, field: string): number {
    if (Number.isNaN(value)) throw new ImageError(`${here()} has a ${field} that is no number`);
    return value;
  }

  function header(bytes: Uint8Array, at: number, position: number): Step {
    last = position;
    const state = block.state(bytes, at);
    if (state !== "header") {
      if (state === "zero") return "zero";
      throw new ImageError(`${here()} has a wrong checksum`);
    }
    if (first < 0) first = position;
    const size = checked(number(bytes, at + 124, 12), "size");
    if (size < 0) throw new ImageError(`${here()} claims a negative size`);
    if (size > Number.MAX_SAFE_INTEGER) throw new ImageError(`${here()} claims ${size} bytes`);

    const type = bytes[at + 156]!;
    switch (type) {
      case 75: // K
      case 76: // L
      case 88: // X, Solaris' x
      case 103: // g
      case 120: // x
        if (size > extensionBytes) {
          throw new ImageError(`${here()} announces ${size} bytes of extension, more than ${extensionBytes}`);
        }
        pending = type;
        extension = size;
        return "extension";
      case 86: // V, a volume label
        extension = size;
        first = -1;
        return "skip";
    }

    member.position = first;
    member.sparse = false;
    member.sparseMap = 0;
    member.xattrs = 0;
    if (!block.sameOwner()) {
      mode = checked(number(bytes, at + 100, 8), "mode") & 0o7777;
      uid = checked(number(bytes, at + 108, 8), "uid");
      gid = checked(number(bytes, at + 116, 8), "gid");
    }
    member.mode = mode;
    member.uid = uid;
    member.gid = gid;
    member.mtime = checked(number(bytes, at + 136, 12), "mtime");
    name(bytes, at);
    // Of all other types some readers expect no payload even if they claim one, as Go's archive/tar does.
    const kind = kindOf(type);
    member.kind = kind;
    member.payload = kind === FILE || type === 68 ? size : 0;
    member.claimed = size;
    member.size = member.payload;
    if (kind === HARDLINK || kind === SYMLINK) {
      member.linkBytes = bytes;
      member.linkStart = at + 157;
      member.linkEnd = ended(bytes, at + 157, 100);
    } else {
      member.linkEnd = member.linkStart;
    }

    if (longName !== undefined || longLink !== undefined || local !== undefined || global !== undefined) {
      extended(local ?? global);
    }
    // The time before POSIX told folders by their names.
    if (type === 0 && member.nameEnd > member.nameStart && member.nameBytes[member.nameEnd - 1] === 47) {
      member.kind = DIRECTORY;
    }
    if (type === 83) {
      member.sparse = true;
      member.size = checked(number(bytes, at + 483, 12), "real size");
      member.sparseMap = hashBytes(bytes.subarray(at + 386, at + 482), 0x811c9dc5);
      if (bytes[at + 482] !== 0) {
        // The map's next block overwrites the buffer that the name lies in.
        keepNames();
        return "continued";
      }
    }
    return finished();
  }

  function finished(): Step {
    if (member.kind !== FILE) member.size = 0;
    if (!(member.size >= 0 && member.size <= Number.MAX_SAFE_INTEGER)) {
      throw new ImageError(`${here()} claims ${member.size} bytes`);
    }
    if (member.nameEnd - member.nameStart > pathBytes || member.linkEnd - member.linkStart > pathBytes) {
      throw new ImageError(`${here()} has a name longer than ${pathBytes} bytes`);
    }
    longName = undefined;
    longLink = undefined;
    local = undefined;
    first = -1;
    return "member";
  }

  function name(bytes: Uint8Array, at: number): void {
    const end = ended(bytes, at, 100);
    const prefix = bytes[at + 345]! === 0 ? 0 : prefixLength(bytes, at);
    if (prefix === 0) {
      member.nameBytes = bytes;
      member.nameStart = at;
      member.nameEnd = end;
      return;
    }
    for (let i = 0; i < prefix; i++) joined[i] = bytes[at + 345 + i]!;
    joined[prefix] = 47;
    for (let i = at; i < end; i++) joined[prefix + 1 + i - at] = bytes[i]!;
    member.nameBytes = joined;
    member.nameStart = 0;
    member.nameEnd = prefix + 1 + end - at;
  }

  function extended(pax: PaxFields | undefined): void {
    if (pax !== undefined) {
      if (pax.size !== undefined) {
        if (pax.size > Number.MAX_SAFE_INTEGER) throw new ImageError(`${here()} claims ${pax.size} bytes`);
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

  function keepNames(): void {
    member.nameBytes = member.nameBytes.slice(member.nameStart, member.nameEnd);
    member.nameEnd -= member.nameStart;
    member.nameStart = 0;
  }

  function extend(bytes: Uint8Array): void {
    if (pending === 76) longName = bytes.subarray(0, ended(bytes, 0, bytes.length));
    else if (pending === 75) longLink = bytes.subarray(0, ended(bytes, 0, bytes.length));
    else if (pending === 103) global = parsePax(bytes, global ?? noPax(), here);
    else local = parsePax(bytes, global ?? noPax(), here);
  }

  function continued(bytes: Uint8Array, at: number): Step {
    member.sparseMap = hashBytes(bytes.subarray(at, at + 504), member.sparseMap);
    return bytes[at + 504] === 0 ? finished() : "continued";
  }

  return {
    member,
    get extension() {
      return extension;
    },
    header,
    extend,
    continue: continued,
  };
}

/** The end of a NUL-terminated field. */
function ended(bytes: Uint8Array, at: number, length: number): number {
  const nul = bytes.indexOf(0, at);
  return nul < 0 || nul > at + length ? at + length : nul;
}

/** POSIX headers have 155 bytes of prefix, star's 131; GNU's keep other things there. */
function prefixLength(bytes: Uint8Array, at: number): number {
  const ustar =
    bytes[at + 257] === 117 &&
    bytes[at + 258] === 115 &&
    bytes[at + 259] === 116 &&
    bytes[at + 260] === 97 &&
    bytes[at + 261] === 114 &&
    bytes[at + 262] === 0;
  if (!ustar) return 0;
  const star =
    bytes[at + 508] === 116 && bytes[at + 509] === 97 && bytes[at + 510] === 114 && bytes[at + 511] === 0;
  return ended(bytes, at + 345, star ? 131 : 155) - (at + 345);
}
