// Output that cannot be written, and reports that go elsewhere.
import { linkSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { main } from "../../src/cli.ts";
import { type Host, processIo } from "../../src/io.ts";
import { dockerSave, ociLayout } from "../image/archives.ts";
import { tar } from "../image/tar-writer.ts";
import { folder, run } from "./run.ts";

vi.mock("../../src/analyze.ts", async () => ({ analyze: (await import("./stand-in.ts")).standInAnalyze }));
vi.mock("../../src/rules/index.ts", async () => ({ rules: (await import("./stand-in.ts")).standInRules }));

const waste = "FROM a\nRUN WASTE\n";
const parts = { layers: [tar([{ name: "a", content: "1" }])], tags: ["app"] };
const image = tar(dockerSave([parts]));

/** A process whose standard output fails with this code, as a full disk (ENOSPC) and a closed pipe (EPIPE) do. */
function failing(code: string, cwd: string): { readonly host: Host; readonly err: () => string } {
  const told: string[] = [];
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: write`), { code })),
  });
  const stderr = new Writable({
    write: (chunk, _encoding, done) => {
      told.push(String(chunk));
      done();
    },
  });
  return {
    host: { stdout, stderr, stdin: Readable.from([]), env: {}, cwd: () => cwd },
    err: () => told.join(""),
  };
}

describe("standard output that cannot be written", () => {
  test.each([
    [["check"]],
    [["check", "--format", "json"]],
    [["fix", "--diff"]],
    [["image", "app.tar"]],
    [["image", "app.tar", "--format", "json"]],
    [["rules"]],
    [["--version"]],
  ])("%j: one line and 2", async (argv) => {
    const { host, err } = failing("ENOSPC", folder({ Dockerfile: waste, "app.tar": image }));
    expect(await main(argv, processIo(host))).toBe(2);
    expect(err().split("\n").slice(-2)).toEqual([
      "dfdedupe: the output cannot be written: no space left",
      "",
    ]);
  });

  test("a reader that goes away is no error", async () => {
    const { host, err } = failing("EPIPE", folder({ Dockerfile: waste }));
    expect(await main(["check"], processIo(host))).toBe(1);
    expect(err()).toBe("");
  });
});

describe("--output", () => {
  test.each([["Dockerfile"], ["./sub/../Dockerfile"], ["link"], ["sub/Dockerfile"]])(
    "%s: never replaces a Dockerfile that is checked",
    async (output) => {
      const cwd = folder({ Dockerfile: waste, "sub/Dockerfile": waste });
      symlinkSync("Dockerfile", join(cwd, "link"));
      expect(await run(["check", "--output", output], { cwd })).toMatchObject({
        code: 2,
        out: "",
        err: `dfdedupe: --output ${output}: the report would replace a Dockerfile that it is about\n`,
      });
      expect(readFileSync(join(cwd, "Dockerfile"), "utf8")).toBe(waste);
      expect(readFileSync(join(cwd, "sub/Dockerfile"), "utf8")).toBe(waste);
    },
  );

  test.each([
    [["app.tar"], "app.tar"],
    [["app.tar"], "./sub/../app.tar"],
    [["app.tar"], "link"],
    [["app.tar"], "hard"],
    [["link"], "app.tar"],
    [["docker-archive:app.tar:app"], "app.tar"],
    [["docker-archive://app.tar", "--format", "json"], "app.tar"],
    [["sub/app.tar", "--base", "app.tar"], "app.tar"],
    [["sub/app.tar", "--base", "docker-archive:app.tar"], "app.tar"],
  ])("image %j, %s: never replaces an archive that is read", async (words, output) => {
    const cwd = folder({ "app.tar": image, "sub/app.tar": image });
    symlinkSync("app.tar", join(cwd, "link"));
    linkSync(join(cwd, "app.tar"), join(cwd, "hard"));
    expect(await run(["image", ...words, "--output", output], { cwd })).toMatchObject({
      code: 2,
      out: "",
      err: `dfdedupe: --output ${output}: the report would replace an image that it is about\n`,
    });
    for (const name of ["app.tar", "hard", "link"])
      expect(readFileSync(join(cwd, name)).equals(image)).toBe(true);
  });

  test.each(["app.tar", "oci:layout"])(
    "check --image %s: never replaces an image that is read",
    async (name) => {
      const cwd = folder({ Dockerfile: waste, "app.tar": image, "layout/index.json": "{}" });
      const output = name === "app.tar" ? name : "layout/index.json";
      const before = readFileSync(join(cwd, output));
      expect(await run(["check", "Dockerfile", "--image", name, "--output", output], { cwd })).toMatchObject({
        code: 2,
        err: `dfdedupe: --output ${output}: the report would replace an image that it is about\n`,
      });
      expect(readFileSync(join(cwd, output)).equals(before)).toBe(true);
    },
  );

  test("never replaces a file of an OCI layout, but another one in its folder", async () => {
    const files = Object.fromEntries(ociLayout([parts]));
    const cwd = folder(files);
    symlinkSync(".", join(cwd, "here"));
    for (const name of Object.keys(files)) {
      for (const [source, output] of [
        [".", name],
        [cwd, name],
        ["oci:.:app", `here/${name}`],
      ] as const) {
        const { code, err } = await run(["image", source, "--output", output], { cwd });
        expect({ code, err }).toEqual({
          code: 2,
          err: `dfdedupe: --output ${output}: the report would replace an image that it is about\n`,
        });
        expect(readFileSync(join(cwd, name)).equals(files[name]!)).toBe(true);
      }
    }
    for (const _ of ["new", "again"])
      expect(await run(["image", "oci:.", "--output", "report.json"], { cwd })).toMatchObject({ code: 0 });
  });

  test("- is standard output", async () => {
    const cwd = folder({ Dockerfile: waste });
    const { code, out } = await run(["check", "--output", "-"], { cwd });
    expect({ code, out }).toEqual({ code: 1, out: (await run(["check"], { cwd })).out });
    expect(readdirSync(cwd)).toEqual(["Dockerfile"]);
  });

  test("- is standard output for an image's report, too", async () => {
    const cwd = folder({ "app.tar": image });
    const { code, out } = await run(["image", "app.tar", "--output", "-"], { cwd });
    expect({ code, out }).toEqual({ code: 0, out: (await run(["image", "app.tar"], { cwd })).out });
    expect(out).toContain("app.tar");
    expect(readdirSync(cwd)).toEqual(["app.tar"]);
  });
});
