// What a command is, whatever the place in the file where it stands.

import { once } from "../../once.ts";
import type { ShellCommand } from "../../shell/command.ts";
import { render, renderPieces } from "../../shell/word.ts";
import { slice } from "../../text.ts";
import type { Effect } from "../effect.ts";
import type { Model, Step, StepMount } from "../model.ts";
import { isBelow, meet, normalizePath, type Target } from "../path.ts";
import type { Scope } from "../variables.ts";
import { hashOf } from "./hash.ts";
import { isPackageCache, isShown, liesIn, showsFile } from "./mounts.ts";
import type { Scene } from "./scene.ts";

/** What programs of these kinds do may hang on every variable. */
export function readsVariables(effects: readonly Effect[]): boolean {
  return effects.some(
    ({ kind, ...effect }) =>
      /^(install|opaque|uninstall|upgrade)$/.test(kind) ||
      ("how" in effect && /^(download|clone|install|build|cache)$/.test(effect.how)),
  );
}

/** The words of a command with the values that it sees, and what it is joined to. */
export function commandIdentity(
  scene: Scene,
  step: Step,
  command: ShellCommand,
  effects: readonly Effect[],
): string {
  const { model, stageOf } = scene;
  const wide = readsVariables(effects);
  const words = [
    ...command.wrappers.map(({ name }) => name),
    ...[...command.assignments].map(([name, word]) => `${name}=${render(word)}`),
    ...command.words.map(render),
    ...command.redirects.map(({ fd, operator, target }) => `${fd}${operator}${render(target)}`),
    command.stdin === undefined || command.stdin.kind === "pipe" ? "" : render(command.stdin.content),
  ];
  const text = words.join("\u0000");
  const targets = effects.flatMap(targetsOf);
  const mounts = step.mounts.filter((mount) => {
    const { target } = mount;
    const named =
      target === undefined ||
      text.includes(mount.mount.target ?? target) ||
      targets.some((wanted) => meet({ path: target, extent: "tree" }, wanted) !== undefined);
    if (isPackageCache(mount) && !mayWrite(effects)) return false;
    if (!isShown(mount)) return wide || named;
    if (mayWrite(effects) && !showsFile(scene, mount)) return true;
    const seen = [...(wide ? namedTrees(command) : []), ...effects.flatMap(readsOf)];
    const isSeen = seen.some(({ path }) => isBelow(path, target!) || isBelow(target!, path));
    return !isSeen && (wide ? liesIn(mount, command.cwd) : named);
  });
  return hashOf(
    text,
    enclosing(model, command),
    command.cwd ?? "?",
    command.user === undefined ? step.user : render(command.user),
    String(command.mayFail),
    JSON.stringify(step.shell ?? []),
    ...mounts.map((mount) => mountIdentity(mount, stageOf)),
    ...(wide
      ? [...shownVariables(step.scope), ...assignmentsBefore(step, command), ...otherFlags(step)]
      : []),
  );
}

/** A program that nobody knows may try to write into a folder that is mounted, and fail. */
function mayWrite(effects: readonly Effect[]): boolean {
  return effects.some(
    ({ kind, ...effect }) => kind === "opaque" || ("how" in effect && effect.how === "build"),
  );
}

/** A step of which nothing is understood. */
export function stepIdentity(step: Step, stageOf: (index: number) => string): string {
  const { instruction } = step;
  return hashOf(
    instruction.keyword,
    instruction.body.text,
    ...instruction.heredocs.map(({ content }) => content.text),
    ...otherFlags(step),
    ...step.mounts.map((mount) => mountIdentity(mount, stageOf)),
    ...shownVariables(step.scope),
    step.user,
    step.workdir ?? "?",
    JSON.stringify(step.shell ?? []),
  );
}

/** All paths that an effect names. */
export function targetsOf(effect: Effect): readonly Target[] {
  switch (effect.kind) {
    case "move":
      return [...effect.from, effect.to];
    case "link":
      return [{ path: effect.path, extent: "exact" }];
    case "upgrade":
      return [{ path: effect.environment, extent: "some" }];
    case "account":
    case "opaque":
      return [];
    default:
      return effect.targets;
  }
}

/** What an effect is known to read. */
function readsOf(effect: Effect): readonly Target[] {
  if (effect.kind === "read") return effect.targets;
  return effect.kind === "write" && effect.origin?.kind === "path" ? effect.origin.sources : [];
}

/** What lies at the paths that a command's words name, those behind `--flag=` and in `-r`-like flags included. */
export function namedTrees({ words, cwd }: ShellCommand): readonly Target[] {
  return words.slice(1).flatMap((word): readonly Target[] => {
    const text = render(word).replace(/^-[\w-]*=/, "");
    const path = text.startsWith("-") ? undefined : normalizePath(text, cwd);
    return path === undefined || path === "/" ? [] : [{ path, extent: "tree" }];
  });
}

/** The text of the condition, loop or pipeline around a command; "" when it is an item of plain lists. */
function enclosing({ dockerfile }: Model, { place }: ShellCommand): string {
  for (const { kind, items, separators, span: whole, index } of place.lists) {
    const plain =
      kind === "sequence" ||
      kind === "group" ||
      kind === "exec" ||
      kind === "shell -c" ||
      (kind === "and-or" && separators.every(({ operator }) => operator === "&&"));
    if (plain) continue;
    const text = slice(dockerfile.text, kind === "function" ? (items[index] ?? whole) : whole);
    return text
      .replace(/\\\r?\n/g, " ")
      .replace(/^[ \t]*#.*$/gm, "")
      .replace(/\s+/g, " ")
      .trim();
  }
  return "";
}

function mountIdentity({ mount, source, stage }: StepMount, stageOf: (index: number) => string): string {
  const { type, from, target, readonly, mode, uid, gid } = mount;
  const origin = stage === undefined ? (from ?? "") : stageOf(stage);
  return [type, origin, source, target, readonly, mode, uid, gid].join(" ");
}

const shownVariables = once(({ args, env }: Scope): readonly string[] => {
  const merged = new Map([...args, ...env]);
  return [...merged].map(([name, pieces]) => `${name}=${renderPieces(pieces)}`).sort();
});

/** What the script sets before a command. */
function assignmentsBefore(step: Step, command: ShellCommand): readonly string[] {
  const commands = step.script?.commands ?? [];
  const before = commands.slice(0, Math.max(0, commands.indexOf(command)));
  return before.flatMap(({ words, assignments }) =>
    words.length === 0
      ? [...assignments].map(([name, word]) => `${name}=${render(word)}`)
      : /^(export|declare|typeset|readonly|umask|\.|source|shopt)$/.test(words[0]!.text)
        ? [words.map(render).join(" ")]
        : [],
  );
}

function otherFlags({ instruction }: Step): readonly string[] {
  return instruction.flags.filter(({ name }) => name !== "mount").map(({ text }) => text);
}
