import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Command } from "commander";
import { afterEach, beforeEach, expect, test } from "vitest";
import { registerImage } from "../../src/commands/image.ts";
import { Failure } from "../../src/failure.ts";
import { ImageError } from "../../src/image/error.ts";
import type { ReadOptions, WalkedImage } from "../../src/image/image.ts";
import type { Images } from "../../src/images.ts";
import type { Io } from "../../src/io.ts";
import { type ImageFlags, runImage } from "../../src/run-image.ts";
import { sample } from "./sample.ts";
import { file, stack, whiteout } from "./stack.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dfdedupe-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

async function run(
  flags: ImageFlags = {},
  image: WalkedImage = sample(),
  bases: Record<string, string[]> = {},
) {
  let out = "";
  let asked: ReadOptions = {};
  let closed = false;
  const io: Io = {
    stdout: {
      write(chunk) {
        out += chunk;
      },
    },
    stderr: { write: () => undefined },
    stdin: Readable.from([]),
    env: {},
    cwd,
  };
  const close = async () => {
    closed = true;
  };
  const images: Images = {
    async diffIds(name) {
      const found = bases[name];
      if (found === undefined) throw new ImageError(`${name}: no such file or folder`);
      return found;
    },
    async read(_, options) {
      asked = options;
      return { ...image, close };
    },
  };
  const code = await runImage("app.tar", flags, io, images);
  return { code, out, asked, closed };
}

const own = [file("/a", 100), file("/b", 100)];
const layers = stack([own, [whiteout("/a")], [file("/c", 50, "1")], [file("/c", 50, "2")]], {
  diffIds: ["d0", "d1", "d2", "d3"],
});
const judged = async (flags: ImageFlags, bases: Record<string, string[]> = {}) =>
  (await run({ format: "json", ...flags }, layers, bases)).code;

test("a report, exit 0, and what is asked of the reader", async () => {
  const { code, out, asked, closed } = await run({ platform: "linux/arm64", select: "app:1", verify: true });
  expect(code).toBe(0);
  expect(out).toMatch(/^app\.tar {2}linux\/amd64 {2}4 layers\n/);
  expect(asked).toMatchObject({ platform: "linux/arm64", reference: "app:1", verify: true });
  expect(asked.capture!("/usr/lib/python3/site-packages/x-1.dist-info/RECORD")).toBe(true);
  expect(closed).toBe(true);
});

test("the gate's code is the same in every format, to a file, and with a filter", async () => {
  const kept: ImageFlags = { maxWaste: "15MB" };
  const broken: ImageFlags = { maxWaste: "14MB" };
  for (const more of [
    {},
    { format: "json" },
    { output: "out.txt" },
    { path: ["/none"] },
    { top: "0" },
  ] as ImageFlags[]) {
    expect((await run({ ...kept, ...more })).code).toBe(0);
    expect((await run({ ...broken, ...more })).code).toBe(1);
  }
  expect(readFileSync(join(cwd, "out.txt"), "utf8")).toContain("failed: waste 14.7 MB");
});

test("limits in their spellings", async () => {
  const code = (flags: ImageFlags) => judged(flags);
  expect(await code({ maxWaste: "150" })).toBe(0);
  expect(await code({ maxWaste: "0.1 KB" })).toBe(1);
  expect(await code({ maxWastePercent: "50%" })).toBe(0);
  expect(await code({ maxWastePercent: "49.9" })).toBe(1);
  expect(await code({ minEfficiency: "0.5" })).toBe(0);
  expect(await code({ minEfficiency: "51%" })).toBe(1);
  expect(await code({ maxWaste: "1", minEfficiency: "0.5", failIf: "all" })).toBe(0);
  expect(await code({ maxWaste: "1", minEfficiency: "0.6", failIf: "all" })).toBe(1);
  expect(await code({ maxWaste: "50", ignore: ["/a"] })).toBe(0);
});

test("a base: a count, an image, what the image says", async () => {
  expect(await judged({ maxWaste: "50", base: "2" })).toBe(0);
  expect(await judged({ maxWaste: "50", base: "1" })).toBe(1);
  const bases = { "base.tar": ["d0", "d1"] };
  expect(await judged({ maxWaste: "50", base: "base.tar" }, bases)).toBe(0);
  const annotations = {
    "org.opencontainers.image.base.name": "example.org:5000/team/base:1",
    "org.opencontainers.image.base.digest": "sha256:abc",
  };
  const { out } = await run(
    { format: "json", base: "auto" },
    { ...layers, annotations },
    {
      "registry://example.org:5000/team/base@sha256:abc": ["d0", "d1"],
    },
  );
  expect(JSON.parse(out).image.base).toEqual({
    name: "example.org:5000/team/base:1",
    digest: "sha256:abc",
    layers: 2,
  });
});

test("a .dive-ci file in the folder, another one, none", async () => {
  expect(await judged({})).toBe(0);
  writeFileSync(join(cwd, ".dive-ci"), "rules:\n  lowestEfficiency: 0.95\n");
  expect(await judged({})).toBe(1);
  expect(await judged({ diveCi: false })).toBe(0);
  writeFileSync(
    join(cwd, "mine"),
    "lowestEfficiency: off\nhighestUserWastedPercent: off\nhighestWastedBytes: 150B\n",
  );
  expect(await judged({ diveCi: "mine" })).toBe(0);
});

test("filters choose paths of both formats, and leave the totals alone", async () => {
  const report = async (flags: ImageFlags) => JSON.parse((await run({ format: "json", ...flags })).out);
  expect((await report({ layer: ["0"] })).paths.map((path: { path: string }) => path.path)).toEqual([
    "/etc/old",
    "/var/lib/dpkg/status",
  ]);
  expect((await report({ layer: ["2"] })).paths).toHaveLength(4);
  expect((await report({ layer: ["3"] })).paths).toHaveLength(0);
  const some = await report({ path: ["/etc/*", "/var/**"] });
  expect(some.paths).toHaveLength(2);
  expect(some.total).toEqual((await report({})).total);
});

test("a layer's paths are all that it stores or hides, also those it stores visibly", async () => {
  const again = stack([[file("/a", 10)], [whiteout("/a")], [file("/a", 10)], [file("/b", 1)]]);
  const paths = async (layer: string) => {
    const { out } = await run({ format: "json", layer: [layer] }, again);
    return JSON.parse(out).paths.map((path: { path: string }) => path.path);
  };
  for (const layer of ["0", "1", "2"]) expect(await paths(layer)).toEqual(["/a"]);
  expect(await paths("3")).toEqual([]);
});

test("no rows are shown where none are asked for, and nothing is claimed of them", async () => {
  const claim = "no wasted path is as asked for";
  for (const flags of [{}, { path: ["/etc/*"] }, { sort: "path" }, { duplicates: true }] as ImageFlags[]) {
    const { out } = await run({ ...flags, top: "0" });
    expect(out).not.toContain(claim);
    expect(out).not.toContain("/etc/old");
    expect(out).not.toContain("more");
  }
  expect((await run({ path: ["/none"], top: "0" })).out).toContain(claim);
  expect((await run({ path: ["/none"] })).out).toContain(claim);
});

test.each<[ImageFlags, string]>([
  [{ maxWaste: "lots" }, '--max-waste must be a size (100MB), not "lots"'],
  [{ maxWastePercent: "-1" }, '--max-waste-percent must be a number, not "-1"'],
  [{ minEfficiency: "95" }, '--min-efficiency must be from 0 to 1, not "95"'],
  [{ top: "x" }, '--top must be a whole number, not "x"'],
  [{ ignore: ["/a", ""] }, '--ignore must be a glob, not ""'],
  [{ path: [""] }, '--path must be a glob, not ""'],
  [{ layer: ["one"] }, '--layer must be a whole number, not "one"'],
  [{ layer: ["0", "4"] }, "--layer 4: the image's layers are 0 to 3"],
  [{ diveCi: "none" }, "none: no such file or folder"],
  [{ base: "9" }, "--base 9: the image has only 4 layers"],
  [{ base: "none.tar" }, "none.tar: no such file or folder"],
  [{ base: "other.tar" }, "other.tar is not the base: only 1 of its 2 layers are in the image"],
  [
    { base: "auto" },
    "--base auto: the image does not say what it was built on; name its base or a layer count",
  ],
])("%j cannot be done", async (flags, message) => {
  const failed = await run(flags, layers, { "other.tar": ["d0", "x"] }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Failure);
  expect((failed as Failure).message).toBe(message);
});

test("a glob that no regular expression is made of cannot be used", async () => {
  const long = "a".repeat(65_000);
  for (const flags of [{ path: [long] }, { ignore: [long] }] as ImageFlags[])
    await expect(run(flags)).rejects.toThrow(/^--(path|ignore) must be a shorter glob$/);
});

test("the command knows its options", async () => {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  registerImage(program, {} as Io, () => {});
  const parse = (...words: string[]) => program.parseAsync(["image", ...words], { from: "user" });
  await expect(parse()).rejects.toThrow("missing required argument");
  await expect(parse("x", "--format", "yaml")).rejects.toThrow("--format");
  await expect(parse("x", "--sort", "size")).rejects.toThrow("--sort");
  await expect(parse("x", "--fail-if", "some")).rejects.toThrow("--fail-if");
});
