// Whether commands may change places with another step: what each reads, writes and needs.
import { volumePaths } from "../dockerfile/plain.ts";
import type { Effect, InstallEffect, UninstallEffect, UpgradeEffect } from "../model/effect.ts";
import type { Model, Step } from "../model/model.ts";
import { isSharedFolder } from "../model/names.ts";
import { baseName, isBelow, isLiteral, meet, normalizePath, overlap, type Target } from "../model/path.ts";
import type { ShellCommand } from "../shell/command.ts";
import { knownValue, render } from "../shell/word.ts";
import { writesInto } from "./folders.ts";
import { placeOf } from "./late.ts";

/** Commands that change places with a step. */
export interface Moved {
  readonly effects: readonly Effect[];
  readonly commands: readonly ShellCommand[];
  /** False when something in it is not understood. */
  readonly complete: boolean;
  /** It makes the folders that it writes into, as COPY does. */
  readonly makesFolders?: boolean;
}

/** free: nothing changes; doubt: something may; blocked: something does. */
export type Crossing =
  | { readonly kind: "free" }
  | { readonly kind: "doubt" | "blocked"; readonly why: string };

const FREE: Crossing = { kind: "free" };

/** Instructions that store nothing and change nothing but settings, which `meaning.ts` compares. */
const SETTINGS =
  /^(ENV|ARG|LABEL|EXPOSE|CMD|ENTRYPOINT|HEALTHCHECK|STOPSIGNAL|MAINTAINER|ONBUILD|USER|SHELL|VOLUME)$/;

export function isSetting(step: Step): boolean {
  return SETTINGS.test(step.instruction.keyword);
}

/** A step's whole RUN, COPY or ADD. */
export function wholeStep(step: Step): Moved {
  return { effects: step.effects, commands: step.script?.commands ?? [], complete: step.complete };
}

/** Some commands of a step. */
export function someCommands(step: Step, commands: readonly ShellCommand[]): Moved {
  const starts = new Set(commands.map(({ span }) => span.start));
  const effects = step.effects.filter(
    ({ command }) => command !== undefined && starts.has(command.span.start),
  );
  return { effects, commands, complete: !effects.some(({ kind }) => kind === "opaque") };
}

/** What happens when `moved` and `other` change places. */
export function crossing(model: Model, moved: Moved, other: Step): Crossing {
  if (other.instruction.keyword === "VOLUME") return crossVolume(model, moved, other);
  if (isSetting(other)) return FREE;
  if (other.instruction.keyword === "WORKDIR") return crossFolder(model, moved, other);
  const found = crossCommands(moved, wholeStep(other), placeOf(model, other));
  if (moved.makesFolders !== true && writesInto(model, moved.effects, other, other))
    return { kind: "blocked", why: `${placeOf(model, other)} makes the folder` };
  return found;
}

/** As `crossing`, with other commands at `place`. */
export function crossCommands(moved: Moved, still: Moved, place: string): Crossing {
  const doubts: string[] = [];
  for (const effect of moved.effects) {
    for (const other of still.effects) {
      const certainty = collide(effect, other, moved.makesFolders === true);
      if (certainty === "blocked") return { kind: "blocked", why: `${place} uses the same files` };
      if (certainty === "doubt") doubts.push(`${place} may use the same files`);
    }
  }
  if (mentions(still, moved.effects) || mentions(moved, still.effects))
    doubts.push(`${place} may use the same files`);
  if (needsPrograms(moved, still) || needsPrograms(still, moved))
    return { kind: "blocked", why: `${place} may use what is installed` };
  if (checksSums(moved, still) || checksSums(still, moved)) doubts.push(`${place} checks sums`);
  for (const one of [still, moved]) {
    const opaque = one.effects.find((effect) => effect.kind === "opaque");
    if (one.complete && opaque === undefined) continue;
    const name = opaque?.command?.words[0]?.text;
    const who = name === undefined ? "a command" : `\`${name}\``;
    doubts.push(
      one === still ? `${who} (${place}) may read or write anything` : `${who} may use what ${place} does`,
    );
  }
  if (needsLists(moved, still)) return { kind: "blocked", why: `${place} needs the package lists` };
  return doubts[0] === undefined ? FREE : { kind: "doubt", why: doubts[0] };
}

/** What lies below a VOLUME may be thrown away when it is changed later, so nothing should cross it. */
function crossVolume(model: Model, moved: Moved, step: Step): Crossing {
  const paths = volumePaths(step.instruction).map(({ text }) => normalizePath(text, step.workdir));
  const below = moved.effects.some((effect) =>
    writesOf(effect).some(({ path }) =>
      paths.some((volume) => volume === undefined || isBelow(path, volume)),
    ),
  );
  return below ? { kind: "doubt", why: `${placeOf(model, step)} makes it a volume` } : FREE;
}

/** WORKDIR makes a folder; what removes it, or writes into it, minds. */
function crossFolder(model: Model, moved: Moved, step: Step): Crossing {
  const made = step.effects.flatMap((effect) => (effect.kind === "write" ? effect.targets : []));
  const minds = moved.effects.some((effect) =>
    [
      ...removesOf(effect),
      ...(effect.kind === "remove" || moved.makesFolders === true ? [] : writesOf(effect)),
    ].some((target) =>
      made.some((folder) => meet(target, folder) !== undefined || isInside(target.path, folder.path)),
    ),
  );
  const goes = moved.commands.some((command) =>
    command.words.slice(1).some((word) => {
      const text = render(word);
      // A plain word of a call that is understood is no path, unless the call goes there.
      if (moved.complete && !/[/.]/.test(text) && command.words[0]?.text !== "cd") return false;
      const path = normalizePath(text, command.cwd);
      return path !== undefined && made.some((folder) => isInside(path, folder.path));
    }),
  );
  return minds || (goes && moved.makesFolders !== true)
    ? { kind: "blocked", why: `${placeOf(model, step)} makes the folder` }
    : FREE;
}

function isInside(path: string, folder: string): boolean {
  return isBelow(path, folder) && !isSharedFolder(folder);
}

function removesOf(effect: Effect): readonly Target[] {
  return effect.kind === "remove" ? effect.targets : effect.kind === "move" ? effect.from : [];
}

const ACCOUNTS: Target = { path: "/etc/passwd", extent: "exact" };

/** What an effect changes. */
export function writesOf(effect: Effect): readonly Target[] {
  switch (effect.kind) {
    case "write":
    case "edit":
    case "retouch":
    case "remove":
    case "install":
    case "uninstall":
      return effect.targets;
    case "move":
      return [...effect.from, effect.to];
    case "link":
      return [{ path: effect.path, extent: "exact" }];
    case "account":
      return [ACCOUNTS];
    default:
      return [];
  }
}

/** What an effect reads, besides what it changes. */
export function readsOf(effect: Effect): readonly Target[] {
  const names = (owner: string | undefined): readonly Target[] =>
    owner !== undefined && /[a-z]/i.test(owner) && !/^root(:root)?$/.test(owner) ? [ACCOUNTS] : [];
  switch (effect.kind) {
    case "read":
      return effect.targets;
    case "write":
      return [...(effect.origin?.kind === "path" ? effect.origin.sources : []), ...names(effect.owner)];
    case "retouch":
      return [...names(effect.change.owner), ...names(effect.change.group)];
    case "install":
      return effect.packages.flatMap(({ path }): readonly Target[] =>
        path === undefined ? [] : [{ path, extent: "tree" }],
      );
    default:
      return [];
  }
}

function collide(a: Effect, b: Effect, folders: boolean): "free" | "doubt" | "blocked" {
  if (isPackages(a) && isPackages(b)) {
    const alike = a.manager === b.manager && a.kind === "install" && b.kind === "install";
    return alike ? "doubt" : "blocked";
  }
  const pairs = [
    ...product(writesOf(a), [...readsOf(b), ...writesOf(b)]),
    ...product(readsOf(a), writesOf(b)),
  ];
  let out: "free" | "doubt" = "free";
  for (const [one, other] of pairs) {
    if (!folders && (makesFolderOf(a, one, other) || makesFolderOf(b, other, one))) return "blocked";
    const meeting = meet(one, other) ?? meet(other, one);
    if (
      meeting === undefined ||
      (folders && isFolderOf(b, other, one)) ||
      onlyMakesFolder(a, one, other) ||
      onlyMakesFolder(b, other, one)
    )
      continue;
    if (meeting.certainty === "possible" || meeting.relation === "part") out = "doubt";
    else return "blocked";
  }
  return out;
}

function isFolderOf(effect: Effect, own: Target, other: Target): boolean {
  return effect.kind === "write" && effect.how === "create" && own.path !== other.path;
}

/** `mkdir /a` and a write of /a/b: the one needs the other. */
function makesFolderOf(effect: Effect, own: Target, other: Target): boolean {
  return (
    effect.kind === "write" &&
    effect.how === "create" &&
    effect.entry !== "file" &&
    own.path !== other.path &&
    isInside(other.path, own.path)
  );
}

/** `mkdir -p /usr/bin` beside a write of /usr/bin/b: every system has the folder. */
function onlyMakesFolder(effect: Effect, own: Target, other: Target): boolean {
  return (
    effect.kind === "write" &&
    effect.how === "create" &&
    effect.keeps === true &&
    own.path !== other.path &&
    isSharedFolder(own.path)
  );
}

function product<T>(a: readonly T[], b: readonly T[]): [T, T][] {
  return a.flatMap((one) => b.map((other): [T, T] => [one, other]));
}

function isPackages(effect: Effect): effect is InstallEffect | UninstallEffect | UpgradeEffect {
  return effect.kind === "install" || effect.kind === "uninstall" || effect.kind === "upgrade";
}

/** Whether a word of these commands names a path that the effects change. */
function mentions({ commands }: Moved, effects: readonly Effect[]): boolean {
  const targets = effects.flatMap(writesOf);
  if (targets.length === 0) return false;
  const names = targets
    .filter(({ path, extent }) => extent !== "some" && isLiteral(path))
    .map(({ path }) => baseName(path))
    .filter((name) => name.length > 3 && /\W/.test(name));
  return commands.some((command) =>
    [...command.words.slice(1), ...command.redirects.map(({ target }) => target)].some((word) => {
      const text = render(word);
      if (names.some((name) => text.includes(name))) return true;
      if (text.startsWith("-") || !/[/.]|^\w+$/.test(text)) return false;
      const path = normalizePath(text, command.cwd);
      const named = path === undefined ? undefined : { path, extent: "exact" as const };
      return named !== undefined && targets.some((target) => meet(target, named) !== undefined);
    }),
  );
}

/** Whether one side writes files and the other checks sums of files that its words do not name. */
export function checksSums(writing: Moved, checking: Moved): boolean {
  return (
    writing.effects.some((effect) => writesOf(effect).length > 0) &&
    checking.commands.some(({ words: [program, ...rest] }) => {
      const sums = /(sum|gpg2?|cosign|minisign)$/.test(program?.text ?? "");
      return sums && rest.some(({ text }) => /^(-\w*c\w*|--check|--verify|verify\S*)$/.test(text));
    })
  );
}

/** Programs that every system has, and whose behaviour hangs on their arguments only. */
const PLAIN = new Set(
  (
    "mkdir rm rmdir unlink cp mv ln chmod chown chgrp touch echo printf cat tee sed grep tar gzip gunzip find ls true : " +
    "test [ set export cd sort head tail cut tr sleep install du df id basename dirname stat dd mktemp ldconfig sync " +
    "truncate false umask useradd groupadd adduser addgroup usermod sha256sum sha1sum sha512sum md5sum xargs unset"
  ).split(" "),
);

/** Whether a command is one of a plain system, or only cleans. */
export function isPlain(command: ShellCommand): boolean {
  const [program] = command.words;
  if (program === undefined) return true;
  const name = (knownValue(program) ?? "").split("/").at(-1)!;
  return PLAIN.has(name) || isCleaning(command);
}

const CLEANING =
  /^((apt|apt-get|aptitude) (-\S+ )*(clean|autoclean|dist-?clean)|(yum|dnf|microdnf|tdnf|zypper) (-\S+ )*clean|npm cache clean|yarn cache clean|pnpm store prune|pip[\d.]* cache purge|(conda|mamba|micromamba) clean|\S*conda clean|apk cache clean|gem cleanup|go clean|composer clear-?cache|jupyter lab clean|uv cache (clean|prune)|poetry cache clear)\b/;

/** Whether a command empties a cache of a package manager and does nothing else. */
export function isCleaning({ words }: ShellCommand): boolean {
  return CLEANING.test(words.map(({ text }) => text).join(" "));
}

/** Whether one side installs and the other runs programs that may come from there. */
function needsPrograms(installing: Moved, running: Moved): boolean {
  const installs = installing.effects.some(
    (effect) =>
      isPackages(effect) ||
      (effect.kind !== "remove" && writesOf(effect).some(({ path }) => /\/s?bin(\/|$)/.test(path))),
  );
  return installs && running.commands.some((command) => !isPlain(command));
}

const LISTS: Target = { path: "/var/lib/apt/lists", extent: "tree" };

/** Whether `moved` removes the package lists that an installation without an update of its own needs. */
function needsLists(moved: Moved, still: Moved): boolean {
  const removes = moved.effects.some((effect) => removesOf(effect).some((target) => overlap(target, LISTS)));
  if (!removes) return false;
  const first = still.effects.find(
    (effect) =>
      (effect.kind === "install" && effect.manager === "apt") ||
      (effect.kind === "upgrade" && effect.manager === "apt") ||
      (effect.kind === "write" && effect.targets.some((target) => meet(LISTS, target) !== undefined)),
  );
  return first !== undefined && first.kind !== "write";
}
