// COPY and ADD: entries with the owner and mode that their flags give.
import { copyParts } from "../../dockerfile/copy.ts";
import { stagesLike } from "../alternatives.ts";
import type { Origin, WriteEffect } from "../effect.ts";
import type { Step } from "../model.ts";
import { baseName, isBelow, isLiteral, joinPath, meet, parentPath, restBelow, type Target } from "../path.ts";
import { expandRendered } from "../variables.ts";
import { madeFolder } from "./folders.ts";
import { hashOf } from "./hash.ts";
import { stepIdentity } from "./identity.ts";
import { flagOwners, withMode } from "./owners.ts";
import type { Scene } from "./scene.ts";
import { describeTarget, type Entry, type State } from "./state.ts";

export function copyStep(scene: Scene, state: State, step: Step): State {
  const parts = copyParts(step.instruction);
  const { escape: escapeChar } = scene.model.dockerfile;
  const copies = step.effects.filter((effect): effect is WriteEffect => effect.kind === "write");
  if (parts === undefined || copies.length === 0) {
    const id = stepIdentity(step, scene.stageOf);
    return withEntry(state, entryOf(id, { path: "/", extent: "some" }));
  }
  const exclude = parts.exclude.map(({ text }) => expandRendered(text, step.scope, escapeChar));
  const options = [
    ...(parts.parents ? ["parents"] : []),
    ...(parts.keepGitDir ? ["keep-git-dir"] : []),
    ...(parts.checksum === undefined ? [] : [parts.checksum.text]),
    ...exclude,
  ];
  const heredocs = parts.heredocs.map(({ content, expand }) => `${expand} ${content.text}`);
  let now = state;
  for (const copy of copies) {
    const [owner, group] = ownersOf(scene, state, copy);
    const mode = copy.mode ?? "";
    const octal = /^[0-7]+$/.test(mode);
    for (const written of copy.targets) {
      const target = asFile(copy, written);
      // BuildKit makes missing folders with the owner and the octal mode of the flags (fsutil copy.Copy).
      const folder = target.extent === "exact" ? parentPath(target.path) : target.path;
      if (isLiteral(folder))
        now = madeFolder(scene, now, folder, owner, group, octal ? withMode([], mode)[0]! : "755");
      const from = copy.origin === undefined ? stepIdentity(step, scene.stageOf) : undefined;
      const how = copy.how === "unpack" ? ["unpack"] : [];
      const id = contentId(scene, state, from ?? copy.origin!, target, [...how, ...options, ...heredocs]);
      const unpacked = copy.how === "unpack" && mode !== "" ? [`unpacked with ${mode}`] : [];
      now = withEntry(withoutCopied(now, copy, target, parts.exclude.length > 0), {
        ...entryOf(id, target),
        owner,
        group,
        modes: mode === "" || copy.how === "unpack" ? unpacked : withMode([], mode),
        ...copiedFrom(copy, parts.exclude.length > 0),
      });
    }
  }
  return now;
}

/** Whether a path was declared as a volume before: builders differ in what they keep of later changes. */
export function afterVolume({ volumes }: State, target: Target): string {
  return volumes.some((path) => meet({ path, extent: "tree" }, target) !== undefined) ? "volume" : "";
}

function ownersOf(scene: Scene, state: State, copy: WriteEffect): readonly [string, string] {
  if (copy.owner !== undefined) return flagOwners(state, scene.base, copy.owner);
  // Files of the context lose their owner on the way; those of a stage, an image or an archive keep theirs.
  const { origin } = copy;
  const reset = origin?.kind === "context" || origin?.kind === "inline" || origin?.kind === "remote";
  return reset && copy.how !== "unpack" ? ["0", "0"] : ["kept", "kept"];
}

/** A single file counts as such although nothing but its place tells. */
function asFile({ entry }: WriteEffect, target: Target): Target {
  const isFile =
    entry === "file" || (entry === undefined && /^s?bin$/.test(baseName(parentPath(target.path))));
  return isFile && target.extent === "tree" ? { ...target, extent: "exact" } : target;
}

/** What a copy of this origin to this place is, however it comes there; `options` change what is brought. */
export function contentId(
  scene: Scene,
  state: State,
  origin: Origin | string,
  target: Target,
  options: readonly string[] = [],
): string {
  const from = typeof origin === "string" ? origin : originIdentity(scene, origin);
  return hashOf(from, describeTarget(target), ...options, afterVolume(state, target));
}

function originIdentity(scene: Scene, origin: Origin): string {
  switch (origin.kind) {
    case "context":
      return hashOf("context", ...origin.sources);
    case "stage":
      return hashOf(scene.stageOf(origin.stage), ...origin.sources);
    case "image":
      return hashOf(
        "image",
        origin.image,
        ...origin.sources,
        "",
        ...stagesLike(origin.image, scene.model.stages).map(scene.stageOf),
      );
    case "remote":
      return hashOf("remote", origin.url);
    case "inline":
      return "inline";
    case "path":
      return hashOf("path", ...origin.sources.map(describeTarget));
  }
}

/** Without the copies that this one brings once more, from the same place to the same place. */
function withoutCopied(state: State, copy: WriteEffect, target: Target, filtered: boolean): State {
  const gone = new Set<string>();
  const folders = new Map(state.folders);
  const entries = state.entries.filter((entry) => {
    const again =
      target.extent === "exact"
        ? entry.target.extent === "exact" && entry.target.path === target.path && isLiteral(target.path)
        : !filtered && entry.copied !== undefined && bringsAgain(copy.origin, target.path, entry);
    if (again) {
      gone.add(entry.id);
      // Folders below the destination get owner and mode anew (fsutil, overwriteTargetMetadata).
      for (let at = entry.target.path; at !== target.path && isBelow(at, target.path); at = parentPath(at)) {
        folders.delete(at);
      }
    }
    return !again;
  });
  if (gone.size === 0) return state;
  return {
    ...state,
    folders,
    entries: entries.map((entry) =>
      entry.over === "all" ? entry : { ...entry, over: entry.over.filter((id) => !gone.has(id)) },
    ),
  };
}

function copiedFrom({ origin, how }: WriteEffect, filtered: boolean): Pick<Entry, "copied"> {
  if (filtered || how === "unpack" || origin?.kind !== "context" || origin.sources.length !== 1) return {};
  return { copied: `/${origin.sources[0]!}`.replace(/(.)\/$/, "$1") };
}

function bringsAgain(later: Origin | undefined, path: string, { copied, target }: Entry): boolean {
  if (later?.kind !== "context" || copied === undefined || !isLiteral(path) || !isLiteral(target.path))
    return false;
  if (later.sources.length !== 1) return false;
  const from = `/${later.sources[0]!}`.replace(/\/$/, "") || "/";
  if (!isLiteral(from) || !isBelow(copied, from)) return false;
  const rest = restBelow(copied, from);
  return (rest === "" ? path : joinPath(path, rest)) === target.path;
}

export function entryOf(id: string, target: Target): Entry {
  return { id, target, owner: "0", group: "0", modes: [], parts: [], over: [], artifact: false };
}

/** Adds an entry over those that lie where it goes. */
export function withEntry(state: State, entry: Entry): State {
  if (entry.over === "all") return { ...state, entries: [...state.entries, entry] };
  const over: string[] = [];
  for (const { id, artifact, target } of entry.artifact ? [] : state.entries)
    if (!artifact && meet(entry.target, target) !== undefined) over.push(id);
  return { ...state, entries: [...state.entries, { ...entry, over: over.sort() }] };
}
