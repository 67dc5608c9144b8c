// The gate for continuous integration: limits that an image's waste must keep.
import picomatch from "picomatch";
import { formatBytes } from "../bytes.ts";
import type { DiveRules } from "./dive.ts";
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
    above("max-waste", rules.maxWaste, judged, formatBytes),
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
    above("highestWastedBytes", dive.highestWastedBytes, judged, formatBytes),
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
  const ignored = patterns.length === 0 ? () => false : picomatch([...patterns], { dot: true });
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

function above(
  rule: string,
  limit: number | undefined,
  value: number,
  say: (value: number) => string,
): Limit | undefined {
  if (limit === undefined) return undefined;
  if (value <= limit) return { failure: undefined };
  const message = `waste ${say(value)}, at most ${say(limit)} allowed`;
  return { failure: { rule, limit, value: Number.isFinite(value) ? value : undefined, message } };
}

function below(rule: string, limit: number | undefined, value: number): Limit | undefined {
  if (limit === undefined) return undefined;
  if (value >= limit) return { failure: undefined };
  const message = `efficiency ${fraction(value)}, at least ${fraction(limit)} required`;
  return { failure: { rule, limit, value, message } };
}

/** Waste in an image that stores nothing of its own is beyond any limit. */
function ratio(part: number, whole: number): number {
  if (part === 0) return 0;
  return whole === 0 ? Number.POSITIVE_INFINITY : part / whole;
}

const percent = (value: number): string =>
  value === Number.MAX_VALUE ? "beyond 100 %" : `${short(value)} %`;
const fraction = (value: number): string => (Number.isFinite(value) ? short(value) : "beyond 1");

/** Four digits: enough to tell a value from a limit next to it. */
function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
