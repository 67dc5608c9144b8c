import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readProvenance } from "../../src/image/provenance.ts";

const layer = (digest: string) => ({
  mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
  digest,
  size: 1,
});
const lines = (start: number, end: number, sourceIndex?: number) => ({
  locations: [
    {
      ...(sourceIndex === undefined ? {} : { sourceIndex }),
      ranges: [{ start: { line: start }, end: { line: end } }],
    },
  ],
});

const buildkit = {
  source: {
    infos: [{ filename: "Dockerfile", data: "Rg==" }, { filename: "docker/other.Dockerfile" }],
    locations: { step0: lines(1, 1), step1: lines(3, 5), step2: lines(6, 6), step3: lines(8, 9, 1) },
  },
  layers: {
    "step0:0": [[layer("a"), layer("b")]],
    "step1:0": [[layer("a"), layer("b"), layer("c")]],
    // Stored nothing: the chain is still that of step 1.
    "step2:0": [[layer("a"), layer("b"), layer("c")]],
    "step3:0": [[layer("other")], [layer("a"), layer("b"), layer("c"), layer("d")]],
  },
};
const llbDefinition = [
  { id: "step0", op: { Op: { source: { identifier: "docker-image://docker.io/library/debian:12" } } } },
  { id: "step1", op: { Op: { exec: {} } }, inputs: ["step0:0"] },
  { id: "step2", op: { Op: { exec: {} } }, inputs: ["step1:0"] },
  { id: "step3", op: { Op: { file: {} } }, inputs: ["step2:0"] },
  { id: "step4", op: {}, inputs: ["step3:0"] },
];
const expected = {
  baseLayers: 2,
  lines: [
    undefined,
    undefined,
    { path: "Dockerfile", startLine: 3, endLine: 5 },
    { path: "docker/other.Dockerfile", startLine: 8, endLine: 9 },
  ],
};

test("SLSA 0.2 as BuildKit writes it", () => {
  const statement = {
    predicate: {
      buildConfig: { llbDefinition },
      metadata: { "https://mobyproject.org/buildkit@v1#metadata": buildkit },
    },
  };
  const attestation = { predicateType: "https://slsa.dev/provenance/v0.2", statement };
  expect(readProvenance([attestation], ["a", "b", "c", "d"])).toEqual(expected);
});

test("SLSA 1, older and newer spelling", () => {
  for (const key of ["buildkit_metadata", "https://mobyproject.org/buildkit@v1#metadata"]) {
    const statement = {
      predicate: {
        buildDefinition: { internalParameters: { buildConfig: { llbDefinition } } },
        runDetails: { metadata: { [key]: buildkit } },
      },
    };
    const attestation = { predicateType: "https://slsa.dev/provenance/v1", statement };
    expect(readProvenance([attestation], ["a", "b", "c", "d"])).toEqual(expected);
  }
});

test("layers that the provenance does not know stay unknown", () => {
  const statement = { predicate: { metadata: { "https://mobyproject.org/buildkit@v1#metadata": buildkit } } };
  const attestation = { predicateType: "https://slsa.dev/provenance/v0.2", statement };
  expect(readProvenance([attestation], ["x", "y"])).toEqual({
    baseLayers: undefined,
    lines: [undefined, undefined],
  });
});

test.each([
  ["none", []],
  [
    "mode=min",
    [{ predicateType: "https://slsa.dev/provenance/v0.2", statement: { predicate: { metadata: {} } } }],
  ],
  ["an SBOM", [{ predicateType: "https://spdx.dev/Document", statement: { predicate: {} } }]],
  ["rubbish", [{ predicateType: "https://slsa.dev/provenance/v1", statement: [1, null, "x"] }]],
  ["nothing in it", [{ predicateType: "https://slsa.dev/provenance/v1", statement: null }]],
])("no provenance: %s", (_, attestations) => {
  expect(readProvenance(attestations, ["a"])).toBeUndefined();
});

test("what BuildKit 0.33 wrote of a build of two stages", () => {
  const path = new URL("buildkit-provenance.json", import.meta.url);
  const { layers, statement } = JSON.parse(readFileSync(path, "utf8"));
  const { predicateType } = statement;
  const found = readProvenance([{ predicateType, statement }], layers);
  expect(found?.baseLayers).toBe(1);
  const spans = found?.lines.map((line) => line && [line.path, line.startLine, line.endLine].join(" "));
  expect(spans).toEqual([
    undefined,
    "Dockerfile 8 9",
    "Dockerfile 10 10",
    "Dockerfile 11 11",
    "Dockerfile 12 12",
    "Dockerfile 13 13",
    "Dockerfile 14 14",
  ]);
});
