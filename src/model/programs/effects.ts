// Short forms for the effects of a call, and for the arguments that they are made from.
import type { Word } from "../../shell/command.ts";
import { QUOTED, render } from "../../shell/word.ts";
import {
  type EditEffect,
  type OpaqueEffect,
  type Origin,
  type ReadEffect,
  type RemoveEffect,
  type Retouch,
  type RetouchEffect,
  type Size,
  UNKNOWN_SIZE,
  type WriteEffect,
  type WriteMethod,
} from "../effect.ts";
import type { Target } from "../path.ts";
import { type Call, effectBase } from "../program.ts";
import { entryPath } from "./places.ts";

/** What a write may say besides its targets and its size. */
export type WriteDetail = Partial<Pick<WriteEffect, "what" | "origin" | "owner" | "mode" | "keeps">>;

/** A write of these targets. */
export function writeEffect(
  call: Call,
  how: WriteMethod,
  targets: readonly Target[],
  size: Size = UNKNOWN_SIZE,
  detail: WriteDetail = {},
): WriteEffect {
  const { what, origin, owner, mode, keeps } = detail;
  const { span, runs, command } = effectBase(call);
  // All members, always, here and below: an effect of its own shape would cost all that reads effects.
  return { kind: "write", how, targets, size, what, origin, owner, mode, keeps, span, runs, command };
}

/** A write of these targets; nothing without targets. */
export function written(
  call: Call,
  how: WriteMethod,
  targets: readonly Target[],
  size: Size = UNKNOWN_SIZE,
  detail: WriteDetail = {},
): WriteEffect[] {
  return targets.length === 0 ? [] : [writeEffect(call, how, targets, size, detail)];
}

/** Files edited in place; nothing without targets. */
export function edited(call: Call, targets: readonly Target[], verb: string): EditEffect[] {
  if (targets.length === 0) return [];
  const { span, runs, command } = effectBase(call);
  return [{ kind: "edit", targets, verb, span, runs, command }];
}

/** Files removed. */
export function removal(call: Call, targets: readonly Target[], what?: string): RemoveEffect {
  const { span, runs, command } = effectBase(call);
  return { kind: "remove", targets, what, span, runs, command };
}

/** Files removed; nothing without targets. */
export function removed(call: Call, targets: readonly Target[], what?: string): RemoveEffect[] {
  return targets.length === 0 ? [] : [removal(call, targets, what)];
}

/** Owner, mode or attributes changed; nothing without targets. */
export function retouched(
  call: Call,
  targets: readonly Target[],
  change: Retouch,
  only?: RetouchEffect["only"],
): RetouchEffect[] {
  if (targets.length === 0) return [];
  const { span, runs, command } = effectBase(call);
  return [{ kind: "retouch", targets, change, only, span, runs, command }];
}

/** Files read; nothing without targets. */
export function readTargets(call: Call, targets: readonly Target[]): ReadEffect[] {
  if (targets.length === 0) return [];
  const { span, runs, command } = effectBase(call);
  return [{ kind: "read", targets, span, runs, command }];
}

/** Files that these words name, read; "-" is standard input. */
export function readWords(
  call: Call,
  words: readonly Word[],
  extent: Target["extent"] = "exact",
): ReadEffect[] {
  const targets: Target[] = [];
  for (const word of words) {
    const path = isDash(word) ? undefined : call.path(word);
    if (path !== undefined) targets.push({ path, extent });
  }
  return readTargets(call, targets);
}

/** What nobody can tell of the call. */
export function opaque(call: Call): OpaqueEffect {
  const { span, runs, command } = effectBase(call);
  return { kind: "opaque", program: call.name, span, runs, command };
}

/** An opaque effect if one of these words names a path that cannot be told: it may be any. */
export function unlessTold(call: Call, words: readonly Word[]): OpaqueEffect[] {
  const lost = words.some((word) => render(word) !== "" && entryPath(call, word) === undefined);
  return lost ? [opaque(call)] : [];
}

/** Where a download comes from. */
export function remoteOrigin(word: Word | string): Origin {
  const url = typeof word === "string" ? word : render(word);
  return { kind: "remote", url: url.replaceAll(QUOTED, "") };
}

/** Files of the image that a write has its content from; undefined when none can be told. */
export function pathOrigin(sources: readonly Target[]): { readonly origin: Origin } | Record<never, never> {
  return sources.length === 0 ? {} : { origin: { kind: "path", sources } };
}

/** Whether a word is "-": standard input or output. */
export function isDash(word: Word): boolean {
  return render(word) === "-";
}
