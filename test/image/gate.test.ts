import { expect, test } from "vitest";
import { namedBase, sharedLayers } from "../../src/image/base.ts";
import { parseDiveRules } from "../../src/image/dive.ts";
import { findDuplicates } from "../../src/image/duplicates.ts";
import { type GateRules, judge } from "../../src/image/gate.ts";
import { measureWaste } from "../../src/image/waste.ts";
import { directory, file, hardlink, MiB, stack, symlink, whiteout } from "./stack.ts";

// 1000 bytes stored: 500 in the base (layer 0 and 1), where 100 are hidden by the base itself and 100 by layer 3.
const image = stack([
  [file("/base/kept", 300), file("/base/gone", 100)],
  [whiteout("/base/gone"), file("/base/late", 100)],
  [file("/app/a", 200), file("/var/lib/dpkg/status", 50, "1")],
  [file("/app/a", 200, "a", { uid: 1 }), file("/var/lib/dpkg/status", 50, "2"), whiteout("/base/late")],
]);
const waste = measureWaste(image);
const failing = (rules: GateRules, base?: number): string[] =>
  judge(waste, rules, base).failures.map((failure) => failure.rule);

test("limits: equal passes, beyond fails", () => {
  expect([waste.stored, waste.waste]).toEqual([1000, 450]);
  expect(failing({ maxWaste: 450 })).toEqual([]);
  expect(failing({ maxWaste: 449 })).toEqual(["max-waste"]);
  expect(failing({ maxWastePercent: 45 })).toEqual([]);
  expect(failing({ maxWastePercent: 44.9 })).toEqual(["max-waste-percent"]);
  expect(failing({ minEfficiency: 0.55 })).toEqual([]);
  expect(failing({ minEfficiency: 0.56 })).toEqual(["min-efficiency"]);
  expect(failing({})).toEqual([]);
});

test("any limit fails the gate, or only all together", () => {
  const rules = { maxWaste: 500, maxWastePercent: 10 };
  expect(failing(rules)).toEqual(["max-waste-percent"]);
  expect(failing({ ...rules, together: true })).toEqual([]);
  expect(failing({ ...rules, maxWaste: 400, together: true })).toEqual(["max-waste", "max-waste-percent"]);
});

test("own layers answer for what they hide, also of the base, and not for the base's own waste", () => {
  expect(judge(waste, { ownLayers: true }, 2).judged).toBe(350);
  expect(failing({ ownLayers: true, maxWastePercent: 70 }, 2)).toEqual([]);
  expect(failing({ ownLayers: true, maxWastePercent: 69 }, 2)).toEqual(["max-waste-percent"]);
});

test("ignored paths and package databases do not count", () => {
  expect(judge(waste, { ignore: ["/app/**"] }, undefined).judged).toBe(250);
  expect(judge(waste, { ignore: ["/**/{late,gone}"] }, undefined).judged).toBe(250);
  expect(judge(waste, { ignoreChurn: true }, undefined).judged).toBe(400);
});

test("paths with a line break are matched by globs like any other", () => {
  const lines = measureWaste(
    stack([
      [file("/a\nb", 1), file("/d/c\n/d", 2)],
      [whiteout("/a\nb"), whiteout("/d")],
    ]),
  );
  const judged = (...ignore: string[]) => judge(lines, { ignore }, undefined).judged;
  expect(judged()).toBe(3);
  expect(judged("/**")).toBe(0);
  expect(judged("/d/**")).toBe(1);
  expect(judged("/a*")).toBe(2);
  expect(judged("/**/d")).toBe(1);
});

test("a failure tells the value and its limit apart, however near they are", () => {
  const messages = (rules: GateRules, of = waste, base?: number) =>
    judge(of, rules, base).failures.map((failure) => failure.message);
  const near = measureWaste(stack([[file("/a", 1600)], [whiteout("/a"), file("/b", 3200, "b")]]));
  expect(messages({ maxWaste: 1599 }, near)).toEqual(["waste 1600 B, at most 1599 B allowed"]);
  expect(messages({ maxWaste: 1500 }, near)).toEqual(["waste 1.6 KB, at most 1.5 KB allowed"]);
  expect(messages({ maxWastePercent: 33.33 }, near)).toEqual(["waste 33.333 %, at most 33.33 % allowed"]);
  expect(messages({ minEfficiency: 0.66667 }, near)).toEqual([
    "efficiency 0.666667, at least 0.66667 required",
  ]);
  const dive = { lowestEfficiency: undefined, highestWastedBytes: 1599, highestUserWastedPercent: 0.49999 };
  expect(messages({ dive }, near)).toEqual([
    "waste 1600 B, at most 1599 B allowed",
    "waste 0.5, at most 0.49999 allowed",
  ]);
  expect(messages({ ownLayers: true, maxWastePercent: 5 }, near, 2)).toEqual([]);
  expect(
    messages(
      { maxWastePercent: 5, ownLayers: true },
      measureWaste(stack([[file("/a", 1)], [whiteout("/a")]])),
      1,
    ),
  ).toEqual(["waste beyond 100 %, at most 5 % allowed"]);
});

test("a .dive-ci file: comments, quotes, switches, both spellings, dive's defaults", () => {
  const off = {
    lowestEfficiency: undefined,
    highestWastedBytes: undefined,
    highestUserWastedPercent: undefined,
  };
  expect(parseDiveRules("", "x")).toEqual({ ...off, lowestEfficiency: 0.9, highestUserWastedPercent: 0.1 });
  const text = `rules:
  # If the efficiency is measured below X%, mark as failed.
  lowestEfficiency: 0.97   # why not
  highestWastedBytes: "20 MB"\r
  highestUserWastedPercent: off
  other: 1
`;
  expect(parseDiveRules(text, "x")).toEqual({ ...off, lowestEfficiency: 0.97, highestWastedBytes: 20e6 });
  const flat =
    "lowest-efficiency-threshold: disabled\nhighest-wasted-bytes: 1,000\nhighest-user-wasted-percent: 1";
  expect(parseDiveRules(flat, "x")).toEqual({
    ...off,
    highestWastedBytes: 1000,
    highestUserWastedPercent: 1,
  });
});

test.each([
  ["lowestEfficiency: 95", 'x: lowestEfficiency must be from 0 to 1, not "95"'],
  ["highestUserWastedPercent: ten", 'x: highestUserWastedPercent must be from 0 to 1, not "ten"'],
  ["highestWastedBytes: much", 'x: highestWastedBytes must be a size, not "much"'],
  ["rules:\n- 1", 'x:2: expected "name: value"'],
  [
    "a: 1\nrules: {lowestEfficiency: 0.5}",
    'x:2: expected the rules on lines of their own, not "{lowestEfficiency: 0.5}"',
  ],
  ["rules: [1]", 'x:1: expected the rules on lines of their own, not "[1]"'],
  ["{rules: {lowestEfficiency: 0.5}}", 'x:1: expected "name: value"'],
])("a wrong .dive-ci file: %j", (text, message) => {
  expect(() => parseDiveRules(text, "x")).toThrow(message);
});

test("dive's rules hold for the right figures; its user bytes are those above the base", () => {
  const dive = parseDiveRules("highestUserWastedPercent: 0.75\nlowestEfficiency: 0.5", "x");
  expect(failing({ dive })).toEqual([]); // 450 of 600 above the lowest layer
  expect(failing({ dive }, 2)).toEqual(["highestUserWastedPercent"]); // 450 of 500
  expect(failing({ dive, ownLayers: true }, 2)).toEqual([]); // 350 of 500
  expect(failing({ dive: parseDiveRules("highestWastedBytes: 100", "x"), ignore: ["**"] })).toEqual([]);
  const defaults = failing({ dive: parseDiveRules("", "x") });
  expect(defaults).toEqual(["lowestEfficiency", "highestUserWastedPercent"]);
});

test("waste in a single layer is beyond dive's user ratio, no waste is not", () => {
  const dive = parseDiveRules("lowestEfficiency: off", "x");
  const twice = measureWaste(stack([[file("/a", 1), file("/a", 1)]]));
  const [failure] = judge(twice, { dive }, undefined).failures;
  expect(failure?.message).toBe("waste beyond 1, at most 0.1 allowed");
  expect(judge(measureWaste(stack([[file("/a", 1)]])), { dive }, undefined).passed).toBe(true);
  expect(
    judge(measureWaste(stack([])), { dive, minEfficiency: 1, maxWastePercent: 0 }, undefined).passed,
  ).toBe(true);
});

test("the same content elsewhere is found, once, and only among visible files of several layers", () => {
  const found = findDuplicates(
    stack([
      [
        file("/f", 10 * MiB),
        file("/same-layer/1", 5, "s"),
        file("/same-layer/2", 5, "s"),
        file("/gone", 7, "g"),
      ],
      [file("/g", 10 * MiB), hardlink("/h", "/g"), file("/empty", 0)],
      [whiteout("/gone"), file("/late", 7, "g"), file("/other", 10 * MiB, "o"), file("/empty2", 0)],
    ]),
  );
  expect(found).toEqual([
    {
      size: 10 * MiB,
      bytes: 10 * MiB,
      copies: [
        { layer: 0, path: "/f" },
        { layer: 1, path: "/g" },
      ],
    },
  ]);
});

test("of an equal file a name is told that is visible", () => {
  const names = (...layers: Parameters<typeof stack>[0]) =>
    findDuplicates(stack(layers)).map(({ copies }) => copies.map(({ path }) => path));
  const first = [file("/a", 9), hardlink("/b", "/a"), hardlink("/c", "/a")];
  expect(names(first, [whiteout("/a")], [file("/d", 9)])).toEqual([["/b", "/d"]]);
  expect(names(first, [whiteout("/b")], [file("/d", 9)])).toEqual([["/a", "/d"]]);
  expect(names(first, [file("/a", 9, "x")], [file("/d", 9)])).toEqual([["/b", "/d"]]);
  const link = symlink("/link", "here/é");
  expect(
    names([link, directory("/here")], [file("/link/x/y", 9)], [whiteout("/link"), file("/d", 9)]),
  ).toEqual([["/here/é/x/y", "/d"]]);
});

test("the base image: shared layers, and what the image says of it", () => {
  expect(sharedLayers(["a", "b", "c"], ["a", "b"])).toBe(2);
  expect(sharedLayers(["a", "b", "c"], ["a", "x"])).toBe(1);
  expect(sharedLayers(["a"], ["a", "b"])).toBe(1);
  expect(sharedLayers(["a"], [])).toBe(0);
  expect(namedBase(stack([]))).toBeUndefined();
  const annotations = { "org.opencontainers.image.base.name": "docker.io/library/debian:12" };
  expect(namedBase(stack([], { annotations }))).toEqual({
    name: "docker.io/library/debian:12",
    digest: undefined,
  });
});
