// 64-bit content hashes (xxh64), of bytes at hand and of bytes that come in parts.

import xxhash from "xxhash-wasm";

export interface ContentHasher {
  whole(bytes: Uint8Array): bigint;
  /** A hash over parts. */
  start(): { update(bytes: Uint8Array): void; digest(): bigint };
}

let ready: Promise<ContentHasher> | undefined;

/** The hasher; compiled once. */
export function contentHasher(): Promise<ContentHasher> {
  ready ??= xxhash().then(({ h64Raw, create64 }) => ({
    whole: (bytes) => h64Raw(bytes),
    start() {
      const state = create64();
      return { update: (bytes) => void state.update(bytes), digest: () => state.digest() };
    },
  }));
  return ready;
}

/** The hash of a sparse file: that of its stored bytes with its map mixed in. */
export function sparseHash(payload: bigint, map: number): bigint {
  return BigInt.asUintN(64, (payload ^ BigInt(map >>> 0)) * 0x9e3779b97f4a7c15n + 1n);
}
