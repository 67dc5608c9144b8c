// Whether copied files may have setuid, setgid or sticky bits, or capabilities, which chown and chmod treat their own way.
import type { Effect } from "../../model/effect.ts";
import { baseHas } from "../../model/final/base-files.ts";
import { lineage, type Model, type Step } from "../../model/model.ts";

/** How many stages a file is followed through. */
const MAX_DEPTH = 10;

/** "none" when the context has none and the stages that it comes from can be read to their end. */
export function specialBits(model: Model, step: Step, depth = 0): "none" | "maybe" {
  const maybe = step.effects.some((effect) => {
    if (effect.kind !== "write") return false;
    if (effect.how === "unpack" || (effect.mode !== undefined && isSpecial(effect.mode))) return true;
    const { origin } = effect;
    if (origin?.kind === "context") {
      return origin.sources.some(
        (source) => model.context?.hasSpecialBits?.(source === "" ? "." : source) === true,
      );
    }
    if (origin?.kind === "image") return true;
    return origin?.kind === "stage" && stageMayHold(model, origin.stage, origin.sources, depth);
  });
  return maybe ? "maybe" : "none";
}

function stageMayHold(model: Model, index: number, sources: readonly string[], depth: number): boolean {
  const stage = model.stages[index];
  if (stage === undefined || depth > MAX_DEPTH) return true;
  const line = lineage(model, stage);
  if (sources.some((source) => baseHas(line[0]!, source) !== "no")) return true;
  return line.some(({ steps }) =>
    steps.some((step) => {
      const { keyword } = step.instruction;
      if (keyword === "COPY" || keyword === "ADD") return specialBits(model, step, depth + 1) === "maybe";
      return keyword === "RUN" && (!step.complete || step.effects.some(maySetBits));
    }),
  );
}

function maySetBits(effect: Effect): boolean {
  switch (effect.kind) {
    case "opaque":
    case "upgrade":
      return true;
    case "retouch":
      return effect.change.attributes === "capabilities" || isSpecial(effect.change.mode ?? "");
    case "write":
      return effect.how === "unpack" || isSpecial(effect.mode ?? "");
    case "install":
      return /^(apt|apk|rpm|pacman|nix|other)$/.test(effect.manager);
    default:
      return false;
  }
}

function isSpecial(mode: string): boolean {
  return /^[1-7][0-7]{3}$/.test(mode.replace(/^0+/, "")) || /[st]/.test(mode);
}
