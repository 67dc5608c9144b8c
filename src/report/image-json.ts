// The JSON report of an image.
import type { Gate } from "../image/gate.ts";
import type { MeasuredImage } from "../image/measured.ts";
import type { Package } from "../image/packages/database.ts";
import { packageName } from "../image/packages/owners.ts";
import type { WastedPath } from "../image/waste.ts";
import type { ImageReport } from "./image-schema.ts";

/**
 * One JSON document with a line break at its end, in parts: an image may have a million wasted paths, each of which gets
 * a line. `shows` chooses among the paths, nothing else.
 */
export function* imageJsonReport(
  image: MeasuredImage,
  gate: Gate,
  version: string,
  shows?: (path: WastedPath) => boolean,
): Iterable<string> {
  const [before, after] = JSON.stringify(withoutPaths(image, gate, version), null, 2).split(noPaths);
  let part = `${before}\n  "paths": [`;
  let comma = "";
  for (const path of image.waste.paths) {
    if (shows?.(path) === false) continue;
    part += `${comma}\n    ${JSON.stringify(pathReport(path, image))}`;
    comma = ",";
    if (part.length < partLength) continue;
    yield part;
    part = "";
  }
  yield `${part}${comma === "" ? "" : "\n  "}]${after}\n`;
}

/** Characters of a part, about; what lives long makes the engine take more memory for what does not. */
const partLength = 8192;

/** Where the paths belong; no string of JSON has a line break in it. */
const noPaths = '\n  "paths": []';

function withoutPaths(image: MeasuredImage, gate: Gate, version: string): ImageReport {
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
      churn: waste.churn,
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
    paths: [],
    duplicates: duplicates?.map((group) => ({ ...group, copies: [...group.copies] })),
    gate: {
      passed: gate.passed,
      failures: gate.failures.map(({ rule, limit, value, message }) => ({ rule, limit, value, message })),
    },
  };
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
