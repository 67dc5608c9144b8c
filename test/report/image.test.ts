import { expect, test } from "vitest";
import { type GateRules, judge } from "../../src/image/gate.ts";
import { type MeasureOptions, measureImage } from "../../src/image/measured.ts";
import { imageJsonReport } from "../../src/report/image-json.ts";
import { imageReportSchema } from "../../src/report/image-schema.ts";
import { type ImageTextOptions, imageTextReport } from "../../src/report/image-text.ts";
import { sample } from "../image/sample.ts";
import { file, stack } from "../image/stack.ts";

const plain: ImageTextOptions = {
  width: 80,
  coloured: false,
  top: 10,
  order: "waste",
  gated: false,
};

function reported(
  options: Partial<ImageTextOptions> = {},
  measure: MeasureOptions = {},
  rules: GateRules = {},
): string {
  const image = measureImage(sample(), measure);
  return imageTextReport(image, judge(image.waste, rules, measure.baseLayers), { ...plain, ...options });
}

test("a whole report at 80 columns", () => {
  const text = reported(
    {},
    { duplicates: true, baseLayers: 1 },
    { maxWaste: 1_000_000, minEfficiency: 0.99 },
  );
  expect(text).toMatchInlineSnapshot(`
    "app.tar  linux/amd64  4 layers, 1 of them the base's
    stored 38.8 MB = visible 24.1 MB + waste 14.7 MB
    37.8 % wasted, efficiency 0.6216, about 6.8 MB of 17.3 MB compressed

    reason         waste
    retouched    13.6 MB  92.9 %  other owner 13.6 MB, time 3.1 MB
    removed       1.0 MB   7.1 %  deleted later
    overwritten     11 B  <0.1 %  something else at its path
    11 B of it in package databases, caches, logs and compiled Python

    layer   stored    waste                hides  made by
        0   1.0 MB   1.0 MB  ▊                    base: ADD file:1 in /
        1  13.6 MB  13.6 MB  █████████▎           RUN pip install cubin==1.0 \\x1b]0…
        2  13.6 MB                       14.7 MB  RUN chown -R 1000 /opt/venv
    1 other layer with no waste

      waste  files  layers  package
    10.5 MB      1  1, 2    pip:cubin@1.0

      waste  copies  layers  reason                   path
    10.5 MB       2  1, 2    retouched (owner)        ….12/site-packages/cubin/a.bin
     3.1 MB       2  1, 2    retouched (owner, time)  …ubin/b\\x1b[31m\\n\\u202egnp.bin
     1.0 MB       1  0       removed                  /etc/old
       11 B       2  0, 2    overwritten              /var/lib/dpkg/status

      again  layers  equal and visible
    10.5 MB  2, 3    /opt/venv/lib/python3.12/site-packages/cubin/a.bin = /srv/again
    10.5 MB visible, but stored again elsewhere

    failed: waste 14.7 MB, at most 1.0 MB allowed (max-waste)
    failed: efficiency 0.6216, at least 0.99 required (min-efficiency)
    "
  `);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("colours change nothing but colours", () => {
  const coloured = reported({ coloured: true }, {}, { maxWaste: 1 });
  expect(coloured).not.toBe(reported({}, {}, { maxWaste: 1 }));
  expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(reported({}, {}, { maxWaste: 1 }));
});

test("no control character of the image reaches the terminal", () => {
  const image = measureImage(
    sample({
      name: "a\u001b[2Jb\nc",
      platform: "linux/\u009b",
      annotations: { "org.opencontainers.image.base.name": "x\ry" },
    }),
  );
  const text = imageTextReport(image, judge(image.waste, {}, undefined), { ...plain, width: 400 });
  expect(text).not.toMatch(/[^\n\x20-\x7e·…–█▏▎▍▌▋▊▉]/);
  expect(text).toContain("cubin/b\\x1b[31m\\n\\u202egnp.bin");
  expect(text).toContain("a\\x1b[2Jb\\nc");
});

test("fewer rows, other orders, some paths only", () => {
  const paths = (options: Partial<ImageTextOptions>) =>
    reported(options)
      .split("\n\n")
      .find((block) => /^ *waste +copies/.test(block))!
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/ +/).at(-1));
  expect(paths({ top: 1 }).length).toBe(2);
  expect(reported({ top: 1 })).toContain("and 3 more");
  expect(paths({ order: "path" })[0]).toBe("/etc/old");
  expect(paths({ order: "layer" }).slice(0, 2)).toEqual(["/etc/old", "/var/lib/dpkg/status"]);
  expect(paths({ order: "copies" }).at(-1)).toBe("/etc/old");
  expect(paths({ shows: (path) => path.path.startsWith("/etc/") })).toEqual(["/etc/old"]);
  expect(reported({ shows: () => false })).toContain("no wasted path is as asked for");
});

test("an image without waste is told in its head alone, a passed gate on top", () => {
  const image = measureImage(stack([[file("/f", 5)]], { name: "one" }));
  const gate = judge(image.waste, { maxWaste: 0 }, undefined);
  expect(imageTextReport(image, gate, plain)).toBe(
    "one  linux/amd64  1 layer\nstored 5 B = visible 5 B + waste 0 B\n0.0 % wasted, efficiency 1.0000\n",
  );
  expect(imageTextReport(image, gate, { ...plain, gated: true })).toMatch(
    /\npassed: 0 B of waste counted\n$/,
  );
});

test("JSON keeps the contract, the law and its order", () => {
  const image = measureImage(sample(), { duplicates: true, baseLayers: 1 });
  const gate = judge(image.waste, { maxWaste: 1 }, 1);
  const json = [...imageJsonReport(image, gate, "1.2.3")].join("");
  expect(json).toBe(
    [...imageJsonReport(measureImage(sample(), { duplicates: true, baseLayers: 1 }), gate, "1.2.3")].join(""),
  );
  const report = imageReportSchema.parse(JSON.parse(json));
  const { total, layers, paths, packages } = report;
  expect(total.stored).toBe(total.visible + total.waste);
  expect(Object.values(total.reasons).reduce((a, b) => a + b)).toBe(total.waste);
  for (const part of [...layers, ...paths]) expect(part.stored).toBe(part.visible + part.waste);
  expect(layers.reduce((sum, layer) => sum + layer.waste, 0)).toBe(total.waste);
  expect(paths.reduce((sum, path) => sum + path.waste, 0)).toBe(total.waste);
  expect(layers.map((layer) => [layer.index, layer.base])).toEqual([
    [0, true],
    [1, false],
    [2, false],
    [3, false],
  ]);
  expect(layers[2]).toMatchObject({
    createdBy: "RUN |1 A=b /bin/sh -c chown -R 1000 /opt/venv # buildkit",
    instruction: "RUN chown -R 1000 /opt/venv",
  });
  expect(packages).toEqual([
    { manager: "pip", name: "cubin", version: "1.0", waste: 10_485_760, files: 1, layers: [1, 2] },
  ]);
  expect(paths[0]).toEqual({
    path: "/opt/venv/lib/python3.12/site-packages/cubin/a.bin",
    stored: 20_971_520,
    visible: 10_485_760,
    waste: 10_485_760,
    copies: 2,
    reason: "retouched",
    layers: [1, 2],
    package: "pip:cubin@1.0",
    hidden: [
      {
        layer: 1,
        size: 10_485_760,
        reason: "retouched",
        hiddenBy: 2,
        changed: ["owner"],
        package: "pip:cubin@1.0",
      },
    ],
  });
  expect(report.duplicates).toHaveLength(1);
  expect(report.gate).toEqual({
    passed: false,
    failures: [expect.objectContaining({ rule: "max-waste", limit: 1, value: total.waste })],
  });
});

test("an empty image is a report, too", () => {
  const image = measureImage(stack([], { digest: undefined, platform: undefined }));
  const json = [...imageJsonReport(image, judge(image.waste, {}, undefined), "1")].join("");
  const report = imageReportSchema.parse(JSON.parse(json));
  expect(report).toMatchObject({ total: { stored: 0, efficiency: 1 }, layers: [], packages: [], paths: [] });
  expect(report.gate).toEqual({ passed: true, failures: [] });
});
