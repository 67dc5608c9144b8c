// Folders to work in, and the end of what a run that was killed has left in them: mounts, processes, files.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { run } from "./exec.ts";
import { cache } from "./places.ts";

/**
 * Not below /tmp: buildah in its chroot leaves a mount's empty target in the image when its own folder and the target lie
 * below folders of the same name, and scenarios mount below /tmp.
 */
const works =
  cache.startsWith("/tmp/") && process.getuid?.() === 0 ? "/var/lib/dfdedupe-e2e" : join(cache, "work");
const PROCESSES = "processes";

/** A new, empty folder of this process. */
export function workFolder(name: string): string {
  mkdirSync(works, { recursive: true });
  return mkdtempSync(join(works, `${process.pid}-${name}-`));
}

/** Remembers a process that works in a folder and must not outlive it. */
export function rememberProcess(folder: string, pid: number | undefined): void {
  if (pid !== undefined) writeFileSync(join(folder, PROCESSES), `${pid}\n`, { flag: "a" });
}

/** Removes a folder of work with all that is mounted in it. */
export async function removeWork(folder: string): Promise<void> {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
  // The innermost first.
  for (const path of mounts.reverse()) await run("umount", ["--lazy", path]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Ends and removes what belongs to processes that are gone. */
export async function sweepWork(): Promise<void> {
  for (const name of existsSync(works) ? readdirSync(works) : []) {
    const folder = join(works, name);
    if (isAlive(Number.parseInt(name, 10))) continue;
    for (const pid of processesOf(folder)) process.kill(pid, "SIGKILL");
    await removeWork(folder);
  }
}

/** The remembered processes that still run: a number may have gone to a stranger since. */
function processesOf(folder: string): readonly number[] {
  const list = join(folder, PROCESSES);
  if (!existsSync(list)) return [];
  const pids = readFileSync(list, "utf8").trim().split("\n").map(Number);
  return pids.filter((pid) => isAlive(pid) && commandLine(pid).includes(folder));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
