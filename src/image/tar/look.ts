// Tells a tar archive by its first block.

import { BLOCK, createChecksum } from "./block.ts";

/** Whether a block is a header, or the first of an empty archive. */
export function looksLikeTar(start: Uint8Array): boolean {
  return start.length === BLOCK && createChecksum()(start, 0) !== "corrupt";
}
