// Folders' own entries: who made them first owns them.
import { isBelow, parentPath } from "../path.ts";
import { baseHas } from "./base-files.ts";
import type { Scene } from "./scene.ts";
import type { Folder, State } from "./state.ts";

/** The state with a folder and those above it, made with this owner where they are not there yet. */
export function madeFolder(
  scene: Scene,
  state: State,
  path: string,
  owner: string,
  group: string,
  mode: string,
): State {
  const missing: string[] = [];
  for (let at = path; at !== "/" && at !== ""; at = parentPath(at)) {
    if (state.folders.has(at)) break;
    if (baseHas(scene.base, at) === "yes") break;
    missing.unshift(at);
  }
  if (missing.length === 0) return state;
  const folders = new Map(state.folders);
  for (const at of missing)
    folders.set(at, mayBeThere(scene, state, at, { owners: [owner], groups: [group], modes: [mode] }));
  return { ...state, folders };
}

/** A folder that may have been there before: then it has the owner that it had. */
function mayBeThere(scene: Scene, state: State, path: string, fresh: Folder): Folder {
  const around = state.entries.filter(
    ({ target }) => target.extent !== "exact" && isBelow(path, target.path) && path !== target.path,
  );
  const base = baseHas(scene.base, path) === "no" ? [] : ["as before"];
  const unique = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();
  return {
    owners: unique([...base, ...around.map(({ owner }) => owner), ...fresh.owners]),
    groups: unique([...base, ...around.map(({ group }) => group), ...fresh.groups]),
    modes:
      base.length + around.length === 0
        ? fresh.modes
        : unique([...base, ...around.flatMap(({ modes }) => modes.join(",")), ...fresh.modes]),
  };
}
