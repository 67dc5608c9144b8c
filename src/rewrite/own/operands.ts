// The paths that the operands of chown and chmod name.
import type { RetouchEffect } from "../../model/effect.ts";
import { normalizePath, type Target } from "../../model/path.ts";
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import type { ChangeCommand } from "./change-command.ts";

/** The part of the effect that an operand stands for; links may lead it elsewhere. */
export function targetOf(
  { targets }: RetouchEffect,
  change: ChangeCommand,
  operand: Word,
): Target | undefined {
  const path = pathOf(operand, change);
  return (
    targets.find((target) => target.path === path) ??
    (targets.length === change.operands.length ? targets[change.operands.indexOf(operand)] : undefined)
  );
}

/** The path that an operand names, as the command's effect has it. */
export function pathOf(operand: Word, { command }: ChangeCommand): string | undefined {
  return normalizePath(render(operand), command.cwd);
}

/** A path as a shell reads it without quotes. */
export function absolute(path: string): string | undefined {
  return /^\/[\w./@+-]*$/.test(path) ? path : undefined;
}
