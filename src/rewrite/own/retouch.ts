// The fix of a late chown or chmod: flags where COPY wrote the files, the command where a RUN wrote them.
import type { Model, Step } from "../../model/model.ts";
import type { ShellCommand } from "../../shell/command.ts";
import type { TextEdit } from "../../text.ts";
import { appendTo, type Part } from "../join.ts";
import { type Attempt, guiltyCommands, type Late, placeOf, storingSteps } from "../late.ts";
import { type AccountCommands, accountsFor, numberOf } from "./accounts.ts";
import { changeFlags } from "./copy-flags.ts";
import { meetsOneFile } from "./found-files.ts";
import { allGuilty, type Guilty, namesIn, stepsOf } from "./guilty.ts";
import { insertAbove } from "./insert-above.ts";
import { leftOf } from "./left.ts";
import { partFor } from "./part-for-run.ts";
import { keepsFinalFiles } from "./proven.ts";
import { doubtBetween, titleOf } from "./retouch-words.ts";
import { take } from "./take.ts";
import { settingOf, type Values, valuesAt } from "./values-at.ts";

/** What a part of the fix adds to it. */
interface Share {
  readonly edits: readonly TextEdit[];
  readonly doubts: readonly string[];
}

/** Flags for what COPY and ADD wrote, the command moved to the RUNs that wrote the rest, all in one. */
export function setEarlier(model: Model, late: Late): Attempt {
  const { stage, step } = late;
  if (step.triggered) return "it is an ONBUILD instruction";
  const guilty = allGuilty(model, late);
  if (typeof guilty === "string") return guilty;
  const copies = stepsOf(guilty, "copy");
  const runs = stepsOf(guilty, "run");
  if (copies.length + runs.length === 0) {
    const steps = storingSteps(late);
    return typeof steps === "string" ? steps : "it is not sure which files it meets";
  }
  const first = [...copies, ...runs].toSorted((a, b) => a.index - b.index)[0]!;

  const names = guilty.flatMap(({ effect }) => namesIn(effect));
  const accounts = accountsFor(model, stage, first, step, guiltyCommands(late)![0]!, names);
  if (typeof accounts === "string") return accounts;
  const values = valuesAt(model, stage, first);

  const shares: Share[] = [];
  const flags: string[] = [];
  for (const copy of copies) {
    const share = flagCopy(model, late, guilty, copy, values);
    if (typeof share === "string") return share;
    // Several sources of one COPY ask for the same flag.
    const before = shares.flatMap(({ edits }) => edits);
    shares.push({ ...share, edits: share.edits.filter((edit) => !before.some((one) => isSame(one, edit))) });
    flags.push(...share.flags);
  }
  for (const run of runs) {
    const share = appendToRun(model, late, guilty, run, values);
    if (typeof share === "string") return share;
    shares.push(share);
  }
  const rest = takeAway(model, late, guilty, first, accounts.moved, values);
  if (typeof rest === "string") return rest;

  const inserted = rest.lines.length === 0 ? [] : [insertAbove(model, first, rest.lines)];
  const edits = [...values.edits, ...inserted, ...shares.flatMap((share) => share.edits), ...rest.edits];
  const doubts = [...shares.flatMap((share) => share.doubts), ...rest.doubts, ...accounts.doubts];
  if (doubts.length === 0 && !keepsFinalFiles(model, edits))
    doubts.push(doubtBetween(model, late, first, guilty));
  return {
    title: titleOf(model, flags, runs, rest.lines.length > 0),
    edits,
    doubts: [...new Set(doubts)],
    cost: 1,
  };
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.text === b.text;
}

/** The flags of one COPY; or why it cannot have them. */
function flagCopy(
  model: Model,
  { stage, step }: Late,
  guilty: readonly Guilty[],
  copy: Step,
  values: Values,
): (Share & { readonly flags: readonly string[] }) | string {
  const changes = guilty.filter(({ found }) =>
    found.some(({ way, stored }) => way === "copy" && stored.origin === copy),
  );
  const partly = copy.effects.some(
    (effect) =>
      effect.kind === "write" &&
      !changes.every(({ found }) =>
        found.some(({ way, stored }) => way === "copy" && stored.effect === effect),
      ),
  );
  if (partly) return `it concerns only a part of what ${placeOf(model, copy)} copies`;
  const text = changes.map(({ flag }) => [flag.owner, flag.group, flag.mode].join(" ")).join(" ");
  const other = values.differ(copy, step, text);
  if (other !== undefined) return other;
  const files = copy.effects.every(
    (effect) =>
      effect.kind === "write" &&
      changes[0]!.found.some((one) => one.stored.effect === effect && meetsOneFile(one)),
  );
  const scene = { model, stage, step: copy, files };
  return changeFlags(
    { ...scene, numberOf: (kind, name) => numberOf(model, stage, kind, name) },
    changes.map(({ flag }) => flag),
  );
}

/** The commands at the end of one RUN that wrote files; or why they cannot go there. */
function appendToRun(
  model: Model,
  late: Late,
  guilty: readonly Guilty[],
  run: Step,
  values: Values,
): Share | string {
  const parts: Part[] = [];
  for (const one of guilty) {
    const part = partFor(model, late, one, run);
    if (typeof part === "string") return part;
    if (part === undefined) continue;
    const other = values.differ(run, late.step, part.text);
    if (other !== undefined) return other;
    const setting = settingOf(late.step, run);
    if (setting !== undefined) return `${setting} is another one at ${placeOf(model, run)}`;
    if (!parts.some(({ text }) => text === part.text)) parts.push(part);
  }
  return appendTo(model, run, parts);
}

/** Takes the guilty commands out of their RUN but for what is left of them, and account commands to where they are needed. */
function takeAway(
  model: Model,
  late: Late,
  guilty: readonly Guilty[],
  first: Step,
  accounts: readonly AccountCommands[],
  values: Values,
): (Share & { readonly lines: readonly string[] }) | string {
  const { step } = late;
  const doubts: string[] = [];
  const replaced = new Map<ShellCommand, string>();
  const dropped: ShellCommand[] = [];
  let early = true;
  for (const one of guilty) {
    const left = one.change === undefined ? undefined : leftOf(model, late, one, one.change, first);
    if (left === undefined) continue;
    doubts.push(...left.doubts);
    if (left.text === "") dropped.push(one.command);
    else {
      replaced.set(one.command, left.text);
      early &&= left.early;
    }
  }
  const edits: TextEdit[] = [];
  const lines: string[] = [];
  for (const { step: maker, commands: moved } of accounts) {
    const text = moved.map(({ span }) => model.dockerfile.text.slice(span.start, span.end)).join(" ");
    const setting = settingOf(maker, first);
    if (setting !== undefined) return `${setting} is another one at ${placeOf(model, first)}`;
    const other = values.differ(first, maker, text);
    if (other !== undefined) return other;
    const own = maker === step ? { dropped, replaced } : { dropped: [], replaced: new Map() };
    const taken = take(model, maker, { moved, ...own, replacedMayMove: early });
    if (typeof taken === "string") return taken;
    edits.push(...taken.edits);
    lines.push(taken.lines);
  }
  if (!accounts.some(({ step: maker }) => maker === step)) {
    const taken = take(model, step, { moved: [], dropped, replaced, replacedMayMove: false });
    if (typeof taken === "string") return taken;
    edits.push(...taken.edits);
  }
  return { edits, lines, doubts };
}
