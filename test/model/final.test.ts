// Whether two Dockerfiles end with the same files: pairs that do, and pairs that only look so.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDockerfile } from "../../src/dockerfile/parse.ts";
import { buildModel, remodel } from "../../src/model/build.ts";
import { sameFinalFiles } from "../../src/model/final.ts";

function same(before: string, after: string): boolean {
  const model = (text: string) => buildModel(parseDockerfile(text));
  return sameFinalFiles(model(before), model(after));
}

/** The verdict when nothing is taken as the same unseen: models with knowledge of their own have no common basis. */
function sameWhenFolded(before: string, after: string): boolean {
  const model = (text: string) =>
    buildModel(parseDockerfile(text), { knowledge: { distributions: [], artifacts: [] } });
  return sameFinalFiles(model(before), model(after));
}

const lines = (...rows: readonly string[]): string => `${rows.join("\n")}\n`;

const bind = (source: string, target: string, from?: string): string =>
  `--mount=type=bind,${from === undefined ? "" : `from=${from},`}source=${source},target=${target}`;

/** Stages of which one may copy from itself, from the one before or from the one behind it, by its name. */
const likeStages = (first: string, second: string): string =>
  lines(
    "FROM busybox:1.36 AS build-a",
    first,
    "FROM busybox:1.36 AS build-b",
    "COPY --from=build-$TARGETARCH /x /x",
    second,
    "FROM busybox:1.36",
    "COPY --from=build-${TARGETARCH} /x /y",
  );

/** Title, before, after. */
const equal: readonly (readonly [string, string, string])[] = [
  [
    "a flag for a fresh folder",
    lines("FROM busybox:1.36", "COPY x /app", "RUN chown -R 1000:0 /app"),
    lines("FROM busybox:1.36", "COPY --chown=1000:0 x /app"),
  ],
  [
    "a flag and the folder that was there",
    lines("FROM busybox:1.36", "WORKDIR /app", "COPY x /app", "RUN chown -R 1000:0 /app"),
    lines("FROM busybox:1.36", "WORKDIR /app", "COPY --chown=1000:0 x /app", "RUN chown 1000:0 /app"),
  ],
  [
    "the user made first",
    lines(
      "FROM debian:bookworm-slim",
      "COPY x /app",
      "RUN groupadd -r app && useradd -r -g app app && chown -R app:app /app",
    ),
    lines(
      "FROM debian:bookworm-slim",
      "RUN groupadd -r app && useradd -r -g app app",
      "COPY --chown=app:app x /app",
    ),
  ],
  [
    "a user's number for its name",
    lines("FROM debian:bookworm-slim", "RUN useradd -u 1001 app", "COPY --chown=app:0 x /app"),
    lines("FROM debian:bookworm-slim", "RUN useradd -u 1001 app", "COPY --chown=1001:0 x /app"),
  ],
  [
    "one octal mode",
    lines("FROM busybox:1.36", "COPY x /app", "RUN chmod -R 0750 /app"),
    lines("FROM busybox:1.36", "COPY --chmod=750 x /app"),
  ],
  [
    "independent steps in another order",
    lines("FROM debian:bookworm-slim", "COPY a /a", "RUN mkdir /m && echo x > /m/x"),
    lines("FROM debian:bookworm-slim", "RUN mkdir /m && echo x > /m/x", "COPY a /a"),
  ],
  [
    "a copy that a later one takes along",
    lines("FROM busybox:1.36", "WORKDIR /app", "COPY models ./models", "COPY . ."),
    lines("FROM busybox:1.36", "WORKDIR /app", "COPY . ."),
  ],
  [
    "a command in the RUN before",
    lines("FROM busybox:1.36", "RUN mkdir /d && echo x > /d/x", "ENV A=b", "RUN chown -R 1:1 /d"),
    lines("FROM busybox:1.36", "RUN mkdir /d && echo x > /d/x && chown -R 1:1 /d", "ENV A=b"),
  ],
  [
    "a wanted download behind an install",
    lines("FROM python:3.12-slim", "RUN flashinfer download-cubin", "RUN pip install numpy"),
    lines("FROM python:3.12-slim", "RUN pip install numpy", "RUN flashinfer download-cubin"),
  ],
  [
    "a file mounted or copied, read, removed",
    lines("FROM busybox:1.36", "COPY a.bin /tmp/", "RUN sha256sum /tmp/a.bin > /sum && rm /tmp/a.bin"),
    lines("FROM busybox:1.36", `RUN ${bind("a.bin", "/tmp/a.bin")} sha256sum /tmp/a.bin > /sum`),
  ],
  [
    "a folder mounted or copied, read, removed",
    lines("FROM busybox:1.36", "COPY data /tmp/data", "RUN cp -R /tmp/data/x /opt/x && rm -r /tmp/data"),
    lines("FROM busybox:1.36", `RUN ${bind("data", "/tmp/data")} cp -R /tmp/data/x /opt/x`),
  ],
  [
    "an archive mounted or copied, unpacked, and then a build",
    lines("FROM debian:12", "COPY a.tgz /tmp/", "RUN tar -xzf /tmp/a.tgz && make -C a && rm /tmp/a.tgz"),
    lines("FROM debian:12", `RUN ${bind("a.tgz", "/tmp/a.tgz")} tar -xzf /tmp/a.tgz && make -C a`),
  ],
  [
    "a wheel mounted or copied, installed, removed",
    lines(
      "FROM python:3.12",
      "COPY d/a-1-py3-none-any.whl /tmp/",
      "RUN pip install /tmp/*.whl && rm /tmp/*.whl",
    ),
    lines(
      "FROM python:3.12",
      `RUN ${bind("d/a-1-py3-none-any.whl", "/tmp/a-1-py3-none-any.whl")} pip install /tmp/*.whl`,
    ),
  ],
  [
    "a file of another stage mounted or copied",
    lines(
      "FROM debian:12 AS b",
      "RUN make x",
      "FROM busybox:1.36",
      "COPY --from=b /out/a.bin /tmp/",
      "RUN sha256sum /tmp/a.bin > /sum && rm /tmp/a.bin",
    ),
    lines(
      "FROM debian:12 AS b",
      "RUN make x",
      "FROM busybox:1.36",
      `RUN ${bind("/out/a.bin", "/tmp/a.bin", "b")} sha256sum /tmp/a.bin > /sum`,
    ),
  ],
  [
    "packages installed beside a mount that they know nothing of",
    lines(
      "FROM debian:12",
      "COPY a.bin /tmp/",
      "RUN apt-get install -y gcc && cat /tmp/a.bin > /b && rm /tmp/a.bin",
    ),
    lines(
      "FROM debian:12",
      `RUN ${bind("a.bin", "/tmp/a.bin")} apt-get install -y gcc && cat /tmp/a.bin > /b`,
    ),
  ],
  [
    "a name with variables that fits its own stage and a later one",
    likeStages("COPY x /x", "RUN chown -R 1000:0 /x && true"),
    likeStages("COPY x /x", "RUN chown -R 1000:0 /x  && true"),
  ],
];

const different: readonly (readonly [string, string, string])[] = [
  [
    "the folder that was there keeps its owner",
    lines("FROM busybox:1.36", "WORKDIR /app", "COPY x /app", "RUN chown -R 1000:0 /app"),
    lines("FROM busybox:1.36", "WORKDIR /app", "COPY --chown=1000:0 x /app"),
  ],
  [
    "an unknown base may have the folder",
    lines("FROM example.com/base", "COPY x /app", "RUN chown -R 1000:0 /app"),
    lines("FROM example.com/base", "COPY --chown=1000:0 x /app"),
  ],
  [
    "a missing parent gets the owner, too",
    lines("FROM busybox:1.36", "COPY x /srv/deep/app", "RUN chown -R 1000:0 /srv/deep/app"),
    lines("FROM busybox:1.36", "COPY --chown=1000:0 x /srv/deep/app"),
  ],
  [
    "a user alone leaves the group",
    lines("FROM busybox:1.36", "COPY --from=other x /app", "RUN chown -R 1000 /app"),
    lines("FROM busybox:1.36", "COPY --from=other --chown=1000:0 x /app"),
  ],
  [
    "a number brings its group",
    lines("FROM busybox:1.36", "COPY x /app", "RUN chown -R 1000:0 /app"),
    lines("FROM busybox:1.36", "COPY --chown=1000 x /app"),
  ],
  [
    "the user is made behind the COPY",
    lines("FROM debian:bookworm-slim", "COPY x /app", "RUN useradd app", "RUN chown -R app:app /app"),
    lines("FROM debian:bookworm-slim", "COPY --chown=app:app x /app", "RUN useradd app"),
  ],
  [
    "a package may make the user",
    lines("FROM alpine", "COPY x /app", "RUN apk add nginx", "RUN chown -R nginx:nginx /app"),
    lines("FROM alpine", "COPY --chown=nginx:nginx x /app", "RUN apk add nginx"),
  ],
  [
    "a step between looks at the owner",
    lines("FROM busybox:1.36", "COPY x /app", "RUN stat /app/y > /y", "RUN chown -R 1:1 /app"),
    lines("FROM busybox:1.36", "COPY --chown=1:1 x /app", "RUN stat /app/y > /y"),
  ],
  [
    "a step between nobody knows",
    lines("FROM busybox:1.36", "COPY x /app", "RUN frobnicate", "RUN chown -R 1:1 /app"),
    lines("FROM busybox:1.36", "COPY --chown=1:1 x /app", "RUN frobnicate"),
  ],
  [
    "a symbolic mode spares the folder",
    lines("FROM busybox:1.36", "COPY x /app", "RUN chmod -R g=u /app"),
    lines("FROM busybox:1.36", "COPY --chmod=g=u x /app"),
  ],
  [
    "one file of a tree",
    lines("FROM busybox:1.36", "COPY x /app", "RUN chmod 755 /app/run"),
    lines("FROM busybox:1.36", "COPY --chmod=755 x /app"),
  ],
  [
    "a mode for one file before or behind that for all",
    lines("FROM busybox:1.36", "COPY x /app", "RUN chmod 600 /app/y", "RUN chmod -R 755 /app"),
    lines("FROM busybox:1.36", "COPY --chmod=755 x /app", "RUN chmod 600 /app/y"),
  ],
  [
    "a reader of the first copy",
    lines("FROM busybox:1.36", "COPY m /app/m", "RUN sha256sum /app/m/* > /sum", "COPY . /app"),
    lines("FROM busybox:1.36", "RUN sha256sum /app/m/* > /sum", "COPY . /app"),
  ],
  [
    "the first copy gives the folder its owner",
    lines("FROM busybox:1.36", "COPY --chown=33:33 m /app/m", "COPY . /app"),
    lines("FROM busybox:1.36", "COPY . /app"),
  ],
  [
    "a variable that a program may read",
    lines("FROM debian:bookworm-slim", "RUN apt-get install -y x", "ENV A=b"),
    lines("FROM debian:bookworm-slim", "ENV A=b", "RUN apt-get install -y x"),
  ],
  ["another command", lines("FROM busybox:1.36", "CMD a"), lines("FROM busybox:1.36", "CMD b")],
  ["another user", lines("FROM busybox:1.36", "USER 1"), lines("FROM busybox:1.36", "USER 2")],
  ["another base", lines("FROM busybox:1.36"), lines("FROM busybox:1.35")],
  [
    "what another stage gives",
    lines("FROM a AS b", "RUN make x", "FROM busybox:1.36", "COPY --from=b /x /x"),
    lines("FROM a AS b", "RUN make y", "FROM busybox:1.36", "COPY --from=b /x /x"),
  ],
  [
    "files written over each other",
    lines("FROM busybox:1.36", "COPY a /x", "COPY b /x"),
    lines("FROM busybox:1.36", "COPY b /x", "COPY a /x"),
  ],
  [
    "users without numbers in another order",
    lines("FROM debian:bookworm-slim", "RUN useradd a", "RUN useradd b"),
    lines("FROM debian:bookworm-slim", "RUN useradd b", "RUN useradd a"),
  ],
  [
    "another file mounted",
    lines("FROM busybox:1.36", "COPY a.bin /tmp/", "RUN sha256sum /tmp/a.bin > /sum && rm /tmp/a.bin"),
    lines("FROM busybox:1.36", `RUN ${bind("b.bin", "/tmp/a.bin")} sha256sum /tmp/a.bin > /sum`),
  ],
  [
    "mounted, and removed nowhere",
    lines("FROM busybox:1.36", "COPY a.bin /tmp/", "RUN sha256sum /tmp/a.bin > /sum"),
    lines("FROM busybox:1.36", `RUN ${bind("a.bin", "/tmp/a.bin")} sha256sum /tmp/a.bin > /sum`),
  ],
  [
    "a mount whose folder is missing",
    lines("FROM busybox:1.36", "COPY a.bin /x/", "RUN sha256sum /x/a.bin > /sum && rm -r /x"),
    lines("FROM busybox:1.36", `RUN ${bind("a.bin", "/x/a.bin")} sha256sum /x/a.bin > /sum`),
  ],
  [
    "a mount that hides other files",
    lines(
      "FROM busybox:1.36",
      "RUN echo > /tmp/d/x",
      "COPY d /tmp/d",
      "RUN cp -R /tmp/d /opt/d && rm -r /tmp/d",
    ),
    lines("FROM busybox:1.36", "RUN echo > /tmp/d/x", `RUN ${bind("d", "/tmp/d")} cp -R /tmp/d /opt/d`),
  ],
  [
    "a mount with another owner",
    lines("FROM busybox:1.36", "COPY --chown=33:33 d /tmp/d", "RUN cp -a /tmp/d/x /opt/x && rm -r /tmp/d"),
    lines("FROM busybox:1.36", `RUN ${bind("d", "/tmp/d")} cp -a /tmp/d/x /opt/x`),
  ],
  [
    "a folder mounted for a program that may write into it",
    lines("FROM debian:12", "COPY d /tmp/d", "RUN make -C /tmp/d install && rm -r /tmp/d"),
    lines("FROM debian:12", `RUN ${bind("d", "/tmp/d")} make -C /tmp/d install`),
  ],
  [
    "a stage that is copied from by a name with variables",
    likeStages("COPY x /x", "RUN make"),
    likeStages("COPY z /x", "RUN make"),
  ],
];

describe("the same files at the end", () => {
  test.each(equal)("%s", (_, before, after) => {
    expect(sameWhenFolded(before, after)).toBe(true);
    expect(same(before, after)).toBe(true);
    expect(same(after, before)).toBe(true);
  });
});

describe("not the same, or not surely", () => {
  test.each(different)("%s", (_, before, after) => {
    expect(sameWhenFolded(before, after)).toBe(false);
    expect(same(before, after)).toBe(false);
    expect(same(after, before)).toBe(false);
  });
});

test("a file is the same as itself, and no two steps that write one path may change places", () => {
  const step = fc.constantFrom(
    "COPY a /d",
    "COPY b /d",
    "RUN echo 1 > /d/x",
    "RUN echo 2 > /d/x",
    "RUN rm -r /d/y",
    "RUN chown -R 1:2 /d",
    "RUN chmod -R 700 /d",
    "RUN sed -i s/a/b/ /d/x",
    "ENV A=1",
    "RUN make",
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const text = lines("FROM busybox:1.36", ...steps);
      expect(same(text, text)).toBe(true);
      const more = lines("FROM busybox:1.36", ...steps, "RUN echo 3 > /d/x");
      expect(same(text, more)).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test("what no edit reached need not be folded", () => {
  const step = fc.constantFrom(
    "COPY a /d",
    "COPY a b /d/",
    "COPY --from=build /d /e",
    "RUN --mount=from=build,source=/d,target=/m cp -r /m/x /f",
    "RUN echo 1 > /d/x",
    "RUN rm -rf /d/y",
    "RUN rm -rf /var/lib/apt/lists/*",
    "RUN chown -R 1:2 /d",
    "RUN useradd app",
    "RUN touch /g",
    "ENV A=1",
    "WORKDIR /w",
    "USER 1",
    "VOLUME /d",
    "ONBUILD COPY c /c",
    "RUN apt-get update && apt-get install -y curl",
    "RUN make",
  );
  const stage = fc.array(step, { maxLength: 6 });
  const edit = fc.record({ at: fc.nat(), drop: fc.boolean(), step: fc.option(step) });
  const isTrue = { same: 0, not: 0 };
  fc.assert(
    fc.property(stage, stage, stage, fc.array(edit, { minLength: 1, maxLength: 2 }), (...given) => {
      const [first, second, third, edits] = given;
      const rows = [
        "FROM debian:bookworm AS build",
        ...first.filter((row) => !row.includes("from=build")),
        "FROM build AS more",
        ...second.filter((row) => !row.includes("from=build")),
        `FROM ${first.length % 2 === 0 ? "build" : "more"}`,
        ...third,
      ];
      const edited = edits.reduce((text, { at, drop, step: fresh }) => {
        const index = 1 + (at % (text.length - 1));
        const replaces = drop && !text[index]!.startsWith("FROM");
        return text.toSpliced(index, replaces ? 1 : 0, ...(fresh === null ? [] : [fresh]));
      }, rows);
      const [before, after] = [lines(...rows), lines(...edited)];
      const verdict = sameWhenFolded(before, after);
      isTrue[verdict ? "same" : "not"] += 1;
      expect(same(before, after)).toBe(verdict);
      const model = remodel(buildModel(parseDockerfile(before)), parseDockerfile(after));
      const steps = buildModel(parseDockerfile(after)).stages.map((one) => one.steps);
      expect(JSON.stringify(model.stages.map((one) => one.steps))).toBe(JSON.stringify(steps));
    }),
    { numRuns: 400 },
  );
  expect(Math.min(isTrue.same, isTrue.not)).toBeGreaterThan(40);
});
