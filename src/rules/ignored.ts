// Comments that switch rules off: `# dfdedupe ignore=RULE,…` for the instruction below, `# dfdedupe global ignore=RULE,…`.
import type { Dockerfile } from "../dockerfile/syntax.ts";
import type { Finding, Problem } from "../finding.ts";
import { type Span, slice } from "../text.ts";

export interface Ignores {
  /** Whether a comment switches a finding off. */
  has(finding: Finding): boolean;
  /** What is wrong with such comments. */
  readonly problems: readonly Problem[];
}

const IGNORE = /^#\s*dfdedupe\s+(global\s+)?ignore\b(?:\s*=\s*(.*))?/i;

export function readIgnores(dockerfile: Dockerfile, ruleIds: readonly string[]): Ignores {
  const problems: Problem[] = [];
  const everywhere = new Set<string>();
  const nearby: { readonly rule: string; readonly comment: number }[] = [];
  for (const [comment, span] of dockerfile.comments.entries()) {
    const said = IGNORE.exec(slice(dockerfile.text, span));
    if (said === null) continue;
    const [, global, list = ""] = said;
    const names = list.split(/[\s,]+/).filter((name) => name !== "");
    const unknown = names.find((name) => !ruleIds.includes(name));
    if (unknown !== undefined) problems.push({ message: `no rule is called "${unknown}"`, span });
    if (names.length === 0) problems.push({ message: "ignore needs rules: ignore=removed-later", span });
    for (const rule of names) {
      if (global === undefined) nearby.push({ rule, comment });
      else everywhere.add(rule);
    }
  }
  const has = ({ rule, instruction }: Finding): boolean =>
    everywhere.has(rule) ||
    nearby.some((one) => one.rule === rule && belongsTo(dockerfile, one.comment, instruction));
  return { has, problems };
}

/** Whether a comment stands inside an instruction, or above it with nothing but comments between. */
function belongsTo({ text, comments }: Dockerfile, comment: number, { start, end }: Span): boolean {
  if (comments[comment]!.start >= start) return comments[comment]!.start < end;
  for (let at = comment; ; at += 1) {
    const next = comments[at + 1];
    const last = next === undefined || next.start > start;
    if (!/^\r?\n[ \t]*$/.test(text.slice(comments[at]!.end, last ? start : next.start))) return false;
    if (last) return true;
  }
}
