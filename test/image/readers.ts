// Three readings of one archive as plain lists: seeking, streaming, and tar-stream.

import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kinds } from "../../src/image/kinds.ts";
import type { Member } from "../../src/image/tar/member.ts";
import { readBoth } from "../../src/image/tar/second.ts";
import { walkRange } from "../../src/image/tar/seek.ts";
import { createStreamWalk } from "../../src/image/tar/stream.ts";
import { chunked } from "./archives.ts";

/** A member as plain data; `content` is the stored payload. */
export interface Read {
  readonly kind: string;
  readonly name: string;
  readonly link: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly xattrs: number;
  readonly content: string;
}

function plain(member: Member, content: string): Read {
  const { mode, uid, gid, mtime, size, xattrs } = member;
  const text = (bytes: Uint8Array, start: number, end: number) =>
    Buffer.from(bytes.subarray(start, end)).toString();
  return {
    kind: kinds[member.kind]!,
    name: text(member.nameBytes, member.nameStart, member.nameEnd),
    link: text(member.linkBytes, member.linkStart, member.linkEnd),
    size,
    mode,
    uid,
    gid,
    mtime,
    xattrs,
    content,
  };
}

/** By seeking, in a file where the archive starts at `offset`. */
export async function seeking(archive: Buffer, offset = 0): Promise<Read[]> {
  const path = join(tmpdir(), `dfdedupe-${process.pid}-${Math.random()}.tar`);
  writeFileSync(path, Buffer.concat([Buffer.alloc(offset, 255), archive, Buffer.alloc(700, 255)]));
  const fd = openSync(path, "r");
  try {
    const found: Read[] = [];
    await walkRange({ fd, offset, length: archive.length }, "it", (member, payloadAt) => {
      const at = payloadAt - offset;
      found.push(plain(member, archive.toString("latin1", at, at + member.payload)));
    });
    return found;
  } finally {
    closeSync(fd);
    rmSync(path);
  }
}

/** In one pass, in chunks of the given sizes, over and over. */
export function streaming(archive: Uint8Array, sizes: readonly number[] = [65_536]): Read[] {
  const found: Read[] = [];
  let payload: Buffer[] = [];
  let open = -1;
  const walk = createStreamWalk("it", {
    member(member) {
      if (open >= 0) throw new Error("the payload before did not end");
      found.push(plain(member, ""));
      payload = [];
      if (member.payload > 0) open = found.length - 1;
      return true;
    },
    payload(bytes, start, end, last) {
      payload.push(Buffer.from(bytes.subarray(start, end)));
      if (!last) return;
      found[open] = { ...found[open]!, content: Buffer.concat(payload).toString("latin1") };
      open = -1;
    },
  });
  for (let at = 0, turn = 0; at < archive.length; turn++) {
    const end = Math.min(archive.length, at + sizes[turn % sizes.length]!);
    // Other bytes behind a chunk must not matter, and a chunk may be overwritten after use.
    const chunk = Uint8Array.from(archive.subarray(at, end));
    const more = walk.push(chunk);
    chunk.fill(255);
    if (!more) break;
    at = end;
  }
  walk.end();
  return found;
}

/** With tar-stream behind its fence. */
export async function fenced(archive: Uint8Array, size = 65_536): Promise<Pick<Read, "name" | "content">[]> {
  const found: Pick<Read, "name" | "content">[] = [];
  for await (const { member, payload } of readBoth(chunked(archive, size), "it")) {
    const parts: Uint8Array[] = [];
    for await (const part of payload) parts.push(Uint8Array.from(part));
    const { name } = plain(member, "");
    found.push({ name, content: Buffer.concat(parts).toString("latin1") });
  }
  return found;
}
