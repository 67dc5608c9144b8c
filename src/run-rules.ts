// What `rules` does.
import { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import { ruleList, rulePage } from "./report/rule-page.ts";
import { rules } from "./rules/index.ts";

/** Throws a Failure when no rule has this id. */
export function runRules(id: string | undefined, format: "text" | "json", io: Io): void {
  const wanted = id === undefined ? rules : rules.filter((rule) => rule.id === id);
  if (id !== undefined && wanted.length === 0) {
    throw new Failure(`no rule is called "${id}"; \`dfdedupe rules\` lists them`);
  }
  if (format === "json") {
    const plain = wanted.map(({ check: _, ...rule }) => rule);
    io.stdout.write(`${JSON.stringify(id === undefined ? plain : plain[0], null, 2)}\n`);
  } else io.stdout.write(id === undefined ? ruleList(rules) : rulePage(wanted[0]!));
}
