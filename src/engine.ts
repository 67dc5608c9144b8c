// How V8 works through what a run over many files needs.
import { setFlagsFromString } from "node:v8";

/** The V8 of Node 24. A later one may not know the flags, and would say so on stderr. */
const NEWEST_TRIED = 13;

/**
 * Makes V8 copy fewer functions into their callers: a check is much code of which each part runs a little, and compiling
 * the copies takes longer than they save. `--max-inlined-bytecode-size` may not be set here: a compilation under way on
 * another thread asks it twice, and ends the process if it has changed in between. And lets the heap double at most
 * between two collections of all of it, which else may let it grow to four times its size. Measured by bench/corpus.mjs.
 */
export function tuneForManyFiles(): void {
  const major = Number.parseInt(process.versions.v8 ?? "", 10);
  if (major > NEWEST_TRIED) return;
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=100");
  setFlagsFromString("--heap-growing-percent=100");
}
