// What `fix` did, and what it left alone and why.
import type { Finding } from "../finding.ts";
import type { FixResult } from "../fix.ts";
import { escapeControls } from "./cells.ts";
import type { FileResult } from "./result.ts";

export interface FileFixes extends FixResult {
  readonly path: string;
}

/** One line for each fix and a summary; `broken` are those with syntax problems, `dry` when nothing was changed. */
export function fixReport(
  files: readonly FileFixes[],
  broken: readonly Pick<FileResult, "problems">[],
  dry: boolean,
): string {
  const did = dry ? "would fix" : "fixed";
  const lines = files.flatMap(({ path, applied, refused }) => [
    ...applied.map(({ finding, line }) =>
      entry(path, line, did, finding, finding.fix?.title ?? finding.message),
    ),
    ...refused.map(({ finding, line, why }) => entry(path, line, "not fixed", finding, why)),
  ]);
  return `${[...lines, summary(files, broken.flatMap(({ problems }) => problems).length, did)].join("\n")}\n`;
}

function entry(path: string, line: number, did: string, finding: Finding, text: string): string {
  return escapeControls(`${path}:${line}  ${did}  ${finding.rule}  ${text}`.replace(/\s*[\r\n]\s*/g, " "));
}

function summary(files: readonly FileFixes[], problems: number, did: string): string {
  const sum = (number: (file: FileFixes) => number): number =>
    files.reduce((total, file) => total + number(file), 0);
  const applied = sum((file) => file.applied.length);
  const refused = sum((file) => file.refused.length);
  const without = sum((file) => file.remaining.filter((finding) => finding.fix === undefined).length);
  const mild = sum(
    ({ remaining, refused }) => remaining.filter(({ fix }) => fix !== undefined).length - refused.length,
  );
  const where = `in ${files.length} file${files.length === 1 ? "" : "s"}`;
  if (applied + refused + without + mild + problems === 0) return `Nothing to fix ${where}.`;
  const counts = [
    `${did} ${applied}`,
    ...(refused === 0 ? [] : [`${refused} not fixed`]),
    ...(mild === 0 ? [] : [`${mild} less severe left alone`]),
    ...(without === 0 ? [] : [`${without} without a fix`]),
    ...(problems === 0 ? [] : [`${problems} syntax problem${problems === 1 ? "" : "s"}`]),
  ];
  return `${counts.join(", ")} ${where}`;
}
