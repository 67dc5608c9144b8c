// Reads an archive that comes in chunks with tar-stream, and has every header confirmed by the decoder of our own.

import { extract } from "tar-stream";
import { prepareRelease, release } from "../blob/release.ts";
import { ImageError } from "../error.ts";
import { KindCode } from "../kinds.ts";
import type { Member } from "./member.ts";
import { createStreamWalk } from "./stream.ts";

/** A member with its payload, which must be read, or given up, before the next member is asked for. */
export interface SecondMember {
  readonly member: Member;
  /** A part is good until the next one is asked for. */
  readonly payload: AsyncIterable<Uint8Array>;
}

/** The second reader stands still for this many milliseconds: it will not move again. */
const stuckAfter = 10_000;

/**
 * Two readers see the same bytes: ours, which refuses what tar-stream 3.2.2 cannot survive before tar-stream sees it
 * (sizes beyond 2^53 and folders with a size hang it, links with a size make it lose the place, it reads on behind
 * the end, it fails on GNU's sparse maps), and tar-stream, which must then find the same members. Throws ImageError.
 */
export async function* readBoth(
  chunks: AsyncIterable<Uint8Array>,
  where: string,
): AsyncGenerator<SecondMember, void> {
  prepareRelease();
  const expected: Member[] = [];
  let total = 0;
  const walk = createStreamWalk(where, {
    member(member) {
      if (member.claimed !== member.payload && member.kind !== KindCode.FILE) {
        throw new ImageError(`${where}: the entry at byte ${member.position} is no file but claims a size`);
      }
      if (member.sparse) {
        throw new ImageError(`${where}: the entry at byte ${member.position} is a sparse file`);
      }
      expected.push(kept(member));
      return false;
    },
    payload() {},
  });

  const reader = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  const entries = reader[Symbol.asyncIterator]();
  let failed: unknown;
  let fed = false;
  let waiting = true;
  let movedAt = 0;

  async function feed(): Promise<void> {
    for await (const chunk of chunks) {
      waiting = false;
      movedAt = performance.now();
      const open = walk.push(chunk);
      total += chunk.length;
      // Where the archive ends the second reader would read on.
      const end = open ? chunk.length : chunk.length - (total - walk.position);
      // It keeps what it cannot use at once; the chunk may be overwritten. The copy has a buffer of its own.
      const copy = Buffer.allocUnsafeSlow(end);
      copy.set(chunk.subarray(0, end));
      if (!reader.write(copy)) await drained();
      if (!open) break;
      waiting = true;
    }
    waiting = false;
    walk.end();
    reader.end(undefined);
    fed = true;
  }
  let wake = () => {};
  reader.on("drain", () => wake());
  reader.on("close", () => wake());
  const drained = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
      if (reader.destroyed) resolve();
    });
  feed().catch((error) => {
    failed = error;
    reader.destroy(error as Error);
  });

  /** Waits for the second reader as long as it has something to wait for. */
  async function alive<T>(promise: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const askedAt = performance.now();
    const stuck = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        if (waiting || performance.now() - Math.max(askedAt, movedAt) < stuckAfter) return;
        reject(new ImageError(`${where}: the second tar reader lost its way`));
      }, 1000);
    });
    try {
      return await Promise.race([promise, stuck]);
    } catch (error) {
      const cause = failed ?? error;
      if (cause instanceof ImageError) throw cause;
      throw isSystemError(cause) ? cause : new ImageError(`${where}: ${(cause as Error).message}`, { cause });
    } finally {
      clearInterval(timer);
    }
  }

  try {
    for (;;) {
      const result = await alive(entries.next());
      const member = expected.shift();
      if (result.done === true) {
        if (failed !== undefined) throw failed;
        if (!fed || member !== undefined)
          throw new ImageError(`${where}: the second tar reader stopped early`);
        return;
      }
      const { header } = result.value;
      if (member === undefined || !agree(member, header.name, header.size ?? 0)) {
        throw new ImageError(`${where}: two tar readers disagree about the entry ${header.name}`);
      }
      const parts = result.value[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
      let left = member.payload;
      async function* payload(): AsyncGenerator<Uint8Array, void> {
        while (left > 0) {
          const part = await alive(parts.next());
          if (part.done === true) throw failed ?? new ImageError(`${where} is truncated`);
          left -= part.value.length;
          yield part.value;
          release(part.value);
        }
      }
      yield { member, payload: payload() };
      while (left > 0) {
        const part = await alive(parts.next());
        if (part.done === true) throw failed ?? new ImageError(`${where} is truncated`);
        left -= part.value.length;
        release(part.value);
      }
      // The stream must be seen to end before the next entry comes.
      await alive(parts.next());
    }
  } finally {
    reader.destroy();
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function agree(member: Member, name: string, size: number): boolean {
  const own = Buffer.from(member.nameBytes.subarray(member.nameStart, member.nameEnd)).toString("utf8");
  return own === name && member.payload === size;
}

function kept(member: Member): Member {
  return {
    ...member,
    nameBytes: member.nameBytes.slice(member.nameStart, member.nameEnd),
    nameStart: 0,
    nameEnd: member.nameEnd - member.nameStart,
    linkBytes: member.linkBytes.slice(member.linkStart, member.linkEnd),
    linkStart: 0,
    linkEnd: member.linkEnd - member.linkStart,
  };
}
