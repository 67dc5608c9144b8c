// PAX extended header records ("30 mtime=1700000000.25\n"), POSIX pax and GNU tar's sparse keywords.

import { ImageError } from "../error.ts";

/** What PAX records say of a member; undefined where they say nothing. */
export interface PaxFields {
  path: Uint8Array | undefined;
  linkPath: Uint8Array | undefined;
  /** Bytes that follow in the archive. */
  size: number | undefined;
  uid: number | undefined;
  gid: number | undefined;
  mtime: number | undefined;
  /** GNU sparse files: the real name, the real size and a hash over the map of the 0.x formats. */
  sparseName: Uint8Array | undefined;
  sparseSize: number | undefined;
  sparseMap: number;
  sparse: boolean;
  /** Hash over all xattrs, whatever their order; 0 without any. */
  xattrs: number;
}

export function noPax(): PaxFields {
  return {
    path: undefined,
    linkPath: undefined,
    size: undefined,
    uid: undefined,
    gid: undefined,
    mtime: undefined,
    sparseName: undefined,
    sparseSize: undefined,
    sparseMap: 0,
    sparse: false,
    xattrs: 0,
  };
}

/** Reads records over `base` (the global ones); `where` names the archive and the header for errors. */
export function parsePax(bytes: Uint8Array, base: PaxFields, where: () => string): PaxFields {
  const fields = { ...base };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < text.length) {
    let length = 0;
    let i = at;
    for (; i < text.length && i < at + 8 && text[i]! >= 48 && text[i]! <= 57; i++)
      length = length * 10 + text[i]! - 48;
    const end = at + length;
    const equals = text.indexOf(61, i);
    if (
      text[i] !== 32 ||
      i === at ||
      end > text.length ||
      text[end - 1] !== 10 ||
      equals < 0 ||
      equals >= end
    ) {
      throw new ImageError(`${where()} has a malformed PAX record`);
    }
    record(fields, text.toString("latin1", i + 1, equals), text.subarray(equals + 1, end - 1), where);
    at = end;
  }
  return fields;
}

function record(fields: PaxFields, key: string, value: Buffer, where: () => string): void {
  switch (key) {
    case "path":
      fields.path = name(value, where);
      return;
    case "linkpath":
      fields.linkPath = name(value, where);
      return;
    case "size":
      fields.size = decimal(value, /^\d+$/, key, where);
      return;
    case "uid":
      fields.uid = decimal(value, /^-?\d+$/, key, where);
      return;
    case "gid":
      fields.gid = decimal(value, /^-?\d+$/, key, where);
      return;
    case "mtime":
      fields.mtime = decimal(value, /^-?\d+(\.\d*)?$/, key, where);
      return;
    case "GNU.sparse.name":
      fields.sparseName = name(value, where);
      return;
    case "GNU.sparse.size":
    case "GNU.sparse.realsize":
      fields.sparse = true;
      fields.sparseSize = decimal(value, /^\d+$/, key, where);
      return;
    case "GNU.sparse.map":
    case "GNU.sparse.offset":
    case "GNU.sparse.numbytes":
      fields.sparse = true;
      fields.sparseMap = mix(hashBytes(value, fields.sparseMap ^ hashText(key)));
      return;
    default:
      if (key.startsWith("SCHILY.xattr.") || key.startsWith("LIBARCHIVE.xattr.")) {
        // A sum does not depend on the order; 0 is kept for "none".
        fields.xattrs = (fields.xattrs + mix(hashBytes(value, hashText(key)))) >>> 0 || 1;
      }
  }
}

/** An empty value takes a global one back. */
function name(value: Buffer, where: () => string): Uint8Array | undefined {
  if (value.length === 0) return undefined;
  if (value.includes(0)) throw new ImageError(`${where()} has a NUL character in a name`);
  // As a plain array, like all other names.
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function decimal(value: Buffer, form: RegExp, key: string, where: () => string): number | undefined {
  if (value.length === 0) return undefined;
  const text = value.toString("latin1", 0, 64);
  if (!form.test(text)) throw new ImageError(`${where()} has a PAX ${key} that is no number: ${text}`);
  return Number(text);
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** FNV-1a, continued from `start`. */
export function hashBytes(bytes: Uint8Array, start: number): number {
  let hash = start;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}

function mix(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (once ^ (once >>> 13)) >>> 0;
}
