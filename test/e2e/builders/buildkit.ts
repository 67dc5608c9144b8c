// Builds with BuildKit: a daemon of its own for the length of a test file, ended by its process.
import { spawn } from "node:child_process";
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseNames } from "../setup/bases.ts";
import { run } from "../setup/exec.ts";
import { bases, program } from "../setup/places.ts";
import { rememberProcess, removeWork, workFolder } from "../setup/work.ts";
import type { Builder } from "./builder.ts";
import { readBuilt } from "./files.ts";
import { manifestDigest } from "./layout.ts";

export async function startBuildkit(): Promise<Builder> {
  const home = workFolder("buildkit");
  const address = `unix://${join(home, "socket")}`;
  const buildctl = program("buildctl")!;
  const log = openSync(join(home, "log"), "w");
  const daemon = spawn(
    program("buildkitd")!,
    [
      ...["--root", join(home, "root"), "--addr", address],
      ...["--oci-worker=true", "--containerd-worker=false", "--oci-worker-net=host"],
      ...["--oci-worker-binary", program("runc")!],
    ],
    { stdio: ["ignore", log, log], env: { ...process.env, TMPDIR: home } },
  );
  closeSync(log);
  rememberProcess(home, daemon.pid);
  const ended = new Promise<void>((resolve) => daemon.once("close", () => resolve()));
  const close = async () => {
    daemon.kill("SIGTERM");
    const hard = setTimeout(() => daemon.kill("SIGKILL"), 30_000);
    await ended;
    clearTimeout(hard);
    await removeWork(home);
  };
  if (!(await answers())) {
    const said = readFileSync(join(home, "log"), "utf8").slice(-4000);
    await close();
    throw new Error(`buildkitd does not answer:\n${said}`);
  }

  /** Whether the daemon can be spoken to within two minutes. */
  async function answers(): Promise<boolean> {
    const end = Date.now() + 120_000;
    while (Date.now() < end && daemon.exitCode === null) {
      if ((await run(buildctl, ["--addr", address, "debug", "workers"])).code === 0) return true;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return false;
  }

  const contexts = baseNames.flatMap((name) => [
    ...["--oci-layout", `${layoutId(name)}=${bases}`],
    ...["--opt", `context:${name}=oci-layout://${layoutId(name)}@${manifestDigest(bases, name)}`],
  ]);
  // One layout for all images: the client sends no blob that is there, least of all the bases.
  const out = join(home, "out");
  cpSync(bases, out, { recursive: true });
  let count = 0;
  return {
    name: "buildkit",
    build: async (dockerfile, context) => {
      const folder = join(home, `build${++count}`);
      mkdirSync(folder);
      writeFileSync(join(folder, "Dockerfile"), dockerfile);
      const metadata = join(folder, "metadata");
      const built = await run(buildctl, [
        ...["--addr", address, "build", "--progress", "plain", "--frontend", "dockerfile.v0"],
        // Else a `# syntax=` line would fetch a frontend from a registry.
        ...["--opt", "cmdline=dockerfile"],
        ...["--local", `context=${context}`, "--local", `dockerfile=${folder}`, ...contexts],
        ...[
          "--output",
          `type=oci,tar=false,compression=uncompressed,dest=${out}`,
          "--metadata-file",
          metadata,
        ],
      ]);
      if (built.code !== 0) return { image: undefined, log: built.output };
      const digest = JSON.parse(readFileSync(metadata, "utf8"))["containerimage.digest"];
      return { image: await readBuilt(out, digest), log: built.output };
    },
    close,
  };
}

function layoutId(name: string): string {
  return `base-${name.replace(/[^a-z0-9]/g, "-")}`;
}
