// What the library says to wrong arguments.
import { expect, test } from "vitest";
import { check, fix } from "../../src/index.ts";

test.each([check, fix])("%o: a rule that there is not", (work) => {
  const line = new RangeError('no rule is called "nope"');
  expect(() => work("FROM a\n", { rules: ["copied-twice", "nope"] })).toThrow(line);
  expect(() => work("FROM a\n", { ignore: ["nope"] })).toThrow(line);
  expect(() => work("FROM a\n", { rules: ["copied-twice"], ignore: ["moved-later"] })).not.toThrow();
});

test.each([check, fix])("%o: no text", (work) => {
  for (const [value, type] of [
    [undefined, "undefined"],
    [Buffer.from("FROM a\n"), "object"],
  ] as const) {
    expect(() => work(value as unknown as string)).toThrow(
      new TypeError(`the Dockerfile's text must be a string, not ${type}`),
    );
  }
});
