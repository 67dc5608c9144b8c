// Modes of files as far as the Dockerfile tells them, and what a change makes of them.
import type { Effect, Origin, WriteEffect } from "./effect.ts";
import { lineage, type Model } from "./model.ts";
import { isBelow, isLiteral, meet } from "./path.ts";

/** Bits that `chmod` takes away from a mode that is given without a "who", in a container as it comes. */
const UMASK = 0o022;

/**
 * The permission bits of a file to which modes were given one after the other, as COPY --chmod and chmod have them;
 * undefined when they do not tell it.
 */
export function permissions(modes: readonly string[]): number | undefined {
  return modes.reduce<number | undefined>((now, mode) => changed(now, mode), undefined);
}

/** Whether a file keeps its mode when it is given another one. */
export function hasMode(modes: readonly string[], wanted: string): boolean {
  const now = permissions(modes);
  if (now !== undefined) return changed(now, wanted) === now;
  return plain(modes.at(-1) ?? "") === plain(wanted);
}

/** Whether a file surely has another mode when it is given this one. */
export function lacksMode(modes: readonly string[], wanted: string): boolean {
  const now = permissions(modes);
  const then = changed(now, wanted);
  return now !== undefined && then !== undefined && then !== now;
}

/** Modes that mean the same for files, in one form. */
function plain(mode: string): string {
  return mode.replace(/^0+(?=\d{3})/, "").replace(/^(a|ugo)(?=[+=-])/, "");
}

function changed(before: number | undefined, mode: string): number | undefined {
  if (/^[0-7]{3,4}$/.test(mode)) return Number.parseInt(mode, 8);
  return mode
    .split(",")
    .reduce<number | undefined>((now, clause) => (now === undefined ? now : withClause(now, clause)), before);
}

/** `u=rwx`, `g+w`, `go=u`, `+x`, `a+rwX`: see chmod(1); no special bits. */
function withClause(mode: number, clause: string): number | undefined {
  const [, who = "", actions = ""] = /^([ugoa]*)((?:[-+=](?:[rwxX]*|[ugo]))+)$/.exec(clause) ?? [];
  if (actions === "") return undefined;
  const classes = who === "" || who.includes("a") ? ["u", "g", "o"] : [...who];
  const mask = who === "" ? ~UMASK : ~0;
  let now = mode;
  for (const [, sign, what = ""] of actions.matchAll(/([-+=])([ugo]|[rwxX]*)/g)) {
    const from = now;
    for (const one of classes) {
      const shift = SHIFTS[one]!;
      const bits = (bitsOf(what, from) << shift) & mask;
      if (sign === "+") now |= bits;
      else if (sign === "-") now &= ~bits;
      else now = (now & ~(7 << shift)) | bits;
    }
  }
  return now;
}

const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

/** The three bits that letters stand for; `u`, `g` and `o` are those of another class of the file. */
function bitsOf(letters: string, mode: number): number {
  const copied = SHIFTS[letters];
  if (copied !== undefined) return (mode >> copied) & 7;
  const executes = letters.includes("x") || (letters.includes("X") && (mode & 0o111) !== 0);
  return (letters.includes("r") ? 4 : 0) | (letters.includes("w") ? 2 : 0) | (executes ? 1 : 0);
}

/** The modes that what an effect writes is known to have been given. */
export function writtenModes(model: Model, effect: WriteEffect): readonly string[] {
  if (effect.mode !== undefined) return [effect.mode];
  return effect.origin?.kind === "stage" ? modesInStage(model, effect.origin) : [];
}

/** The last mode that everything at a path of another stage was given, when nothing was written there after that. */
function modesInStage(
  model: Model,
  { stage, sources }: Extract<Origin, { kind: "stage" }>,
): readonly string[] {
  const [path] = sources;
  const from = model.stages[stage];
  if (from === undefined || path === undefined || sources.length > 1 || !isLiteral(path)) return [];
  const effects = lineage(model, from).flatMap(({ steps }) => steps.flatMap((step) => step.effects));
  for (const effect of effects.reverse()) {
    const mode = givenMode(effect, path);
    if (mode !== undefined) return [mode];
    if (mayWrite(effect, path)) return [];
  }
  return [];
}

/** The mode that an effect gives to all files at and below a path: chmod of a tree, or a program made by a compiler. */
function givenMode(effect: Effect, path: string): string | undefined {
  if (effect.runs === "sometimes") return undefined;
  if (effect.kind === "retouch" && (effect.only === undefined || effect.only === "files")) {
    const whole = effect.targets.some(
      (target) =>
        isLiteral(target.path) &&
        (target.extent === "tree" ? isBelow(path, target.path) : target.path === path) &&
        target.except === undefined,
    );
    return whole ? effect.change.mode : undefined;
  }
  if (effect.kind !== "write") return undefined;
  if (
    effect.how === "build" &&
    CARGO_PROGRAM.test(path) &&
    effect.targets.some((target) => meet({ path, extent: "exact" }, target) !== undefined)
  )
    return "755";
  if (effect.mode === undefined) return undefined;
  return effect.targets.some((target) => target.path === path && target.extent === "exact")
    ? effect.mode
    : undefined;
}

/** Where Cargo puts programs. */
const CARGO_PROGRAM = /\/target\/([^/]+\/)?(release|debug)\/[^/.]+$/;

function mayWrite(effect: Effect, path: string): boolean {
  if (effect.kind === "opaque") return true;
  if (effect.kind === "move") return meet({ path, extent: "tree" }, effect.to) !== undefined;
  if (effect.kind === "retouch" && effect.change.mode === undefined) return false;
  if (effect.kind !== "write" && effect.kind !== "install" && effect.kind !== "retouch") return false;
  return effect.targets.some((target) => meet({ path, extent: "tree" }, target) !== undefined);
}
