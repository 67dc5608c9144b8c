// Text to findings: the whole static flow on one screen.
import type { BuildContext } from "./context/context.ts";
import { parseDockerfile } from "./dockerfile/parse.ts";
import type { Finding, Problem } from "./finding.ts";
import { buildModel } from "./model/build.ts";
import type { Knowledge } from "./model/knowledge/schema.ts";
import type { Model } from "./model/model.ts";
import { readIgnores } from "./rules/ignored.ts";
import { rules } from "./rules/index.ts";

export interface AnalyzeOptions {
  /** The build context; undefined when there is none or it must not be used. */
  readonly context?: BuildContext;
  /** Stage names or numbers to build; empty for the default targets. */
  readonly targets?: readonly string[];
  /** --build-arg values by name. */
  readonly buildArgs?: ReadonlyMap<string, string>;
  /** Only these rules; all when undefined. */
  readonly rules?: readonly string[];
  /** Not these rules. */
  readonly ignore?: readonly string[];
  /** Findings whose size is known and smaller than this many bytes become infos; 1,000,000 when absent. */
  readonly minSize?: number;
  /** What is known beyond what dfdedupe brings. */
  readonly knowledge?: Knowledge;
  /** Fixes put package caches that are removed later into cache mounts (`RUN --mount=type=cache`). */
  readonly cacheMounts?: boolean;
}

export interface Analysis {
  readonly problems: readonly Problem[];
  /** By place in the file, then rule. */
  readonly findings: readonly Finding[];
  readonly model: Model;
}

/**
 * Never throws on any text. Throws a TypeError for what is no string, and a RangeError when `rules` or `ignore` names
 * a rule that there is not.
 */
export function analyze(text: string, options: AnalyzeOptions = {}): Analysis {
  if (typeof text !== "string")
    throw new TypeError(`the Dockerfile's text must be a string, not ${typeof text}`);
  const unknown = [...(options.rules ?? []), ...(options.ignore ?? [])].find((id) => !ruleIds().includes(id));
  if (unknown !== undefined) throw new RangeError(`no rule is called "${unknown}"`);
  const dockerfile = parseDockerfile(text);
  const model = buildModel(dockerfile, options);
  const wanted = rules.filter(({ id }) => options.rules?.includes(id) ?? !options.ignore?.includes(id));
  const found = wanted.flatMap((rule) => rule.check(model, options));
  const ignores = readIgnores(dockerfile, ruleIds());
  const findings = found.filter((finding) => !ignores.has(finding));
  findings.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end || compare(a.rule, b.rule));
  return { problems: [...dockerfile.problems, ...ignores.problems], findings, model };
}

/** What cannot be read in a Dockerfile. */
export function problemsOf(text: string): readonly Problem[] {
  const dockerfile = parseDockerfile(text);
  return [...dockerfile.problems, ...readIgnores(dockerfile, ruleIds()).problems];
}

function ruleIds(): readonly string[] {
  return rules.map(({ id }) => id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
