// The fix of `copied-twice`: one of the two copies goes, or leaves out what the other one has.
import { copyParts } from "../../dockerfile/copy.ts";
import type { Fix } from "../../finding.ts";
import type { Effect, WriteEffect } from "../../model/effect.ts";
import type { Model, Step } from "../../model/model.ts";
import { isBelow, isLiteral, joinPath, meet, overlap, restBelow } from "../../model/path.ts";
import { crossing, readsOf, wholeStep, writesOf } from "../crossing.ts";
import { cutInstruction } from "../cut.ts";
import { type Attempt, fixOf, type Late, placeOf, stepsBetween } from "../late.ts";
import { insertFlags } from "../run-flags.ts";
import { keepsFinalFiles } from "./proven.ts";
import { EXCLUDE, knows } from "./syntax-version.ts";

/** The fix of a copy over a copy. */
export function fixCopiedTwice(model: Model, late: Late): Fix {
  const earlier = earlierSteps(late);
  const where = earlier.map((step) => placeOf(model, step)).join(" and ");
  const title =
    earlier.length === 0
      ? "leave out of the copy what is there already: copy the rest only"
      : `copy the files once: leave them out of ${where}, or out of ${placeOf(model, late.step)} (COPY --exclude, .dockerignore)`;
  return fixOf(title, [
    () => dropEarlier(model, late),
    () => excludeLater(model, late),
    () => dropLater(model, late),
  ]);
}

function earlierSteps({ files, step }: Late): readonly Step[] {
  const steps = new Set(files.flatMap(({ stored }) => (stored.origin === undefined ? [] : [stored.origin])));
  steps.delete(step);
  return [...steps].toSorted((a, b) => a.index - b.index);
}

/** Drops the earlier copies, when the later one brings all of them. */
function dropEarlier(model: Model, late: Late): Attempt {
  const { stage, step, files } = late;
  if (step.triggered) return "it is an ONBUILD instruction";
  const dropped: Step[] = [];
  let why = "nothing was copied before";
  for (const earlier of earlierSteps(late)) {
    if (copyParts(earlier.instruction) === undefined)
      why = `a command of ${placeOf(model, earlier)} wrote the files`;
    else if (earlier.stage !== stage.index || earlier.triggered)
      why = `the stage that this one starts from copied the files (${placeOf(model, earlier)})`;
    else if (
      !earlier.effects.every((effect) =>
        files.some(({ stored, touch }) => stored.effect === effect && isWhole(touch)),
      )
    )
      why = `${placeOf(model, earlier)} copies other files, too`;
    else {
      const user = userBetween(model, late, earlier);
      if (user === undefined) dropped.push(earlier);
      else why = `${user} may use what ${placeOf(model, earlier)} copies`;
    }
  }
  if (dropped.length === 0) return why;
  const edits = dropped.flatMap((earlier) => cutInstruction(model.dockerfile, earlier.instruction));
  const doubts = dropped.flatMap((earlier) => doubtsBetween(model, late, earlier));
  if (doubts.length === 0 && !keepsFinalFiles(model, edits)) {
    doubts.push("the folder that the first copy makes may have another owner or mode then");
  }
  const places = dropped.map((earlier) => placeOf(model, earlier));
  return {
    title: `drop the first copy (${places.join(", ")}): ${placeOf(model, step)} brings the files`,
    edits,
    doubts,
    cost: 1,
  };
}

function isWhole(touch: Late["files"][number]["touch"]): boolean {
  return (
    touch?.meeting.relation === "covers" ||
    touch === undefined ||
    touch.target.path === touch.stored.target.path
  );
}

/** The first step between the two that uses the files, or that nobody can tell of. */
function userBetween(model: Model, { stage, step, files }: Late, earlier: Step): string | undefined {
  const own = files.filter(({ stored }) => stored.origin === earlier).map(({ stored }) => stored.target);
  const uses = (effect: Effect): boolean =>
    [...readsOf(effect), ...writesOf(effect)].some((target) => own.some((one) => overlap(target, one)));
  const user = stepsBetween(stage, earlier, step).find(
    (other) =>
      other.instruction.keyword === "RUN" &&
      (!other.complete || other.effects.some((effect) => effect.kind === "opaque" || uses(effect))),
  );
  return user === undefined ? undefined : placeOf(model, user);
}

function doubtsBetween(model: Model, { stage, step }: Late, earlier: Step): string[] {
  for (const other of stepsBetween(stage, earlier, step)) {
    const found = crossing(model, wholeStep(earlier), other);
    if (found.kind !== "free") return [found.why];
  }
  return [];
}

/** Leaves the files out of the later copy. */
function excludeLater(model: Model, late: Late): Attempt {
  const { step, files } = late;
  const parts = copyParts(step.instruction);
  const copies = step.effects.filter((effect): effect is WriteEffect => effect.kind === "write");
  const [copy] = copies;
  if (step.triggered || parts === undefined || copy === undefined || copies.length > 1)
    return "several things are copied";
  const over = copiedBetween(model, late);
  if (over !== undefined) return `${over} copies others over the first ones`;
  const known = knows(model.dockerfile, EXCLUDE);
  if (known === "no") return "the file's syntax does not know --exclude";
  if (step.instruction.keyword !== "COPY" || parts.parents) return "it is no plain COPY";
  const root = copy.targets[0]?.path;
  const patterns: string[] = [];
  const doubts: string[] = [];
  for (const { stored } of files) {
    const { path } = stored.target;
    const earlier = stored.effect;
    if (root === undefined || path === root || !isBelow(path, root) || !isLiteral(path))
      return "nothing would be left to copy";
    if (earlier?.kind !== "write" || earlier.command !== undefined) return "the files there are others";
    if (earlier.owner !== copy.owner || earlier.mode !== copy.mode)
      return "the two copies give another owner or mode";
    const pattern = restBelow(path, root);
    if (!bringsSame(copy, earlier, pattern)) return "the first copy brought other files of these names";
    if (!/^[\w./@+-]+$/.test(pattern)) return "its name has characters that mean something in a pattern";
    patterns.push(pattern);
    const changed = changedBetween(model, late, stored.origin);
    if (changed !== undefined)
      doubts.push(`${changed} may change the first copy, and then the change would stay`);
  }
  if (known === "builder")
    doubts.push("COPY --exclude needs Dockerfile syntax 1.19, which older builders do not have built in");
  doubts.push("a folder that is there already keeps the owner and mode that the first copy gave it");
  const flags = [...new Set(patterns)].map((pattern) => `--exclude=${pattern}`);
  return {
    title: `leave the files out of the later copy (${flags.join(" ")})`,
    edits: [insertFlags(model, step, flags)],
    doubts,
    cost: 2,
  };
}

/** Whether a copy of a folder has at a path below it what the earlier copy brought. */
function bringsSame({ origin: later }: WriteEffect, { origin: before }: WriteEffect, rest: string): boolean {
  if (later === undefined || before === undefined || !("sources" in later) || !("sources" in before))
    return false;
  if (later.kind === "path" || before.kind === "path" || later.kind !== before.kind) return false;
  if (later.kind === "stage" && before.kind === "stage" && later.stage !== before.stage) return false;
  if (later.kind === "image" && before.kind === "image" && later.image !== before.image) return false;
  const whole = (path: string | undefined): string => `/${path}`.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
  if (later.sources.length !== 1 || before.sources.length !== 1) return false;
  return joinPath(whole(later.sources[0]), rest) === whole(before.sources[0]);
}

/** The first step between that may write what the earlier one copied. */
function changedBetween(
  model: Model,
  { stage, step, files }: Late,
  earlier: Step | undefined,
): string | undefined {
  if (earlier === undefined) return undefined;
  const own = files.filter(({ stored }) => stored.origin === earlier).map(({ stored }) => stored.target);
  const changed = stepsBetween(stage, earlier, step).find(({ effects, complete, instruction }) => {
    if (instruction.keyword === "RUN" && (!complete || effects.some(({ kind }) => kind === "opaque")))
      return true;
    return effects.some((effect) =>
      writesOf(effect).some((target) => own.some((one) => meet(target, one) !== undefined)),
    );
  });
  return changed === undefined ? undefined : placeOf(model, changed);
}

/** Another COPY between that writes where the first one did. */
function copiedBetween(model: Model, late: Late): string | undefined {
  const [first] = earlierSteps(late);
  if (first === undefined) return undefined;
  const own = late.files.map(({ stored }) => stored.target);
  const over = stepsBetween(late.stage, first, late.step).find(
    (other) =>
      copyParts(other.instruction) !== undefined &&
      !earlierSteps(late).includes(other) &&
      other.effects.some((effect) =>
        writesOf(effect).some((target) => own.some((one) => meet(target, one) !== undefined)),
      ),
  );
  return over === undefined ? undefined : placeOf(model, over);
}

/** Drops the later copy, when it brings the very same and nothing was changed. */
function dropLater(model: Model, late: Late): Attempt {
  const { step, files } = late;
  if (step.triggered) return "it is an ONBUILD instruction";
  const over = copiedBetween(model, late);
  if (over !== undefined) return `${over} copies others over the first ones`;
  const copies = step.effects.filter((effect): effect is WriteEffect => effect.kind === "write");
  const same = copies.every((copy) =>
    files.some(
      ({ stored: { effect, target } }) =>
        effect?.kind === "write" &&
        effect.command === undefined &&
        JSON.stringify(effect.origin) === JSON.stringify(copy.origin) &&
        target.path === copy.targets[0]?.path &&
        effect.owner === copy.owner &&
        effect.mode === copy.mode,
    ),
  );
  if (!same) return "it copies other files, too";
  const doubts: string[] = [];
  for (const earlier of earlierSteps(late)) {
    const changed = changedBetween(model, late, earlier);
    if (changed !== undefined)
      doubts.push(`${changed} may change the first copy, and then the change would stay`);
  }
  const edits = cutInstruction(model.dockerfile, step.instruction);
  if (doubts.length === 0 && !keepsFinalFiles(model, edits)) {
    doubts.push("it cannot be shown that nothing between changes the first copy");
  }
  return { title: "drop the second copy: the first one brought the same", edits, doubts, cost: 1.5 };
}
