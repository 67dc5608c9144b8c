// Inserting the instruction that prefetches what a package would fetch at run time.
import type { Fix } from "../finding.ts";
import type { Install } from "../model/installs.ts";
import type { Artifact } from "../model/knowledge/schema.ts";
import type { Model } from "../model/model.ts";
import { isLiteral } from "../model/path.ts";
import { lookupVariable } from "../model/variables.ts";
import { renderPieces } from "../shell/word.ts";
import { insertBehind } from "./insert.ts";

/** The fix of `prefetch-missing`: `last` is the last install that can replace the package. */
export function insertPrefetch(model: Model, artifact: Artifact, last: Install): Fix {
  const title = `prefetch ${artifact.title} behind the last install`;
  if (artifact.prefetch === undefined || last.step.triggered) {
    const why = last.step.triggered
      ? "an ONBUILD instruction takes part"
      : "the knowledge has no instruction for it";
    return { applicability: "manual", title, why, edits: [] };
  }
  const python = interpreter(last);
  const lines = artifact.prefetch.trimEnd().replace(/^RUN python3?(?= )/, `RUN ${python}`);
  return {
    applicability: "unsafe",
    title,
    why: "it adds a step that needs the network",
    edits: [insertBehind(model.dockerfile, last.step.instruction, lines)],
  };
}

/** `python3`, by its path when the PATH does not lead to the environment that the install worked on. */
function interpreter({ step, stage, effect }: Install): string {
  const { environment } = effect;
  const own = environment === stage.baseImage.pythonPrefix || environment.endsWith("/.local");
  const path = renderPieces(lookupVariable(step.scope, "PATH") ?? []).split(":");
  if (own || !isLiteral(environment) || path.includes(`${environment}/bin`)) return "python3";
  return `${environment}/bin/python3`;
}
