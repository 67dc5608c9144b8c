// The flags of RUNs that become one: mounts together, network and security alike.
import { lineStart } from "../dockerfile/layout.ts";
import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Model, Step } from "../model/model.ts";
import { meet, type Target } from "../model/path.ts";
import { slice, type TextEdit } from "../text.ts";
import { readsOf, writesOf } from "./crossing.ts";
import { styleOf } from "./style.ts";

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
  const text = added.map((flag) => space + flag).join("");
  return { span: { start: at, end: at }, text: text + breakBehind(dockerfile, at, text) };
}

/** A line that would grow too long is broken behind its flags. */
function breakBehind(dockerfile: Dockerfile, at: number, added: string): string {
  const { text } = dockerfile;
  const start = lineStart(text, at);
  const end = text.indexOf("\n", at);
  const line = text.slice(start, end < 0 ? text.length : end);
  const rest = text.slice(at, end < 0 ? text.length : end);
  if (line.length + added.length < 110 || rest.trim() === "" || /^[ \t]*(\\|`|<<)/.test(rest)) return "";
  const style = styleOf(dockerfile, [text.slice(start)]);
  return ` ${style.escape}${style.newline}${style.indent.slice(0, -1) || "   "}`;
}
