// `cp -r` into a folder that holds files already: it adds to them, and rewrites those that are known to be the same.
import { expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";

function found(...rows: readonly string[]): readonly string[] {
  const options = { rules: ["rewritten-later"] };
  return analyze(`FROM debian:12\n${rows.join("\n")}\n`, options).findings.map(({ message }) => message);
}

const AGAIN = "writes /app again: this layer stores the whole files once more";

test.each([
  "RUN cp -r /usr/share/extra/. /app/",
  "RUN cp -r /usr/share/extra/* /app/",
  "RUN cp -rT /usr/share/extra /app",
  "RUN cp -r /usr/share/extra /app",
  "RUN rsync -a /usr/share/extra/ /app/",
  "RUN rsync -a host:/extra/ /app/",
])("other files are put beside those of the folder: %s", (row) => {
  expect(found("COPY app /app/", row)).toEqual([]);
  expect(found("COPY --from=node:22 /opt/app /app/", row)).toEqual([]);
  expect(found("COPY extra /usr/share/extra", "COPY app /app/", row)).toEqual([]);
});

test("a folder of the same name below it is no reason either", () => {
  expect(found("COPY lib /app/lib", "RUN cp -r /other/lib /app/")).toEqual([]);
});

test("the same files over themselves are stored again", () => {
  expect(found("COPY models /srv/models", "COPY models /app", "RUN cp -a /srv/models/. /app/")).toEqual([
    AGAIN,
  ]);
  expect(found("COPY app /app", "RUN cp -a /app /aside", "RUN cp -a /aside/. /app/")).toEqual([AGAIN]);
});

test("a single file is written whole", () => {
  for (const path of ["/app/model.bin", "/usr/local/bin/tool"])
    expect(found(`RUN curl -fsSLo ${path} https://x.org/a`, `RUN cp /srv/other ${path}`)).toEqual([
      `writes ${path} again: this layer stores the whole files once more`,
    ]);
});
