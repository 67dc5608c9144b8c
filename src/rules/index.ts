// The list of rules.
import type { Rule } from "./rule.ts";

export const rules: readonly Rule[] = [];
