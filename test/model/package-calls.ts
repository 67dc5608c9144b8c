// Turns a script into the effects of package managers, one short line each, for tables in tests.
import { baseImage } from "../../src/model/base.ts";
import type { Effect, PackageRequest } from "../../src/model/effect.ts";
import { shippedKnowledge } from "../../src/model/knowledge/index.ts";
import { baseName, normalizePath, showPath, type Target } from "../../src/model/path.ts";
import type { Call, Situation } from "../../src/model/program.ts";
import { programFor } from "../../src/model/programs/index.ts";
import type { Piece, ShellCommand, Word } from "../../src/shell/command.ts";
import { readShell } from "../../src/shell/script.ts";
import { render } from "../../src/shell/word.ts";
import { wholeExcerpt } from "../../src/text.ts";

export interface Place {
  readonly cwd?: string;
  readonly home?: string;
  readonly user?: string;
  /** The base image by name. */
  readonly from?: string;
  /** Files that came from the context, by image path. */
  readonly files?: Readonly<Record<string, string>>;
  /** ENV; undefined for an ARG without a value. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

function situationOf(place: Place): Situation {
  const files = place.files ?? {};
  return {
    user: place.user ?? "root",
    home: place.home ?? "/root",
    base: baseImage(place.from ?? "debian:12"),
    knowledge: shippedKnowledge(),
    readFile: (path) => files[path],
    list: () => undefined,
    follow: (path) => path,
    isEnvironment: () => false,
    contextPath: () => undefined,
    isMounted: () => false,
  };
}

function callOf(
  command: ShellCommand,
  words: readonly Word[],
  situation: Situation,
  piping?: ShellCommand,
): Call {
  const call: Call = {
    command,
    name: words[0] === undefined ? "" : baseName(render(words[0])),
    words: words.slice(1),
    situation,
    ...(piping === undefined ? {} : { piping }),
    path: (word) => normalizePath(typeof word === "string" ? word : render(word), command.cwd),
    translate(inner) {
      if (inner.length === 0) return undefined;
      const effects = translated(callOf(command, inner, situation));
      return effects?.some(({ kind }) => kind === "opaque") ? undefined : effects;
    },
  };
  return call;
}

function translated(call: Call): readonly Effect[] | undefined {
  return programFor(call)?.(call);
}

function commandsOf(script: string, place: Place): readonly ShellCommand[] {
  const environment = new Map(
    Object.entries(place.env ?? {}).map(([name, value]): [string, readonly Piece[]] => [
      name,
      value === undefined
        ? [{ kind: "hole", id: name, text: `\${${name}}`, quoted: true }]
        : [{ kind: "text", text: value, quoted: true }],
    ]),
  );
  const excerpt = wholeExcerpt(script, { start: 0, end: script.length });
  return readShell(excerpt, { environment, cwd: place.cwd ?? "/app" }).commands;
}

/** The effects of every command; undefined where one is not understood. */
export function effectsOf(script: string, place: Place = {}): readonly Effect[] | undefined {
  const situation = situationOf(place);
  const commands = commandsOf(script, place);
  const all = commands.map((command) => {
    const piping = command.pipedFrom === undefined ? undefined : commands[command.pipedFrom];
    return translated(callOf(command, command.words, situation, piping));
  });
  return all.some((effects) => effects === undefined) ? undefined : all.flatMap((effects) => effects ?? []);
}

/** The effects without reads, as short lines; "?" where a command is not understood. */
export function told(script: string, place: Place = {}): string[] {
  return (effectsOf(script, place) ?? [undefined]).flatMap((effect) =>
    effect === undefined ? ["?"] : effect.kind === "read" ? [] : [line(effect)],
  );
}

function line(effect: Effect): string {
  switch (effect.kind) {
    case "install": {
      const { manager, environment, packages, complete, force, size } = effect;
      const large = size.kind === "large" ? " large" : size.kind === "bytes" ? ` ${size.value}` : "";
      const asked = packages.map(shown).join(" ");
      return `install ${manager} ${showPath(environment)}: ${asked}${complete ? "" : " …"}${force ? ` ${force}` : ""}${large} > ${places(effect.targets)}`;
    }
    case "uninstall": {
      const asked = effect.packages.map(shown).join(" ");
      return `uninstall ${effect.manager} ${showPath(effect.environment)}: ${asked}${effect.unneeded ? " unneeded" : ""}`;
    }
    case "upgrade":
      return `upgrade ${effect.manager} ${showPath(effect.environment)}`;
    case "write": {
      const large = effect.size.kind === "large" ? " large" : "";
      return `${effect.how}${large} ${places(effect.targets)}`;
    }
    case "remove":
      return `remove ${places(effect.targets)}`;
    default:
      return effect.kind;
  }
}

function shown({ name, version, via }: PackageRequest): string {
  const mark = via === "name" ? "" : `(${via})`;
  return `${name === undefined ? "?" : showPath(name)}${version === undefined ? "" : `@${version}`}${mark}`;
}

function places(targets: readonly Target[]): string {
  const ends = { exact: "", tree: "/**", some: "/?" };
  return targets.map(({ path, extent }) => showPath(path) + ends[extent]).join(" ");
}
