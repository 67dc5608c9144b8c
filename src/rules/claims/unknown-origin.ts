// Paths that are changed or removed although nothing readable made them: an earlier, unknown command did.
import type { EditEffect, Effect, MoveEffect, RemoveEffect, RetouchEffect } from "../../model/effect.ts";
import { isPlainSystem, lineage, type Stage, type Step } from "../../model/model.ts";
import { isSharedFolder, isSmallPlace, isSystemFolder } from "../../model/names.ts";
import { hasGlobSegment, isBelow, meet, parentPath, SITE_PACKAGES, type Target } from "../../model/path.ts";
import { type Stored, type Touch, timeline } from "../../model/timeline.ts";
import type { Claim, ClaimRule, Scene } from "./claim.ts";

type Change = RetouchEffect | RemoveEffect | MoveEffect | EditEffect;

const RULES = {
  remove: "removed-later",
  retouch: "retouched-later",
  move: "moved-later",
  edit: "rewritten-later",
} as const satisfies Record<Change["kind"], ClaimRule>;

/**
 * A plain system image holds nothing outside of its own folders. So what a step removes, retouches, moves or strips
 * there, and neither the step itself nor any understood one made, came with a command that nobody knows.
 */
export function filesOfUnknownOrigin(scene: Scene): readonly Claim[] {
  const { model, stage, step } = scene;
  if (step.instruction.keyword !== "RUN") return [];
  const [root] = lineage(model, stage);
  if (root?.base.kind === "image" && root.base.image === undefined) return packagesSomewhere(scene, root);
  if (root === undefined || !isPlainSystem(root)) return [];
  const holder = earlierOpaque(scene).at(-1);
  if (holder === undefined) return [];
  const stored = timeline(model).before.get(step) ?? [];
  const found = step.effects.flatMap((effect, index) => {
    if (!isChange(effect) || effect.runs === "sometimes" || !weighs(effect)) return [];
    return changedBy(effect)
      .filter((target) => isForeign(target, effect) && !isKnown(target, { stored, step, index, effect }))
      .map((target) => ({ effect, target }));
  });
  return Object.values(RULES).flatMap((rule): readonly Claim[] => {
    const own = found.filter(({ effect }) => RULES[effect.kind] === rule);
    const [first] = own;
    if (first === undefined) return [];
    const files = own.map(({ effect, target }) => {
      const unknown: Stored = {
        effect: undefined,
        origin: holder,
        holder,
        target,
        size: { kind: "unknown" },
        what: undefined,
        owner: undefined,
        group: undefined,
        modes: [],
      };
      const touch: Touch = {
        stage,
        step,
        effect,
        target,
        stored: unknown,
        meeting: { certainty: "likely", relation: "covers" },
      };
      return { stored: unknown, size: unknown.size, touch };
    });
    const effects = [...new Set<Effect>(own.map(({ effect }) => effect))];
    return [{ rule, stage, step, effects: [effects[0]!, ...effects.slice(1)], files, confidence: "likely" }];
  });
}

/**
 * Of an image that only the build knows, nobody can tell where its Python has its packages: what is retouched at
 * some place for them is what was installed.
 */
function packagesSomewhere({ model, stage, step, touches }: Scene, root: Stage): readonly Claim[] {
  const installed = (timeline(model).before.get(step) ?? []).filter(
    ({ effect, holder }) =>
      holder !== step &&
      effect?.kind === "install" &&
      effect.manager === "pip" &&
      effect.environment === root.baseImage.pythonPrefix,
  );
  const stored = installed.find(({ target }) => target.path.endsWith(SITE_PACKAGES));
  if (stored === undefined || touches.some((touch) => touch.stored === stored)) return [];
  return step.effects.flatMap((effect): readonly Claim[] => {
    if (effect.kind !== "retouch" || effect.only === "directories") return [];
    const target = effect.targets.find(
      ({ path, extent }) => extent === "tree" && path.endsWith(SITE_PACKAGES),
    );
    if (target === undefined) return [];
    const meeting = { certainty: "likely", relation: "covers" } as const;
    const touch: Touch = { stage, step, effect, target, stored, meeting };
    const files = [{ stored, size: stored.size, touch }];
    return [{ rule: "retouched-later", stage, step, effects: [effect], files, confidence: "likely" }];
  });
}

function isChange(effect: Effect): effect is Change {
  return Object.hasOwn(RULES, effect.kind);
}

function changedBy(effect: Change): readonly Target[] {
  return effect.kind === "move" ? effect.from : effect.targets;
}

function weighs(effect: Change): boolean {
  if (effect.kind === "retouch") return effect.only === undefined || effect.only === "files";
  return effect.kind !== "edit" || effect.verb === "strips";
}

/**
 * What lies outside of what every system has: a whole tree that is retouched or removed; what is moved or stripped
 * also where systems have empty folders only.
 */
function isForeign({ path, extent }: Target, { kind }: Change): boolean {
  if (isSmallPlace(path) || !path.startsWith("/")) return false;
  const folder = hasGlobSegment(path) ? parentPath(path) : path;
  // A program that a wrapper takes the place of.
  if (kind === "move" && /\/s?bin\/[^/*]+$/.test(path)) return false;
  if (kind === "move" || kind === "edit") {
    return !isShared(path) && (isOutside(folder) || /^\/(usr\/local|root|tmp|var\/tmp)(\/|$)/.test(folder));
  }
  return extent === "tree" && !isSharedFolder(folder) && isOutside(folder);
}

/** Folders that all systems have, and what is hidden in the home folder. */
function isShared(path: string): boolean {
  return isSharedFolder(path) || /^\/root\/\./.test(path);
}

function isOutside(folder: string): boolean {
  return isBelow(folder, "/opt") || isBelow(folder, "/srv") || !(folder === "/" || isSystemFolder(folder));
}

interface Place {
  readonly stored: readonly Stored[];
  readonly step: Step;
  readonly index: number;
  readonly effect: Change;
}

/** Whether something understood made the path or what it lies in, or the step itself may have. */
function isKnown(target: Target, { stored, step, index, effect: change }: Place): boolean {
  const made = (own: Target): boolean => isBelow(target.path, own.path) && meet(target, own) !== undefined;
  // Whatever brought what is moved or stripped, it was an earlier layer; a folder that it only may lie in tells nothing.
  const sure = change.kind === "move" || change.kind === "edit";
  const tells = (own: Target): boolean =>
    made(own) && (!sure || meet(target, own)?.certainty !== "possible" || own.extent === "tree");
  if (stored.some((files) => tells(files.target))) return true;
  return step.effects.slice(0, index).some((effect) => {
    if (effect.kind === "opaque") return true;
    // Packages of the system bring folders of their own.
    if (effect.kind === "install" && effect.environment === "/") return true;
    if (effect.kind === "move") return made(effect.to);
    if (effect.kind !== "write" && effect.kind !== "install") return false;
    // `mkdir -p folder/part` makes the folder, too.
    return effect.targets.some((own) => made(own) || isBelow(own.path, target.path));
  });
}

function earlierOpaque({ model, stage, step }: Scene): readonly Step[] {
  return lineage(model, stage).flatMap((part) =>
    part.steps.filter(
      (other) =>
        (part !== stage || other.index < step.index) &&
        other.effects.some((effect) => effect.kind === "opaque"),
    ),
  );
}
