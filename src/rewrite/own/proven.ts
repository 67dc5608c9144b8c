// Whether edits leave the final files as they were, by modelling the text that they make.

import { parseDockerfile } from "../../dockerfile/parse.ts";
import { remodel } from "../../model/build.ts";
import { sameFinalFiles } from "../../model/final.ts";
import type { Model } from "../../model/model.ts";
import { once } from "../../once.ts";
import { applyEdits, type TextEdit } from "../../text.ts";

/** Whoever proposes edits may ask first, for the reason, and then whoever calls them safe does. */
const proofs = new WeakMap<readonly TextEdit[], boolean>();

/** False also when the edits, which are those of one model, overlap. Values given by the command line count as unknown. */
export function keepsFinalFiles(model: Model, edits: readonly TextEdit[]): boolean {
  const known = proofs.get(edits) ?? proves(model, edits);
  proofs.set(edits, known);
  return known;
}

function proves(model: Model, edits: readonly TextEdit[]): boolean {
  try {
    const before = withoutValues(model);
    const edited = parseDockerfile(applyEdits(model.dockerfile.text, edits));
    return sameFinalFiles(before, remodel(before, edited));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const withoutValues = once(
  (model: Model): Model => (model.buildArgs.size === 0 ? model : remodel(model, model.dockerfile)),
);
