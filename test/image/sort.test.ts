import fc from "fast-check";
import { expect, test } from "vitest";
import { sortNumbers } from "../../src/image/sort.ts";

test("columns come in order, and what compares equal stays as it was", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 400 }), (keys) => {
      const places = Int32Array.from(keys.keys());
      sortNumbers(places, (a, b) => keys[a]! - keys[b]!);
      const expected = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b);
      expect([...places]).toEqual(expected);
    }),
  );
});

test("a part of a column leaves the rest alone", () => {
  const values = Int32Array.from({ length: 100 }, (_, index) => 100 - index);
  sortNumbers(values.subarray(10, 90), (a, b) => a - b);
  expect([...values.subarray(0, 10)]).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92, 91]);
  expect([...values.subarray(10, 90)]).toEqual(Array.from({ length: 80 }, (_, index) => index + 11));
  expect(values[90]).toBe(10);
});
