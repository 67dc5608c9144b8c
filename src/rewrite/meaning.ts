// Whether a command means the same at another place: user, folder, shell, variables, mounts.
import { referencedVariables } from "../dockerfile/references.ts";
import type { Step } from "../model/model.ts";
import { meet, type Target } from "../model/path.ts";
import { lookupVariable, type Scope } from "../model/variables.ts";
import { renderPieces } from "../shell/word.ts";

export interface Needs {
  /** Variables that the command reads, beyond those its text names. */
  readonly variables: readonly string[];
  /** The command's text. */
  readonly text: string;
  /** Whether relative paths matter to it. */
  readonly workdir: boolean;
}

/** What differs between two places, in words; empty when the command means the same at both. */
export function differences(from: Step, to: Step, needs: Needs): readonly string[] {
  const out: string[] = [];
  if (from.user !== to.user) out.push("USER");
  if (needs.workdir && from.workdir !== to.workdir) out.push("WORKDIR");
  if (JSON.stringify(from.shell) !== JSON.stringify(to.shell)) out.push("SHELL");
  for (const name of new Set([...needs.variables, ...variableNames(needs.text)])) {
    if (renderedValue(from.scope, name) !== renderedValue(to.scope, name)) out.push(`$${name}`);
  }
  return out;
}

/**
 * Names that a script or an instruction may refer to: what a Dockerfile refers to, and all that looks like a reference,
 * for a shell within the script may expand what stands in quotes.
 */
export function variableNames(text: string): readonly string[] {
  const written = [...text.matchAll(/\$\{?[#!]?([A-Za-z_]\w*)/g)].map((match) => match[1]!);
  if (written.length === 0) return [];
  const read = referencedVariables(/^\s*[A-Z]+\s/.test(text) ? text : `RUN ${text}`);
  return [...new Set([...read, ...written])];
}

function renderedValue(scope: Scope, name: string): string | undefined {
  const pieces = lookupVariable(scope, name);
  return pieces === undefined ? undefined : renderPieces(pieces);
}

/** The flags of a RUN that a command taken out of it still needs, as written. */
export function neededFlags(step: Step, text: string, targets: readonly Target[]): readonly string[] {
  const mounts = step.instruction.flags.filter(({ name }) => name === "mount");
  return step.instruction.flags
    .filter((flag) => {
      if (flag.name !== "mount") return true;
      const mount = step.mounts[mounts.indexOf(flag)];
      if (mount === undefined || mount.mount.type === "secret" || mount.mount.type === "ssh") return true;
      const { target } = mount;
      if (target === undefined) return true;
      const written = mount.mount.target ?? target;
      return (
        text.includes(written) ||
        targets.some((wanted) => meet({ path: target, extent: "tree" }, wanted) !== undefined)
      );
    })
    .map(({ text: written }) => written);
}
