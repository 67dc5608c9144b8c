// Changes of owner and mode, and removals: folded into the entries that they cover.
import type { RetouchEffect } from "../effect.ts";
import { meet, type Target } from "../path.ts";
import { baseHas } from "./base-files.ts";
import { loginGroup, resolve, withMode } from "./owners.ts";
import type { Scene } from "./scene.ts";
import { describeTarget, type Entry, type Folder, type State, withMark } from "./state.ts";

interface Change {
  readonly owner?: string;
  readonly group?: string;
  readonly mode?: string;
  readonly text: string;
}

export function retouched(scene: Scene, state: State, effect: RetouchEffect, words: string): State {
  const change = resolved(scene, state, effect);
  const whole =
    effect.only === undefined && effect.runs === "always" && effect.change.attributes === undefined;
  const text = `meta ${whole ? change.text : words}`;
  return effect.targets.reduce(
    (now, target) => retouchedTarget(scene, now, target, change, whole, text),
    state,
  );
}

function resolved(scene: Scene, state: State, { change }: RetouchEffect): Change {
  const { owner: user, group: name, mode } = change;
  const owner = user === undefined ? undefined : resolve(state, scene.base, "user", user);
  const group =
    name === undefined
      ? undefined
      : name === ""
        ? loginGroup(state, scene.base, user ?? "root")
        : resolve(state, scene.base, "group", name);
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(mode === undefined ? {} : { mode }),
    text: [owner, group, mode].join(" "),
  };
}

function retouchedTarget(
  scene: Scene,
  state: State,
  target: Target,
  change: Change,
  whole: boolean,
  text: string,
): State {
  let found = false;
  const entries = state.entries.map((entry): Entry => {
    if (entry.artifact) return entry;
    const meeting = meet(target, entry.target);
    if (meeting === undefined) return entry;
    if (whole && meeting.certainty === "certain" && meeting.relation === "covers") {
      if (entry.target.path === target.path && entry.target.extent === "exact") found = true;
      return changed(entry, change);
    }
    if (target.extent === "exact" && target.path === entry.target.path && state.folders.has(target.path))
      return entry;
    return { ...entry, parts: [...entry.parts, `${text} ${describeTarget(target)}`] };
  });
  const folders = new Map(state.folders);
  for (const [path, folder] of folders) {
    const meeting = meet(target, { path, extent: "exact" });
    if (meeting === undefined) continue;
    if (!whole || meeting.certainty !== "certain") {
      folders.set(path, { ...folder, modes: [...folder.modes, `${text} ${describeTarget(target)}`] });
      continue;
    }
    if (path === target.path && target.extent === "exact") found = true;
    folders.set(path, changedFolder(folder, change));
  }
  const mayMeetBase = !found && baseHas(scene.base, target.path) !== "no";
  const next = { ...state, entries, folders };
  return mayMeetBase ? withMark(next, `${text} ${describeTarget(target)}`, target) : next;
}

function changed(entry: Entry, { owner, group, mode, text }: Change): Entry {
  // What was done to some of them before is undone by this, or not, but not the other way round.
  const again = entry.parts.some((part) => part.startsWith("meta ")) ? [`meta of all ${text}`] : [];
  return {
    ...entry,
    parts: [...entry.parts, ...again],
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(mode === undefined ? {} : { modes: withMode(entry.modes, mode) }),
  };
}

function changedFolder(folder: Folder, { owner, group, mode }: Change): Folder {
  return {
    owners: owner === undefined ? folder.owners : [owner],
    groups: group === undefined ? folder.groups : [group],
    modes: mode === undefined ? folder.modes : withMode(folder.modes, mode),
  };
}

/** Without what is surely removed; `maybe` names a removal that may not happen. */
export function removed(scene: Scene, state: State, targets: readonly Target[], maybe: string): State {
  return targets.reduce((now, target) => removedTarget(scene, now, target, maybe), state);
}

function removedTarget(scene: Scene, state: State, target: Target, maybe: string): State {
  const text = `removed ${maybe} ${describeTarget(target)}`;
  const meetings = state.entries.map((entry) => (entry.artifact ? undefined : meet(target, entry.target)));
  const isGone = (index: number): boolean =>
    maybe === "" && meetings[index]?.certainty === "certain" && meetings[index].relation === "covers";
  const own = state.entries.filter(({ target: { path } }, index) => isGone(index) && path === target.path);
  const found = own.length > 0;
  const first = found ? state.entries.indexOf(own[0]!) : 0;
  const entries = state.entries.flatMap((entry, index): readonly Entry[] => {
    if (meetings[index] === undefined) return [entry];
    if (isGone(index)) return [];
    // What was written anywhere while the file lay there is not told apart by its removal.
    const beside =
      entry.target.extent === "some" &&
      (entry.over === "all" ? found && first < index : own.some(({ id }) => entry.over.includes(id)));
    return beside ? [entry] : [{ ...entry, parts: [...entry.parts, text] }];
  });
  const folders = new Map(state.folders);
  for (const path of state.folders.keys()) {
    if (
      maybe === "" &&
      target.extent === "tree" &&
      meet(target, { path, extent: "exact" })?.certainty === "certain"
    ) {
      folders.delete(path);
    }
  }
  const mayMeetBase = !found && baseHas(scene.base, target.path) !== "no";
  const next = { ...state, entries, folders };
  if (!mayMeetBase) return next;
  return maybe === ""
    ? { ...next, gone: new Map(state.gone).set(text, target) }
    : withMark(next, text, target);
}
