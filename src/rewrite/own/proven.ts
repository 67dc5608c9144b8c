// Whether edits leave the final files as they were, by modelling the text that they make.
import { parseDockerfile } from "../../dockerfile/parse.ts";
import { buildModel } from "../../model/build.ts";
import { sameFinalFiles } from "../../model/final.ts";
import { type Model, stageName } from "../../model/model.ts";
import { applyEdits, type TextEdit } from "../../text.ts";

const again = new WeakMap<Model, Model>();

/** False also when the edits overlap. Values given by the command line count as unknown. */
export function keepsFinalFiles(model: Model, edits: readonly TextEdit[]): boolean {
  try {
    return sameFinalFiles(withoutValues(model), rebuild(model, applyEdits(model.dockerfile.text, edits)));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function withoutValues(model: Model): Model {
  if (model.buildArgs.size === 0) return model;
  const before = again.get(model) ?? rebuild(model, model.dockerfile.text);
  again.set(model, before);
  return before;
}

function rebuild(model: Model, text: string): Model {
  const targets = model.stages.filter(({ target }) => target).map(stageName);
  return buildModel(parseDockerfile(text), {
    targets,
    minSize: model.minSize,
    knowledge: model.knowledge,
    ...(model.context === undefined ? {} : { context: model.context }),
  });
}
