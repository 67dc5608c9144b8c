// How big Python packages are, as far as the knowledge tells.
import { once } from "../../once.ts";
import { LARGE, type PackageRequest, type Size, UNKNOWN_SIZE } from "../effect.ts";
import { neededBy } from "../installs.ts";
import type { Knowledge } from "../knowledge/schema.ts";

/** large when one of the packages, or one that they bring along, is known to be. */
export function pythonSize(knowledge: Knowledge, packages: readonly PackageRequest[], alone = false): Size {
  const large = largeNames(knowledge);
  const isLarge = packages.some(({ name }) => {
    if (name === undefined) return false;
    return large.has(name) || (!alone && [...neededBy(name, knowledge)].some((needed) => large.has(needed)));
  });
  return isLarge ? LARGE : UNKNOWN_SIZE;
}

const largeNames = once(
  ({ distributions }: Knowledge): ReadonlySet<string> =>
    new Set(distributions.filter(({ large }) => large).map(({ name }) => name)),
);
