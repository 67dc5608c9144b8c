// The report for people: what is stored twice, where, and what to do about it.

import { formatBytes } from "../bytes.ts";
import type { Bytes, Finding, Fix, Problem, Severity } from "../finding.ts";
import type { Io, Output } from "../io.ts";
import { indexLines } from "../text.ts";
import { escapeControls, textWidth, wrap } from "./cells.ts";
import { frame, type Place } from "./frame.ts";
import { type Palette, palette, wantsColour } from "./palette.ts";
import { type FileResult, type ImageResult, type Summary, summarize } from "./result.ts";

export interface TextOptions {
  /** Cells of a line. */
  readonly width: number;
  readonly coloured: boolean;
  /** Without the summary. */
  readonly quiet: boolean;
}

/** How a report looks on an output; `color` and `quiet` are the flags. */
export function textOptions(
  { color, quiet }: { readonly color?: boolean; readonly quiet?: boolean },
  io: Io,
  output: Output,
): TextOptions {
  return {
    width: Math.max(40, (output.isTTY && output.columns) || 80),
    coloured: wantsColour(color, io, output),
    quiet: quiet === true,
  };
}

export function textReport(files: readonly FileResult[], options: TextOptions): string {
  const colours = palette(options.coloured);
  const blocks = files.flatMap((file) => [
    ...file.problems.map((problem) => problemBlock(file, problem, options, colours)),
    ...file.findings.map((finding) => findingBlock(file, finding, options, colours)),
    ...(file.image === undefined ? [] : [imageLines(file, file.image, options)]),
  ]);
  if (!options.quiet) blocks.push(summaryLines(files));
  return blocks.map((block) => `${block.join("\n")}\n`).join("\n");
}

function findingBlock(file: FileResult, finding: Finding, options: TextOptions, colours: Palette): string[] {
  const place = position(file, finding.span.start);
  const paint = colours.severity[finding.severity];
  const rule = finding.confidence === "certain" ? finding.rule : `${finding.rule} (${finding.confidence})`;
  const shipping = finding.ships ? "" : ` (stage ${finding.stage} does not ship)`;
  const sentence = `${finding.message}${size(finding)}${shipping}`;
  const guilty: Place = { span: finding.span, label: finding.label, paint, within: finding.instruction };
  const others = finding.related.map(({ span, message, file }): Place => {
    const place = file === undefined ? "" : `${file.path}:${file.line}`;
    const label = message.includes(place) ? message : `${message} (${place})`;
    return { span, label, paint: colours.related };
  });
  return [
    ...heading(
      colours.path(place),
      place,
      paint(finding.severity),
      finding.severity,
      rule,
      sentence,
      options.width,
    ),
    ...frame(file.text, [guilty, ...others], { width: options.width, faint: colours.faint }),
    ...(finding.fix === undefined ? [] : fixLines(finding.fix, options.width)),
  ];
}

/** How much of the image's waste is told above, and which lines hide the rest. */
function imageLines(file: FileResult, image: ImageResult, { width }: TextOptions): string[] {
  const { name, waste, base, explained, unexplained } = image;
  const within = base === 0 ? "" : `, ${formatBytes(base)} of it within the base image`;
  const told = explained === 0 ? "" : `; the findings are about ${formatBytes(explained)}`;
  const first = `${escapeControls(name)} stores ${formatBytes(waste)} that it does not show${within}${told}`;
  const rest = unexplained.map(
    ({ layer, instruction, hides }) =>
      `   ${position(file, instruction.start)}  hides ${formatBytes(hides)} that no finding is about (layer ${layer})`,
  );
  return [...wrap(first, width), ...rest];
}

function problemBlock(file: FileResult, problem: Problem, options: TextOptions, colours: Palette): string[] {
  const place = position(file, problem.span.start);
  const severity: Severity = "error";
  const paint = colours.severity[severity];
  const marked: Place = { span: problem.span, label: "", paint };
  return [
    ...heading(
      colours.path(place),
      place,
      paint(severity),
      severity,
      "syntax",
      problem.message,
      options.width,
    ),
    ...frame(file.text, [marked], { width: options.width, faint: colours.faint }),
  ];
}

/** One line when the message fits, else the message on lines of its own. */
function heading(
  paintedPlace: string,
  place: string,
  paintedSeverity: string,
  severity: string,
  rule: string,
  message: string,
  width: number,
): string[] {
  const text = escapeControls(message).replace(/\s+/g, " ");
  const taken = textWidth(place) + severity.length + rule.length + 6;
  const line = `${paintedPlace}  ${paintedSeverity}  ${rule}`;
  if (taken + textWidth(text) <= width) return [`${line}  ${text}`];
  return [line, ...wrap(text, width - 3).map((part) => `   ${part}`)];
}

function fixLines(fix: Fix, width: number): string[] {
  const strength = fix.applicability === "manual" ? "by hand" : fix.applicability;
  const why = fix.why === undefined ? "" : `: ${fix.why.replace(/\.$/, "")}`;
  const lines = wrap(escapeControls(`fix (${strength}${why})\u00a0 ${fix.title}`), width - 5);
  // The no-break space keeps two blanks in front of the title.
  return lines.map((line, at) => `${at === 0 ? "   " : "     "}${line.replace("\u00a0", " ")}`.trimEnd());
}

const sources: Readonly<Record<Bytes["source"], string>> = {
  context: "measured in the build context",
  known: "a known size",
  image: "measured in the image",
};

/** The size with where it is from, unless the message says it. */
function size({ bytes, message }: Finding): string {
  if (bytes === undefined) return "";
  const value = formatBytes(bytes.value);
  return message.includes(value) ? "" : ` (${value}, ${sources[bytes.source]})`;
}

/** `path:line:column`, as editors and terminals know it. */
function position(file: FileResult, offset: number): string {
  const { line, column } = indexLines(file.text).position(offset);
  const bom = line === 1 && file.text.startsWith("\uFEFF") ? 1 : 0;
  return `${escapeControls(file.path)}:${line}:${Math.max(1, column - bom)}`;
}

function summaryLines(files: readonly FileResult[]): string[] {
  const summary = summarize(files);
  if (summary.findings === 0 && summary.problems === 0) {
    return [`${nothing(files, summary)} in ${count(summary.files, "file")}.`, ...hiddenLine(summary)];
  }
  const stored = summary.bytes === 0 ? "" : `, ${formatBytes(summary.bytes)} stored twice`;
  const where = summary.files === 1 ? "" : ` in ${summary.affected} of ${count(summary.files, "file")}`;
  return [`${kinds(summary)}${where}${stored}`, ...fixable(files), ...hiddenLine(summary)];
}

/** No more than is known: findings may be left out, and an image may waste bytes that no finding is about. */
function nothing(files: readonly FileResult[], { hidden }: Summary): string {
  if (hidden > 0) return "Nothing to show";
  return files.some(({ image }) => image !== undefined && image.waste > 0)
    ? "No findings"
    : "Nothing stored twice";
}

function hiddenLine({ hidden }: Summary): string[] {
  if (hidden === 0) return [];
  const are = hidden === 1 ? "is" : "are";
  const them = hidden === 1 ? "it" : "them";
  return [`${count(hidden, "less severe finding")} ${are} not shown (--min-severity info shows ${them})`];
}

function kinds(summary: Summary): string {
  const parts = [
    [summary.errors, "error"],
    [summary.warnings, "warning"],
    [summary.infos, "info"],
  ] as const;
  const severities = parts.filter(([number]) => number > 0).map(([number, name]) => count(number, name));
  const findings =
    summary.findings === 0 ? [] : [`${count(summary.findings, "finding")} (${severities.join(", ")})`];
  return [...(summary.problems === 0 ? [] : [count(summary.problems, "syntax problem")]), ...findings].join(
    ", ",
  );
}

function fixable(files: readonly FileResult[]): string[] {
  const fixes = files.flatMap((file) => file.findings.map((finding) => finding.fix?.applicability));
  const safe = fixes.filter((fix) => fix === "safe").length;
  const unsafe = fixes.filter((fix) => fix === "unsafe").length;
  if (safe === 0 && unsafe === 0) return [];
  if (safe === 0) return [`${unsafe} can be fixed with \`dfdedupe fix --unsafe-fixes\``];
  const more = unsafe === 0 ? "" : `, ${unsafe} more with \`--unsafe-fixes\``;
  return [`${safe} can be fixed with \`dfdedupe fix\`${more}`];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
