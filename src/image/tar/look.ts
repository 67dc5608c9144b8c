// Tells a tar archive by its first block.

import { BLOCK, blockState, createBlockReader } from "./block.ts";

/** Whether a block is a header, or the first of an empty archive. */
export function looksLikeTar(start: Uint8Array): boolean {
  return start.length === BLOCK && blockState(createBlockReader(), start, 0) !== "corrupt";
}
