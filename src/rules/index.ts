// The list of rules, the most specific first: fixes are tried in this order.
import { downloadAlreadyShipped } from "./download-already-shipped.ts";
import { downloadThenReinstall } from "./download-then-reinstall.ts";
import { prefetchMissing } from "./prefetch-missing.ts";
import { prefetchObsolete } from "./prefetch-obsolete.ts";
import type { Rule } from "./rule.ts";

export const rules: readonly Rule[] = [
  prefetchObsolete,
  downloadAlreadyShipped,
  downloadThenReinstall,
  prefetchMissing,
];
