// `check --image`, from a Dockerfile and an archive to the report.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkReportSchema } from "../../src/report/check-schema.ts";
import { folder, run } from "../cli/run.ts";
import { dockerSave } from "../image/archives.ts";
import { tar } from "../image/tar-writer.ts";

const text = `FROM debian:12
COPY app /app
RUN chmod -R 700 /app
RUN sync
`;
const model = Buffer.alloc(2_000_000, 1);
const layers = [
  tar([{ name: "etc/base", content: "base" }]),
  tar([{ name: "app/model", content: model }]),
  tar([{ name: "app/model", content: model, mode: 0o700 }]),
  tar([{ name: "app/model", content: "1" }]),
];
const history = ["base", "COPY app /app # buildkit", "RUN /bin/sh -c chmod -R 700 /app # buildkit"];

function project(created = [...history, "RUN /bin/sh -c sync # buildkit"]): string {
  const cwd = folder({ Dockerfile: text, "other.Dockerfile": text });
  const config = { history: created.map((created_by) => ({ created_by })) };
  writeFileSync(join(cwd, "app.tar"), tar(dockerSave([{ layers, config }])));
  return cwd;
}

describe("check --image", () => {
  test("shows bytes as the image has them, and the lines that no finding is about", async () => {
    const { code, out } = await run(["check", "Dockerfile", "--image", "app.tar"], { cwd: project() });
    expect(code).toBe(1);
    expect(out.replace(/\s+/g, " ")).toContain("(2.0 MB, measured in the image)");
    expect(out).toContain(`
app.tar stores 4.0 MB that it does not show; the findings are about 2.0 MB
   Dockerfile:4:1  hides 2.0 MB that no finding is about (layer 3)

1 finding (1 warning), 2.0 MB stored twice
1 can be fixed with \`dfdedupe fix\`
`);
  });

  test("as JSON that fulfils the schema", async () => {
    const argv = ["check", "Dockerfile", "--image", "app.tar", "--format", "json", "--fail-on", "never"];
    const { code, out } = await run(argv, { cwd: project() });
    expect(code).toBe(0);
    const [file] = checkReportSchema.parse(JSON.parse(out)).files;
    expect(file!.findings.map(({ bytes }) => bytes)).toEqual([{ value: 2_000_000, source: "image" }]);
    const end = { line: 4, column: 9 };
    expect(file!.image).toEqual({
      name: "app.tar",
      digest: expect.stringMatching(/^sha256:/),
      waste: 4_000_000,
      base: 0,
      explained: 2_000_000,
      unexplained: [{ layer: 3, instruction: { start: { line: 4, column: 1 }, end }, hides: 2_000_000 }],
    });
  });

  test("what cannot be done is one line, and 2", async () => {
    const cwd = project();
    const failing = async (...argv: string[]) => {
      const { code, err } = await run(["check", ...argv], { cwd });
      return [code, err];
    };
    expect(await failing("--image", "app.tar")).toEqual([
      2,
      "dfdedupe: --image is for one Dockerfile: name the one it was built from\n",
    ]);
    expect(await failing("Dockerfile", "--image", "oci:none")).toEqual([
      2,
      expect.stringMatching(/^dfdedupe: \S*none: .*\n$/),
    ]);
    writeFileSync(join(cwd, "app.tar"), tar(dockerSave([{ layers, config: { history: [] } }])));
    expect(await failing("Dockerfile", "--image", "app.tar")).toEqual([
      2,
      "dfdedupe: app.tar was not built from this Dockerfile\n",
    ]);
  });
});
