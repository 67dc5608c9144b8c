// Modes: what several changes make of one, whether another change does anything, what copies bring along.
import { expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { hasMode, lacksMode, permissions } from "../../src/model/modes.ts";

test.each([
  [["755"], 0o755],
  [["0644", "+x"], 0o755],
  [["600", "a+r"], 0o644],
  [["644", "g=u"], 0o664],
  [["750", "go=u-w"], 0o755],
  [["644", "a+rwX"], 0o666],
  [["744", "a+rwX"], 0o777],
  [["777", "go-w,o-x"], 0o754],
  [["+w"], undefined],
  [["755", "u+s"], undefined],
  [["u+x", "640", "g+w"], 0o660],
  [[], undefined],
] as const)("%j is %s", (modes, bits) => {
  expect(permissions(modes)).toBe(bits);
});

test("a change that gives what is there does nothing", () => {
  expect(hasMode(["755"], "a+x")).toBe(true);
  expect(hasMode(["755"], "+x")).toBe(true);
  expect(hasMode(["755"], "g=u")).toBe(false);
  expect(hasMode(["g=u"], "g=u")).toBe(true);
  expect(hasMode(["g=u"], "0755")).toBe(false);
  expect(hasMode([], "+x")).toBe(false);
});

test("a change is sure only when the mode is known", () => {
  expect(lacksMode(["644"], "+x")).toBe(true);
  expect(lacksMode(["755"], "+x")).toBe(false);
  expect(lacksMode(["g=u"], "+x")).toBe(false);
  expect(lacksMode([], "755")).toBe(false);
});

const built = (build: string, change: string): readonly string[] =>
  analyze(`FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN ${build}
FROM debian:12
COPY --from=build /out/tool /usr/local/bin/tool
RUN ${change} /usr/local/bin/tool
`).findings.map(({ rule, confidence }) => `${rule} ${confidence}`);

test.each([
  ["go build -o /out/tool .", "chmod 0755", []],
  ["go build -o /out/tool .", "chmod 700", ["retouched-later certain"]],
  ["go build -o /out/tool . && chmod 700 /out/tool", "chmod 755", ["retouched-later certain"]],
  ["go build -o /out/tool . && ./pack /out/tool", "chmod +x", ["retouched-later likely"]],
  ["./make-everything /out", "chmod +x", ["retouched-later likely"]],
  ["./make-everything /out && chmod -R 755 /out", "chmod +x", []],
  ["if ./make-everything; then chmod -R 755 /out; fi", "chmod +x", ["retouched-later likely"]],
] as const)("RUN %s, then RUN %s", (build, change, found) => {
  expect(built(build, change)).toEqual(found);
});
