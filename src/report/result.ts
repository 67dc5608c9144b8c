// What a check found: the one thing that every report is made of.
import type { Finding, Problem, Severity } from "../finding.ts";
import type { Span } from "../text.ts";

/** What an image that was built from the file wastes, and how much of it the findings are about. Sizes are bytes. */
export interface ImageResult {
  readonly name: string;
  readonly digest: string | undefined;
  readonly waste: number;
  /** The part that lies within the base image. */
  readonly base: number;
  readonly explained: number;
  /** The rest, by the instruction that hides it; layers count from 0, base first. */
  readonly unexplained: readonly {
    readonly layer: number;
    readonly instruction: Span;
    readonly hides: number;
  }[];
}

export interface FileResult {
  /** As people see it; "-" for standard input. */
  readonly path: string;
  readonly text: string;
  readonly problems: readonly Problem[];
  /** Only those to be shown. */
  readonly findings: readonly Finding[];
  /** How many findings are left out because they are less severe; 0 when absent. */
  readonly hidden?: number;
  readonly image?: ImageResult;
}

export interface Summary {
  readonly files: number;
  /** Files in which something is reported. */
  readonly affected: number;
  readonly problems: number;
  readonly findings: number;
  /** Findings that are left out. */
  readonly hidden: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Of the findings whose size is known. */
  readonly bytes: number;
}

const order: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

export function atLeast(severity: Severity, threshold: Severity): boolean {
  return order[severity] >= order[threshold];
}

/** Whether anything is at or above the threshold. What a build would stumble over fails as an error does. */
export function fails(files: readonly FileResult[], failOn: Severity | "never"): boolean {
  if (failOn === "never") return false;
  return files.some(
    ({ problems, findings }) =>
      problems.length > 0 || findings.some(({ severity }) => atLeast(severity, failOn)),
  );
}

export function summarize(files: readonly FileResult[]): Summary {
  const findings = files.flatMap((file) => file.findings);
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return {
    files: files.length,
    affected: files.filter((file) => file.findings.length > 0 || file.problems.length > 0).length,
    problems: files.reduce((sum, file) => sum + file.problems.length, 0),
    findings: findings.length,
    hidden: files.reduce((sum, file) => sum + (file.hidden ?? 0), 0),
    errors: count("error"),
    warnings: count("warning"),
    infos: count("info"),
    bytes: findings.reduce((sum, finding) => sum + (finding.bytes?.value ?? 0), 0),
  };
}
