// The model of a Dockerfile: stages, steps and what each step does to which paths.
import type { BuildContext } from "../context/context.ts";
import type { Mount } from "../dockerfile/mounts.ts";
import type { Dockerfile, Instruction } from "../dockerfile/syntax.ts";
import type { ShellScript } from "../shell/command.ts";
import type { Effect } from "./effect.ts";
import type { Knowledge } from "./knowledge/schema.ts";
import type { BaseImage } from "./program.ts";
import type { Scope } from "./variables.ts";

/** A mount of a RUN with its variables resolved. */
export interface StepMount {
  readonly mount: Mount;
  /** Normalized path in the container; undefined when it cannot be told. */
  readonly target: string | undefined;
  /** Rendered source path, relative to `from` or to the build context. */
  readonly source: string;
  /** The stage it is from, when it is one of this file. */
  readonly stage?: number;
  /** True for a bind from the main build context. */
  readonly fromContext: boolean;
}

export interface Step {
  readonly stage: number;
  /** Place in its stage, from 0; triggers of a parent's ONBUILD come first. */
  readonly index: number;
  readonly instruction: Instruction;
  /** Whether it is an ONBUILD trigger of the stage it starts from: its text stands in another stage. */
  readonly triggered: boolean;
  /** Variables before the step. */
  readonly scope: Scope;
  /** A name, a number or a rendered word. */
  readonly user: string;
  /** Normalized; undefined when it cannot be told. */
  readonly workdir: string | undefined;
  /** SHELL's words; undefined for the default. */
  readonly shell: readonly string[] | undefined;
  readonly mounts: readonly StepMount[];
  /** For a RUN that a shell could read. */
  readonly script: ShellScript | undefined;
  readonly effects: readonly Effect[];
  /** False when something in it is not understood. */
  readonly complete: boolean;
}

export type StageBase =
  | { readonly kind: "stage"; readonly stage: number }
  | { readonly kind: "image"; readonly image: string | undefined }
  | { readonly kind: "scratch" };

export interface Stage {
  readonly index: number;
  readonly name: string | undefined;
  readonly from: Instruction;
  readonly base: StageBase;
  /** Other stages of this file that its FROM names when a variable in it has another value (`FROM base-$ARCH`). */
  readonly alternatives?: readonly number[] | undefined;
  readonly baseImage: BaseImage;
  readonly steps: readonly Step[];
  readonly target: boolean;
  /** Whether its layers are part of a built image: it is a target, or a target starts from it. */
  readonly ships: boolean;
}

export interface Model {
  readonly dockerfile: Dockerfile;
  readonly stages: readonly Stage[];
  readonly knowledge: Knowledge;
  /** Values from the command line. */
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly context?: BuildContext;
  /** Known sizes below this many bytes are no more than an info. */
  readonly minSize: number;
}

/** The stages that a stage is made of, its oldest ancestor in this file first, itself last. */
export function lineage(model: Model, stage: Stage): readonly Stage[] {
  const line: Stage[] = [stage];
  let base = stage.base;
  while (base.kind === "stage") {
    const parent = model.stages[base.stage];
    if (parent === undefined || line.includes(parent)) break;
    line.unshift(parent);
    base = parent.base;
  }
  return line;
}

/** Whether builders refuse a step's instruction, so that it stores nothing. */
export function isRefused({ dockerfile }: Model, { instruction }: Step): boolean {
  const { start, end } = instruction.span;
  return dockerfile.problems.some(({ span }) => start <= span.start && span.start < end);
}

/** What a stage is called in messages. */
export function stageName(stage: Stage): string {
  return stage.name ?? String(stage.index);
}

/** Whether a stage starts from an image of a system, which holds its own folders and little else. */
export function isPlainSystem(stage: Stage): boolean {
  return stage.base.kind === "image" && stage.baseImage.plain === true;
}
