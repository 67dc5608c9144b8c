// Keeps a report off the files that it is about.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../failure.ts";

/**
 * A slip of the hand must not cost an input: throws a Failure when `output`, seen from `cwd`, is one of `files`. `what`
 * they are ends the sentence, "a Dockerfile".
 */
export function spare(output: string, cwd: string, files: readonly string[], what: string): void {
  const target = resolve(cwd, output);
  if (files.some((file) => sameFile(file, target)))
    throw new Failure(`--output ${output}: the report would replace ${what} that it is about`);
}

/** Under whatever names: links, or another case where the file system has none. What is not there is no file. */
function sameFile(a: string, b: string): boolean {
  try {
    const [one, other] = [statSync(a, { bigint: true }), statSync(b, { bigint: true })];
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
}
