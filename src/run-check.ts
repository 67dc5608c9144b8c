// What `check` does: analyses every input and reports.
import { resolve } from "node:path";
import { analyze } from "./analyze.ts";
import { replaceFile } from "./files/replace.ts";
import { eachInput, readInputs } from "./inputs.ts";
import type { Io } from "./io.ts";
import { type Flags, resolveOptions } from "./options.ts";
import { jsonReport } from "./report/json.ts";
import { wantsColour } from "./report/palette.ts";
import { atLeast, type FileResult, fails } from "./report/result.ts";
import { textReport } from "./report/text.ts";
import { rules } from "./rules/index.ts";
import { version } from "./version.ts";

export interface CheckFlags extends Flags {
  readonly format?: "text" | "json";
  readonly output?: string;
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/** 1 when something at or above the threshold is found. Throws a Failure when it cannot be done. */
export async function runCheck(words: readonly string[], flags: CheckFlags, io: Io): Promise<0 | 1> {
  const options = await resolveOptions(
    flags,
    io,
    rules.map((rule) => rule.id),
  );
  const inputs = await readInputs(words, options, io);
  const results = eachInput(inputs, ({ path, text, analysis }): FileResult => {
    const { problems, findings } = analyze(text, analysis());
    const shown = findings.filter((finding) => atLeast(finding.severity, options.minSeverity));
    // Copied with their fixes, which else would keep the whole model until the last file is read.
    return { path, text, problems, findings: shown.map((finding) => ({ ...finding })) };
  });
  say(report(results, flags, io), flags, io);
  return fails(results, options.failOn) ? 1 : 0;
}

function report(results: readonly FileResult[], flags: CheckFlags, io: Io): string {
  if (flags.format === "json") return jsonReport(results, version());
  const output = flags.output === undefined ? io.stdout : { write: () => undefined };
  return textReport(results, {
    width: Math.max(40, (output.isTTY && output.columns) || 80),
    coloured: wantsColour(flags.color, io, output),
    quiet: flags.quiet === true,
  });
}

function say(text: string, flags: CheckFlags, io: Io): void {
  if (flags.output === undefined) io.stdout.write(text);
  else replaceFile(resolve(io.cwd, flags.output), text, flags.output);
}
