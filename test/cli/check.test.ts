import { chmodSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { checkReportSchema } from "../../src/report/check-schema.ts";
import { folder, run, unprivileged } from "./run.ts";
import { seen } from "./stand-in.ts";

vi.mock("../../src/analyze.ts", async () => ({ analyze: (await import("./stand-in.ts")).standInAnalyze }));
vi.mock("../../src/rules/index.ts", async () => ({ rules: (await import("./stand-in.ts")).standInRules }));

const waste = "FROM a\nRUN WASTE\n";
const clean = "FROM a\n";

describe("check", () => {
  test("finds: text and 1; does not: text and 0", async () => {
    const cwd = folder({ Dockerfile: waste, Containerfile: clean });
    expect(await run(["check"], { cwd })).toMatchObject({
      code: 1,
      err: "",
      out: `Dockerfile:2:5  warning  waste  stored twice
    2 │ RUN WASTE
      │     ━━━━━ again
   fix (safe)  Take it away

1 finding (1 warning) in 1 of 2 files
1 can be fixed with \`dfdedupe fix\`
`,
    });
    expect(await run(["check", "Containerfile"], { cwd })).toMatchObject({
      code: 0,
      out: "Nothing stored twice in 1 file.\n",
    });
  });

  test("reads standard input", async () => {
    const { code, out } = await run(["check", "-"], { stdin: waste });
    expect(code).toBe(1);
    expect(out).toMatch(/^-:2:5 {2}warning/);
  });

  test("prints JSON that fulfils the schema, with the same exit code", async () => {
    const cwd = folder({ Dockerfile: waste, "sub/app.Dockerfile": clean });
    const { code, out } = await run(["check", "--format", "json"], { cwd });
    const report = checkReportSchema.parse(JSON.parse(out));
    expect(code).toBe(1);
    expect(report.files.map(({ path, findings }) => [path, findings.length])).toEqual([
      ["Dockerfile", 1],
      ["sub/app.Dockerfile", 0],
    ]);
  });

  test.each([
    ["WASTE", [], 1, 1],
    ["WASTE", ["--fail-on", "error"], 1, 0],
    ["WASTEE", ["--fail-on", "error"], 1, 1],
    ["WASTEE", ["--fail-on", "never"], 1, 0],
    ["WASTEI", [], 0, 0],
    ["WASTEI", ["--min-severity", "info"], 1, 0],
    ["WASTEI", ["--fail-on", "info"], 1, 1],
    ["WASTE", ["--min-severity", "error"], 0, 0],
  ])("%s %j: %i shown, exit %i", async (word, flags, shown, code) => {
    for (const format of ["text", "json"]) {
      const result = await run(["check", "-", "--format", format, ...flags], {
        stdin: `FROM a\nRUN ${word}\n`,
      });
      expect(result.code).toBe(code);
      if (format === "json") expect(JSON.parse(result.out).summary.findings).toBe(shown);
    }
  });

  test.each([
    ["WASTE", ["--min-severity", "error", "--fail-on", "warning"], 1],
    ["WASTEI WASTEI", [], 2],
  ])("%s %j: says what it does not show", async (words, flags, hidden) => {
    const { code, out } = await run(["check", "-", ...flags], { stdin: `FROM a\nRUN ${words}\n` });
    expect(code).toBe(0);
    expect(out).toBe(
      hidden === 1
        ? "Nothing to show in 1 file.\n1 less severe finding is not shown (--min-severity info shows it)\n"
        : "Nothing to show in 1 file.\n2 less severe findings are not shown (--min-severity info shows them)\n",
    );
  });

  test("says what it does not show behind what it shows", async () => {
    const { out } = await run(["check", "-"], { stdin: "FROM a\nRUN WASTE WASTEI\n" });
    expect(out.split("\n").slice(-4)).toEqual([
      "1 finding (1 warning)",
      "1 can be fixed with `dfdedupe fix`",
      "1 less severe finding is not shown (--min-severity info shows it)",
      "",
    ]);
  });

  test("a file with a syntax problem is still checked, and the problem fails as an error does", async () => {
    const stdin = "FROM a\nBROKEN\nRUN WASTEI\n";
    const { code, out } = await run(["check", "-", "--min-severity", "info", "--fail-on", "error"], {
      stdin,
    });
    expect(out).toContain("-:2:1  error  syntax  cannot be read\n");
    expect(out).toContain("-:3:5  info  waste  stored twice\n");
    expect(code).toBe(1);
    expect((await run(["check", "-", "--fail-on", "never"], { stdin })).code).toBe(0);
  });

  test("says which files of a folder are no text, and checks the others", async () => {
    const cwd = folder({ Dockerfile: clean, "utf16.Dockerfile": Buffer.from(`\uFEFF${waste}`, "utf16le") });
    for (const words of [[], ["*ockerfile"]]) {
      expect(await run(["check", ...words], { cwd })).toMatchObject({
        code: 0,
        out: "Nothing stored twice in 1 file.\n",
        err: "dfdedupe: utf16.Dockerfile: binary content, left out\n",
      });
    }
  });

  test("writes to a file when asked, and says nothing else", async () => {
    const cwd = folder({ Dockerfile: waste });
    const { code, out } = await run(["check", "--format", "json", "--output", "report.json"], { cwd });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(readFileSync(join(cwd, "report.json"), "utf8")).summary.findings).toBe(1);
  });

  test.each([
    [{}, {}, [], false],
    [{ columns: 100 }, {}, [], true],
    [{ columns: 100 }, { NO_COLOR: "1" }, [], false],
    [{ columns: 100 }, { NO_COLOR: "" }, [], true],
    [{ columns: 100 }, { TERM: "dumb" }, [], false],
    [{}, { FORCE_COLOR: "1" }, [], true],
    [{ columns: 100 }, { FORCE_COLOR: "0" }, [], false],
    [{ columns: 100 }, { FORCE_COLOR: "1" }, ["--no-color"], false],
  ])("colours: terminal %j, environment %j, flags %j: %s", async (terminal, env, flags, coloured) => {
    const { out } = await run(["check", "-", ...flags], { stdin: waste, env, ...terminal });
    expect(/\x1b\[/.test(out)).toBe(coloured);
  });

  test("quiet: what is found, no summary", async () => {
    expect((await run(["check", "-q", "-"], { stdin: clean })).out).toBe("");
    expect((await run(["check", "--quiet", "-"], { stdin: waste })).out).not.toContain("1 finding");
  });

  test("hands the options to the analysis", async () => {
    const flags = ["--target", "0", "--build-arg", "A=1=2", "--build-arg", "B", "--build-arg", "C"];
    const env = { B: "from outside" };
    await run(["check", "-", ...flags, "--rule", "waste,other", "--ignore", "other", "--min-size", "2MB"], {
      stdin: waste,
      env,
    });
    expect(seen.options).toMatchObject({
      targets: ["0"],
      buildArgs: new Map([
        ["A", "1=2"],
        ["B", "from outside"],
      ]),
      rules: ["waste"],
      ignore: ["other"],
      minSize: 2_000_000,
    });
  });

  test("finds the build context, takes the one given, or none", async () => {
    const text = "FROM a\nCOPY app.py /\nCOPY lib /lib\nRUN WASTE\n";
    const cwd = folder({ "docker/Dockerfile": text, "app.py": "1", "lib/a": "2", "other/app.py": "3" });
    const root = async (...flags: string[]) => {
      await run(["check", "docker/Dockerfile", ...flags], { cwd });
      return seen.options?.context?.root;
    };
    expect(await root()).toBe(cwd);
    expect(await root("--context", "other")).toBe(join(cwd, "other"));
    expect(await root("--no-context")).toBeUndefined();
  });
});

describe("the configuration", () => {
  const config = (value: object) => JSON.stringify(value);

  test("is found upwards, as far as the repository goes, and flags win over it", async () => {
    const cwd = folder({
      ".dfdedupe.json": config({
        ignore: ["other"],
        minSize: "5MB",
        buildArgs: { A: "1", B: "2" },
        context: "ctx",
        failOn: "error",
      }),
      "sub/Dockerfile": waste,
      "ctx/a": "",
      "repo/.git/": "",
      "repo/Dockerfile": waste,
    });
    expect((await run(["check", "--build-arg", "A=3"], { cwd: join(cwd, "sub") })).code).toBe(0);
    expect(seen.options).toMatchObject({ ignore: ["other"], minSize: 5_000_000 });
    expect(seen.options?.context?.root).toBe(join(cwd, "ctx"));
    expect(Object.fromEntries(seen.options?.buildArgs ?? [])).toEqual({ A: "3", B: "2" });
    expect((await run(["check", "--fail-on", "warning"], { cwd: join(cwd, "sub") })).code).toBe(1);
    expect((await run(["check", "--no-config"], { cwd: join(cwd, "sub") })).code).toBe(1);
    expect((await run(["check"], { cwd: join(cwd, "repo") })).code).toBe(1);
    expect((await run(["check", "--config", "../.dfdedupe.json"], { cwd: join(cwd, "repo") })).code).toBe(0);
  });

  test.each([
    ["{", /^dfdedupe: \.dfdedupe\.json: not valid JSON: /],
    [config({ colour: true }), /^dfdedupe: \.dfdedupe\.json: .*colour/],
    [config({ rules: [1] }), /^dfdedupe: \.dfdedupe\.json: rules\.0: /],
    [config({ minSize: "much" }), /^dfdedupe: \.dfdedupe\.json: minSize: /],
    [config({ rules: ["nope"] }), /^dfdedupe: no rule is called "nope"/],
    [config({ context: "gone" }), /gone/],
  ])("%s is told in one line", async (text, line) => {
    const cwd = folder({ Dockerfile: waste, ".dfdedupe.json": text });
    const { code, out, err } = await run(["check"], { cwd });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(line);
    expect(err.split("\n")).toHaveLength(2);
  });
});

describe("what cannot be done is told in one line, with exit code 2", () => {
  const files = {
    Dockerfile: waste,
    "empty/": "",
    "binary/Dockerfile": "FROM a\0b\n",
    secret: waste,
    "big.Dockerfile": `FROM a\n${"#".repeat(17 * 2 ** 20)}\n`,
  };
  test.each([
    [["check", "gone"], "gone: no such file or folder"],
    [["check", "Dockerfile/x"], "Dockerfile/x: a part of the path is not a folder"],
    [["check", "empty"], "empty: no Dockerfile in this folder"],
    [["check", "**/*.nope"], "**/*.nope: no file matches"],
    [["check", "nope/**/*"], "nope/**/*: no file matches"],
    [["check", ""], "an empty file name"],
    [["check", "binary/Dockerfile"], "binary/Dockerfile: binary content, not a Dockerfile"],
    [["check", "binary"], "binary: no Dockerfile"],
    [["check", "big.Dockerfile"], "big.Dockerfile: larger than 16 MiB, not a Dockerfile"],
    [["check", "/dev/zero"], "/dev/zero: larger than 16 MiB, not a Dockerfile"],
    [["check", "loop"], "loop: too many symbolic links"],
    [["check", "--frmat", "json"], "unknown option '--frmat' (Did you mean --format?)"],
    [
      ["check", "--format", "xml"],
      "option '--format <format>' argument 'xml' is invalid. Allowed choices are text, json.",
    ],
    [["check", "--format"], "option '--format <format>' argument missing"],
    [
      ["check", "--min-severity", "bad"],
      "option '--min-severity <severity>' argument 'bad' is invalid. Allowed choices are error, warning, info.",
    ],
    [
      ["check", "Dockerfile", "--min-size", "big"],
      '--min-size "big": a size such as 500KB, 1MB or 2GiB is wanted',
    ],
    [["check", "Dockerfile", "--context", "gone"], "the build context gone is not a folder"],
    [["check", "Dockerfile", "--context", "Dockerfile"], "the build context Dockerfile is not a folder"],
    [["check", "Dockerfile", "--rule", "nope"], 'no rule is called "nope"; `dfdedupe rules` lists them'],
    [["check", "Dockerfile", "--ignore", "nope"], 'no rule is called "nope"; `dfdedupe rules` lists them'],
    [["check", "Dockerfile", "--target", "nope"], 'no stage is called "nope"'],
    [["check", "Dockerfile", "--build-arg", "=1"], '--build-arg "=1": NAME=VALUE is wanted'],
    [["check", "Dockerfile", "--config", "gone.json"], "gone.json: no such file or folder"],
    [
      ["check", "Dockerfile", "--output", "gone/report"],
      "gone/report: cannot be written: no such file or folder",
    ],
    [["rules", "nope"], 'no rule is called "nope"; `dfdedupe rules` lists them'],
    [["rules", "waste", "other"], "too many arguments for 'rules'. Expected 1 argument but got 2."],
    [["chekc"], "unknown command 'chekc' (Did you mean check?)"],
    [["check", "\x1b[31m"], "\\x1b[31m: no such file or folder"],
  ])("%j", async (argv, line) => {
    const cwd = folder(argv.includes("big.Dockerfile") ? files : { ...files, "big.Dockerfile": waste });
    symlinkSync("loop", join(cwd, "loop"));
    expect(await run(argv, { cwd })).toMatchObject({ code: 2, out: "", err: `dfdedupe: ${line}\n` });
  });

  test("an unreadable file", async () => {
    const cwd = folder(files);
    chmodSync(join(cwd, "secret"), 0);
    expect(await unprivileged(cwd, () => run(["check", "secret"], { cwd }))).toMatchObject({
      code: 2,
      err: "dfdedupe: secret: permission denied\n",
    });
  });

  test("a mistake of our own: with the file, and thrown where someone wants to see it", async () => {
    const cwd = folder({ Dockerfile: "FROM a\nRUN CRASH\n" });
    expect(await run(["check"], { cwd })).toMatchObject({
      code: 2,
      out: "",
      err: "dfdedupe: a mistake in dfdedupe: Dockerfile: x is undefined (DFDEDUPE_DEBUG=1 shows where)\n",
    });
    await expect(run(["check"], { cwd, env: { DFDEDUPE_DEBUG: "1" } })).rejects.toThrow("x is");
  });

  test("binary content on standard input", async () => {
    expect(await run(["check", "-"], { stdin: "FROM\0" })).toMatchObject({
      code: 2,
      err: "dfdedupe: -: binary content, not a Dockerfile\n",
    });
  });
});

describe("help and version", () => {
  test("--version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await run(["--version"])).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
  });

  test.each([[["--help"]], [["check", "--help"]], [["fix", "-h"]], [["help", "check"]]])(
    "%j has examples and fits 80 columns",
    async (argv) => {
      const { code, out, err } = await run(argv);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain("Examples:\n  dfdedupe ");
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  test("without a command: help on standard error, and 2", async () => {
    const { code, out, err } = await run([]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^Usage: dfdedupe /);
  });
});

describe("rules", () => {
  test("lists them, and explains one", async () => {
    expect((await run(["rules"])).out).toBe("waste  Finds waste\nother  Finds other\n");
    const { out } = await run(["rules", "waste"]);
    expect(out).toMatch(/^# waste\n\nFinds waste\.\n\n## Why\n\nBecause\.\n/);
    expect(out).toContain("❌ Stored twice:\n\n```dockerfile\nFROM a\nRUN WASTE\n```\n");
    expect(out).toContain("In the build context:\n\n```text\n# a.txt\n1\n```\n");
  });

  test("as JSON, too", async () => {
    expect(JSON.parse((await run(["rules", "--format", "json"])).out)).toHaveLength(2);
    expect(JSON.parse((await run(["rules", "waste", "--format", "json"])).out).id).toBe("waste");
  });
});
