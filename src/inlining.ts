// How V8 compiles what a run over many files needs.
import { setFlagsFromString } from "node:v8";

/** The V8 of Node 24. A later one may not know the flag, and would say so on stderr. */
const NEWEST_TRIED = 13;

/**
 * Makes V8 copy fewer functions into their callers. A check is much code of which each part runs a little: compiling
 * the copies takes longer than they save (bench/corpus.mjs: a seventh of the time, a fifth of the processor time).
 */
export function inlineLess(): void {
  const major = Number.parseInt(process.versions.v8 ?? "", 10);
  if (major <= NEWEST_TRIED) setFlagsFromString("--max-inlined-bytecode-size=100");
}
