// The fix of `retouched-later`: which ways are tried, and what to do by hand when none works.
import type { Fix } from "../../finding.ts";
import type { Model, Step } from "../../model/model.ts";
import { appendCommands } from "../append-command.ts";
import { fixOf, type Late, lineOf, storingSteps } from "../late.ts";
import { mergeAttempts } from "../merge-runs.ts";
import { setEarlier } from "./retouch.ts";

/** The fix of a late change of owner, mode or attributes. */
export function fixRetouched(model: Model, late: Late): Fix {
  const steps = storingSteps(late);
  const onlyRuns =
    typeof steps !== "string" && steps.every(({ instruction }) => instruction.keyword === "RUN");
  if (!onlyRuns) return fixOf(byHand(model, late), [() => setEarlier(model, late)]);
  // What a flag of COPY cannot do is no reason here: there is no COPY.
  return fixOf(byHand(model, late), [
    () => appendCommands(model, late),
    ...mergeAttempts(model, late.stage, [...steps, late.step]),
    () => setEarlier(model, late),
  ]);
}

/** What to do when no edit is known. */
function byHand(model: Model, late: Late): string {
  const steps = storingSteps(late);
  const change = changeOf(late);
  if (typeof steps === "string") return elsewhere(model, late, change);
  const where = placesOf(model, steps);
  const copied = steps.every(({ instruction }) => /^(COPY|ADD)$/.test(instruction.keyword));
  if (!copied) return `${change} in the layer that writes the files (${where})`;
  if (late.files.some(({ stored }) => stored.effect?.kind === "write" && stored.effect.how === "unpack"))
    return `unpack the archive in the RUN, from a mount (RUN --mount=type=bind), instead of by ADD at ${where}, and ${change} there`;
  if (attributesOf(late).length > 0)
    return `copy the files in the RUN, from a mount (RUN --mount=type=bind), instead of at ${where}, and ${change} there`;
  return isPart(late, steps)
    ? `copy what is concerned by a COPY of its own, with --chown or --chmod, and the rest at ${where}`
    : `${change} as the files are copied (--chown and --chmod at ${where})`;
}

/** What to do where files of the base image or of another stage are concerned. */
function elsewhere(model: Model, late: Late, change: string): string {
  const steps = late.files.flatMap(({ stored }) => stored.origin ?? []).filter((step) => step !== late.step);
  const base = late.files.some(({ stored }) => stored.origin === undefined);
  const at = placesOf(model, steps);
  const places = [...(base ? ["in the base image"] : []), ...(at === undefined ? [] : [`at ${at}`])];
  return places.length === 0
    ? `${change} where the files are first stored`
    : `${change} where the files are first stored, ${places.join(" and ")}`;
}

/** "line 7" or "lines 7, 9"; undefined for no steps. */
function placesOf(model: Model, steps: readonly Step[]): string | undefined {
  const all = steps.map(({ instruction }) => lineOf(model, instruction.span.start));
  const lines = [...new Set(all)].toSorted((a, b) => a - b);
  if (lines.length === 0) return undefined;
  return lines.length === 1 ? `line ${lines[0]}` : `lines ${lines.join(", ")}`;
}

/** "set the capabilities", or what a chown and a chmod do. */
function changeOf(late: Late): string {
  const names = attributesOf(late);
  return names.length === 0 ? "set owner and mode" : `set the ${names.join(" and ")}`;
}

function attributesOf({ effects }: Late): readonly string[] {
  const names = effects.flatMap((effect) =>
    effect.kind === "retouch" && effect.change.attributes !== undefined ? [effect.change.attributes] : [],
  );
  return [...new Set(names)];
}

/** Whether the steps copied other files, too. */
function isPart({ files }: Late, steps: readonly Step[]): boolean {
  return (
    files.some(({ touch }) => touch?.meeting.relation === "inside") ||
    steps.some(({ effects }) =>
      effects.some(
        (effect) => effect.kind === "write" && !files.some(({ stored }) => stored.effect === effect),
      ),
    )
  );
}
