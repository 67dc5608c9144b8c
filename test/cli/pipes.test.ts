// Pipes and devices where files are looked for: nobody may ever write to them, and no run waits for it.
import { execFileSync, spawn } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { dockerSave } from "../image/archives.ts";
import { tar } from "../image/tar-writer.ts";
import { folder, run } from "./run.ts";

/** Seconds: longer than a test may take. */
const PATIENCE = 70;

/** Whoever does wait for this pipe gets `text` after a while, so that a test fails where it would hang. */
function pipe(path: string, text: string, seconds: number): void {
  execFileSync("mkfifo", [path]);
  const script = 'while sleep "$2"; do printf %s "$1" > "$0"; done';
  const writer = spawn("sh", ["-c", script, path, text, `${seconds}`], { stdio: "ignore" });
  onTestFinished(() => void writer.kill("SIGKILL"));
}

const waste = "FROM a\nCOPY big /big\nRUN rm /big\n";
const image = tar(dockerSave([{ layers: [tar([{ name: "a", content: "1" }])] }]));
const project = () => folder({ Dockerfile: waste, big: "1", "app.tar": image, "docker/": "" });

describe("a pipe", () => {
  test.each([
    [".dockerignore", ["check"]],
    [".dockerignore", ["check", "--context", "."]],
    [".dockerignore", ["fix"]],
    ["Dockerfile.dockerignore", ["check", "Dockerfile"]],
    ["Dockerfile.dockerignore", ["check", "--context", "."]],
    [".dfdedupe.json", ["check"]],
    [".dive-ci", ["image", "app.tar"]],
    ["docker/config.json", ["image", "docker://app"]],
  ])("as %s: %j ends with one line and 2", async (name, argv) => {
    const cwd = project();
    pipe(join(cwd, name), "", PATIENCE);
    const { code, out, err } = await run(argv, { cwd, env: { DOCKER_CONFIG: join(cwd, "docker") } });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.replace(`${cwd}/`, "")).toBe(`dfdedupe: ${name}: is no regular file\n`);
  });

  test("in the build context says nothing", async () => {
    const cwd = folder({
      Dockerfile: "FROM node\nCOPY . /app\nWORKDIR /app\nRUN pip install -r requirements.txt\nRUN npm ci\n",
    });
    for (const name of ["requirements.txt", "package.json", "package-lock.json"])
      pipe(join(cwd, name), "", PATIENCE);
    expect(await run(["check", "--min-severity", "info"], { cwd })).toMatchObject({ code: 0, err: "" });
  });

  test("that is named is read", async () => {
    const cwd = project();
    pipe(join(cwd, "config"), '{ "ignore": ["removed-later"], "minSize": 0 }', 0.1);
    pipe(join(cwd, "limits"), "rules:\n  lowestEfficiency: 2", 0.1);
    const { code, out } = await run(["check", "--config", "config"], { cwd });
    expect({ code, out }).toEqual({ code: 0, out: "Nothing stored twice in 1 file.\n" });
    const limits = await run(["image", "app.tar", "--dive-ci", "limits"], { cwd });
    expect(limits.err).toContain("limits: ");
  });
});

describe("a link to a device as .dockerignore", () => {
  test.each([
    ["/dev/null", 1],
    ["/dev/zero", 2],
  ])("%s: %d", async (device, code) => {
    const cwd = project();
    symlinkSync(device, join(cwd, ".dockerignore"));
    expect((await run(["check", "--min-size", "0"], { cwd })).code).toBe(code);
  });
});
