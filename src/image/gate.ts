// The gate for continuous integration: limits that an image's waste must keep.
import { formatBytes } from "../bytes.ts";
import type { DiveRules } from "./dive.ts";
import { anyGlob } from "./globs.ts";
import type { ImageWaste } from "./waste.ts";

/** Limits; those left undefined are not looked at. */
export interface GateRules {
  /** Bytes. */
  readonly maxWaste?: number | undefined;
  /** Per cent of the bytes stored; with `ownLayers` of those stored in own layers. */
  readonly maxWastePercent?: number | undefined;
  /** Between 0 and 1. */
  readonly minEfficiency?: number | undefined;
  /** The gate fails only if all limits above are exceeded, not if one is. */
  readonly together?: boolean;
  readonly dive?: DiveRules | undefined;
  /** Paths whose waste does not count: globs from the root of the image, `**` for any number of folders. */
  readonly ignore?: readonly string[];
  /** Waste in databases, caches and logs of package managers does not count. */
  readonly ignoreChurn?: boolean;
  /** Only what layers above the base hide counts. */
  readonly ownLayers?: boolean;
}

export interface GateFailure {
  /** The limit as the command line or .dive-ci names it: "max-waste", "lowestEfficiency". */
  readonly rule: string;
  readonly limit: number;
  /** Undefined where waste is compared with nothing at all. */
  readonly value: number | undefined;
  readonly message: string;
}

export interface Gate {
  readonly passed: boolean;
  readonly failures: readonly GateFailure[];
  /** Bytes of waste that counted. */
  readonly judged: number;
}

/**
 * Holds an image's waste against limits; equal to a limit passes. `baseLayers` is the number of base layers, if
 * known.
 */
export function judge(waste: ImageWaste, rules: GateRules, baseLayers: number | undefined): Gate {
  const judged = judgedWaste(waste, rules, baseLayers ?? 0);
  const own = sum(waste.layers.slice(baseLayers ?? 0).map((layer) => layer.stored));
  const compared = rules.ownLayers === true ? own : waste.stored;
  const efficiency = waste.stored === 0 ? 1 : (waste.stored - judged) / waste.stored;
  const limits = [
    above("max-waste", rules.maxWaste, judged, size),
    above("max-waste-percent", rules.maxWastePercent, 100 * ratio(judged, compared), percent),
    below("min-efficiency", rules.minEfficiency, efficiency),
  ].filter((limit) => limit !== undefined);
  const exceeded = limits.flatMap((limit) => limit.failure ?? []);
  const failures = [
    ...(rules.together === true && exceeded.length < limits.length ? [] : exceeded),
    ...diveFailures(waste, rules.dive, judged, efficiency, baseLayers),
  ];
  return { passed: failures.length === 0, failures, judged };
}

function diveFailures(
  waste: ImageWaste,
  dive: DiveRules | undefined,
  judged: number,
  efficiency: number,
  baseLayers: number | undefined,
): GateFailure[] {
  if (dive === undefined) return [];
  // dive takes the lowest layer for the base image; where more is known, more is left out.
  const own = sum(waste.layers.slice(Math.max(1, baseLayers ?? 1)).map((layer) => layer.stored));
  return [
    below("lowestEfficiency", dive.lowestEfficiency, efficiency),
    above("highestWastedBytes", dive.highestWastedBytes, judged, size),
    above("highestUserWastedPercent", dive.highestUserWastedPercent, ratio(judged, own), fraction),
  ].flatMap((limit) => limit?.failure ?? []);
}

function judgedWaste(waste: ImageWaste, rules: GateRules, baseLayers: number): number {
  const patterns = rules.ignore ?? [];
  if (patterns.length === 0 && rules.ignoreChurn !== true) {
    return rules.ownLayers === true
      ? sum(waste.layers.slice(baseLayers).map((layer) => layer.hides))
      : waste.waste;
  }
  const ignored = patterns.length === 0 ? () => false : anyGlob(patterns);
  let judged = 0;
  for (const path of waste.paths.unsorted()) {
    if (ignored(path.path) || (rules.ignoreChurn === true && path.churn !== undefined)) continue;
    for (const copy of path.hidden) {
      if (rules.ownLayers !== true || copy.hiddenBy >= baseLayers) judged += copy.size;
    }
  }
  return judged;
}

/** A limit that was set, with the failure if it is exceeded. */
interface Limit {
  readonly failure: GateFailure | undefined;
}

function above(rule: string, limit: number | undefined, value: number, say: Say): Limit | undefined {
  if (limit === undefined) return undefined;
  if (value <= limit) return { failure: undefined };
  const [its, allowed] = apart(value, limit, say);
  const message = `waste ${its}, at most ${allowed} allowed`;
  return { failure: { rule, limit, value: Number.isFinite(value) ? value : undefined, message } };
}

function below(rule: string, limit: number | undefined, value: number): Limit | undefined {
  if (limit === undefined) return undefined;
  if (value >= limit) return { failure: undefined };
  const [its, required] = apart(value, limit, fraction);
  const message = `efficiency ${its}, at least ${required} required`;
  return { failure: { rule, limit, value, message } };
}

/** Waste in an image that stores nothing of its own is beyond any limit. */
function ratio(part: number, whole: number): number {
  if (part === 0) return 0;
  return whole === 0 ? Number.POSITIVE_INFINITY : part / whole;
}

/** A figure in words, of about so many digits; of 17, by which any two numbers differ, exactly. */
type Say = (value: number, digits: number) => string;

const size: Say = (value, digits) => (digits < 17 ? formatBytes(value) : `${value} B`);
const percent: Say = (value, digits) =>
  Number.isFinite(value) ? `${short(value, digits)} %` : "beyond 100 %";
const fraction: Say = (value, digits) => (Number.isFinite(value) ? short(value, digits) : "beyond 1");

function short(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

/** A value and its limit with as many digits as it takes to tell them apart, four at least. */
function apart(value: number, limit: number, say: Say): readonly [string, string] {
  for (let digits = 4; ; digits++) {
    const words = [say(value, digits), say(limit, digits)] as const;
    if (words[0] !== words[1] || digits === 17) return words;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
