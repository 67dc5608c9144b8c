// What a claim is: one cause of repeated bytes, and the rule that answers for it.
import type { Confidence } from "../../finding.ts";
import type { Effect, Size } from "../../model/effect.ts";
import type { Model, Stage, Step } from "../../model/model.ts";
import type { Stored, Touch } from "../../model/timeline.ts";

/** One cause of repeated bytes: what a step does to files that other layers hold. */
export interface Claim {
  readonly rule: ClaimRule;
  readonly stage: Stage;
  readonly step: Step;
  /** The guilty effects, in order; all of them in the step. */
  readonly effects: readonly [Effect, ...Effect[]];
  /** What is stored again or for nothing. */
  readonly files: readonly ClaimedFiles[];
  readonly confidence: Exclude<Confidence, "possible">;
  /** Names of packages that are concerned, with what becomes of their versions. */
  readonly packages?: readonly string[];
  /** They only bring others, which stay. */
  readonly sparesBrought?: boolean;
}

export interface ClaimedFiles {
  readonly stored: Stored;
  readonly size: Size;
  /** The touch that it is from; absent for packages, which meet by name. */
  readonly touch?: Touch;
  /** Whether it only may be that they are from there. */
  readonly presumed?: boolean;
}

export type ClaimRule =
  | "unpacked-later"
  | "copied-twice"
  | "reinstalled-later"
  | "moved-later"
  | "removed-later"
  | "rewritten-later"
  | "retouched-later"
  | "base-upgraded";

/** A step and what it touches, for one rule to look at. */
export interface Scene {
  readonly model: Model;
  readonly stage: Stage;
  readonly step: Step;
  /** Touches that no rule has claimed yet. */
  readonly touches: readonly Touch[];
}
