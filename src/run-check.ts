// What `check` does: analyses every input and reports.
import { resolve } from "node:path";
import { type Analysis, analyze } from "./analyze.ts";
import { Failure } from "./failure.ts";
import { replaceFile } from "./files/replace.ts";
import { spare } from "./files/spare.ts";
import type { Finding } from "./finding.ts";
import { eachInput, type Input, readInputs } from "./inputs.ts";
import type { Io } from "./io.ts";
import { type Flags, resolveOptions } from "./options.ts";
import { jsonReport } from "./report/json.ts";
import { note } from "./report/note.ts";
import { progressLine } from "./report/progress.ts";
import { atLeast, type FileResult, fails, type ImageResult } from "./report/result.ts";
import { textOptions, textReport } from "./report/text.ts";
import { rules } from "./rules/index.ts";
import { version } from "./version.ts";

export interface CheckFlags extends Flags {
  readonly format?: "text" | "json";
  readonly output?: string;
  readonly image?: string;
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
  const inputs = await readInputs(words, options, io, (line) => note(io, line));
  const { output } = flags;
  if (output !== undefined) {
    const files = inputs.flatMap(({ file }) => file ?? []);
    spare(output, io.cwd, files, "a Dockerfile");
  }
  const image = flags.image === undefined ? undefined : await measured(flags.image, inputs, output, io);
  const results = eachInput(inputs, ({ path, text, analysis }): FileResult => {
    const found = analyze(text, analysis());
    const evidence = image?.(found);
    const all = (evidence ?? found).findings;
    const shown = all.filter(({ severity }) => atLeast(severity, options.minSeverity));
    // Copied with their fixes, which else would keep the whole model until the last file is read.
    const findings = shown.map((finding) => ({ ...finding }));
    const hidden = all.length - shown.length;
    const { problems } = found;
    return { path, text, problems, findings, hidden, ...(evidence && { image: evidence.image }) };
  });
  say(report(results, flags, io), flags, io);
  return fails(results, options.failOn) ? 1 : 0;
}

type Measure = (analysis: Analysis) => {
  readonly findings: readonly Finding[];
  readonly image: ImageResult;
};

/** Reads the image, which takes code that most runs can do without. */
async function measured(
  name: string,
  inputs: readonly Input[],
  output: string | undefined,
  io: Io,
): Promise<Measure> {
  if (inputs.length > 1) throw new Failure("--image is for one Dockerfile: name the one it was built from");
  const [{ fileImages, filesOfImage, imageFailure }, { measureImage }, { withEvidence }] = await Promise.all([
    import("./images.ts"),
    import("./image/measured.ts"),
    import("./evidence.ts"),
  ]);
  if (output !== undefined) spare(output, io.cwd, filesOfImage(name, io.cwd), "an image");
  try {
    const line = progressLine(io.stderr);
    const image = await fileImages(io).read(name, { progress: line.show }).finally(line.clear);
    try {
      const measuredImage = measureImage(image);
      return (analysis) => {
        const { findings, ...rest } = withEvidence(analysis, measuredImage);
        return { findings, image: { name: image.name, digest: image.digest, ...rest } };
      };
    } finally {
      await image.close();
    }
  } catch (error) {
    throw imageFailure(error);
  }
}

function report(results: readonly FileResult[], flags: CheckFlags, io: Io): string {
  if (flags.format === "json") return jsonReport(results, version());
  const output = flags.output === undefined ? io.stdout : { write: () => undefined };
  return textReport(results, textOptions(flags, io, output));
}

function say(text: string, flags: CheckFlags, io: Io): void {
  if (flags.output === undefined) io.stdout.write(text);
  else replaceFile(resolve(io.cwd, flags.output), text, flags.output);
}
