// How long a silence of the other side is borne.

import type { ReadOptions } from "../image.ts";

/** Milliseconds. */
export function silenceOf(options: ReadOptions): number {
  return options.timeout ?? 30_000;
}
