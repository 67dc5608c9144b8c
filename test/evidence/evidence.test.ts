// What an image says of the findings on its Dockerfile, in every spelling of a history.
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { type Evidence, withEvidence } from "../../src/evidence.ts";
import { Failure } from "../../src/failure.ts";
import { type MeasuredImage, measureImage } from "../../src/image/measured.ts";
import { file, type StackEntry, stack, whiteout } from "../image/stack.ts";

const MB = 1_000_000;

const text = `FROM debian:12
ENV A=1
COPY app /app
RUN make-cache > /srv/cache
RUN chown -R 1000:1000 /app
RUN rm /srv/cache
`;
const layers: readonly (readonly StackEntry[])[] = [
  [file("/etc/base", 5 * MB)],
  [file("/app/model", 60 * MB, "m"), file("/app/code", MB, "c")],
  [file("/srv/cache", 7 * MB, "s")],
  [file("/app/model", 60 * MB, "m", { uid: 1000 }), file("/app/code", MB, "c", { uid: 1000 })],
  [whiteout("/srv/cache")],
];

const spellings: Readonly<Record<string, readonly string[]>> = {
  BuildKit: [
    "/bin/sh -c #(nop) ADD file:5a in / ",
    "ENV A=1",
    "COPY app /app # buildkit",
    "RUN /bin/sh -c make-cache > /srv/cache # buildkit",
    "RUN /bin/sh -c chown -R 1000:1000 /app # buildkit",
    "RUN /bin/sh -c rm /srv/cache # buildkit",
  ],
  "the classic builder": [
    "/bin/sh -c #(nop) ADD file:5a in / ",
    "/bin/sh -c #(nop)  ENV A=1",
    "/bin/sh -c #(nop) COPY dir:0e8d in /app ",
    "/bin/sh -c make-cache > /srv/cache",
    "/bin/sh -c chown -R 1000:1000 /app",
    "/bin/sh -c rm /srv/cache",
  ],
  buildah: [
    "",
    "/bin/sh -c #(nop) ENV A=1",
    "/bin/sh -c #(nop) COPY dir:0e8d in /app ",
    "|1 B=2 /bin/sh -c make-cache > /srv/cache",
    "|1 B=2 /bin/sh -c chown -R 1000:1000 /app",
    "|1 B=2 /bin/sh -c rm /srv/cache",
  ],
};

function image(stored: readonly (readonly StackEntry[])[], history: readonly string[]): MeasuredImage {
  const entries = history.map((createdBy) => ({
    createdBy,
    created: undefined,
    comment: undefined,
    author: undefined,
    emptyLayer: /^(ENV|CMD|USER)|\(nop\)\s+(ENV|CMD|USER)/.test(createdBy),
  }));
  return measureImage(stack(stored, { history: entries }));
}

function told(dockerfile: string, { findings }: Evidence): readonly string[] {
  return findings.map(({ rule, severity, bytes, span }) => {
    const line = dockerfile.slice(0, span.start).split("\n").length;
    return `${line} ${rule} ${severity} ${bytes === undefined ? "?" : `${bytes.value / MB} ${bytes.source}`}`;
  });
}

describe("bytes of findings", () => {
  test.each(Object.keys(spellings))("as %s writes the history", (builder) => {
    const evidence = withEvidence(analyze(text), image(layers, spellings[builder]!));
    expect(told(text, evidence)).toEqual([
      "5 retouched-later error 61 image",
      "6 removed-later warning 7 image",
    ]);
    expect(evidence).toMatchObject({ waste: 68 * MB, base: 0, explained: 68 * MB, unexplained: [] });
  });

  test("what the image does not waste becomes an info", () => {
    const executable = layers.map((layer, index) => (index === 3 ? [] : layer));
    const evidence = withEvidence(analyze(text), image(executable, spellings.BuildKit!));
    expect(told(text, evidence)).toEqual([
      "5 retouched-later info 0 image",
      "6 removed-later warning 7 image",
    ]);
  });

  test("by the lines of BuildKit's provenance, whatever the history says", () => {
    const measured = image(layers, spellings.BuildKit!);
    const lines = [undefined, 3, 4, 5, 6];
    const exact: MeasuredImage = {
      ...measured,
      layers: measured.layers.map((layer, index) => ({
        ...layer,
        instruction: "RUN other",
        source:
          lines[index] === undefined
            ? undefined
            : { path: "Dockerfile", startLine: lines[index], endLine: lines[index] },
      })),
    };
    expect(told(text, withEvidence(analyze(text), exact))).toEqual([
      "5 retouched-later error 61 image",
      "6 removed-later warning 7 image",
    ]);
  });

  test("a download that a later step hides", () => {
    const dockerfile = `FROM python:3.12
RUN pip install flashinfer-python==0.6.8
RUN flashinfer download-cubin
RUN pip install flashinfer-cubin==0.6.8
`;
    const site = "/usr/local/lib/python3.12/site-packages";
    const built = image(
      [
        [file("/bin/sh", MB)],
        [file(`${site}/flashinfer/x.py`, 2 * MB, "1")],
        [file(`${site}/flashinfer_cubin/cubins/a`, 90 * MB, "1")],
        [file(`${site}/flashinfer_cubin/cubins/a`, 90 * MB, "2")],
      ],
      [
        "base",
        "RUN /bin/sh -c pip install flashinfer-python==0.6.8 # buildkit",
        "RUN /bin/sh -c flashinfer download-cubin # buildkit",
        "RUN /bin/sh -c pip install flashinfer-cubin==0.6.8 # buildkit",
      ],
    );
    expect(told(dockerfile, withEvidence(analyze(dockerfile), built))).toEqual([
      "3 download-then-reinstall error 90 image",
    ]);
  });

  test("the same line twice, and a stage that this one starts from", () => {
    const dockerfile = `FROM debian:12 AS base
COPY app /app
RUN chmod -R 700 /app
FROM base
RUN chmod -R 750 /app
RUN chmod -R 700 /app
`;
    const app = (mode: number) => [file("/app/model", 3 * MB, "m", { mode })];
    const built = image(
      [[file("/etc/base", MB)], app(0o644), app(0o700), app(0o750), app(0o700)],
      [
        "base",
        "COPY app /app # buildkit",
        "RUN /bin/sh -c chmod -R 700 /app # buildkit",
        "RUN /bin/sh -c chmod -R 750 /app # buildkit",
        "RUN /bin/sh -c chmod -R 700 /app # buildkit",
      ],
    );
    expect(told(dockerfile, withEvidence(analyze(dockerfile), built))).toEqual([
      "3 retouched-later warning 3 image",
      "5 retouched-later warning 3 image",
      "6 retouched-later warning 3 image",
    ]);
  });
});

describe("the rest of the waste", () => {
  test("within the base image, and by lines that no finding is about", () => {
    const more = [
      [file("/etc/base", 5 * MB)],
      [file("/etc/base", 4 * MB, "b")],
      ...layers.slice(1, 4),
      [whiteout("/srv/cache"), file("/app/code", 2 * MB, "d")],
    ];
    const history = ["", ...spellings.BuildKit!];
    const { base, explained, unexplained, waste } = withEvidence(analyze(text), image(more, history));
    expect({ base, explained, waste }).toEqual({ base: 5 * MB, explained: 68 * MB, waste: 74 * MB });
    const start = text.indexOf("RUN rm");
    expect(unexplained).toEqual([
      { layer: 5, hides: MB, instruction: { start, end: start + "RUN rm /srv/cache".length } },
    ]);
  });

  test("an image that was built from another file is refused", () => {
    const other = image(layers, ["base", "RUN apk add x", "RUN y", "COPY z /z", "RUN w"]);
    expect(() => withEvidence(analyze(text), other)).toThrow(Failure);
    expect(() => withEvidence(analyze(text), other)).toThrow(
      /^test\.tar was not built from this Dockerfile$/,
    );
  });
});
