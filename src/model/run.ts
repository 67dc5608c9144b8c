// RUN: mounts, the script's commands, and what each of them does.
import type { Dockerfile, Instruction } from "../dockerfile/syntax.ts";
import type { Environment, ShellCommand, ShellScript, Word } from "../shell/command.ts";
import { readScriptFile } from "../shell/file.ts";
import { readRun } from "../shell/run.ts";
import { HOLE_START, knownValue, render } from "../shell/word.ts";
import type { Effect } from "./effect.ts";
import type { StepMount } from "./model.ts";
import { baseName, isBelow, joinPath, normalizePath, parentPath } from "./path.ts";
import type { BaseImage, Call, Situation } from "./program.ts";
import { condaActivation, condaShell } from "./programs/conda.ts";
import { programFor, redirectEffects } from "./programs/index.ts";
import { environmentOf, type Scope } from "./variables.ts";

export interface RunResult {
  readonly script: ShellScript;
  readonly effects: readonly Effect[];
  readonly complete: boolean;
}

export interface RunPlace {
  readonly scope: Scope;
  readonly file: Dockerfile;
  readonly workdir: string | undefined;
  readonly shell: readonly string[] | undefined;
  readonly situation: Situation;
}

/** Scripts that scripts start, and so on: deeper ones count as unknown. */
const MAX_DEPTH = 3;

export function runEffects(instruction: Instruction, place: RunPlace): RunResult {
  const script = readRun(instruction, {
    file: place.file,
    environment: withHome(place),
    cwd: place.workdir,
    ...(place.shell === undefined ? {} : { shell: place.shell }),
    ...systemShell(place.situation.base.family),
  });
  const activated = place.shell === undefined ? undefined : condaShell(place.shell, place.situation);
  const { effects, complete } = commandEffects(script.commands, place.situation, 0, activated);
  return { script, effects, complete: complete && script.understood };
}

/** Debian's and Ubuntu's /bin/sh is dash, Alpine's is that of busybox. */
function systemShell(family: BaseImage["family"]): { readonly sh?: string } {
  if (family === "debian" || family === "ubuntu") return { sh: "dash" };
  return family === "alpine" ? { sh: "ash" } : {};
}

function withHome(place: RunPlace): Environment {
  const environment = environmentOf(place.scope);
  if (!environment.has("HOME")) {
    environment.set("HOME", [{ kind: "text", text: place.situation.home, quoted: true }]);
  }
  return environment;
}

function commandEffects(
  commands: readonly ShellCommand[],
  situation: Situation,
  depth: number,
  environment: string | undefined,
): { effects: Effect[]; complete: boolean } {
  const effects: Effect[] = [];
  let complete = true;
  let activated = environment;
  for (const command of commands) {
    const pipeline = pipelineOf(command, commands);
    const call = makeCall(command, command.words, { pipeline, activated, situation, depth });
    activated = condaActivation(call) ?? activated;
    const own = command.words.length === 0 ? [] : translateCall(call, depth);
    const translated = [...own, ...redirectEffects(call)];
    for (const effect of translated) {
      if (effect.kind === "opaque") complete = false;
      const kept = withoutMounted(effect, situation);
      if (kept !== undefined) effects.push(kept);
      if (kept?.kind === "link" && kept.runs === "always")
        situation.link?.(linkPath(kept.path, situation), kept.target);
    }
  }
  return { effects, complete };
}

/** A link's own path, the links on the way to it followed. */
function linkPath(path: string, situation: Situation): string {
  return path === "/" ? path : joinPath(situation.follow(parentPath(path)), baseName(path));
}

/** The commands before one in its pipeline, the nearest first. */
function pipelineOf(command: ShellCommand, commands: readonly ShellCommand[]): readonly ShellCommand[] {
  const before: ShellCommand[] = [];
  let at = command.pipedFrom;
  while (at !== undefined && before.length < commands.length) {
    const one: ShellCommand | undefined = commands[at];
    if (one === undefined) break;
    before.push(one);
    at = one.pipedFrom;
  }
  return before;
}

interface CallPlace {
  readonly pipeline: readonly ShellCommand[];
  readonly activated: string | undefined;
  readonly situation: Situation;
  readonly depth: number;
}

function makeCall(command: ShellCommand, words: readonly Word[], place: CallPlace): Call {
  const { pipeline, activated, situation, depth } = place;
  const [piping] = pipeline;
  const first = words[0];
  return {
    command,
    name: first === undefined ? "" : baseName(render(first)),
    words: words.slice(1),
    situation,
    piping,
    pipeline: piping === undefined ? undefined : pipeline,
    activated,
    path(word) {
      const path = normalizePath(typeof word === "string" ? word : render(word), command.cwd);
      return path === undefined ? undefined : situation.follow(path);
    },
    translate(inner, environment = activated) {
      if (depth > MAX_DEPTH || inner.length === 0) return undefined;
      const there = { ...place, activated: environment, depth: depth + 1 };
      const call = makeCall({ ...command, words: inner }, inner, there);
      const effects = translateCall(call, depth + 1);
      return effects.some((effect) => effect.kind === "opaque") ? undefined : effects;
    },
  };
}

function translateCall(call: Call, depth: number): readonly Effect[] {
  const program = call.name.includes(HOLE_START) ? undefined : programFor(call);
  const effects = program?.(call) ?? scriptEffects(call, depth);
  if (effects !== undefined) return effects;
  const { command, name } = call;
  return [{ kind: "opaque", program: name, span: command.span, runs: command.runs, command }];
}

/** `sh x.sh`, `. x.sh`, `./x.sh`: a script that came from the build context is read as if it stood here. */
function scriptEffects(call: Call, depth: number): readonly Effect[] | undefined {
  if (depth >= MAX_DEPTH) return undefined;
  const { command, situation } = call;
  const interpreter = /^(sh|bash|dash|ash|\.|source)$/.test(call.name);
  const words = interpreter
    ? call.words.slice(call.words.findIndex((word) => !/^[-+]/.test(word.text)))
    : undefined;
  const file = words === undefined ? command.words[0] : words[0];
  if (file === undefined || (words === undefined && !file.text.includes("/"))) return undefined;
  const path = call.path(file);
  const text = path === undefined ? undefined : situation.readFile(path);
  if (path === undefined || text === undefined) return undefined;
  const script = readScriptFile(text, {
    parameters: (words ?? [file, ...call.words]).slice(1),
    name: knownValue(file) ?? path,
    cwd: command.cwd,
    lookup: command.lookup,
  });
  if (script === undefined) return undefined;
  const { effects, complete } = commandEffects(script.commands, situation, depth + 1, call.activated);
  const base = { span: command.span, command };
  const here = effects.map(
    (effect): Effect => ({ ...effect, ...base, runs: both(effect.runs, command.runs) }),
  );
  if (complete && script.understood) return here;
  return [...here, { kind: "opaque", program: call.name, runs: command.runs, ...base }];
}

function both(a: Effect["runs"], b: Effect["runs"]): Effect["runs"] {
  return a === "always" ? b : a;
}

/** What is done below a mount leaves no trace in the layer. */
function withoutMounted(effect: Effect, situation: Situation): Effect | undefined {
  const mounted = (path: string): boolean => situation.isMounted(path);
  switch (effect.kind) {
    case "write":
    case "edit":
    case "retouch":
    case "remove": {
      if (!effect.targets.some((target) => mounted(target.path))) return effect;
      const targets = effect.targets.filter((target) => !mounted(target.path));
      return targets.length === 0 && effect.targets.length > 0 ? undefined : { ...effect, targets };
    }
    case "move": {
      // Out of a mount is a plain write; into one, a removal.
      const from = effect.from.filter((target) => !mounted(target.path));
      const { span, runs, command } = effect;
      const base = { span, runs, ...(command === undefined ? {} : { command }) };
      if (mounted(effect.to.path))
        return from.length === 0 ? undefined : { kind: "remove", targets: from, ...base };
      if (from.length > 0) return { ...effect, from };
      return { kind: "write", how: "duplicate", targets: [effect.to], size: { kind: "unknown" }, ...base };
    }
    case "link":
      return mounted(effect.path) ? undefined : effect;
    default:
      return effect;
  }
}

/** Below a mount that is no part of the layer, or where the kernel's own file systems are. */
export function isMountedPath(mounts: readonly StepMount[], path: string): boolean {
  if (/^\/(dev|proc|sys)(\/|$)/.test(path)) return true;
  return mounts.some(({ target }) => target !== undefined && target !== "/" && isBelow(path, target));
}
