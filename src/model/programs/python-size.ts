// How big Python packages are, as far as the knowledge tells.
import { LARGE, type PackageRequest, type Size, UNKNOWN_SIZE } from "../effect.ts";
import { needs } from "../installs.ts";
import type { Knowledge } from "../knowledge/schema.ts";

/** large when one of the packages, or one that they surely bring, is known to be. */
export function pythonSize(
  knowledge: Knowledge,
  packages: readonly PackageRequest[],
  _complete: boolean,
): Size {
  const large = knowledge.distributions.filter((entry) => entry.large).map(({ name }) => name);
  const names = packages.flatMap(({ name }) => name ?? []);
  const isLarge = names.some(
    (name) => large.includes(name) || large.some((big) => needs(name, big, knowledge)),
  );
  return isLarge ? LARGE : UNKNOWN_SIZE;
}
