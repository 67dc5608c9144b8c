// The list of rules, the most specific first: fixes are tried in this order.
import { baseUpgraded } from "./base-upgraded.ts";
import { copiedTwice } from "./copied-twice.ts";
import { downloadAlreadyShipped } from "./download-already-shipped.ts";
import { downloadThenReinstall } from "./download-then-reinstall.ts";
import { movedLater } from "./moved-later.ts";
import { prefetchMissing } from "./prefetch-missing.ts";
import { prefetchObsolete } from "./prefetch-obsolete.ts";
import { reinstalledLater } from "./reinstalled-later.ts";
import { removedLater } from "./removed-later.ts";
import { retouchedLater } from "./retouched-later.ts";
import { rewrittenLater } from "./rewritten-later.ts";
import type { Rule } from "./rule.ts";
import { unpackedLater } from "./unpacked-later.ts";

export const rules: readonly Rule[] = [
  prefetchObsolete,
  downloadAlreadyShipped,
  downloadThenReinstall,
  prefetchMissing,
  unpackedLater,
  copiedTwice,
  movedLater,
  removedLater,
  rewrittenLater,
  retouchedLater,
  reinstalledLater,
  baseUpgraded,
];
