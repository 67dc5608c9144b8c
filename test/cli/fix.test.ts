import {
  appendFileSync,
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { folder, run, unprivileged } from "./run.ts";
import { seen } from "./stand-in.ts";

vi.mock("../../src/fix.ts", async () => ({ fixText: (await import("./stand-in.ts")).standInFix }));
vi.mock("../../src/rules/index.ts", async () => ({ rules: (await import("./stand-in.ts")).standInRules }));

const waste = "FROM a\nRUN x WASTE\n";
const both = "FROM a\nRUN x WASTE\nRUN y WASTEU\nRUN z WASTEN\n";
const read = (cwd: string, path: string): string => readFileSync(join(cwd, path), "utf8");

describe("fix", () => {
  test("changes files, and says what it did and did not do", async () => {
    const cwd = folder({ Dockerfile: both, "b.Dockerfile": waste, Containerfile: "FROM a\n" });
    expect(await run(["fix"], { cwd })).toMatchObject({
      code: 0,
      err: "",
      out: `Dockerfile:2  fixed  waste  Take it away
Dockerfile:3  not fixed  waste  It may be missed.
b.Dockerfile:2  fixed  waste  Take it away
fixed 2, 1 not fixed, 1 without a fix in 3 files
`,
    });
    expect(read(cwd, "Dockerfile")).toBe("FROM a\nRUN x \nRUN y WASTEU\nRUN z WASTEN\n");
    expect(read(cwd, "b.Dockerfile")).toBe("FROM a\nRUN x \n");
  });

  test("--unsafe-fixes applies them, too", async () => {
    const cwd = folder({ Dockerfile: both });
    const { out } = await run(["fix", "--unsafe-fixes", "Dockerfile"], { cwd });
    expect(out).toContain("Dockerfile:3  fixed  waste  Take it away\n");
    expect(read(cwd, "Dockerfile")).toBe("FROM a\nRUN x \nRUN y \nRUN z WASTEN\n");
  });

  test("--cache-mounts is a wish for all fixes", async () => {
    const cwd = folder({ Dockerfile: waste });
    await run(["fix", "--cache-mounts", "--diff"], { cwd });
    expect(seen.options).toMatchObject({ cacheMounts: true });
    await run(["fix", "--diff"], { cwd });
    expect(seen.options).toMatchObject({ cacheMounts: false });
  });

  test("--diff prints a diff and changes nothing", async () => {
    const cwd = folder({ Dockerfile: waste, Containerfile: "FROM a\n" });
    const { code, out, err } = await run(["fix", "--diff"], { cwd });
    expect(code).toBe(0);
    expect(out).toBe("--- Dockerfile\n+++ Dockerfile\n@@ -1,2 +1,2 @@\n FROM a\n-RUN x WASTE\n+RUN x \n");
    expect(err).toBe("Dockerfile:2  would fix  waste  Take it away\nwould fix 1 in 2 files\n");
    expect(read(cwd, "Dockerfile")).toBe(waste);
  });

  test("--check changes nothing, and 1 says that something would change", async () => {
    const cwd = folder({ Dockerfile: waste, Containerfile: "FROM a\nRUN WASTEU\n" });
    expect((await run(["fix", "--check"], { cwd })).code).toBe(1);
    expect((await run(["fix", "--check", "--diff"], { cwd })).code).toBe(1);
    expect((await run(["fix", "--check", "Containerfile"], { cwd })).code).toBe(0);
    expect((await run(["fix", "--check", "-"], { cwd, stdin: waste })).code).toBe(1);
    expect(read(cwd, "Dockerfile")).toBe(waste);
  });

  test("--stdout prints one file and changes nothing", async () => {
    const cwd = folder({ Dockerfile: waste, Containerfile: "FROM a\n" });
    expect((await run(["fix", "--stdout", "Dockerfile"], { cwd })).out).toBe("FROM a\nRUN x \n");
    expect((await run(["fix", "--stdout", "Containerfile"], { cwd })).out).toBe("FROM a\n");
    expect(read(cwd, "Dockerfile")).toBe(waste);
    expect(await run(["fix", "--stdout"], { cwd })).toMatchObject({
      code: 2,
      out: "",
      err: "dfdedupe: --stdout prints one file, and there are 2\n",
    });
  });

  test("standard input goes to standard output, words to standard error", async () => {
    const { code, out, err } = await run(["fix", "-"], { stdin: both });
    expect(code).toBe(0);
    expect(out).toBe("FROM a\nRUN x \nRUN y WASTEU\nRUN z WASTEN\n");
    expect(err).toContain("-:2  fixed  waste  Take it away\n");
    expect((await run(["fix", "-", "--quiet"], { stdin: both })).err).toBe("");
  });

  test("--fail-on looks at what is left", async () => {
    expect((await run(["fix", "-", "--fail-on", "warning"], { stdin: both })).code).toBe(1);
    expect((await run(["fix", "-", "--fail-on", "warning"], { stdin: waste })).code).toBe(0);
    expect((await run(["fix", "-", "--fail-on", "error"], { stdin: both })).code).toBe(0);
  });

  test.each([
    [[], "fixed", "FROM a\nNONSENSE x\nRUN y \n"],
    [["--check"], "would fix", "FROM a\nNONSENSE x\nRUN y WASTE\n"],
  ])("%j: says what cannot be read, and 2", async (flags, did, after) => {
    const cwd = folder({ Dockerfile: "FROM a\nNONSENSE x\nRUN y WASTE\n", Containerfile: "FROM a\n" });
    const { code, out, err } = await run(["fix", ...flags], { cwd });
    expect(code).toBe(2);
    expect(out).toMatch(/^Dockerfile:2:1 {2}error {2}syntax {2}.*NONSENSE/);
    expect(out).toContain(`\nDockerfile:3  ${did}  waste  Take it away\n`);
    expect(out).toMatch(new RegExp(`\n${did} 1, 1 syntax problem in 2 files\n$`));
    expect(err).toBe("dfdedupe: Dockerfile: what cannot be read cannot be fixed\n");
    expect(read(cwd, "Dockerfile")).toBe(after);
  });

  test("says that a comment which switches rules off names none", async () => {
    const { code, out, err } = await run(["fix", "-"], {
      stdin: "FROM a\n# dfdedupe ignore=no-rule\nRUN y\n",
    });
    expect({ code, out }).toEqual({ code: 2, out: "FROM a\n# dfdedupe ignore=no-rule\nRUN y\n" });
    expect(err).toContain('-:2:1  error  syntax  no rule is called "no-rule"\n');
  });

  test("the text of a broken file goes alone to standard output", async () => {
    const stdin = "FROM a\nNONSENSE x\n";
    const { code, out, err } = await run(["fix", "-", "--quiet"], { stdin });
    expect({ code, out }).toEqual({ code: 2, out: stdin });
    expect(err).toMatch(/^-:2:1 {2}error {2}syntax/);
  });

  test("changes nothing at all when one word cannot be read", async () => {
    const cwd = folder({ Dockerfile: waste });
    expect((await run(["fix", "Dockerfile", "gone"], { cwd })).code).toBe(2);
    expect(read(cwd, "Dockerfile")).toBe(waste);
  });
});

describe("a file that is changed", () => {
  test.each([0o640, 0o755, 0o4755])("keeps its mode %o, and nothing lies beside it", async (mode) => {
    const cwd = folder({ Dockerfile: waste });
    chmodSync(join(cwd, "Dockerfile"), mode);
    await run(["fix", "Dockerfile"], { cwd });
    expect(read(cwd, "Dockerfile")).not.toBe(waste);
    expect(statSync(join(cwd, "Dockerfile")).mode & 0o7777).toBe(mode);
    expect(readdirSync(cwd)).toEqual(["Dockerfile"]);
  });

  test("is replaced whole: a reader that has it open sees the old text", async () => {
    const cwd = folder({ Dockerfile: waste });
    const before = statSync(join(cwd, "Dockerfile")).ino;
    await run(["fix", "Dockerfile"], { cwd });
    expect(statSync(join(cwd, "Dockerfile")).ino).not.toBe(before);
  });

  test("behind a link: the link stays, its target changes", async () => {
    const cwd = folder({ "real/Dockerfile": waste });
    symlinkSync("real/Dockerfile", join(cwd, "Dockerfile"));
    await run(["fix", "Dockerfile"], { cwd });
    expect(readlinkSync(join(cwd, "Dockerfile"))).toBe("real/Dockerfile");
    expect(lstatSync(join(cwd, "real/Dockerfile")).isFile()).toBe(true);
    expect(read(cwd, "real/Dockerfile")).toBe("FROM a\nRUN x \n");
  });

  test.each([
    ["CRLF and no last line break", "FROM a\r\nRUN x WASTE", "FROM a\r\nRUN x "],
    ["a byte order mark", "\uFEFFFROM a\nRUN x WASTE\n", "\uFEFFFROM a\nRUN x \n"],
    [
      "not UTF-8",
      Buffer.from("FROM a\n# caf\xe9 \xff\nRUN x WASTE\n", "latin1"),
      "FROM a\n# caf\xe9 \xff\nRUN x \n",
    ],
  ])("keeps every other byte: %s", async (_, before, after) => {
    const cwd = folder({ Dockerfile: before });
    const encoding = typeof before === "string" ? "utf8" : "latin1";
    expect((await run(["fix", "-", "--diff"], { stdin: before })).bytes.toString(encoding)).toContain(
      "RUN x WASTE",
    );
    expect((await run(["fix", "-"], { stdin: before })).bytes.toString(encoding)).toBe(after);
    await run(["fix", "Dockerfile"], { cwd });
    expect(readFileSync(join(cwd, "Dockerfile"), encoding)).toBe(after);
  });
});

test("a file without anything to fix is not written", async () => {
  const cwd = folder({ Dockerfile: "FROM a\nRUN WASTEU\n" });
  const path = join(cwd, "Dockerfile");
  utimesSync(path, 1, 1);
  const before = statSync(path);
  expect((await run(["fix"], { cwd })).out).toBe(
    "Dockerfile:2  not fixed  waste  It may be missed.\nfixed 0, 1 not fixed in 1 file\n",
  );
  expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
});

test("a file that may not be written is told in one line, and stays", async () => {
  const cwd = folder({ Dockerfile: waste });
  chmodSync(join(cwd, "Dockerfile"), 0o444);
  expect(await unprivileged(cwd, () => run(["fix"], { cwd }))).toMatchObject({
    code: 2,
    err: "dfdedupe: Dockerfile: cannot be written: permission denied\n",
  });
  expect(read(cwd, "Dockerfile")).toBe(waste);
  expect(readdirSync(cwd)).toEqual(["Dockerfile"]);
});

describe("a file that someone else touches while it is fixed", () => {
  const meanwhile = (work: () => void): void => {
    seen.meanwhile = work;
    onTestFinished(() => {
      seen.meanwhile = undefined;
    });
  };

  test("and that has another text by now is left alone", async () => {
    const cwd = folder({ Dockerfile: waste });
    meanwhile(() => appendFileSync(join(cwd, "Dockerfile"), "# an edit\n"));
    expect(await run(["fix"], { cwd })).toMatchObject({
      code: 2,
      out: "",
      err: "dfdedupe: Dockerfile: cannot be written: it has changed since it was read\n",
    });
    expect(read(cwd, "Dockerfile")).toBe(`${waste}# an edit\n`);
    expect(readdirSync(cwd)).toEqual(["Dockerfile"]);
  });

  test("and that is gone does not come back", async () => {
    const cwd = folder({ Dockerfile: waste });
    meanwhile(() => rmSync(join(cwd, "Dockerfile")));
    expect(await run(["fix"], { cwd })).toMatchObject({
      code: 2,
      err: "dfdedupe: Dockerfile: cannot be written: no such file or folder\n",
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("and that only got new times is fixed", async () => {
    const cwd = folder({ Dockerfile: Buffer.from(`\uFEFF${waste}`) });
    meanwhile(() => utimesSync(join(cwd, "Dockerfile"), 1, 1));
    expect((await run(["fix"], { cwd })).code).toBe(0);
    expect(read(cwd, "Dockerfile")).toBe("\uFEFFFROM a\nRUN x \n");
  });
});
