// Moving ENV and ARG up before a RUN that begins to need them.
import { assignments } from "../dockerfile/assignments.ts";
import { leadingComment } from "../dockerfile/layout.ts";
import type { Model, Stage, Step } from "../model/model.ts";
import { slice, type TextEdit } from "../text.ts";
import { isPlain } from "./crossing.ts";
import { cutInstruction, withComment } from "./cut.ts";
import { stepsBetween } from "./late.ts";
import { differences, variableNames } from "./meaning.ts";

/**
 * The ENV and ARG instructions between `place` and `step` that set what `text` reads, each with the edits that put
 * it above `place`; undefined when one of them cannot go there: something before it reads the old value, or its own
 * value would be another one there.
 */
export function hoist(
  model: Model,
  stage: Stage,
  place: Step,
  step: Step,
  text: string,
): ReadonlyMap<Step, readonly TextEdit[]> | undefined {
  const { dockerfile } = model;
  const between = stepsBetween(stage, place, step);
  const out = new Map<Step, readonly TextEdit[]>();
  let wanted = new Set(variableNames(text));
  const needed: Step[] = [];
  for (const other of between.toReversed()) {
    if (!/^(ENV|ARG)$/.test(other.instruction.keyword)) continue;
    const set = assignments(other.instruction, dockerfile.escape);
    if (!set.some(({ name }) => wanted.has(name))) continue;
    needed.unshift(other);
    wanted = new Set([...wanted, ...set.flatMap(({ value }) => variableNames(value ?? ""))]);
  }
  if (needed.length === 0) return undefined;
  const names = new Set(
    needed.flatMap((other) => assignments(other.instruction, dockerfile.escape).map(({ name }) => name)),
  );
  for (const other of [place, ...between]) {
    if (needed.includes(other)) continue;
    const last = needed.at(-1)!;
    if (other.index > last.index) continue;
    const words = slice(dockerfile.text, other.instruction.span);
    if (variableNames(words).some((name) => names.has(name))) return undefined;
    const runs = other.instruction.keyword === "RUN";
    if (
      runs &&
      !(other.script?.commands ?? []).every(isPlain) &&
      [...names].some((name) => !/VERSION|_URL$|DIR$/.test(name))
    )
      return undefined;
  }
  const start = withComment(dockerfile, place.instruction).start;
  const newline = dockerfile.text.includes("\r\n") ? "\r\n" : "\n";
  for (const other of needed) {
    const own = slice(dockerfile.text, other.instruction.span);
    const outside = differences(other, place, { variables: [], text: own, workdir: false }).filter(
      (name) => name.startsWith("$") && !names.has(name.slice(1)),
    );
    if (outside.length > 0) return undefined;
    const comment = leadingComment(dockerfile, other.instruction);
    const lines = slice(dockerfile.text, {
      start: comment?.start ?? other.instruction.span.start,
      end: other.instruction.span.end,
    });
    out.set(other, [
      { span: { start, end: start }, text: lines + newline },
      ...cutInstruction(dockerfile, other.instruction),
    ]);
  }
  return out;
}
