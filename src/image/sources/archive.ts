// An image's files in an uncompressed tar on disk, found by walking its headers.

import { closeSync, fstatSync, readSync } from "node:fs";
import { posix } from "node:path";
import { ImageError } from "../error.ts";
import { KindCode } from "../kinds.ts";
import { archiveFiles } from "../limits.ts";
import type { Member } from "../tar/member.ts";
import { walkRange } from "../tar/seek.ts";
import { type ImageFiles, insideName, missing, normalName, tooLarge } from "./files.ts";

const { FILE, HARDLINK, SYMLINK } = KindCode;

/** One regular file of an archive, or a link that stands for one. */
export type ArchiveMember<T> =
  | { readonly kind: "file"; readonly size: number; readonly content: T }
  | { readonly kind: "link"; readonly target: string };

/** Names to members; the last one of a name counts. */
export interface ArchiveIndex<T> {
  /** Remembers a member; `content` is what its file is found by. Throws ImageError when there are too many. */
  add(member: Member, content: T): void;
  /** The file behind a name, symlinks and hardlinks followed. Throws ImageError for links that lead astray. */
  file(path: string): { readonly size: number; readonly content: T } | undefined;
}

/** Documents of which an archive must have one only: two would let two readers see two images. */
const unique = new Set(["manifest.json", "index.json", "oci-layout"]);

export function createArchiveIndex<T>(archive: string): ArchiveIndex<T> {
  const members = new Map<string, ArchiveMember<T>>();

  return {
    add(member, content) {
      if (member.kind !== FILE && member.kind !== SYMLINK && member.kind !== HARDLINK) return;
      const name = normalName(text(member.nameBytes, member.nameStart, member.nameEnd));
      if (name === undefined) return;
      if (unique.has(name) && members.has(name)) throw new ImageError(`${archive} holds ${name} twice`);
      if (members.size >= archiveFiles) {
        throw new ImageError(`${archive} is no image archive: it holds more than ${archiveFiles} files`);
      }
      if (member.kind === FILE) {
        if (member.sparse) throw new ImageError(`${archive}: ${name} is stored as a sparse file`);
        members.set(name, { kind: "file", size: member.payload, content });
        return;
      }
      const link = text(member.linkBytes, member.linkStart, member.linkEnd);
      const target = member.kind === HARDLINK ? link : `${posix.dirname(name)}/${link}`;
      members.set(name, { kind: "link", target: link.startsWith("/") ? "/.." : target });
    },
    file(path) {
      let name = insideName(path, archive);
      for (let hops = 0; hops < 16; hops++) {
        const member = members.get(name);
        if (member === undefined || member.kind === "file") return member;
        const target = normalName(member.target);
        if (target === undefined) throw new ImageError(`${archive}: ${path} is a link that leads outside`);
        name = target;
      }
      throw new ImageError(`${archive}: ${path} is a link that leads to itself`);
    },
  };
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}

/** Reads the headers of the archive. The file is closed with the result, or when this throws. */
export async function archiveFilesOf(fd: number, name: string): Promise<ImageFiles> {
  const index = createArchiveIndex<number>(name);
  try {
    const range = { fd, offset: 0, length: fstatSync(fd).size };
    await walkRange(range, name, (member, payloadAt) => index.add(member, payloadAt));
  } catch (error) {
    closeSync(fd);
    throw error;
  }

  return {
    name,
    size: (path) => index.file(path)?.size,
    async read(path, limit) {
      const file = index.file(path);
      if (file === undefined) throw missing(name, path);
      if (file.size > limit) throw tooLarge(name, path, file.size, limit);
      const bytes = Buffer.alloc(file.size);
      let done = 0;
      while (done < bytes.length) {
        const got = readSync(fd, bytes, done, bytes.length - done, file.content + done);
        if (got === 0) throw missing(name, path);
        done += got;
      }
      return bytes;
    },
    data(path) {
      const file = index.file(path);
      if (file === undefined) throw missing(name, path);
      return { kind: "range", fd, offset: file.content, length: file.size };
    },
    async close() {
      closeSync(fd);
    },
  };
}
