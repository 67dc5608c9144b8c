// Short names for long descriptions, equal for equal ones.
import { hash } from "node:crypto";

/** Values that a script makes are told apart by where it makes them: an offset, which edits shift. */
const OFFSETS = /@\d+(?=[^\uE000]*\uE001)/g;

/** A text that is the same wherever in a file it was made. */
export function placeless(text: string): string {
  return text.includes("\uE001") ? text.replace(OFFSETS, "@") : text;
}

/** A digest of several texts in their order. */
export function hashOf(...texts: readonly string[]): string {
  let all = "";
  for (const text of texts) {
    const plain = placeless(text);
    all += `${plain.length}:${plain}`;
  }
  return hash("sha256", all, "base64").slice(0, 22);
}
