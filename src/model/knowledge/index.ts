// All that is known beyond the Dockerfile, checked once, and merged with what a user's configuration adds.
import { flashinfer } from "./flashinfer.ts";
import { pythonPackages } from "./python-packages.ts";
import { type Knowledge, knowledgeSchema } from "./schema.ts";

let shipped: Knowledge | undefined;

/** The knowledge that dfdedupe brings. */
export function shippedKnowledge(): Knowledge {
  shipped ??= mergeKnowledge([pythonPackages, flashinfer].map((part) => knowledgeSchema.parse(part)));
  return shipped;
}

/** One knowledge of several; of two entries with one name the later counts. */
export function mergeKnowledge(parts: readonly Knowledge[]): Knowledge {
  const distributions = new Map(
    parts.flatMap((part) => part.distributions.map((entry) => [entry.name, entry] as const)),
  );
  const artifacts = new Map(
    parts.flatMap((part) => part.artifacts.map((entry) => [entry.id, entry] as const)),
  );
  return { distributions: [...distributions.values()], artifacts: [...artifacts.values()] };
}
