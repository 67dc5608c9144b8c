// What is done with the members of a layer that is read once: content is hashed as it passes, or it is lost.

import { addMember, type LayerUnderWay } from "./add-member.ts";
import { type ContentHasher, sparseHash } from "./content-hash.ts";
import type { StreamVisitor } from "./tar/stream.ts";
import type { WalkContext } from "./walk-context.ts";

/** Adds members to the layer, hashes the content of files, and keeps in `captured` what is to be captured. */
export function hashingVisitor(
  layer: LayerUnderWay,
  captured: Map<number, Uint8Array>,
  context: WalkContext,
): StreamVisitor {
  const { columns } = layer;
  const { hasher, limits, capture } = context;
  let index = -1;
  let parts: ReturnType<ContentHasher["start"]> | undefined;
  let kept: Uint8Array | undefined;
  let keptTo = 0;

  function hashed(hash: bigint): void {
    const sparse = columns.sparse(index);
    columns.setHash(index, sparse === undefined ? hash : sparseHash(hash, sparse.map));
  }

  return {
    member(member) {
      index = addMember(layer, member);
      if (index < 0 || !columns.hasContent(index)) return false;
      const { payload } = member;
      if (payload === 0) {
        hashed(0n);
        return false;
      }
      kept = undefined;
      if (capture !== undefined && payload <= limits.capturedFileBytes && !member.sparse) {
        const fits = context.captured + payload <= limits.capturedBytes;
        if (fits && capture(context.paths.path(columns.path(index)))) {
          kept = new Uint8Array(payload);
          keptTo = 0;
          context.captured += payload;
          captured.set(index, kept);
        }
      }
      return true;
    },
    payload(bytes, start, end, last) {
      const part = bytes.subarray(start, end);
      if (kept !== undefined) {
        kept.set(part, keptTo);
        keptTo += part.length;
      }
      if (last && parts === undefined) {
        hashed(hasher.whole(part));
        return;
      }
      parts ??= hasher.start();
      parts.update(part);
      if (last) {
        hashed(parts.digest());
        parts = undefined;
      }
    },
  };
}
