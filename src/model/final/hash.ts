// Short names for long descriptions, equal for equal ones.
import { createHash } from "node:crypto";

/** A digest of several texts in their order. */
export function hashOf(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}:${text}`);
  return hash.digest("base64").slice(0, 22);
}
