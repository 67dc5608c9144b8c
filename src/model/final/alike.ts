// Which steps of two models surely do the same: an edit leaves most of a file as it was.
import { slice } from "../../text.ts";
import type { Model, Stage, Step } from "../model.ts";
import { stagesUsedBy } from "../ships.ts";
import type { Scope } from "../variables.ts";
import { placeless } from "./hash.ts";

/** What both models know beside their texts: what stands before the first stage, knowledge, context and values. */
export function haveSameBasis(before: Model, after: Model): boolean {
  return (
    before.knowledge === after.knowledge &&
    before.context === after.context &&
    isAlike(before.buildArgs, after.buildArgs) &&
    head(before) === head(after)
  );
}

function head({ dockerfile, stages }: Model): string {
  return dockerfile.text.slice(0, stages[0]?.from.span.start);
}

/** How two stages end; "same": whatever follows is the same, too. */
export type Verdict = "different" | "same files" | "same";

/** Whether two stages start from the same, when `verdict` tells of earlier stages. */
export function startAlike(
  before: Model,
  was: Stage,
  after: Model,
  is: Stage,
  verdict: (stage: number) => Verdict,
): boolean {
  return (
    slice(before.dockerfile.text, was.from.span) === slice(after.dockerfile.text, is.from.span) &&
    (is.base.kind !== "stage" || verdict(is.base.stage) === "same") &&
    (is.alternatives ?? []).every((other) => other >= is.index || verdict(other) !== "different")
  );
}

/**
 * Whether two steps have the same words and, by what went before them, the same meaning. `isSame` says which earlier
 * stages are the same.
 */
export function stepsAlike(
  before: Model,
  was: Step,
  after: Model,
  is: Step,
  isSame: (stage: number) => boolean,
): boolean {
  return (
    slice(before.dockerfile.text, was.instruction.span) ===
      slice(after.dockerfile.text, is.instruction.span) &&
    [...stagesUsedBy({ base: { kind: "scratch" }, steps: [is] }, after.stages)].every(
      // A name with variables may fit later stages and its own, but builders know earlier ones only.
      (other) => other >= is.stage || isSame(other),
    ) &&
    was.user === is.user &&
    was.workdir === is.workdir &&
    sameScopes(was.scope, is.scope) &&
    isAlike(was.shell, is.shell) &&
    isAlike(was.mounts, is.mounts) &&
    isAlike(was.effects, is.effects)
  );
}

const likeScopes = new WeakMap<Scope, Scope>();

/** Most steps see the variables of the step before. */
function sameScopes(was: Scope, is: Scope): boolean {
  if (likeScopes.get(was) === is) return true;
  const same = isAlike(was, is);
  if (same) likeScopes.set(was, is);
  return same;
}

/** Where something stands, and the commands, which have the same words when their steps have. */
const PLACES = new Set(["command", "span"]);

/** Whether two values are the same but for the places in the text that they are from. */
function isAlike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === "string" && typeof b === "string") return placeless(a) === placeless(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Map || a instanceof Set)
    return b instanceof a.constructor && isAlike([...a], [...(b as Iterable<unknown>)]);
  const names = Object.keys(a).filter((name) => !PLACES.has(name));
  return (
    names.length === Object.keys(b).filter((name) => !PLACES.has(name)).length &&
    names.every((name) => isAlike(a[name as keyof typeof a], b[name as keyof typeof b]))
  );
}
