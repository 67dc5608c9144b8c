// Variables that instructions refer to.
import { expect, test } from "vitest";
import { referencedVariables } from "../../src/dockerfile/references.ts";

test.each([
  ["COPY $A ${B} /x", ["A", "B"]],
  ['RUN echo "${A:-x}" ${B%.*} $A', ["A", "B"]],
  ["RUN --mount=type=bind,source=$A,target=/x true", ["A"]],
  ["ENV X=$Y Z=\\$W", ["Y"]],
  ["RUN echo none", []],
  ["", []],
])("%s", (text, names) => {
  expect(referencedVariables(text)).toEqual(names);
});
