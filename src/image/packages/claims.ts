// Which packages list a path: as a rule one, kept in a column; more only where a file changed hands.
import type { Installed, Package } from "./database.ts";

/** A package that lists a path, and the layer whose database says so. */
export interface Claim {
  readonly package: Package;
  readonly layer: number;
}

/** Claims by path id. */
export interface Claims {
  add(path: number, installed: Installed): void;
  /** In the order in which they were added. */
  of(path: number): readonly Claim[];
}

/** For a table of `paths` paths. */
export function createClaims(paths: number): Claims {
  const claims: Claim[] = [];
  const numbers = new Map<Installed, number>();
  /** By path: one more than the number of the first claim, or 0. */
  const first = new Int32Array(paths);
  const others = new Map<number, Claim[]>();

  function numberOf(installed: Installed): number {
    const known = numbers.get(installed);
    if (known !== undefined) return known;
    numbers.set(installed, claims.length);
    return claims.push({ package: installed.package, layer: installed.layer }) - 1;
  }

  return {
    add(path, installed) {
      if (first[path] === 0) {
        first[path] = numberOf(installed) + 1;
        return;
      }
      const more = others.get(path);
      const last = more?.at(-1) ?? claims[first[path]! - 1]!;
      // Each layer that changes a database stores all of it again.
      if (samePackage(last.package, installed.package)) return;
      const claim = claims[numberOf(installed)]!;
      if (more === undefined) others.set(path, [claim]);
      else more.push(claim);
    },
    of(path) {
      if (first[path] === 0) return none;
      return [claims[first[path]! - 1]!, ...(others.get(path) ?? none)];
    },
  };
}

const none: readonly Claim[] = [];

function samePackage(a: Package, b: Package): boolean {
  return a.manager === b.manager && a.name === b.name && a.version === b.version;
}
