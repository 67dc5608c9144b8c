// What dfdedupe says of a scenario and what it makes of it, without any build.
import { type Analysis, analyze } from "../../../src/analyze.ts";
import { openContext } from "../../../src/context/open.ts";
import type { Severity } from "../../../src/finding.ts";
import { type FixResult, fixText } from "../../../src/fix.ts";
import { indexLines } from "../../../src/text.ts";
import type { Scenario } from "./scenario.ts";

export interface Judged {
  /** Findings as the scenario writes them: a line, or "rule:line" for another rule. */
  readonly found: readonly (number | string)[];
  readonly analysis: Analysis;
  readonly safe: FixResult;
  readonly unsafe: FixResult;
}

export function judge(scenario: Scenario, folder: string): Judged {
  const { dockerfile, rule } = scenario;
  const minSeverity: Severity = scenario.severity ?? "warning";
  const { cacheMounts = false } = scenario;
  const options = { context: openContext(folder), minSeverity, cacheMounts };
  const analysis = analyze(dockerfile, options);
  const lines = indexLines(dockerfile);
  const found = analysis.findings
    .filter(({ severity }) => severity !== "info" || minSeverity === "info")
    .map((finding) => {
      const { line } = lines.position(finding.span.start);
      return finding.rule === rule ? line : `${finding.rule}:${line}`;
    });
  return {
    found: [...new Set(found)],
    analysis,
    safe: fixText(dockerfile, options),
    unsafe: fixText(dockerfile, { ...options, unsafe: true }),
  };
}

/** What the fix that the scenario expects makes of it. */
export function fixedBy(scenario: Scenario, { safe, unsafe }: Judged): FixResult {
  return scenario.fix === "safe" || scenario.fix === "any" ? safe : unsafe;
}

/** Bytes that the applied findings say are stored twice; undefined when one does not say or only knows by heart. */
export function claimedBytes({ applied }: FixResult): number | undefined {
  let sum = 0;
  for (const { finding } of applied) {
    if (finding.bytes?.source !== "context") return undefined;
    sum += finding.bytes.value;
  }
  return applied.length === 0 ? undefined : sum;
}
