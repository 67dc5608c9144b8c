// A COPY or ADD writes what an earlier instruction of the chain wrote already.
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { Origin, WriteEffect } from "../../model/effect.ts";
import type { Model } from "../../model/model.ts";
import { isBelow, isLiteral, joinPath, restBelow, SITE_PACKAGES } from "../../model/path.ts";
import { pathInContext } from "../../model/provenance.ts";
import { type Touch, timeline } from "../../model/timeline.ts";
import type { Claim, ClaimedFiles, Scene } from "./claim.ts";
import { claimOf, touchSize } from "./touches.ts";

export function copiedAgain(scene: Scene): readonly Claim[] {
  if (scene.step.instruction.keyword === "RUN") return [];
  const touches = scene.touches.filter(
    ({ effect }) => effect.kind === "write" && effect.command === undefined,
  );
  const again = touches.filter((touch) => writesAgain(scene.model, touch, touch.effect as WriteEffect));
  return claimOf(scene, "copied-twice", again).map((claim) =>
    claim.files.every(mayBeAsBefore) ? { ...claim, confidence: "likely" } : claim,
  );
}

/**
 * The same files again, with the same owner and mode. BuildKit leaves out those whose time is as before, too; it is
 * another one when the earlier copy is from the build cache and this one is not.
 */
export function mayBeAsBefore({ stored, touch }: ClaimedFiles): boolean {
  const [later, earlier] = [touch?.effect, stored.effect];
  if (later?.kind !== "write" || earlier?.kind !== "write" || earlier.command !== undefined) return false;
  if (later.owner !== earlier.owner || later.mode !== earlier.mode || stored.holder !== stored.origin)
    return false;
  return sameSource(later.origin, touch!.target.path, earlier.origin, stored.target.path);
}

function writesAgain(model: Model, touch: Touch, copy: WriteEffect): boolean {
  const { stored, target } = touch;
  const { effect } = stored;
  if (effect?.kind === "move")
    return copy.origin?.kind === "stage" && copiesPath(model, copy.origin, target.path, stored.target.path);
  if (effect?.kind !== "write" || effect.how === "create" || effect.keeps === true || copy.keeps === true)
    return false;
  if (effect.how === "database" || effect.how === "cache") return false;
  if (effect.command === undefined) {
    const again =
      sameSource(copy.origin, target.path, effect.origin, stored.target.path) || replaces(model, touch, copy);
    return again && !isForCaching(model, touch, effect, copy) && !isOtherLib(touch);
  }
  // What a command made is written again only by a copy that has it: at the very path, or measured to have it.
  if (!isLiteral(target.path) || !isLiteral(stored.target.path) || stored.target.extent === "some")
    return false;
  if (target.path === stored.target.path)
    return copy.origin?.kind !== "context" || contextHas(model, copy.origin, "");
  if (!isBelow(stored.target.path, target.path)) return false;
  const rest = restBelow(stored.target.path, target.path);
  if (copy.origin?.kind === "context") return contextHas(model, copy.origin, rest);
  return copy.origin?.kind === "stage" && stageHas(model, copy.origin, rest);
}

/** Whether a copy surely has another file for the place of one that was copied: the build context shows it there. */
function replaces(model: Model, { stored, target }: Touch, { origin }: WriteEffect): boolean {
  const { path, extent } = stored.target;
  if (origin?.kind !== "context" || extent !== "exact" || !isLiteral(path) || !isLiteral(target.path))
    return false;
  if (!isBelow(path, target.path) || path === target.path) return false;
  return contextHas(model, origin, restBelow(path, target.path));
}

/**
 * A part of the context that comes first, for a RUN in between to use, lets that RUN's layer stay in the cache while
 * the rest changes: it is wanted, unless it is known to be large.
 */
function isForCaching(model: Model, touch: Touch, earlier: WriteEffect, later: WriteEffect): boolean {
  const { step, stage, stored } = touch;
  const [to] = later.origin?.kind === "context" ? later.origin.sources : [];
  const [from] = earlier.origin?.kind === "context" ? earlier.origin.sources : [];
  if (to === undefined || from === undefined || to === from || stored.origin?.stage !== step.stage)
    return false;
  if (touchSize(model, touch).kind !== "unknown") return false;
  const { index } = stored.origin;
  return stage.steps.some(
    (other) => other.index > index && other.index < step.index && other.instruction.keyword === "RUN",
  );
}

/** lib and lib64 are one path to the model, while both may be there. */
function isOtherLib({ step, stored, target }: Touch): boolean {
  const says = (instruction: Instruction | undefined): boolean =>
    instruction !== undefined && /\/lib64\//.test(instruction.original);
  return target.path.includes(SITE_PACKAGES) && says(step.instruction) !== says(stored.origin?.instruction);
}

/** Whether a copy from a stage brings a path that lies at or below its target. */
function copiesPath(
  model: Model,
  origin: Extract<Origin, { kind: "stage" }>,
  target: string,
  path: string,
): boolean {
  if (!isLiteral(path) || !isBelow(path, target)) return false;
  return stageHas(model, origin, restBelow(path, target));
}

function contextHas(model: Model, origin: Extract<Origin, { kind: "context" }>, rest: string): boolean {
  const path = pathInContext(origin, rest);
  return path !== undefined && (model.context?.measure(path)?.bytes ?? 0) > 0;
}

/** Whether the stage that a copy is from has files at that very path. */
function stageHas(model: Model, origin: Extract<Origin, { kind: "stage" }>, rest: string): boolean {
  const final = timeline(model).final[origin.stage] ?? [];
  return origin.sources.some((source) => {
    const path = rest === "" ? source : joinPath(source, rest);
    return final.some((files) => files.effect !== undefined && files.target.path === path);
  });
}

/** Whether the later copy takes the earlier one's sources along, to the same places. */
function sameSource(
  later: Origin | undefined,
  laterPath: string,
  earlier: Origin | undefined,
  earlierPath: string,
): boolean {
  if (later === undefined || earlier === undefined || later.kind !== earlier.kind) return false;
  if (later.kind === "remote" && earlier.kind === "remote") return later.url === earlier.url;
  if (later.kind === "stage" && earlier.kind === "stage" && later.stage !== earlier.stage) return false;
  if (later.kind === "image" && earlier.kind === "image" && later.image !== earlier.image) return false;
  const sources = "sources" in later && later.kind !== "path" ? later.sources : [];
  const before = "sources" in earlier && earlier.kind !== "path" ? earlier.sources : [];
  const [to] = sources;
  const [from] = before;
  if (to === undefined || from === undefined || sources.length > 1 || before.length > 1) return false;
  const absolute = (path: string): string => (path.startsWith("/") ? path : `/${path}`);
  const [laterSource, earlierSource] = [absolute(to), absolute(from)];
  if (laterSource === earlierSource) return laterPath === earlierPath;
  if (!isBelow(earlierSource, laterSource)) return false;
  const rest = restBelow(earlierSource, laterSource);
  return joinPath(laterPath, rest) === earlierPath;
}
