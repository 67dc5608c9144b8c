// Bind mounts: what a RUN sees there is what a COPY to the same place would have brought.
import type { Origin } from "../effect.ts";
import type { Step, StepMount } from "../model.ts";
import { isBelow, parentPath, type Target } from "../path.ts";
import { baseHas } from "./base-files.ts";
import { contentId, entryOf, withEntry } from "./copy.ts";
import { madeFolder } from "./folders.ts";
import { hashOf } from "./hash.ts";
import { isShown, showsFile } from "./mounts.ts";
import type { Scene } from "./scene.ts";
import type { State } from "./state.ts";

/** The state as the commands of a RUN see it. */
export function withMounts(scene: Scene, state: State, step: Step): State {
  return step.mounts.filter(isShown).reduce((now, mount) => withMount(scene, state, now, mount), state);
}

function withMount(scene: Scene, before: State, state: State, mount: StepMount): State {
  const path = mount.target!;
  const target: Target = { path, extent: showsFile(scene, mount) ? "exact" : "tree" };
  const origin = originOf(mount);
  const copied = contentId(scene, before, origin, target);
  // A COPY merges with what is there, a mount hides it; and not every builder takes missing folders away again.
  const hides = target.extent === "tree" && before.entries.some((entry) => isBelow(entry.target.path, path));
  const alike = !hides && hasParent(scene, before, path);
  const id = alike ? copied : hashOf("mounted", copied);
  const owner = origin.kind === "context" ? "0" : "kept";
  const now = target.extent === "tree" ? madeFolder(scene, state, path, "0", "0", "755") : state;
  return withEntry(now, { ...entryOf(id, target), owner, group: owner, mounted: true });
}

function hasParent(scene: Scene, { folders }: State, path: string): boolean {
  const parent = parentPath(path);
  return folders.has(parent) || baseHas(scene.base, parent) === "yes";
}

function originOf({ mount, source, stage, fromContext }: StepMount): Origin {
  if (stage !== undefined) return { kind: "stage", stage, sources: [source] };
  if (fromContext) return { kind: "context", sources: [source.slice(1)] };
  // As written, as for a COPY.
  return { kind: "image", image: mount.from ?? "", sources: [mount.source ?? "/"] };
}

/** The state behind a RUN, without what was only mounted; `before` is the state that it began with. */
export function withoutMounts(before: State, state: State, step: Step): State {
  const shown = step.mounts.filter(isShown);
  if (shown.length === 0) return state;
  const folders = new Map(state.folders);
  for (const { target } of shown) {
    const there = before.folders.get(target!);
    if (there === undefined) folders.delete(target!);
    else folders.set(target!, there);
  }
  return { ...state, folders, entries: state.entries.filter(({ mounted }) => mounted !== true) };
}
