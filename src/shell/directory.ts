// The working directory as a rendered path, and what `cd` makes of it.
import { HOLE_START } from "./word.ts";

/**
 * The directory reached from `cwd` by a rendered path; undefined if it cannot be told. A path that begins with a
 * hole is taken for absolute: variables that hold a directory nearly always are.
 */
export function changeDirectory(cwd: string | undefined, target: string): string | undefined {
  if (target.startsWith("/") || target.startsWith(HOLE_START)) return normalizePath(target);
  if (cwd === undefined) return undefined;
  return target === "" ? cwd : normalizePath(`${cwd}/${target}`);
}

/** Without `.`, `..`, and doubled or trailing slashes; undefined if `..` follows what only the build knows. */
export function normalizePath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.at(-1)?.includes(HOLE_START)) return undefined;
    else parts.pop();
  }
  const joined = parts.join("/");
  return path.startsWith("/") ? `/${joined}` : joined;
}
