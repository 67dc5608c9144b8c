// What files hold, after the walk: compared and hashed on disk where that can seek, else by the hashes of the walk.

import { readSync } from "node:fs";
import { type ContentHasher, sparseHash } from "./content-hash.ts";
import { ImageError } from "./error.ts";
import type { WalkedImage } from "./image.ts";
import type { LayerWalk } from "./walk-layer.ts";

const bufferBytes = 256 * 1024;

/** The largest file that is handed out whole. */
const wholeFileBytes = 64 * 1024 * 1024;

export function fileContent(
  walks: readonly LayerWalk[],
  hasher: ContentHasher,
): Pick<WalkedImage, "sameContent" | "contentHash" | "readFile"> {
  let left: Buffer | undefined;
  let right: Buffer | undefined;

  function sameContent(layerA: number, indexA: number, layerB: number, indexB: number): boolean {
    const a = walks[layerA]!;
    const b = walks[layerB]!;
    const size = a.columns.size(indexA);
    if (size !== b.columns.size(indexB)) return false;
    if (size === 0) return true;
    if (a.columns === b.columns && indexA === indexB) return true;
    const sparseA = a.columns.sparse(indexA);
    const sparseB = b.columns.sparse(indexB);
    // Two sparse files are compared as they are stored; one that is not is taken for another content.
    if (sparseA?.payload !== sparseB?.payload || sparseA?.map !== sparseB?.map) return false;
    if (a.range === undefined && b.range === undefined) return a.columns.sameHash(indexA, b.columns, indexB);
    if (a.range === undefined || b.range === undefined) {
      return contentHash(layerA, indexA) === contentHash(layerB, indexB);
    }
    const length = sparseA?.payload ?? size;
    const atA = a.columns.offset(indexA);
    const atB = b.columns.offset(indexB);
    left ??= Buffer.allocUnsafeSlow(bufferBytes);
    right ??= Buffer.allocUnsafeSlow(bufferBytes);
    for (let done = 0; done < length; done += bufferBytes) {
      const count = Math.min(bufferBytes, length - done);
      readFully(a.range.fd, left, count, atA + done);
      readFully(b.range.fd, right, count, atB + done);
      if (left.compare(right, 0, count, 0, count) !== 0) return false;
    }
    return true;
  }

  function contentHash(layer: number, index: number): bigint {
    const { columns, range } = walks[layer]!;
    if (!columns.hasContent(index)) return 0n;
    if (range === undefined) return columns.hash(index);
    const sparse = columns.sparse(index);
    const length = sparse?.payload ?? columns.size(index);
    const hash = length === 0 ? 0n : rangeHash(range.fd, columns.offset(index), length);
    return sparse === undefined ? hash : sparseHash(hash, sparse.map);
  }

  function rangeHash(fd: number, offset: number, length: number): bigint {
    left ??= Buffer.allocUnsafeSlow(bufferBytes);
    if (length <= bufferBytes) {
      readFully(fd, left, length, offset);
      return hasher.whole(left.subarray(0, length));
    }
    const parts = hasher.start();
    for (let done = 0; done < length; done += bufferBytes) {
      const count = Math.min(bufferBytes, length - done);
      readFully(fd, left, count, offset + done);
      parts.update(left.subarray(0, count));
    }
    return parts.digest();
  }

  return {
    sameContent,
    contentHash,
    readFile(layer, index) {
      const { columns, range, captured } = walks[layer]!;
      if (columns.kind(index) !== "file") return undefined;
      if (range === undefined) return columns.size(index) === 0 ? new Uint8Array(0) : captured.get(index);
      const size = columns.size(index);
      if (size > wholeFileBytes || columns.sparse(index) !== undefined) return undefined;
      const bytes = Buffer.allocUnsafeSlow(size);
      readFully(range.fd, bytes, size, columns.offset(index));
      return bytes;
    },
  };
}

function readFully(fd: number, into: Buffer, count: number, position: number): void {
  let done = 0;
  while (done < count) {
    const got = readSync(fd, into, done, count - done, position + done);
    if (got === 0) throw new ImageError("the image was cut short while it was read");
    done += got;
  }
}
