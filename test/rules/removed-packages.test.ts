// Packages that apt removes in a later layer: how much goes hangs on whether what they brought goes, too.
import { expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";

function found(install: string, ...removal: readonly string[]): readonly string[] {
  const rows = [`RUN apt-get update && apt-get install -y ${install}`, ...removal];
  return analyze(`FROM debian:12\n${rows.join("\n")}\n`).findings.map(
    ({ rule, severity, message, fix }) => `${rule} ${severity} ${fix?.applicability}: ${message}`,
  );
}

test.each(["build-essential", "gcc", "default-jdk"])(
  "%s only brings others, which stay without --auto-remove",
  (name) => {
    expect(found(`${name} vim`, `RUN apt-get purge -y ${name}`)).toEqual([
      `removed-later info manual: removes ${name}, but not what it brought: nothing is reclaimed`,
    ]);
    const large = `removes ${name}, but an earlier layer keeps the files: nothing is reclaimed`;
    for (const removal of [
      `RUN apt-get purge -y --auto-remove ${name}`,
      `RUN apt-get autoremove -y ${name}`,
      `RUN apt-get purge -y ${name} && apt-get autoremove -y`,
    ]) {
      expect(found(`${name} vim`, removal)).toEqual([`removed-later error safe: ${large}`]);
    }
  },
);

test("a package that is removed alone weighs no more than itself", () => {
  expect(found("build-essential cmake", "RUN apt-get purge -y cmake")).toEqual([
    "removed-later warning safe: removes cmake, but an earlier layer keeps the files: nothing is reclaimed",
  ]);
  expect(found("build-essential cmake", "RUN apt-get purge -y build-essential cmake")).toEqual([
    "removed-later warning safe: removes build-essential and cmake, but an earlier layer keeps the files: nothing is reclaimed",
  ]);
});

test("what the package brought is found where a later layer removes it", () => {
  const [first, second] = found(
    "build-essential",
    "RUN apt-get purge -y build-essential",
    "RUN apt-get autoremove -y",
  );
  expect(first).toMatch(/^removed-later info/);
  expect(second).toMatch(/^removed-later error/);
});
