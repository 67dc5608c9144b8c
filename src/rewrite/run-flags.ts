// The flags of RUNs that become one: mounts together, network and security alike.
import type { Model, Step } from "../model/model.ts";
import { meet, type Target } from "../model/path.ts";
import type { TextEdit } from "../text.ts";
import { slice } from "../text.ts";
import { readsOf, writesOf } from "./crossing.ts";

/** Edits that give `into` the flags of `others`, too; or why one of them would change what another one does. */
export function uniteFlags(
  model: Model,
  into: Step,
  others: readonly Step[],
): { readonly edits: readonly TextEdit[]; readonly doubts: readonly string[] } | string {
  const all = [into, ...others];
  const rest = (step: Step): string =>
    step.instruction.flags
      .filter(({ name }) => name !== "mount")
      .map(({ text }) => text)
      .sort()
      .join(" ");
  if (new Set(all.map(rest)).size > 1) return "the RUNs have different --network or --security flags";
  const doubts: string[] = [];
  const added: string[] = [];
  for (const step of all) {
    const flags = step.instruction.flags.filter(({ name }) => name === "mount");
    for (const [index, flag] of flags.entries()) {
      const lacking = all.filter((other) => !other.instruction.flags.some(({ text }) => text === flag.text));
      if (lacking.length === 0) continue;
      const mount = step.mounts[index];
      const target = mount?.target;
      if (mount !== undefined && !/^(secret|ssh)$/.test(mount.mount.type)) {
        if (target === undefined) return "a mount's place is not known";
        const tree: Target = { path: target, extent: "tree" };
        for (const other of lacking) {
          const twice = other.mounts.some((one) => one.target === target);
          const uses = other.effects.some((effect) =>
            [...writesOf(effect), ...readsOf(effect)].some(
              (one) => meet(tree, one)?.relation === "covers" || meet(one, tree) !== undefined,
            ),
          );
          if (twice || uses) return `a mount at ${target} would hide what another RUN does there`;
          if (other.effects.some(({ kind }) => kind === "opaque"))
            doubts.push(`a mount at ${target} would be there for the other RUN, too`);
        }
      }
      if (lacking.includes(into) && !added.includes(flag.text)) added.push(flag.text);
    }
  }
  return { edits: added.length === 0 ? [] : [insertFlags(model, into, added)], doubts };
}

/** Puts flags behind those that an instruction has, spaced as they are. */
export function insertFlags(
  { dockerfile }: Model,
  { instruction }: Step,
  added: readonly string[],
): TextEdit {
  const { flags, keywordSpan } = instruction;
  const last = flags.at(-1);
  const at = last?.span.end ?? keywordSpan.end;
  const previous = flags.at(-2)?.span.end;
  const gap =
    last === undefined || previous === undefined
      ? " "
      : slice(dockerfile.text, { start: previous, end: last.span.start });
  const space = /^(\s|\\|`)+$/.test(gap) ? gap : " ";
  return { span: { start: at, end: at }, text: added.map((flag) => space + flag).join("") };
}
