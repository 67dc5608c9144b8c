// The fix of `retouched-later`: which ways are tried, and what to do by hand when none works.
import type { Fix } from "../../finding.ts";
import type { Model } from "../../model/model.ts";
import { appendCommands } from "../append-command.ts";
import { type Attempt, fixOf, type Late, lineOf, storingSteps } from "../late.ts";
import { mergeAttempts } from "../merge-runs.ts";
import { setEarlier } from "./retouch.ts";

/** The fix of a late change of owner, mode or attributes. */
export function fixRetouched(model: Model, late: Late): Fix {
  const steps = storingSteps(late);
  const onlyRuns =
    typeof steps !== "string" && steps.every(({ instruction }) => instruction.keyword === "RUN");
  const ways: (() => Attempt)[] = [() => setEarlier(model, late)];
  if (onlyRuns) {
    ways.push(() => appendCommands(model, late));
    ways.push(...mergeAttempts(model, late.stage, [...steps, late.step]));
  }
  return fixOf(byHand(model, late), ways);
}

/** What to do when no edit is known. */
function byHand(model: Model, late: Late): string {
  const steps = storingSteps(late);
  if (typeof steps === "string")
    return "change owner and mode where the files are first stored: in the base image, in the stage that this one starts from, or by COPY --from with --chown";
  const lines = steps.map(({ instruction }) => lineOf(model, instruction.span.start));
  const where = lines.length === 1 ? `line ${lines[0]}` : `lines ${lines.join(", ")}`;
  const copied = steps.every(({ instruction }) => /^(COPY|ADD)$/.test(instruction.keyword));
  return copied
    ? `give the files their owner and mode as they are copied (--chown and --chmod at ${where})`
    : `give the files their owner and mode in the layer that writes them (${where})`;
}
