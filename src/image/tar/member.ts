// One member of an archive, as its headers describe it.

import { KindCode } from "../kinds.ts";

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

const none = new Uint8Array(0);

export function emptyMember(): Member {
  return {
    kind: KindCode.FILE,
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
}

/** Gives the name bytes of its own, before the buffer it lies in is filled again. */
export function keepName(member: Member): void {
  member.nameBytes = member.nameBytes.slice(member.nameStart, member.nameEnd);
  member.nameEnd -= member.nameStart;
  member.nameStart = 0;
}
