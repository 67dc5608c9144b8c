// Whether two models end with the same files.
import { finalConfig } from "./final/config.ts";
import { type Fold, foldStages } from "./final/fold.ts";
import { hashOf } from "./final/hash.ts";
import { signature } from "./final/state.ts";
import type { Model, Stage } from "./model.ts";

/**
 * Whether every target stage of both ends with the same files, owners, modes and settings, as far as the model can
 * tell; false when it cannot. What a command does counts as the same when its words are, and all that it may look
 * at: variables, folder, user, shell, mounts, and the files that it reads (for an unknown program: all files).
 * Downloads that the knowledge names count by their name: they are wanted wherever they stand.
 */
export function sameFinalFiles(before: Model, after: Model): boolean {
  const pairs = matchedTargets(before, after);
  if (pairs === undefined) return false;
  const [was, is] = [foldStages(before), foldStages(after)];
  return pairs.every(
    ([a, b]) =>
      finalConfig(before, a) === finalConfig(after, b) && stageSignature(was, a) === stageSignature(is, b),
  );
}

function stageSignature(fold: Fold, stage: Stage): string {
  return hashOf(...signature(fold.final[stage.index]!));
}

/** The targets of both, by name, else by their place among the targets. */
function matchedTargets(before: Model, after: Model): readonly (readonly [Stage, Stage])[] | undefined {
  const targets = ({ stages }: Model): readonly Stage[] => stages.filter(({ target }) => target);
  const [was, is] = [targets(before), targets(after)];
  if (was.length !== is.length || was.length === 0) return undefined;
  const pairs = was.flatMap((stage, index): (readonly [Stage, Stage])[] => {
    const other = stage.name === undefined ? is[index] : is.find(({ name }) => name === stage.name);
    return other === undefined ? [] : [[stage, other]];
  });
  return pairs.length === was.length ? pairs : undefined;
}
