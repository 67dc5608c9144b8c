import { expect, test } from "vitest";
import { formatBytes, parseBytes } from "../../src/bytes.ts";

test.each([
  ["0", 0],
  ["4096", 4096],
  ["1MB", 1_000_000],
  ["1.5 gb", 1_500_000_000],
  ["2GiB", 2 ** 31],
  [".5k", 500],
  ["", undefined],
  ["-1", undefined],
  ["1 parsec", undefined],
  ["9999999TB", undefined],
  ["constructor", undefined],
  ["1constructor", undefined],
])("parseBytes(%j) is %s", (text, bytes) => expect(parseBytes(text)).toBe(bytes));

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KB"],
  [99_949, "99.9 KB"],
  [99_951, "100 KB"],
  [999_499, "999 KB"],
  [999_500, "1.0 MB"],
  [2_452_000_000, "2.5 GB"],
  [9_020_000_000, "9.0 GB"],
  [5e18, "5000 PB"],
])("formatBytes(%i) is %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
