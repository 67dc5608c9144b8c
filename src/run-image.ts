// What `image` does: reads an image, measures it, reports, and holds it against limits.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseBytes } from "./bytes.ts";
import { Failure, systemReason } from "./failure.ts";
import { replaceFile } from "./files/replace.ts";
import { spare } from "./files/spare.ts";
import { readFound } from "./found-file.ts";
import { namedBase, sharedLayers } from "./image/base.ts";
import { type DiveRules, parseDiveRules } from "./image/dive.ts";
import { type GateRules, judge } from "./image/gate.ts";
import { anyGlob } from "./image/globs.ts";
import type { ReadOptions, WalkedImage } from "./image/image.ts";
import { measureImage } from "./image/measured.ts";
import { isPackageDatabase } from "./image/packages/owners.ts";
import { readProvenance } from "./image/provenance.ts";
import type { WastedPath } from "./image/waste.ts";
import { filesOfImage, type Images, imageFailure } from "./images.ts";
import { type Io, writeParts } from "./io.ts";
import { imageJsonReport } from "./report/image-json.ts";
import { imageTextReport, type PathOrder } from "./report/image-text.ts";
import { wantsColour } from "./report/palette.ts";
import { progressLine } from "./report/progress.ts";
import { version } from "./version.ts";

/** The options as the command line gives them. */
export interface ImageFlags {
  readonly format?: "text" | "json";
  readonly output?: string;
  readonly color?: boolean;
  readonly platform?: string;
  readonly select?: string;
  readonly verify?: boolean;
  readonly plainHttp?: boolean;
  readonly timeout?: string;
  readonly top?: string;
  readonly layer?: readonly string[];
  readonly path?: readonly string[];
  readonly sort?: PathOrder;
  readonly duplicates?: boolean;
  readonly base?: string;
  readonly maxWaste?: string;
  readonly maxWastePercent?: string;
  readonly minEfficiency?: string;
  readonly failIf?: "any" | "all";
  readonly ignore?: readonly string[];
  readonly ignoreChurn?: boolean;
  readonly diveCi?: string | false;
}

/** 1 when a limit is not kept. Throws a Failure when it cannot be done. */
export async function runImage(reference: string, flags: ImageFlags, io: Io, images: Images): Promise<0 | 1> {
  const rules = gateRules(flags, io);
  const top = wholeNumber("--top", flags.top ?? "10");
  const layers = (flags.layer ?? []).map((layer) => wholeNumber("--layer", layer));
  const shows = pathFilter(layers, globs("--path", flags.path));
  const patience = flags.timeout === undefined ? undefined : wholeNumber("--timeout", flags.timeout);
  if (patience === 0 || (patience ?? 0) > 86_400)
    throw new Failure("--timeout must be from 1 to 86400 seconds");
  const remote: ReadOptions = {
    platform: flags.platform,
    plainHttp: flags.plainHttp,
    timeout: patience && patience * 1000,
  };
  const base = namesImage(flags.base) ? flags.base : undefined;
  if (flags.output !== undefined) {
    const names = base === undefined ? [reference] : [reference, base];
    const files = names.flatMap((name) => filesOfImage(name, io.cwd));
    spare(flags.output, io.cwd, files, "an image");
  }
  try {
    const baseDiffIds = base === undefined ? undefined : await images.diffIds(base, remote);
    const line = progressLine(io.stderr);
    const image = await images
      .read(reference, {
        ...remote,
        reference: flags.select,
        verify: flags.verify,
        capture: isPackageDatabase,
        progress: line.show,
      })
      .finally(line.clear);
    try {
      const missing = layers.find((layer) => layer >= image.layers.length);
      if (missing !== undefined)
        throw new Failure(`--layer ${missing}: the image's layers are 0 to ${image.layers.length - 1}`);
      const baseLayers = await countBase(flags.base, image, baseDiffIds, remote, images);
      const measured = measureImage(image, { duplicates: flags.duplicates === true, baseLayers });
      const gate = judge(measured.waste, rules, measured.baseLayers);
      const parts =
        flags.format === "json"
          ? imageJsonReport(measured, gate, version(), shows)
          : [
              imageTextReport(measured, gate, {
                ...terminal(flags, io),
                top,
                order: flags.sort ?? "waste",
                shows,
                gated: hasLimits(rules),
              }),
            ];
      if (flags.output === undefined) await writeParts(io.stdout, parts);
      else replaceFile(resolve(io.cwd, flags.output), parts, flags.output);
      return gate.passed ? 0 : 1;
    } finally {
      await image.close();
    }
  } catch (error) {
    throw imageFailure(error);
  }
}

function terminal(flags: ImageFlags, io: Io): { readonly width: number; readonly coloured: boolean } {
  const output = flags.output === undefined ? io.stdout : { write: () => undefined };
  return {
    width: Math.max(60, (output.isTTY && output.columns) || 80),
    coloured: wantsColour(flags.color, io, output),
  };
}

/** Which paths are listed: those that one of the layers stores, or hides a copy of, and that a glob matches. */
function pathFilter(
  layers: readonly number[],
  patterns: readonly string[],
): ((path: WastedPath) => boolean) | undefined {
  if (layers.length === 0 && patterns.length === 0) return undefined;
  const matches = patterns.length === 0 ? undefined : anyGlob(patterns);
  return (path) =>
    (matches === undefined || matches(path.path)) &&
    (layers.length === 0 ||
      path.layers.some((layer) => layers.includes(layer)) ||
      path.hidden.some((copy) => layers.includes(copy.hiddenBy)));
}

function gateRules(flags: ImageFlags, io: Io): GateRules {
  return {
    maxWaste: size("--max-waste", flags.maxWaste),
    maxWastePercent: number("--max-waste-percent", flags.maxWastePercent?.replace(/\s*%$/, "")),
    minEfficiency: efficiency(flags.minEfficiency),
    together: flags.failIf === "all",
    dive: diveRules(flags.diveCi, io),
    ignore: globs("--ignore", flags.ignore),
    ignoreChurn: flags.ignoreChurn === true,
    ownLayers: flags.base !== undefined,
  };
}

function hasLimits(rules: GateRules): boolean {
  return [rules.maxWaste, rules.maxWastePercent, rules.minEfficiency, rules.dive].some(
    (limit) => limit !== undefined,
  );
}

/** The file named, which may be a pipe, or .dive-ci in the current folder if it is there. */
function diveRules(named: string | false | undefined, io: Io): DiveRules | undefined {
  if (named === false) return undefined;
  const file = named ?? ".dive-ci";
  const path = resolve(io.cwd, file);
  try {
    const text = named === undefined ? readFound(path).toString() : readFileSync(path, "utf8");
    return parseDiveRules(text, file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (named === undefined && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Failure(`${file}: ${systemReason(error)}`);
  }
}

/** `--base` may also be a number of layers, or what the image says. */
function namesImage(base: string | undefined): boolean {
  return base !== undefined && base !== AUTO && !COUNT.test(base);
}

const AUTO = "auto";
const COUNT = /^\d+$/;

async function countBase(
  base: string | undefined,
  image: WalkedImage,
  digests: readonly string[] | undefined,
  options: ReadOptions,
  images: Images,
): Promise<number | undefined> {
  if (base === undefined) return undefined;
  if (digests !== undefined) return checkShared(base, image, digests);
  if (base !== AUTO) {
    const count = Number(base);
    const { length } = image.layers;
    if (count <= length) return count;
    throw new Failure(`--base ${base}: the image has only ${length} layer${length === 1 ? "" : "s"}`);
  }
  return autoBase(image, options, images);
}

/** What the image itself says: BuildKit's provenance, else the image that its annotations name. */
async function autoBase(image: WalkedImage, options: ReadOptions, images: Images): Promise<number> {
  const provenance = readProvenance(
    image.attestations,
    image.layers.map((layer) => layer.digest),
  );
  if (provenance?.baseLayers !== undefined) return provenance.baseLayers;
  const named = namedBase(image);
  if (named?.name === undefined) {
    throw new Failure(
      "--base auto: the image does not say what it was built on; name its base or a layer count",
    );
  }
  const exact =
    named.digest === undefined ? named.name : `${named.name.replace(/[:@][^/]*$/, "")}@${named.digest}`;
  const digests = await images.diffIds(`registry://${exact}`, {
    ...options,
    platform: image.platform,
  });
  return checkShared(named.name, image, digests);
}

function checkShared(base: string, image: WalkedImage, digests: readonly string[]): number {
  const shared = sharedLayers(image.config.diffIds, digests);
  if (shared === digests.length) return shared;
  throw new Failure(
    `${base} is not the base: only ${shared} of its ${digests.length} layers are in the image`,
  );
}

function size(flag: string, text: string | undefined): number | undefined {
  const bytes = text === undefined ? undefined : parseBytes(text);
  if (text !== undefined && bytes === undefined)
    throw new Failure(`${flag} must be a size (100MB), not "${text}"`);
  return bytes;
}

function number(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Failure(`${flag} must be a number, not "${text}"`);
  return value;
}

/** "0.95" or "95%". */
function efficiency(text: string | undefined): number | undefined {
  const share = text?.endsWith("%") ? number("--min-efficiency", text.slice(0, -1)) : undefined;
  const value = share === undefined ? number("--min-efficiency", text) : share / 100;
  if (value !== undefined && value > 1)
    throw new Failure(`--min-efficiency must be from 0 to 1, not "${text}"`);
  return value;
}

// Of much longer ones the engine compiles no regular expression.
const LONGEST_GLOB = 16_384;

function globs(flag: string, given: readonly string[] = []): readonly string[] {
  const wrong = given.find((glob) => glob === "" || glob.length > LONGEST_GLOB);
  if (wrong === undefined) return given;
  throw new Failure(wrong === "" ? `${flag} must be a glob, not ""` : `${flag} must be a shorter glob`);
}

function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Failure(`${flag} must be a whole number, not "${text}"`);
  return Number(text);
}
