// Whether two models end with the same files.
import { once } from "../once.ts";
import { haveSameBasis, startAlike, stepsAlike, type Verdict } from "./final/alike.ts";
import { finalConfig } from "./final/config.ts";
import { foldOf, foldStages, stageByNumber } from "./final/fold.ts";
import { hashOf } from "./final/hash.ts";
import { type State, signature, wholeSignature } from "./final/state.ts";
import { lineage, type Model, type Stage } from "./model.ts";

/**
 * Whether every target stage of both ends with the same files, owners, modes and settings, as far as the model can
 * tell; false when it cannot. What a command does counts as the same when its words are, and all that it may look
 * at: variables, folder, user, shell, mounts, and the files that it reads (for an unknown program: all files).
 * Downloads that the knowledge names count by their name: they are wanted wherever they stand.
 */
export function sameFinalFiles(before: Model, after: Model): boolean {
  const pairs = matchedTargets(before, after);
  if (pairs === undefined) return false;
  const same = compareStages(before, after);
  return pairs.every(([a, b]) => finalConfig(before, a) === finalConfig(after, b) && same(a, b));
}

/** Whether two stages end with the same files. Only what an edit reached is folded. */
function compareStages(before: Model, after: Model): (was: Stage, is: Stage) => boolean {
  const basis = haveSameBasis(before, after);
  const verdicts: (Verdict | undefined)[] = [];
  const verdict = (index: number): Verdict => {
    const [was, is] = [before.stages[index], after.stages[index]];
    verdicts[index] ??= was === undefined || is === undefined ? "different" : compare(was, is);
    return verdicts[index];
  };
  const isSame = (index: number): boolean => verdict(index) !== "different";
  const nameOf = (index: number): string =>
    isSame(index) ? stageByNumber(index) : `changed ${stageByNumber(index)}`;
  const leading = once((is: Stage): { readonly steps: number } => {
    const was = before.stages[is.index];
    if (!basis || was === undefined || !startAlike(before, was, after, is, verdict)) return { steps: -1 };
    return { steps: countAlike(was.steps, is.steps, (a, b) => stepsAlike(before, a, after, b, isSame)) };
  });
  const wasFold = foldOf(before);
  const isFold = foldStages(after, nameOf, (stage, steps) =>
    steps <= leading(stage).steps ? wasFold(before.stages[stage.index]!, steps) : undefined,
  );
  const ends = (was: Stage, is: Stage): boolean =>
    fromOf(before, was, stageByNumber) === fromOf(after, is, nameOf) &&
    filesOf(wasFold(was, was.steps.length)) === filesOf(isFold(is, is.steps.length));
  const compare = (was: Stage, is: Stage): Verdict => {
    const { steps } = leading(is);
    if (steps < 0) return ends(was, is) ? "same files" : "different";
    if (steps === was.steps.length && steps === is.steps.length) return "same";
    const trailing = countAlike(was.steps.slice(steps).reverse(), is.steps.slice(steps).reverse(), (a, b) =>
      stepsAlike(before, a, after, b, isSame),
    );
    for (let left = trailing; left >= 0; left -= 1) {
      const a = wasFold(was, was.steps.length - left);
      const b = isFold(is, is.steps.length - left);
      // What follows is the same in both: it leaves equal states equal, and what unknown commands made different.
      if (wholeSignature(a) === wholeSignature(b)) return "same";
      if (a.makers.join() !== b.makers.join()) return "different";
    }
    return ends(was, is) ? "same files" : "different";
  };
  return (was, is) => (was.index === is.index ? isSame(is.index) : ends(was, is));
}

/** How many of the first items are alike. */
function countAlike<Item>(
  was: readonly Item[],
  is: readonly Item[],
  alike: (a: Item, b: Item) => boolean,
): number {
  const shared = Math.min(was.length, is.length);
  for (let at = 0; at < shared; at += 1) if (!alike(was[at]!, is[at]!)) return at;
  return shared;
}

function fromOf(model: Model, stage: Stage, nameOf: (index: number) => string): string {
  const base = lineage(model, stage)[0]!;
  const image = base.base.kind === "image" ? (base.base.image ?? base.from.body.text) : base.base.kind;
  return hashOf(image, ...(base.alternatives ?? []).filter((other) => other < base.index).map(nameOf));
}

const filesOf = once((state: State): string => hashOf(...signature(state)));

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
