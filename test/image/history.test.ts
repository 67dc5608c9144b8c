import { expect, test } from "vitest";
import { layerOrigins, readCreatedBy } from "../../src/image/history.ts";

test.each([
  ["RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update"],
  ["RUN |2 A=1 B=two words /bin/sh -c make all # buildkit", "RUN make all"],
  ["RUN |1 DIR=/bin /bin/bash -o pipefail -c curl x | tar x # buildkit", "RUN curl x | tar x"],
  ["RUN |1 A=1 powershell -Command Get-Item # buildkit", "RUN powershell -Command Get-Item"],
  ["COPY /src /dst # buildkit", "COPY /src /dst"],
  ["WORKDIR /app", "WORKDIR /app"],
  ["/bin/sh -c #(nop) COPY file:3f1a in /app ", "COPY file:3f1a in /app"],
  ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'],
  ["|1 A=1 /bin/sh -c #(nop) COPY dir:1 in /", "COPY dir:1 in /"],
  ["/bin/sh -c apt-get update &&     apt-get install -y x", "RUN apt-get update && apt-get install -y x"],
  ["|2 A=1 B=/opt/x /bin/sh -c make", "RUN make"],
  ["/bin/bash -euxo pipefail -c make", "RUN make"],
  ["/bin/sh -c echo one\n  two\u0000", "RUN echo one two\u0000"],
  ["bazel build ...", "bazel build ..."],
  ["", undefined],
  ["  ", undefined],
])("%j is %j", (createdBy, instruction) => {
  expect(readCreatedBy(createdBy)).toBe(instruction);
});

const entry = (createdBy: string, emptyLayer = false) => ({
  createdBy,
  emptyLayer,
  created: undefined,
  comment: undefined,
  author: undefined,
});

test("empty layers are left out", () => {
  const history = [entry("ADD rootfs /"), entry("ENV A=1", true), entry("COPY a b"), entry("CMD x", true)];
  expect(layerOrigins(history, 2).map((origin) => origin.instruction)).toEqual(["ADD rootfs /", "COPY a b"]);
});

test("a short history belongs to the upper layers, a long one to none", () => {
  const history = [entry("COPY a b"), entry("COPY c d")];
  expect(layerOrigins(history, 3).map((origin) => origin.createdBy)).toEqual(["", "COPY a b", "COPY c d"]);
  expect(layerOrigins(history, 1)).toEqual([{ createdBy: "", instruction: undefined }]);
  expect(layerOrigins([], 0)).toEqual([]);
});
