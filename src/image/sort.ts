// Sorts columns of numbers by what they stand for.

import { release } from "./blob/release.ts";

/** Runs of this length are sorted by insertion. */
const runLength = 8;

/**
 * Sorts in place; what compares equal keeps its order. The engine's own sort makes objects of the numbers first, which
 * takes five times the memory; this one takes as much again as it is given.
 */
export function sortNumbers(values: Int32Array, compare: (a: number, b: number) => number): void {
  const { length } = values;
  for (let start = 0; start < length; start += runLength) {
    insert(values, start, Math.min(start + runLength, length), compare);
  }
  if (length <= runLength) return;
  const lower = new Int32Array(length);
  for (let width = runLength; width < length; width *= 2) {
    for (let start = 0; start + width < length; start += 2 * width) {
      merge(values, lower, start, start + width, Math.min(start + 2 * width, length), compare);
    }
  }
  release(lower);
}

function insert(values: Int32Array, start: number, end: number, compare: (a: number, b: number) => number) {
  for (let i = start + 1; i < end; i++) {
    const value = values[i]!;
    let at = i;
    for (; at > start && compare(values[at - 1]!, value) > 0; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
}

/** Merges [start, middle) and [middle, end); the first of them is set aside in `lower`. */
function merge(
  values: Int32Array,
  lower: Int32Array,
  start: number,
  middle: number,
  end: number,
  compare: (a: number, b: number) => number,
) {
  // What comes in order, as archives often do, is left as it is.
  if (compare(values[middle - 1]!, values[middle]!) <= 0) return;
  const count = middle - start;
  for (let i = 0; i < count; i++) lower[i] = values[start + i]!;
  let at = start;
  let left = 0;
  let right = middle;
  while (left < count && right < end) {
    values[at++] = compare(lower[left]!, values[right]!) <= 0 ? lower[left++]! : values[right++]!;
  }
  while (left < count) values[at++] = lower[left++]!;
}

/** Where the first value stands that does not come before what is looked for; the length if there is none. */
export function firstFrom(sorted: Int32Array, compare: (value: number) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(sorted[middle]!) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
