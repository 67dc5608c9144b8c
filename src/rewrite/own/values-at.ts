// What commands need to mean the same at an earlier step: user, shell, and variables, which may move up.
import type { Model, Stage, Step } from "../../model/model.ts";
import type { TextEdit } from "../../text.ts";
import { hoist } from "../hoist.ts";
import { placeOf } from "../late.ts";
import { differences } from "../meaning.ts";

export interface Values {
  /** What moves ENV and ARG above the first step, for all that was asked so far. */
  readonly edits: readonly TextEdit[];
  /** Why the text of `from` has other values at `place`; undefined when it has the same, or will have. */
  differ(place: Step, from: Step, text: string): string | undefined;
}

/** Variables that are set behind `first` move above it where something needs them there. */
export function valuesAt(model: Model, stage: Stage, first: Step): Values {
  const edits: TextEdit[] = [];
  const differ = (place: Step, from: Step, text: string): string | undefined => {
    const [differing] = differences(from, place, { variables: [], text, workdir: false }).filter((name) =>
      name.startsWith("$"),
    );
    if (differing === undefined) return undefined;
    const moved = hoist(model, stage, first, from, text);
    if (moved === undefined) return `${differing} has another value at ${placeOf(model, place)}`;
    for (const edit of [...moved.values()].flat()) {
      if (!edits.some((other) => other.span.start === edit.span.start && other.text === edit.text))
        edits.push(edit);
    }
    return undefined;
  };
  return { edits, differ };
}

/** USER or SHELL when they are others at an earlier step; root may have two names. */
export function settingOf(from: Step, to: Step): string | undefined {
  const isRoot = ({ user }: Step): boolean => /^(root|0)(:(root|0))?$/.test(user);
  return differences(from, to, { variables: [], text: "", workdir: false }).find(
    (name) => name !== "USER" || !isRoot(from) || !isRoot(to),
  );
}
