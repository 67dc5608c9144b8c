// What `fix` does: fixes every input, then writes, prints or only tells.
import { problemsOf } from "./analyze.ts";
import { Failure } from "./failure.ts";
import { encode } from "./files/read.ts";
import { replaceFile } from "./files/replace.ts";
import { type FixResult, fixText } from "./fix.ts";
import { eachInput, type Input, readInputs } from "./inputs.ts";
import type { Io } from "./io.ts";
import { type Flags, resolveOptions } from "./options.ts";
import { unifiedDiff } from "./report/diff.ts";
import { fixReport } from "./report/fixes.ts";
import { note } from "./report/note.ts";
import { wantsColour } from "./report/palette.ts";
import { type FileResult, fails } from "./report/result.ts";
import { textOptions, textReport } from "./report/text.ts";
import { rules } from "./rules/index.ts";

export interface FixFlags extends Flags {
  readonly unsafeFixes?: boolean;
  readonly cacheMounts?: boolean;
  readonly diff?: boolean;
  readonly check?: boolean;
  readonly stdout?: boolean;
  readonly color?: boolean;
  readonly quiet?: boolean;
}

interface Fixed {
  readonly input: Input;
  readonly result: FixResult;
}

/**
 * 1 when `--check` is given and anything would change, or when what is left reaches `--fail-on`. All is fixed in
 * memory before the first file is written. Throws a Failure when it cannot be done, and when all is done but for
 * a file with syntax problems.
 */
export async function runFix(words: readonly string[], flags: FixFlags, io: Io): Promise<0 | 1> {
  const options = await resolveOptions(
    flags,
    io,
    rules.map((rule) => rule.id),
  );
  const inputs = await readInputs(words, options, io, (line) => note(io, line));
  if (flags.stdout === true && inputs.length !== 1) {
    throw new Failure(`--stdout prints one file, and there are ${inputs.length}`);
  }
  const { minSeverity } = options;
  const fixed = eachInput(inputs, (input): Fixed => {
    const wishes = { unsafe: flags.unsafeFixes === true, cacheMounts: flags.cacheMounts === true };
    return { input, result: fixText(input.text, { ...input.analysis(), ...wishes, minSeverity }) };
  });
  const printed = fixed.map((each) => put(each, flags, io)).includes(true);
  const dry = flags.diff === true || flags.check === true;
  const results = fixed.map(({ input, result }) => ({ ...result, path: input.path }));
  const broken = fixed.map((each) => withProblems(each, dry)).filter(({ problems }) => problems.length > 0);
  const output = printed ? io.stderr : io.stdout;
  if (broken.length > 0) {
    output.write(`${textReport(broken, { ...textOptions(flags, io, output), quiet: true })}\n`);
  }
  if (flags.quiet !== true) output.write(fixReport(results, broken, dry));
  if (broken.length > 0) {
    throw new Failure(`${broken.map(({ path }) => path).join(", ")}: what cannot be read cannot be fixed`);
  }
  if (flags.check === true && fixed.some(changed)) return 1;
  const left = results.map(({ path, text, remaining }) => ({
    path,
    text,
    problems: [],
    findings: remaining,
  }));
  return fails(left, flags.failOn ?? "never") ? 1 : 0;
}

/** The problems of the text that is there in the end. */
function withProblems({ input, result }: Fixed, dry: boolean): FileResult {
  const { text } = dry ? input : result;
  return { path: input.path, text, problems: problemsOf(text), findings: [] };
}

function changed({ input, result }: Fixed): boolean {
  return result.text !== input.text;
}

/** Brings one result to where it belongs. True when that is standard output, which then is no place for words. */
function put(fixed: Fixed, flags: FixFlags, io: Io): boolean {
  const { input, result } = fixed;
  if (flags.diff === true) {
    const coloured = wantsColour(flags.color, io, io.stdout);
    const diff = unifiedDiff(input.path, input.text, result.text, coloured);
    if (diff !== "") io.stdout.write(encode(diff, input.encoding));
    return true;
  }
  const print = flags.stdout === true || (input.file === undefined && flags.check !== true);
  if (print) io.stdout.write(encode(result.text, input.encoding));
  else if (flags.check !== true && input.file !== undefined && changed(fixed)) {
    const { file, path, encoding, text } = input;
    replaceFile(file, encode(result.text, encoding), path, encode(text, encoding));
  }
  return print;
}
