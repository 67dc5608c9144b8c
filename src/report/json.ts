// The JSON report of a check.
import type { Finding } from "../finding.ts";
import { indexLines, type LineIndex, type Position, type Span } from "../text.ts";
import type { CheckReport } from "./check-schema.ts";
import { type FileResult, type ImageResult, summarize } from "./result.ts";

type FindingReport = CheckReport["files"][number]["findings"][number];
type Location = FindingReport["location"];

/** One JSON document with a line break at its end. */
export function jsonReport(files: readonly FileResult[], version: string): string {
  return `${JSON.stringify(checkReport(files, version), null, 2)}\n`;
}

export function checkReport(files: readonly FileResult[], version: string): CheckReport {
  const { affected: _, hidden: __, ...summary } = summarize(files);
  return {
    schemaVersion: 1,
    tool: { name: "dfdedupe", version },
    files: files.map(fileReport),
    summary,
  };
}

function fileReport(file: FileResult): CheckReport["files"][number] {
  const lines = indexLines(file.text);
  return {
    path: file.path,
    problems: file.problems.map(({ message, span }) => ({
      message,
      location: locate(file.text, lines, span),
    })),
    findings: file.findings.map((finding) => findingReport(file.text, lines, finding)),
    ...(file.image === undefined ? {} : { image: imageReport(file.text, lines, file.image) }),
  };
}

function imageReport(
  text: string,
  lines: LineIndex,
  image: ImageResult,
): NonNullable<CheckReport["files"][number]["image"]> {
  return {
    name: image.name,
    ...(image.digest === undefined ? {} : { digest: image.digest }),
    waste: image.waste,
    base: image.base,
    explained: image.explained,
    unexplained: image.unexplained.map(({ layer, instruction, hides }) => ({
      layer,
      instruction: locate(text, lines, instruction),
      hides,
    })),
  };
}

function findingReport(text: string, lines: LineIndex, finding: Finding): FindingReport {
  const at = (span: Span): Location => locate(text, lines, span);
  const { bytes, fix } = finding;
  return {
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    message: finding.message,
    stage: finding.stage,
    ships: finding.ships,
    location: at(finding.span),
    instruction: at(finding.instruction),
    related: finding.related.map(({ message, span, file }) => ({
      message,
      location: at(span),
      ...(file === undefined ? {} : { file: { path: file.path, line: file.line } }),
    })),
    ...(bytes === undefined ? {} : { bytes: { value: bytes.value, source: bytes.source } }),
    ...(fix === undefined
      ? {}
      : {
          fix: {
            applicability: fix.applicability,
            title: fix.title,
            ...(fix.why === undefined ? {} : { why: fix.why }),
            edits: fix.edits.map((edit) => ({ location: at(edit.span), text: edit.text })),
          },
        }),
  };
}

/** Lines and columns of a span as editors count them: a byte order mark is not part of the first line. */
function locate(text: string, lines: LineIndex, span: Span): Location {
  const bom = text.startsWith("\uFEFF");
  const position = (offset: number): Position => {
    const { line, column } = lines.position(offset);
    return { line, column: bom && line === 1 ? Math.max(1, column - 1) : column };
  };
  return { start: position(span.start), end: position(span.end) };
}
