// The Dockerfiles that a command works on, read and with all that their analysis needs.
import type { AnalyzeOptions } from "./analyze.ts";
import { contexts } from "./contexts.ts";
import { fromParts } from "./dockerfile/from.ts";
import { parseDockerfile } from "./dockerfile/parse.ts";
import { tuneForManyFiles } from "./engine.ts";
import { Failure } from "./failure.ts";
import { findSources, type Source } from "./files/find.ts";
import { readSource, type SourceText } from "./files/read.ts";
import type { Io } from "./io.ts";
import type { Options } from "./options.ts";

export interface Input extends Source, SourceText {
  /** Found when asked: what is known of the file's build context is let go with its analysis. */
  analysis(): AnalyzeOptions;
}

/**
 * All are read before the first is looked at: a word that cannot be read stops the run before it changes anything.
 * `note` hears of each file that a folder or glob brings and that is left out.
 */
export async function readInputs(
  words: readonly string[],
  options: Options,
  io: Io,
  note: (line: string) => void,
): Promise<readonly Input[]> {
  const contextOf = contexts(options.context, io.cwd);
  const inputs: Input[] = [];
  const binary: string[] = [];
  for (const source of findSources(words, io.cwd)) {
    const read = await readSource(source, io);
    if (read === undefined) {
      binary.push(source.path);
      continue;
    }
    const analysis = (): AnalyzeOptions => {
      const context = contextOf(source, read.text);
      return { ...options.analysis, ...(context && { context }) };
    };
    inputs.push({ analysis, ...source, ...read });
  }
  if (inputs.length === 0) throw new Failure(`${words.join(" ") || "."}: no Dockerfile`);
  for (const target of options.analysis.targets ?? []) {
    if (!inputs.some((input) => hasStage(input.text, target)))
      throw new Failure(`no stage is called "${target}"`);
  }
  for (const path of binary) note(`${path}: binary content, left out`);
  return inputs;
}

/** What `work` makes of each input; an error that nobody foresaw says which one it was. */
export function eachInput<T>(inputs: readonly Input[], work: (input: Input) => T): T[] {
  if (inputs.length > 1) tuneForManyFiles();
  return inputs.map((input) => {
    try {
      return work(input);
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new Error(`${input.path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  });
}

/** By name in any case or by number, as `docker build --target` takes it. */
function hasStage(text: string, target: string): boolean {
  const stages = parseDockerfile(text).instructions.flatMap((instruction) => fromParts(instruction) ?? []);
  return stages.some((stage, at) => stage.alias?.text === target.toLowerCase() || String(at) === target);
}
