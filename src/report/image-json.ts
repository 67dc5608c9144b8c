// The JSON report of an image.
import type { Gate } from "../image/gate.ts";
import type { MeasuredImage } from "../image/measured.ts";
import type { Package } from "../image/packages/database.ts";
import { packageName } from "../image/packages/owners.ts";
import type { WastedPath } from "../image/waste.ts";
import type { ImageReport } from "./image-schema.ts";

/** One JSON document with a line break at its end. `shows` chooses among the paths, nothing else. */
export function imageJsonReport(
  image: MeasuredImage,
  gate: Gate,
  version: string,
  shows?: (path: WastedPath) => boolean,
): string {
  return `${JSON.stringify(imageReport(image, gate, version, shows), null, 2)}\n`;
}

export function imageReport(
  image: MeasuredImage,
  gate: Gate,
  version: string,
  shows?: (path: WastedPath) => boolean,
): ImageReport {
  const { waste, base, baseLayers, duplicates } = image;
  const known = { name: base?.name, digest: base?.digest, layers: baseLayers };
  return {
    schemaVersion: 1,
    tool: { name: "dfdedupe", version },
    image: {
      name: image.name,
      digest: image.digest,
      platform: image.platform,
      base: base === undefined && baseLayers === undefined ? undefined : known,
    },
    total: {
      stored: waste.stored,
      visible: waste.visible,
      waste: waste.waste,
      efficiency: waste.efficiency,
      reasons: waste.reasons,
      changes: waste.changes,
      churn: churnBytes(waste.paths),
      compressed: waste.compressed,
      compressedWaste: waste.compressedWaste,
      duplicates: duplicates?.reduce((sum, group) => sum + group.bytes, 0),
    },
    layers: waste.layers.map((layer, index) => {
      const { digest, diffId, compression, createdBy, instruction, source } = image.layers[index]!;
      const { stored, visible, waste, hides, compressed, compressedWaste } = layer;
      const base = index < (baseLayers ?? 0);
      const figures = { stored, visible, waste, hides, compressed, compressedWaste };
      return { index, digest, diffId, compression, createdBy, instruction, source, ...figures, base };
    }),
    packages: image.owners.packages.map(({ package: of, waste, files, layers }) => {
      return { manager: of.manager, name: of.name, version: of.version, waste, files, layers: [...layers] };
    }),
    paths: [...pathReports(image, shows)],
    duplicates: duplicates?.map((group) => ({ ...group, copies: [...group.copies] })),
    gate: {
      passed: gate.passed,
      failures: gate.failures.map(({ rule, limit, value, message }) => ({ rule, limit, value, message })),
    },
  };
}

function* pathReports(
  image: MeasuredImage,
  shows: ((path: WastedPath) => boolean) | undefined,
): Iterable<ImageReport["paths"][number]> {
  for (const path of image.waste.paths) if (shows?.(path) !== false) yield pathReport(path, image);
}

function pathReport(path: WastedPath, { owners }: MeasuredImage): ImageReport["paths"][number] {
  const name = (owner: Package | undefined) => (owner === undefined ? undefined : packageName(owner));
  return {
    path: path.path,
    stored: path.stored,
    visible: path.visible,
    waste: path.waste,
    copies: path.copies,
    reason: path.reason,
    layers: [...path.layers],
    package: name(owners.ofPath(path)),
    churn: path.churn,
    hidden: path.hidden.map((copy) => ({
      layer: copy.layer,
      size: copy.size,
      reason: copy.reason,
      hiddenBy: copy.hiddenBy,
      changed: [...copy.changed],
      movedTo: copy.movedTo,
      package: name(owners.ofCopy(path, copy)),
    })),
  };
}

export function churnBytes(paths: Iterable<WastedPath>): number {
  let sum = 0;
  for (const path of paths) if (path.churn !== undefined) sum += path.waste;
  return sum;
}
