// Where the harness keeps what it makes once, and where it works.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Kept between runs: base images and BuildKit. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "dfdedupe-e2e");

/** An OCI layout with one tag for each base image. */
export const bases = join(cache, "bases");

/** The path of a program, looked for in the cache first; undefined when it is not installed. */
export function program(name: string): string | undefined {
  const folders = [join(cache, "bin"), ...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
