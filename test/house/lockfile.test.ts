// A lockfile written where a registry does not have every package lacks some, and is good for no other platform.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

test("package-lock.json has all that its packages name, for every platform", () => {
  const text = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
  const { packages } = JSON.parse(text) as { readonly packages: Readonly<Record<string, Locked>> };
  const missing = Object.entries(packages).flatMap(([place, locked]) => {
    const named = { ...locked.dependencies, ...locked.optionalDependencies, ...locked.devDependencies };
    return Object.keys(named).filter(
      (name) =>
        packages[`node_modules/${name}`] === undefined &&
        packages[`${place}/node_modules/${name}`] === undefined,
    );
  });
  expect(missing).toEqual([]);
});
