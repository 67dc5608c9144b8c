// What a scenario is: a Dockerfile, its context, and what must be found, fixed and saved.
import type { BuilderName } from "../builders/builder.ts";

/** One file of the build context. */
export type ContextFile =
  | { readonly size: number; readonly mode?: number; readonly uid?: number }
  | { readonly text: string; readonly mode?: number }
  | { readonly bytes: () => Buffer; readonly mode?: number }
  | { readonly link: string }
  /** Must come before the files in it. */
  | { readonly folder: true; readonly mode?: number };

export interface Scenario {
  /** The rule that it is about. */
  readonly rule: string;
  /** What is special, a few words. */
  readonly title: string;
  readonly dockerfile: string;
  readonly context: Readonly<Record<string, ContextFile>>;
  /** Lines with a finding of the rule (of another one: "rule:line"), at least as severe as `severity`; all of them. */
  readonly finds: readonly (number | string)[];
  /** The least severity that counts; "warning" when absent. */
  readonly severity?: "info";
  /**
   * safe: `fix` does it; unsafe: only `fix --unsafe-fixes` does, and `fix` leaves the file alone; left: found, but
   * neither changes the file; none: nothing is found. any: a trap where several answers are right, as long as what
   * `fix` does, if anything, keeps every file.
   */
  readonly fix: "safe" | "unsafe" | "left" | "none" | "any";
  /** With `--cache-mounts`. */
  readonly cacheMounts?: true;
  /** What the fixed text holds. */
  readonly has?: readonly RegExp[];
  /** What the fixed text does not hold. */
  readonly lacks?: readonly RegExp[];
  /**
   * Differences ("/path: what") that this fix is meant to make, that an unsafe one is known to make, or that one builder
   * makes where it differs from BuildKit, the reference.
   */
  readonly differs?: readonly RegExp[] | Readonly<Partial<Record<BuilderName, readonly RegExp[]>>>;
  /** Bytes that the fixed image must store less, at least, 1 when absent; by builder where they differ. */
  readonly saves?: number | Readonly<Record<BuilderName, number>>;
  /** True when the file only builds with the fix. */
  readonly broken?: boolean;
  /** Builders that know the syntax, before and after the fix; both when absent. */
  readonly builders?: readonly BuilderName[];
}
