// Package caches that a later step removes: kept out of the image by a cache mount, when that is asked for.
import type { Effect } from "../model/effect.ts";
import type { Model, Step } from "../model/model.ts";
import { isBelow, isLiteral, overlap, type Target } from "../model/path.ts";
import type { TextEdit } from "../text.ts";
import { knowsMounts } from "./copied.ts";
import { readsOf, writesOf } from "./crossing.ts";
import { cutCommands, cutInstruction } from "./cut.ts";
import { type Attempt, guiltyCommands, type Late, placeOf, storingSteps } from "./late.ts";
import { insertFlags } from "./run-flags.ts";

/** `RUN pip install x` and `RUN rm -rf /root/.cache/pip` become `RUN --mount=type=cache,… pip install x`. */
export function cacheMount(model: Model, late: Late): Attempt {
  const { stage, step } = late;
  const writers = storingSteps(late);
  if (typeof writers === "string") return writers;
  const folders = cacheFolders(late);
  if (typeof folders === "string") return folders;
  if (!knowsMounts(model)) return "the file's syntax knows no RUN --mount";
  const users = stage.steps.filter(
    (one) => one.index >= writers[0]!.index && one.index <= step.index && usesCache(one, writers, folders),
  );
  const doubts: string[] = [];
  for (const one of stage.steps.slice(writers[0]!.index, step.index)) {
    if (!users.includes(one) && !one.complete)
      doubts.push(`${placeOf(model, one)} may use what the cache holds`);
  }
  // The layer that filled the cache may be reused when the cache itself is gone.
  const needy = users.find((one) => one !== step && !fills(one, folders));
  if (needy !== undefined)
    doubts.push(
      `${placeOf(model, needy)} needs what another RUN puts into the cache, which may be gone by then`,
    );
  const edits: TextEdit[] = [];
  for (const user of users) {
    const { instruction } = user;
    if (instruction.keyword !== "RUN" || instruction.json !== undefined || user.script?.understood !== true)
      return `${placeOf(model, user)} is no RUN that could be read`;
    if (!/^(root|0)(:(root|0))?$/.test(user.user)) return "a cache mount belongs to root";
    const lacking = folders.filter((folder) => !user.mounts.some(({ target }) => target === folder));
    if (lacking.length > 0) edits.push(insertFlags(model, user, lacking.map(flagOf)));
  }
  const taken = takeRemoval(model, late, folders);
  if (typeof taken === "string") return taken;
  return {
    title: `keep ${folders.join(" and ")} in a cache mount, out of the image`,
    edits: [...edits, ...taken],
    doubts: [...new Set(doubts)],
    cost: 1,
  };
}

/** The folders of the caches that the files are; or why they are none. */
function cacheFolders({ files }: Late): readonly string[] | string {
  const folders = new Set<string>();
  for (const { stored } of files) {
    const { effect, target } = stored;
    const isCache =
      effect?.kind === "write" && (effect.how === "cache" || effect.what === "the apt package lists");
    const folder = target.path.replace(/\/\*$/, "");
    if (!isCache || !isLiteral(folder) || !/^\/[\w./@+-]+$/.test(folder) || /^\/\w+$/.test(folder))
      return "what is removed is no package cache";
    folders.add(folder);
  }
  return [...folders].sort();
}

/** apt and its kin lock their folders and wait for nobody. */
function flagOf(folder: string): string {
  const sharing = /^\/var\/(lib|cache)\//.test(folder) ? ",sharing=locked" : "";
  return `--mount=type=cache,target=${folder}${sharing}`;
}

/** Whether a step fills the cache, reads it, or installs with the same manager. */
function usesCache(step: Step, writers: readonly Step[], folders: readonly string[]): boolean {
  if (writers.includes(step)) return true;
  const managers = new Set([
    ...writers.flatMap(({ effects }) => effects.map(managerOf)),
    ...(folders.some((folder) => isBelow(folder, "/var/lib/apt")) ? ["apt"] : []),
  ]);
  return step.effects.some((effect) => {
    if (effect.kind === "remove") return false;
    const manager = managerOf(effect);
    if (manager !== undefined && managers.has(manager)) return true;
    return [...readsOf(effect), ...writesOf(effect)].some((target) => meetsAny(target, folders));
  });
}

/** Whether a step itself puts into the cache what it needs. */
function fills({ effects }: Step, folders: readonly string[]): boolean {
  return effects.some(
    (effect) => effect.kind === "write" && effect.targets.some((target) => meetsAny(target, folders)),
  );
}

function managerOf(effect: Effect): string | undefined {
  return effect.kind === "install" || effect.kind === "upgrade" ? effect.manager : undefined;
}

function meetsAny(target: Target, folders: readonly string[]): boolean {
  return (
    target.extent !== "some" &&
    folders.some((path) => {
      const tree = { path, extent: "tree" } as const;
      return overlap(target, tree);
    })
  );
}

/** The edits that take the guilty commands out; or why they do more than to empty the caches. */
function takeRemoval(model: Model, late: Late, folders: readonly string[]): readonly TextEdit[] | string {
  const { step } = late;
  const guilty = guiltyCommands(late);
  if (guilty === undefined) return "it is no command";
  for (const command of guilty) {
    const own = step.effects.filter((effect) => effect.command?.span.start === command.span.start);
    const only = own.every(
      (effect) =>
        effect.kind === "remove" &&
        effect.targets.every(({ path }) =>
          folders.some((folder) => isBelow(path.replace(/\/\*$/, ""), folder)),
        ),
    );
    if (!only) return "more than the cache is removed";
    if (command.pipedFrom !== undefined || command.pipedTo !== undefined || command.runs !== "always")
      return "it does not stand by itself in its RUN";
  }
  const cut = cutCommands(model.dockerfile, guilty);
  if (cut?.kind === "whole") return cutInstruction(model.dockerfile, step.instruction);
  return cut?.edits ?? "it does not stand by itself in its RUN";
}
