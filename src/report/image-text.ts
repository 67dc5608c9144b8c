// The report of an image for people: how much is wasted, why, in which layers, by which packages, at which paths.
import { formatBytes } from "../bytes.ts";
import type { Gate } from "../image/gate.ts";
import type { MeasuredImage } from "../image/measured.ts";
import { packageName } from "../image/packages/owners.ts";
import {
  type HiddenCopy,
  type ImageWaste,
  type WastedPath,
  type WastedPaths,
  wasteReasons,
} from "../image/waste.ts";
import { type Cell, clip, left, right, shown, table } from "./columns.ts";
import { type Palette, palette } from "./palette.ts";
import { count, grouped, list, percent } from "./quantities.ts";

export const pathOrders = ["waste", "path", "copies", "layer"] as const;
export type PathOrder = (typeof pathOrders)[number];

export interface ImageTextOptions {
  /** Cells of a line. */
  readonly width: number;
  readonly coloured: boolean;
  /** Rows of packages, paths and duplicates. */
  readonly top: number;
  readonly order: PathOrder;
  /** The paths to list; packages and layers stay whole. */
  readonly shows?: ((path: WastedPath) => boolean) | undefined;
  /** Whether limits were set, so that passing them is worth a line. */
  readonly gated: boolean;
}

export function imageTextReport(image: MeasuredImage, gate: Gate, options: ImageTextOptions): string {
  const colours = palette(options.coloured);
  const blocks = [
    headBlock(image, options, colours),
    reasonBlock(image.waste, options, colours),
    layerBlock(image, options, colours),
    packageBlock(image, options, colours),
    pathBlock(image, options, colours),
    duplicateBlock(image, options, colours),
    gateBlock(gate, options, colours),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.join("\n")}\n`)
    .join("\n");
}

function headBlock(image: MeasuredImage, { width }: ImageTextOptions, colours: Palette): string[] {
  const { waste, baseLayers, base } = image;
  const layers = count(waste.layers.length, "layer");
  const of = baseLayers === undefined ? "" : `, ${baseLayers} of them the base's`;
  const about = [image.platform, `${layers}${of}`].filter((part) => part !== undefined).join("  ");
  const name = clip(shown(image.name), Math.max(20, width - about.length - 2), "end");
  const lines = [`${colours.path(name)}  ${shown(about)}`];
  if (base?.name !== undefined) lines.push(clip(`built on ${shown(base.name)}`, width));
  lines.push(
    `stored ${formatBytes(waste.stored)} = visible ${formatBytes(waste.visible)} + ` +
      `waste ${formatBytes(waste.waste)}`,
  );
  const share = `${percent(waste.waste, waste.stored)} wasted, efficiency ${waste.efficiency.toFixed(4)}`;
  const pull =
    waste.compressedWaste > 0 && image.layers.some((layer) => layer.compression !== "none")
      ? `, about ${formatBytes(waste.compressedWaste)} of ${formatBytes(waste.compressed)} compressed`
      : "";
  lines.push(clip(share + pull, width));
  return lines;
}

function reasonBlock(waste: ImageWaste, { width }: ImageTextOptions, colours: Palette): string[] {
  const rows = wasteReasons
    .filter((reason) => waste.reasons[reason] > 0)
    .sort((a, b) => waste.reasons[b] - waste.reasons[a])
    .map((reason): Cell[] => [
      left(reason),
      right(formatBytes(waste.reasons[reason])),
      right(percent(waste.reasons[reason], waste.waste)),
      left(reason === "retouched" ? changesOf(waste) : meanings[reason]),
    ]);
  const { churn } = waste;
  const lines = table(["reason", "waste", "", ""], rows, width, colours.faint);
  if (churn > 0)
    lines.push(
      clip(`${formatBytes(churn)} of it in package databases, caches, logs and compiled Python`, width),
    );
  return lines;
}

const meanings = {
  repeated: "the same file again",
  retouched: "the same content",
  overwritten: "something else at its path",
  removed: "deleted later",
  moved: "the same content elsewhere",
};

function changesOf({ changes }: ImageWaste): string {
  const parts = (["owner", "mode", "time", "xattrs"] as const).filter((change) => changes[change] > 0);
  return `other ${parts.map((change) => `${change} ${formatBytes(changes[change])}`).join(", ")}`;
}

const BAR = 10;

function layerBlock(image: MeasuredImage, { width }: ImageTextOptions, colours: Palette): string[] {
  const { waste, baseLayers } = image;
  const touched = [...waste.layers.entries()].filter(([, layer]) => layer.waste > 0 || layer.hides > 0);
  const rows = touched.map(([index, layer]): Cell[] => [
    right(String(index)),
    right(formatBytes(layer.stored)),
    right(layer.waste === 0 ? "" : formatBytes(layer.waste)),
    left(bar(layer.waste, waste.waste)),
    right(layer.hides === 0 ? "" : formatBytes(layer.hides)),
    left(`${index < (baseLayers ?? 0) ? "base: " : ""}${origin(image, index)}`),
  ]);
  const lines = table(["layer", "stored", "waste", "", "hides", "made by"], rows, width, colours.faint);
  const rest = waste.layers.length - touched.length;
  if (rest > 0 && touched.length > 0) lines.push(`${count(rest, "other layer")} with no waste`);
  return lines;
}

function origin(image: MeasuredImage, index: number): string {
  const { source, instruction, digest } = image.layers[index]!;
  const place = source === undefined ? "" : `${shown(source.path)}:${source.startLine}  `;
  return place + shown(instruction ?? digest);
}

function bar(part: number, whole: number): string {
  const eighths = whole === 0 ? 0 : Math.round((part / whole) * BAR * 8);
  if (part > 0 && eighths === 0) return "▏";
  return "█".repeat(Math.floor(eighths / 8)) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]!;
}

function packageBlock(image: MeasuredImage, { width, top }: ImageTextOptions, colours: Palette): string[] {
  const { packages } = image.owners;
  const rows = packages
    .slice(0, top)
    .map((one): Cell[] => [
      right(formatBytes(one.waste)),
      right(grouped(one.files)),
      left(list(one.layers)),
      left(shown(packageName(one.package)), "start"),
    ]);
  return more(
    table(["waste", "files", "layers", "package"], rows, width, colours.faint),
    packages.length - top,
  );
}

function pathBlock(image: MeasuredImage, options: ImageTextOptions, colours: Palette): string[] {
  const { rows: paths, rest } = firstPaths(image.waste.paths, options);
  const rows = paths.map((path): Cell[] => [
    right(formatBytes(path.waste)),
    right(String(path.copies)),
    left(list(path.layers)),
    left(reasonOf(path)),
    left(shown(path.path), "start"),
  ]);
  const titles = ["waste", "copies", "layers", "reason", "path"];
  const lines = more(table(titles, rows, options.width, colours.faint), rest);
  if (lines.length === 0 && rest === 0 && image.waste.paths.length > 0) {
    return ["no wasted path is as asked for"];
  }
  return lines;
}

/** The paths to list. Only as many are made as are needed, where the order is theirs already. */
function firstPaths(
  paths: WastedPaths,
  { top, order, shows }: ImageTextOptions,
): { readonly rows: readonly WastedPath[]; readonly rest: number } {
  const rows: WastedPath[] = [];
  if (shows === undefined && order === "waste") {
    for (let index = 0; index < Math.min(top, paths.length); index++) rows.push(paths.at(index)!);
    return { rows, rest: paths.length - rows.length };
  }
  let found = 0;
  for (const path of paths) {
    if (shows?.(path) === false) continue;
    found++;
    rows.push(path);
    if (rows.length >= 2 * top + 1000) rows.sort(orders[order]).length = top;
  }
  return { rows: rows.sort(orders[order]).slice(0, top), rest: Math.max(0, found - top) };
}

const orders: Readonly<Record<PathOrder, (a: WastedPath, b: WastedPath) => number>> = {
  // They come by waste, then by path, and sorting is stable.
  waste: () => 0,
  path: (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
  copies: (a, b) => b.copies - a.copies,
  layer: (a, b) => a.hidden[0]!.layer - b.hidden[0]!.layer,
};

/** The reason of most of a path's waste, with what changed: "retouched (owner)". */
function reasonOf(path: WastedPath): string {
  const changed = new Set(path.hidden.flatMap((copy: HiddenCopy) => copy.changed));
  return path.reason === "retouched" ? `retouched (${[...changed].join(", ")})` : path.reason;
}

function duplicateBlock(image: MeasuredImage, { width, top }: ImageTextOptions, colours: Palette): string[] {
  const { duplicates } = image;
  if (duplicates === undefined) return [];
  if (duplicates.length === 0) return ["no equal files in different layers"];
  const rows = duplicates.slice(0, top).map((group): Cell[] => {
    const [first, ...others] = group.copies;
    const second = others.find((copy) => copy.layer !== first!.layer)!;
    const rest = others.length > 1 ? ` and ${others.length - 1} more` : "";
    return [
      right(formatBytes(group.bytes)),
      left(list([...new Set(group.copies.map((copy) => copy.layer))])),
      left(`${shown(first!.path)} = ${shown(second.path)}${rest}`),
    ];
  });
  const total = duplicates.reduce((sum, group) => sum + group.bytes, 0);
  const lines = table(["again", "layers", "equal and visible"], rows, width, colours.faint);
  return [
    ...more(lines, duplicates.length - top),
    `${formatBytes(total)} visible, but stored again elsewhere`,
  ];
}

function gateBlock(gate: Gate, options: ImageTextOptions, colours: Palette): string[] {
  if (gate.passed) return options.gated ? [`passed: ${formatBytes(gate.judged)} of waste counted`] : [];
  return gate.failures.map((failure) => {
    const said = clip(`${failure.message} (${failure.rule})`, options.width - "failed: ".length);
    return `${colours.severity.error("failed")}: ${said}`;
  });
}

function more(lines: string[], rest: number): string[] {
  return rest > 0 && lines.length > 0 ? [...lines, `and ${grouped(rest)} more`] : lines;
}
