// What all claims ask of a touch: how sure it is, how big it is, whether the path names one file.
import type { Origin, Size } from "../../model/effect.ts";
import { NEGLIGIBLE, UNKNOWN_SIZE } from "../../model/effect.ts";
import type { Model } from "../../model/model.ts";
import {
  isFilledLater,
  isScriptByName,
  isScriptFolder,
  isSharedFolder,
  isSmallPlace,
  isSystemFolder,
  looksLikeFile,
} from "../../model/names.ts";
import {
  baseName,
  hasGlobSegment,
  isBelow,
  isLiteral,
  meet,
  parentPath,
  restBelow,
  SITE_PACKAGES,
  splitPath,
  type Target,
} from "../../model/path.ts";
import { pathInContext } from "../../model/provenance.ts";
import type { Stored, Touch } from "../../model/timeline.ts";
import type { Claim, ClaimedFiles, ClaimRule, Scene } from "./claim.ts";

/** How sure a touch is; undefined when it is no more than possible. */
export function touchConfidence(touch: Touch): "certain" | "likely" | undefined {
  const { certainty, relation } = touch.meeting;
  // Some of some files: they may be others.
  if (relation === "part") return searchesEnvironment(touch) ? "likely" : undefined;
  if (certainty === "possible") return isExpected(touch) ? "likely" : undefined;
  if (touch.effect.runs === "sometimes" || touch.stored.effect?.runs === "sometimes") return "likely";
  return certainty;
}

/** What people name is there, and little else can have put it there. */
function isExpected(touch: Touch): boolean {
  return (
    namesTheUnpacked(touch) ||
    liesWhereUnpacked(touch) ||
    liesWithPackages(touch) ||
    isPartOfDownload(touch) ||
    isUnnamedEnvironment(touch)
  );
}

/** What people name beside an environment whose name only the build knows: it is that one. */
function isUnnamedEnvironment({ target, stored, effect }: Touch): boolean {
  if (stored.effect?.kind !== "install" || stored.effect.manager !== "conda") return false;
  if (effect.kind === "write" || effect.kind === "install") return false;
  const { path } = stored.target;
  const folder = parentPath(path);
  return (
    !isLiteral(path) &&
    isLiteral(folder) &&
    baseName(folder) === "envs" &&
    isLiteral(target.path) &&
    target.path !== folder &&
    isBelow(target.path, folder)
  );
}

/** What a pattern removes of a large download: `rm /models/*.bin`. */
function isPartOfDownload({ effect, target, stored }: Touch): boolean {
  const { path } = stored.target;
  return (
    effect.kind === "remove" &&
    stored.effect?.kind === "write" &&
    stored.effect.how === "download" &&
    stored.size.kind === "large" &&
    hasGlobSegment(target.path) &&
    target.path.startsWith(`${path}/`) &&
    !isSharedFolder(path)
  );
}

/** A name right below the folder that an archive was unpacked to, which is none of the system's own. */
function liesWhereUnpacked({ effect, target, stored, step }: Touch): boolean {
  if (stored.effect?.kind !== "write" || stored.effect.how !== "unpack") return false;
  if (hasGlobSegment(target.path) || parentPath(target.path) !== stored.target.path) return false;
  if (isSharedFolder(target.path) || isSystemFolder(target.path)) return false;
  if (effect.kind === "write" || effect.kind === "install") return false;
  const before = step.effects.slice(0, step.effects.indexOf(effect));
  return !before.some(
    (own) =>
      own.kind === "opaque" ||
      (own.kind === "write" && (own.how === "build" || own.targets.some((made) => mayHold(made, target)))),
  );
}

/** Whether what a command of the same step made may be, hold or lie in what is named. */
function mayHold(made: Target, named: Target): boolean {
  return meet(named, made) !== undefined || isBelow(made.path, named.path);
}

/** What is removed or stripped inside of an environment of packages that is nothing else. */
function liesWithPackages({ effect, target, stored }: Touch): boolean {
  if (effect.kind !== "remove" && !(effect.kind === "edit" && effect.verb === "strips")) return false;
  if (stored.effect?.kind !== "install" || stored.effect.environment === "/") return false;
  const { path } = stored.target;
  if (isSharedFolder(path) || !target.path.startsWith(`${path}/`)) return false;
  // A single file is nothing to speak of.
  if (isLiteral(target.path) && looksLikeFile(target.path)) return false;
  // Of the packages in a folder that others fill, too, the name tells which one it is.
  const at = target.path.indexOf(`/${SITE_PACKAGES}/`);
  if (at < 0) return true;
  const [first = ""] = splitPath(target.path.slice(at + SITE_PACKAGES.length + 2));
  if (/^\*+$/.test(first)) return true;
  if (/^__|\.dist-info$/.test(first)) return false;
  const [wanted = "", ...others] = first.toLowerCase().split("*");
  const isPackage = (name = ""): boolean =>
    others.length === 0 ? name === wanted : wanted !== "" && name.startsWith(wanted);
  return stored.effect.packages.some(({ name }) => isPackage(name?.replaceAll("-", "_")));
}

/** `find /opt/conda -name "*.a" -delete`: people search an environment for what it has. */
function searchesEnvironment({ effect, target, stored }: Touch): boolean {
  if (effect.kind !== "remove" || effect.what === undefined || target.extent !== "some") return false;
  if (stored.effect?.kind !== "install" || stored.effect.size.kind !== "large") return false;
  const searched: Target = { path: target.path, extent: "tree" };
  return stored.effect.environment !== "/" && meet(searched, stored.target)?.relation === "covers";
}

/** `mv tool-1.2 …` among what `tool-1.2.tar.gz` was unpacked to: the name says where it is from. */
export function namesTheUnpacked({ target, stored }: Touch): boolean {
  const { effect } = stored;
  if (effect?.kind !== "write" || (effect.how !== "unpack" && effect.how !== "clone")) return false;
  // A folder of the system far below has the name by chance.
  if (stored.target.path === "/" && parentPath(target.path) !== "/") return false;
  const wanted = baseName(target.path)
    .replace(/[-_.]?\*$/, "")
    .toLowerCase();
  if (wanted.length < 3) return false;
  const { origin } = effect;
  const names =
    origin?.kind === "path"
      ? origin.sources.map(({ path }) => baseName(path))
      : origin?.kind === "remote"
        ? [baseName(origin.url)]
        : origin?.kind === "context" || origin?.kind === "stage"
          ? origin.sources.map((source) => baseName(`/${source}`))
          : [];
  return names.some((name) => name.toLowerCase().startsWith(wanted));
}

/** How many of the stored bytes a touch concerns. */
export function touchSize(model: Model, touch: Touch): Size {
  const { target, stored, meeting } = touch;
  const { size, effect } = stored;
  if (size.kind === "unknown" && isScript(touch)) return NEGLIGIBLE;
  if (meeting.relation === "covers" || size.kind === "negligible") return size;
  if (isLibrary(touch) || (isSmallPlace(target.path) && !namesTheUnpacked(touch))) return NEGLIGIBLE;
  if (effect?.kind === "write" && effect.origin?.kind === "context" && isLiteral(target.path)) {
    const measured = measureBelow(model, target.path, stored, effect.origin);
    if (measured !== undefined) return measured;
  }
  // Of a whole environment, a single file.
  const installed = effect?.kind === "install" || (effect?.kind === "write" && effect.how === "install");
  if (installed && touch.effect.kind === "remove" && isLiteral(target.path) && looksLikeFile(target.path))
    return NEGLIGIBLE;
  if (size.kind === "bytes" && size.value < model.minSize) return size;
  // Folders of an application that is copied, for what it writes when it runs: as a rule they come empty.
  if (touch.effect.kind === "retouch" && effect?.command === undefined && isFilledLater(target.path))
    return NEGLIGIBLE;
  return UNKNOWN_SIZE;
}

/** A single shared library that is taken out of a tree, of no family that is known for its size. */
function isLibrary({ effect, target }: Touch): boolean {
  const [, name] = /\/lib([\w.+-]+)\.so[\d.]*$/.exec(target.path) ?? [];
  return (
    effect.kind === "remove" &&
    name !== undefined &&
    !/torch|cu|nv|nccl|mkl|llvm|clang|xla|tpu|roc|hip/i.test(name)
  );
}

/** A file from the build context that has a script's name; what is not made executable may be a folder. */
function isScript({ effect, target, stored }: Touch): boolean {
  if (stored.effect?.kind !== "write" || stored.effect.origin?.kind !== "context") return false;
  const { sources } = stored.effect.origin;
  const executable = effect.kind === "retouch" && /x|^[0-7]*[1357]/.test(effect.change.mode ?? "");
  // Programs that a compiler made are executable as they come.
  if (
    executable &&
    target.extent === "exact" &&
    sources.every((path) => isScriptFolder(parentPath(`/${path}`)))
  )
    return true;
  if (!isScriptByName(target.path)) return false;
  // What has a script's name only at its new place, and goes with all below it, may be a folder.
  if (target.extent === "tree" && target.path === stored.target.path && !sources.some(isScriptByName))
    return false;
  return (effect.kind === "retouch" && target.extent === "exact") || /[-_]/.test(baseName(target.path));
}

/** The size in the context of a path below a copied folder. */
function measureBelow(
  { context }: Model,
  path: string,
  stored: Stored,
  origin: Extract<Origin, { kind: "context" }>,
): Size | undefined {
  const root = stored.target.path;
  if (!isBelow(path, root) || origin.sources.some(hasGlobSegment)) return undefined;
  const there = pathInContext(origin, restBelow(path, root));
  const measure = there === undefined ? undefined : context?.measure(there);
  return measure === undefined ? undefined : { kind: "bytes", value: measure.bytes, source: "context" };
}

/** Makes a claim of touches that are sure enough; none when nothing is left. */
export function claimOf(scene: Scene, rule: ClaimRule, touches: readonly Touch[]): readonly Claim[] {
  const sure = touches.flatMap((touch) => {
    const confidence = touchConfidence(touch);
    return confidence === undefined ? [] : [{ touch, confidence }];
  });
  const [first] = sure;
  if (first === undefined) return [];
  const effects = [...new Set(sure.map(({ touch }) => touch.effect))];
  const files = filesOf(
    scene.model,
    sure.map(({ touch }) => touch),
  );
  return [
    {
      rule,
      stage: scene.stage,
      step: scene.step,
      effects: [effects[0]!, ...effects.slice(1)],
      files,
      // As sure as its surest part: the others only add to it.
      confidence: sure.some(({ confidence }) => confidence === "certain") ? "certain" : "likely",
    },
  ];
}

/** Stored files with the parts of them that touches concern: each part once, and none besides the whole. */
export function filesOf(model: Model, touches: readonly Touch[]): readonly ClaimedFiles[] {
  const parts = new Map<Stored, readonly Touch[]>();
  for (const touch of touches) {
    const before = parts.get(touch.stored) ?? [];
    if (before.some((other) => hasPartOf(other, touch))) continue;
    parts.set(touch.stored, [...before.filter((other) => !hasPartOf(touch, other)), touch]);
  }
  const files = [...parts.values()].flat().map((touch) => ({
    stored: touch.stored,
    size: touchSize(model, touch),
    touch,
  }));
  return onceOnly(files);
}

/** Whether one touch of stored files concerns all that another one of the same files does. */
function hasPartOf(whole: Touch, part: Touch): boolean {
  if (whole.meeting.relation !== "inside" || part.meeting.relation !== "inside")
    return whole.meeting.relation !== "inside";
  return isBelow(part.target.path, whole.target.path);
}

/** What several steps add to and leave alone where it is there already, such as package lists, is stored once. */
function onceOnly(files: readonly ClaimedFiles[]): readonly ClaimedFiles[] {
  const seen = new Set<string>();
  return files.map((one) => {
    const { effect, target } = one.stored;
    if (effect?.kind !== "write" || effect.keeps !== true || one.size.kind !== "bytes") return one;
    if (seen.has(target.path)) return { ...one, size: { ...one.size, value: 0 } };
    seen.add(target.path);
    return one;
  });
}

/**
 * Sorts touches into groups that share stored files: commands of one layer that touch the same files store them once.
 */
export function byFiles(touches: readonly Touch[]): readonly (readonly Touch[])[] {
  const groups: { files: Set<Stored>; touches: Touch[] }[] = [];
  for (const effect of new Set(touches.map((touch) => touch.effect))) {
    const list = touches.filter((touch) => touch.effect === effect);
    const files = new Set(list.map(({ stored }) => stored));
    const joined = groups.filter((group) => [...files].some((file) => group.files.has(file)));
    const merged = {
      files: new Set([...joined.flatMap((group) => [...group.files]), ...files]),
      touches: [...joined.flatMap((group) => group.touches), ...list],
    };
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push(merged);
  }
  return groups.map((group) => group.touches);
}
