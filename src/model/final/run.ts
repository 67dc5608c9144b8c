// RUN: what each command reads, writes and changes.
import type { ShellCommand } from "../../shell/command.ts";
import { knownValue } from "../../shell/word.ts";
import type { AccountEffect, Effect, WriteEffect } from "../effect.ts";
import type { Step } from "../model.ts";
import { looksLikeFile } from "../names.ts";
import { isLiteral, type Target } from "../path.ts";
import { afterVolume, entryOf, withEntry } from "./copy.ts";
import { madeFolder } from "./folders.ts";
import { hashOf } from "./hash.ts";
import { commandIdentity, namedTrees, readsVariables, stepIdentity } from "./identity.ts";
import { withMounts, withoutMounts } from "./mounted.ts";
import { loginGroup, resolve } from "./owners.ts";
import { removed, retouched } from "./retouch.ts";
import type { Scene } from "./scene.ts";
import {
  type Account,
  describeAccounts,
  describeTarget,
  type Entry,
  everything,
  type State,
  view,
  withMark,
} from "./state.ts";

/** Programs that look at owners and modes, or take them along. */
const LOOKS =
  /^(stat|ls|find|tar|rsync|cp|cpio|install|mv|zip|git|getfacl|getcap|tree|docker|buildah|test|\[|\[\[)$/;

export function runStep(scene: Scene, state: State, step: Step): State {
  return withoutMounts(state, foldRun(scene, withMounts(scene, state, step), step), step);
}

function foldRun(scene: Scene, state: State, step: Step): State {
  const { script } = step;
  if (script === undefined || !script.understood) {
    const id = hashOf(stepIdentity(step, scene.stageOf), everything(state));
    return madeAnything(state, id);
  }
  const byCommand = new Map<ShellCommand, Effect[]>();
  for (const effect of step.effects) {
    if (effect.command === undefined) continue;
    const list = byCommand.get(effect.command) ?? [];
    byCommand.set(effect.command, [...list, effect]);
  }
  let now = state;
  for (const [command, effects] of byCommand) now = foldCommand(scene, now, step, command, effects);
  return now;
}

function foldCommand(
  scene: Scene,
  state: State,
  step: Step,
  command: ShellCommand,
  effects: readonly Effect[],
): State {
  const wanted = effects.find(
    (effect): effect is WriteEffect => effect.kind === "write" && effect.artifact !== undefined,
  );
  if (wanted !== undefined) {
    // A download that is wanted: which one, not when.
    return wanted.targets.reduce(
      (now, target) =>
        withEntry(now, { ...entryOf(hashOf("artifact", wanted.artifact!), target), artifact: true }),
      state,
    );
  }
  if (isCompanion(scene, command)) return state;
  const words = commandIdentity(scene, step, command, effects);
  const id = hashOf(words, whatItSees(state, command, effects));
  let now = state;
  effects.forEach((effect, index) => {
    now = foldEffect(scene, now, step, effect, `${id}#${index}`, words);
  });
  return now;
}

/** A command of the knowledge that only prints. */
function isCompanion({ model }: Scene, { words }: ShellCommand): boolean {
  return model.knowledge.artifacts.some(({ companions }) =>
    companions.some(
      (companion) =>
        companion.length === words.length && companion.every((word, i) => knownValue(words[i]!) === word),
    ),
  );
}

function whatItSees(state: State, command: ShellCommand, effects: readonly Effect[]): string {
  if (effects.some(({ kind }) => kind === "opaque")) return everything(state);
  const looks = LOOKS.test(knownValue(command.words[0] ?? command.redirects[0]?.target ?? NO_WORD) ?? "");
  const seen: string[] = [];
  // What a package manager reads is known by its words only.
  if (readsVariables(effects)) seen.push(view(state, namedTrees(command), false));
  for (const effect of effects) {
    if (effect.kind === "read") seen.push(view(state, effect.targets, looks));
    else if (effect.kind === "install" || effect.kind === "uninstall") {
      seen.push(view(state, effect.targets, false));
      if (effect.environment !== "/")
        seen.push(view(state, [{ path: effect.environment, extent: "tree" }], false));
    } else if (effect.kind === "upgrade") {
      seen.push(view(state, [{ path: effect.environment, extent: "tree" }], false));
    } else if (effect.kind === "move") seen.push(view(state, effect.from, true));
    else if (effect.kind === "write" && effect.how === "build") {
      seen.push(view(state, [{ path: command.cwd ?? "/", extent: "tree" }, ...effect.targets], false));
    } else if (effect.kind === "write" && effect.origin?.kind === "path") {
      seen.push(view(state, effect.origin.sources, true));
    } else if (effect.kind === "edit") seen.push(view(state, effect.targets, false));
    // Scripts of system packages and tools that pick a free number look at the accounts that there are.
    if (makesAccounts(effect) || (effect.kind === "account" && picksNumber(effect))) {
      seen.push(...describeAccounts(state));
    }
  }
  return hashOf(...seen);
}

const NO_WORD = { pieces: [], text: "", span: { start: 0, end: 0 } };

function makesAccounts(effect: Effect): boolean {
  if (effect.kind === "opaque") return true;
  return (
    (effect.kind === "install" || effect.kind === "upgrade" || effect.kind === "uninstall") &&
    /^(apt|apk|rpm|pacman|other)$/.test(effect.manager)
  );
}

function picksNumber({ user, group, uid, gid }: AccountEffect): boolean {
  return (
    (user !== undefined && uid === undefined) ||
    (group !== undefined && user === undefined && gid === undefined)
  );
}

function foldEffect(
  scene: Scene,
  state: State,
  step: Step,
  effect: Effect,
  id: string,
  words: string,
): State {
  const made = makesAccounts(effect) ? { ...state, makers: [...state.makers, words] } : state;
  switch (effect.kind) {
    case "opaque":
      return madeAnything(state, id);
    case "account":
      return withAccount(state, effect, id);
    case "write":
      return foldWrite(scene, state, step, effect, id);
    case "install":
    case "uninstall":
    case "upgrade": {
      const targets: readonly Target[] =
        effect.kind === "upgrade" ? [{ path: effect.environment, extent: "some" }] : effect.targets;
      const places = targets.length === 0 ? [{ path: effect.environment, extent: "some" } as const] : targets;
      return places.reduce(
        (now, target) => withEntry(now, written(scene, now, step, effect, id, target)),
        made,
      );
    }
    case "edit":
      return effect.targets.reduce(
        (now, target) => withMark(now, `edit ${id} ${describeTarget(target)}`, target),
        state,
      );
    case "move": {
      const without = removed(scene, state, effect.from, effect.runs === "always" ? "" : id);
      return withEntry(without, { ...entryOf(id, effect.to), owner: "moved", group: "moved" });
    }
    case "link":
      return withEntry(state, {
        ...entryOf(id, { path: effect.path, extent: "exact" }),
        ...ownerOf(scene, state, step, effect),
      });
    case "remove":
      return removed(scene, state, effect.targets, effect.runs === "always" ? "" : id);
    case "retouch":
      return retouched(scene, state, effect, words);
    default:
      return state;
  }
}

function madeAnything(state: State, id: string): State {
  const next = { ...state, makers: [...state.makers, id] };
  return withEntry(next, { ...entryOf(id, { path: "/", extent: "some" }), over: "all" });
}

function foldWrite(scene: Scene, state: State, step: Step, effect: WriteEffect, id: string): State {
  // Accounts tell what is in the account database.
  if (effect.how === "database") return state;
  const program = knownValue(effect.command?.words[0] ?? NO_WORD) ?? "";
  let now = state;
  for (const target of effect.targets) {
    const { owner, group } = ownerOf(scene, now, step, effect);
    const folder =
      effect.how === "create" &&
      effect.keeps === true &&
      program !== "touch" &&
      isLiteral(target.path) &&
      !looksLikeFile(target.path);
    if (folder) {
      now = madeFolder(scene, now, target.path, owner, group, effect.mode ?? "755");
      if (program !== "mkdir" && program !== "install")
        now = withEntry(now, { ...entryOf(id, { ...target, extent: "some" }), owner, group });
      continue;
    }
    const replaced =
      target.extent === "exact" &&
      effect.keeps !== true &&
      effect.runs === "always" &&
      isLiteral(target.path);
    const entries = replaced
      ? now.entries.filter((entry) => entry.target.extent !== "exact" || entry.target.path !== target.path)
      : now.entries;
    now = withEntry({ ...now, entries }, written(scene, now, step, effect, id, target));
  }
  return now;
}

function written(scene: Scene, state: State, step: Step, effect: Effect, id: string, target: Target): Entry {
  const mode = effect.kind === "write" ? effect.mode : undefined;
  return {
    ...entryOf(hashOf(id, afterVolume(state, target)), target),
    ...ownerOf(scene, state, step, effect),
    modes: mode === undefined ? [] : [mode],
  };
}

/** Whom a command's files belong to: its user, unless it says another one. */
function ownerOf(scene: Scene, state: State, step: Step, effect: Effect): Pick<Entry, "owner" | "group"> {
  const told = effect.kind === "write" ? effect.owner : undefined;
  const sudo =
    effect.command?.wrappers.some(({ name, user }) => name === "sudo" && user === undefined) === true;
  const user = told ?? (sudo ? "root" : (effect.command?.user?.text ?? step.user.split(":")[0]!));
  return {
    owner: resolve(state, scene.base, "user", user),
    group: loginGroup(state, scene.base, user),
  };
}

function withAccount(state: State, { user, group, uid, gid }: AccountEffect, id: string): State {
  const accounts = new Map<string, Account>(state.accounts);
  if (user !== undefined) {
    const primary = group ?? gid;
    accounts.set(`user ${user}`, {
      id,
      ...(uid === undefined ? {} : { number: uid }),
      ...(primary === undefined ? {} : { primary }),
    });
  }
  if (group !== undefined && !accounts.has(`group ${group}`)) {
    // The group that a user brings has the user's number where that is free: not surely.
    const number = user === undefined ? gid : undefined;
    accounts.set(`group ${group}`, { id, ...(number === undefined ? {} : { number }) });
  }
  return { ...state, accounts };
}
