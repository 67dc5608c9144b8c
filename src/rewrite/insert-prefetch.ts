// Inserting the instruction that prefetches what a package would fetch at run time.
import type { Fix } from "../finding.ts";
import type { Install } from "../model/installs.ts";
import type { Artifact } from "../model/knowledge/schema.ts";
import type { Model } from "../model/model.ts";
import { insertBehind } from "./insert.ts";

/** The fix of `prefetch-missing`: `last` is the last install that can replace the package. */
export function insertPrefetch(model: Model, artifact: Artifact, last: Install): Fix {
  const title = `prefetch ${artifact.title} behind the last install`;
  if (artifact.prefetch === undefined || last.step.triggered) {
    return { applicability: "manual", title, why: "the knowledge has no instruction for it", edits: [] };
  }
  return {
    applicability: "unsafe",
    title,
    why: "it adds a step that needs the network",
    edits: [insertBehind(model.dockerfile, last.step.instruction, artifact.prefetch.trimEnd())],
  };
}
