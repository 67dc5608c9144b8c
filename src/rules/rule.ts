// What a rule is: why, examples, and the check that turns effects into findings.
import type { Finding } from "../finding.ts";
import type { Model } from "../model/model.ts";

export interface Example {
  /** What the example shows, a few words. */
  readonly title: string;
  /** A Dockerfile that has the waste. */
  readonly bad: string;
  /** The same one without it; where the rule has a fix, what `fix --unsafe-fixes` makes of `bad`. */
  readonly good: string;
  /** Files of the build context that the example needs, by path. */
  readonly context?: Readonly<Record<string, string>>;
}

/** What the user wants of fixes beyond what they do by themselves. */
export interface Wishes {
  /** Package caches that are removed later go into cache mounts. */
  readonly cacheMounts?: boolean;
}

export interface Rule {
  /** File name, export and identifier in one: "retouched-later". */
  readonly id: string;
  /** One line for lists. */
  readonly summary: string;
  /** Markdown: what is stored twice and why. */
  readonly why: string;
  /** Markdown: what the fix does and when it is safe. */
  readonly remedy: string;
  readonly examples: readonly Example[];
  check(model: Model, wishes: Wishes): readonly Finding[];
}
