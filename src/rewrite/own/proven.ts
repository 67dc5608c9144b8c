// Whether edits leave the final files as they were, by modelling the text that they make.

import { parseDockerfile } from "../../dockerfile/parse.ts";
import { buildModel } from "../../model/build.ts";
import { sameFinalFiles } from "../../model/final.ts";
import { type Model, stageName } from "../../model/model.ts";
import { once } from "../../once.ts";
import { applyEdits, type TextEdit } from "../../text.ts";

/** False also when the edits overlap. Values given by the command line count as unknown. */
export function keepsFinalFiles(model: Model, edits: readonly TextEdit[]): boolean {
  try {
    return sameFinalFiles(withoutValues(model), rebuild(model, applyEdits(model.dockerfile.text, edits)));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const withoutValues = once(
  (model: Model): Model => (model.buildArgs.size === 0 ? model : rebuild(model, model.dockerfile.text)),
);

function rebuild(model: Model, text: string): Model {
  const targets = model.stages.filter(({ target }) => target).map(stageName);
  return buildModel(parseDockerfile(text), {
    targets,
    minSize: model.minSize,
    knowledge: model.knowledge,
    ...(model.context === undefined ? {} : { context: model.context }),
  });
}
