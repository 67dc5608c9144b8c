// Syntax to model: every stage from its base, every step with what is in force there.
import type { BuildContext } from "../context/context.ts";
import { assignments } from "../dockerfile/assignments.ts";
import { fromParts } from "../dockerfile/from.ts";
import { runMounts } from "../dockerfile/mounts.ts";
import { shellWords, userParts, workdirPath } from "../dockerfile/plain.ts";
import type { Dockerfile, Instruction } from "../dockerfile/syntax.ts";
import type { Piece } from "../shell/command.ts";
import { HOLE_END, HOLE_START, knownText, renderPieces } from "../shell/word.ts";
import { stagesLike } from "./alternatives.ts";
import { baseImage } from "./base.ts";
import { copyEffects } from "./copy.ts";
import { type Effect, NEGLIGIBLE, type WriteEffect } from "./effect.ts";
import { mergeKnowledge, shippedKnowledge } from "./knowledge/index.ts";
import type { Knowledge } from "./knowledge/schema.ts";
import { type Model, type Stage, type StageBase, type Step, type StepMount, stageName } from "./model.ts";
import { isSharedFolder, looksLikeFile } from "./names.ts";
import { isBelow, isLiteral, joinPath, normalizePath, parentPath, type Target } from "./path.ts";
import type { BaseImage, Situation } from "./program.ts";
import { contextPath, listImageFiles, type Provenance, readImageFile } from "./provenance.ts";
import { isMountedPath, runEffects } from "./run.ts";
import { withShips } from "./ships.ts";
import {
  expandPieces,
  expandRendered,
  globalScope,
  hole,
  ownVariable,
  type Scope,
  text,
} from "./variables.ts";

export interface ModelOptions {
  readonly context?: BuildContext;
  /** --target: names or numbers; empty or absent for the default ones. */
  readonly targets?: readonly string[];
  readonly buildArgs?: ReadonlyMap<string, string>;
  /** What is known beyond what dfdedupe brings. */
  readonly knowledge?: Knowledge;
  /** Bytes; 1,000,000 when absent. */
  readonly minSize?: number;
}

/** What a stage hands on to the next step, and to the stages that start from it. */
interface State {
  scope: Scope;
  user: string;
  workdir: string | undefined;
  shell: readonly string[] | undefined;
  readonly homes: Map<string, string>;
  readonly environments: Set<string>;
  readonly links: Map<string, string>;
  /** Folders that earlier steps made, or that every system has. */
  readonly folders: Set<string>;
  readonly provenance: Provenance[];
  readonly triggers: Instruction[];
}

interface Draft extends Omit<Stage, "steps" | "target" | "ships"> {
  readonly steps: Step[];
  readonly state: State;
}

interface Build {
  readonly dockerfile: Dockerfile;
  readonly options: ModelOptions;
  readonly knowledge: Knowledge;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly globals: Map<string, readonly Piece[]>;
  readonly drafts: Draft[];
  /** Steps of an earlier model that do the same, by the offset of their instructions. */
  readonly known: ReadonlyMap<number, Step>;
}

/** Models a Dockerfile; instructions before the first FROM that are no ARG are left out. Never throws. */
export function buildModel(dockerfile: Dockerfile, options: ModelOptions = {}): Model {
  const knowledge =
    options.knowledge === undefined
      ? shippedKnowledge()
      : mergeKnowledge([shippedKnowledge(), options.knowledge]);
  return modelOf(dockerfile, knowledge, options);
}

/**
 * The model of another text in the place of one's own: same targets, context and knowledge, but no build arguments.
 * What the RUNs before the first difference do is taken over.
 */
export function remodel(model: Model, dockerfile: Dockerfile): Model {
  const options: ModelOptions = {
    targets: model.stages.filter(({ target }) => target).map(stageName),
    minSize: model.minSize,
    ...(model.context === undefined ? {} : { context: model.context }),
  };
  const alike = model.buildArgs.size > 0 ? 0 : sharedLength(model.dockerfile.text, dockerfile.text);
  const known = model.stages
    .flatMap(({ steps }) => steps)
    .filter(({ triggered, instruction }) => !triggered && instruction.span.end < alike);
  return modelOf(
    dockerfile,
    model.knowledge,
    options,
    new Map(known.map((step) => [step.instruction.span.start, step])),
  );
}

function sharedLength(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

function modelOf(
  dockerfile: Dockerfile,
  knowledge: Knowledge,
  options: ModelOptions,
  known: ReadonlyMap<number, Step> = new Map(),
): Model {
  const buildArgs = options.buildArgs ?? new Map<string, string>();
  const build: Build = {
    dockerfile,
    options,
    knowledge,
    buildArgs,
    globals: globalScope(buildArgs),
    drafts: [],
    known,
  };
  for (const instruction of dockerfile.instructions) {
    const draft = build.drafts.at(-1);
    if (instruction.keyword === "FROM") build.drafts.push(openStage(build, instruction));
    else if (draft !== undefined) addStep(build, draft, instruction, false);
    else if (instruction.keyword === "ARG") {
      setArgs(build, instruction, { args: build.globals, env: new Map(), open: false }, build.globals);
    }
  }
  const stages = withShips(build.drafts, options.targets ?? []);
  return {
    dockerfile,
    stages,
    knowledge,
    buildArgs,
    minSize: options.minSize ?? 1_000_000,
    ...(options.context === undefined ? {} : { context: options.context }),
  };
}

function openStage(build: Build, from: Instruction): Draft {
  const parts = fromParts(from);
  const globals: Scope = { args: build.globals, env: new Map(), open: false };
  const pieces =
    parts === undefined ? undefined : expandPieces(parts.image.text, globals, build.dockerfile.escape);
  const image = pieces === undefined ? undefined : knownText(pieces);
  const parent = image === undefined ? undefined : stageNamed(build, image, false);
  const base: StageBase =
    parent !== undefined
      ? { kind: "stage", stage: parent }
      : image?.toLowerCase() === "scratch"
        ? { kind: "scratch" }
        : { kind: "image", image };
  const alternatives = stagesLike(parts?.image.text ?? "", build.drafts).filter((other) => other !== parent);
  const parentDraft = parent === undefined ? undefined : build.drafts[parent];
  const image_ = parentDraft?.baseImage ?? baseImage(image ?? pieces?.map(({ text: part }) => part).join(""));
  const draft: Draft = {
    index: build.drafts.length,
    name: parts?.alias?.text,
    from,
    base,
    alternatives: alternatives.length === 0 ? undefined : alternatives,
    baseImage: image_,
    steps: [],
    state: parentDraft === undefined ? freshState(image_, base.kind) : inherit(parentDraft.state),
  };
  if (parentDraft !== undefined) {
    build.drafts.push(draft);
    for (const trigger of parentDraft.state.triggers) addStep(build, draft, trigger, true);
    build.drafts.pop();
  }
  return draft;
}

/** The folder in which a base image begins, where that is not known: a root of its own. */
const BASE_WORKDIR = `${HOLE_START}WORKDIR${HOLE_END}`;

function freshState(base: BaseImage, kind: StageBase["kind"]): State {
  const env = new Map(Object.entries(base.env ?? {}).map(([name, value]) => [name, text(value)] as const));
  return {
    scope: { args: new Map(), env, open: kind !== "scratch" },
    user: base.user ?? "root",
    workdir: base.workdir ?? BASE_WORKDIR,
    shell: undefined,
    homes: new Map([
      ["root", "/root"],
      ["0", "/root"],
    ]),
    environments: new Set(),
    links: new Map(),
    folders: new Set(base.workdir === undefined ? [] : [base.workdir]),
    provenance: [],
    triggers: [],
  };
}

function inherit(state: State): State {
  return {
    ...state,
    homes: new Map(state.homes),
    environments: new Set(state.environments),
    links: new Map(state.links),
    folders: new Set(state.folders),
    provenance: [...state.provenance],
    triggers: [],
  };
}

/** The stage of a name or number; FROM knows names only. */
function stageNamed(build: Build, name: string, numbers: boolean): number | undefined {
  const wanted = name.toLowerCase();
  for (let i = build.drafts.length - 1; i >= 0; i -= 1) if (build.drafts[i]!.name === wanted) return i;
  return numbers && /^\d+$/.test(name) && Number(name) < build.drafts.length ? Number(name) : undefined;
}

function setArgs(
  build: Build,
  instruction: Instruction,
  scope: Scope,
  into: Map<string, readonly Piece[]>,
): void {
  for (const { name, value } of assignments(instruction, build.dockerfile.escape)) {
    const given = build.buildArgs.get(name);
    if (given !== undefined) into.set(name, text(given));
    else if (value !== undefined)
      into.set(name, expandPieces(value, { ...scope, args: into }, build.dockerfile.escape));
    // Without a default it is for --build-arg to give, unless the global scope has a value.
    else into.set(name, build.globals.get(name) ?? [hole(name)]);
  }
}

function addStep(build: Build, draft: Draft, instruction: Instruction, triggered: boolean): void {
  const { state } = draft;
  const escapeChar = build.dockerfile.escape;
  // Written out, and always whole: spreads would give steps many shapes, which all that reads them would pay for.
  const push = ({
    mounts,
    effects,
    complete,
    script,
  }: Pick<Step, "effects" | "complete" | "mounts"> & Partial<Pick<Step, "script">>): void => {
    draft.steps.push({
      stage: draft.index,
      index: draft.steps.length,
      instruction,
      triggered,
      scope: state.scope,
      user: state.user,
      workdir: state.workdir,
      shell: state.shell,
      mounts,
      script,
      effects,
      complete,
    });
    for (const effect of effects) remember(state, effect);
  };
  const plain = { mounts: [], effects: [], complete: true };
  switch (instruction.keyword) {
    case "ARG": {
      const args = new Map(state.scope.args);
      setArgs(build, instruction, state.scope, args);
      push(plain);
      state.scope = { ...state.scope, args };
      return;
    }
    case "ENV": {
      const env = new Map(state.scope.env);
      for (const { name, value } of assignments(instruction, escapeChar)) {
        env.set(name, expandPieces(value ?? "", state.scope, escapeChar));
      }
      push(plain);
      state.scope = { ...state.scope, env };
      return;
    }
    case "WORKDIR": {
      const word = workdirPath(instruction);
      const path = word && normalizePath(expandRendered(word.text, state.scope, escapeChar), state.workdir);
      push({ ...plain, effects: path === undefined ? [] : [madeFolder(path, instruction)] });
      state.workdir = path;
      return;
    }
    case "USER": {
      const word = userParts(instruction)?.user;
      push(plain);
      if (word !== undefined) state.user = expandRendered(word.text, state.scope, escapeChar);
      return;
    }
    case "SHELL": {
      push(plain);
      state.shell = shellWords(instruction)?.map((word) => word.text);
      return;
    }
    case "ONBUILD":
      push(plain);
      if (instruction.trigger !== undefined) state.triggers.push(instruction.trigger);
      return;
    case "COPY":
    case "ADD": {
      const result = copyEffects(instruction, {
        scope: state.scope,
        escapeChar,
        workdir: state.workdir,
        context: build.options.context,
        stageOf: (name) => stageNamed(build, name, true),
        isFolder: (path) => isSharedFolder(path) || state.folders.has(path),
        provenanceOf: (stage) => build.drafts[stage]?.state.provenance ?? [],
      });
      push({ mounts: [], effects: result.effects, complete: result.complete });
      state.provenance.push(...result.provenance);
      return;
    }
    case "RUN": {
      const known = triggered ? undefined : build.known.get(instruction.span.start);
      if (known !== undefined) {
        push(known);
        return;
      }
      const mounts = stepMounts(build, state, instruction);
      const situation = situationOf(build, draft, mounts);
      push({
        mounts,
        ...runEffects(instruction, {
          scope: state.scope,
          file: build.dockerfile,
          workdir: state.workdir,
          shell: state.shell,
          situation,
        }),
      });
      return;
    }
    default:
      push(plain);
  }
}

/** WORKDIR makes its folder, and leaves one alone that is there. */
function madeFolder(path: string, { span }: Instruction): WriteEffect {
  const targets: Target[] = [{ path, extent: "exact" }];
  return { kind: "write", how: "create", targets, size: NEGLIGIBLE, keeps: true, span, runs: "always" };
}

/** What later steps must know of an effect: links, homes, copies of files that came from the context. */
function remember(state: State, effect: Effect): void {
  if (effect.kind === "write") for (const path of foldersOf(effect)) state.folders.add(path);
  if (effect.kind === "link") state.links.set(effect.path, effect.target);
  if (effect.kind === "install" && effect.manager === "pip") state.environments.add(effect.environment);
  if (effect.kind === "account" && effect.user !== undefined) {
    state.homes.set(effect.user, effect.home ?? `/home/${effect.user}`);
  }
}

/** Folders that surely exist behind a write: what WORKDIR and mkdir make, what is copied as a folder, and parents. */
function foldersOf(effect: WriteEffect): readonly string[] {
  return effect.targets.flatMap(({ path }) => {
    if (!isLiteral(path)) return [];
    const made =
      effect.entry === "directory" ||
      (effect.how === "create" && effect.entry !== "file" && !looksLikeFile(path));
    return made ? [path, parentPath(path)] : [parentPath(path)];
  });
}

function stepMounts(build: Build, state: State, instruction: Instruction): readonly StepMount[] {
  const escapeChar = build.dockerfile.escape;
  const expand = (word: string): string => expandRendered(word, state.scope, escapeChar);
  return runMounts(instruction).map((mount) => {
    const from = mount.from === undefined ? undefined : expand(mount.from);
    const stage = from === undefined ? undefined : stageNamed(build, from, true);
    const target =
      mount.target === undefined ? undefined : normalizePath(expand(mount.target), state.workdir);
    return {
      mount,
      target,
      source: mount.source === undefined ? "/" : (normalizePath(expand(mount.source), "/") ?? "/"),
      ...(stage === undefined ? {} : { stage }),
      fromContext: mount.type === "bind" && from === undefined,
    };
  });
}

function situationOf(build: Build, draft: Draft, mounts: readonly StepMount[]): Situation {
  const { state } = draft;
  const { context } = build.options;
  const mounted = mounts.flatMap((mount): Provenance[] => {
    if (mount.target === undefined || mount.mount.type !== "bind") return [];
    if (mount.fromContext) return [{ path: mount.target, source: mount.source.slice(1) }];
    if (mount.stage === undefined) return [];
    const stage = build.drafts[mount.stage]?.state.provenance ?? [];
    return [{ path: mount.target, source: mount.source, stage }];
  });
  const records = [...state.provenance, ...mounted];
  const links = new Map(state.links);
  return {
    user: state.user,
    home: homeOf(state),
    base: draft.baseImage,
    knowledge: build.knowledge,
    readFile: (path) => readImageFile(records, context, path),
    list: (path) => listImageFiles(records, context, path),
    contextPath: (path) => contextPath(records, path),
    follow: (path) => followLinks(links, path),
    link: (path, target) => void links.set(path, target),
    isFolder: (path) => isSharedFolder(path) || state.folders.has(path),
    isEnvironment: (prefix) => state.environments.has(prefix),
    isMounted: (path) => isMountedPath(mounts, path),
  };
}

function homeOf(state: State): string {
  const home = ownVariable(state.scope, "HOME");
  if (home !== undefined) return renderPieces(home);
  const user = state.user.split(":")[0]!;
  return (
    state.homes.get(user) ??
    (/^\w[\w.-]*$/.test(user) && !/^\d+$/.test(user) ? `/home/${user}` : renderPieces([hole("HOME")]))
  );
}

function followLinks(links: ReadonlyMap<string, string>, path: string): string {
  let at = path;
  for (let turn = 0; turn < 10; turn += 1) {
    const next = followOne(links, at);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

function followOne(links: ReadonlyMap<string, string>, path: string): string | undefined {
  for (const [link, target] of links) {
    if (!isBelow(path, link)) continue;
    const rest = path.slice(link.length + 1);
    return rest === "" ? target : joinPath(target, rest);
  }
  return undefined;
}
