// The list of scenarios.
import { copied } from "./copied-twice.ts";
import { moved } from "./moved-later.ts";
import { packages } from "./packages.ts";
import { removed } from "./removed-later.ts";
import { retouched } from "./retouched-later.ts";
import { rewritten } from "./rewritten-later.ts";
import type { Scenario } from "./scenario.ts";
import { unpacked } from "./unpacked-later.ts";

export const scenarios: readonly Scenario[] = [
  ...retouched,
  ...removed,
  ...moved,
  ...rewritten,
  ...unpacked,
  ...copied,
  ...packages,
];
