// Everything measured of one image, put together for evidence and reports.
import { type NamedBase, namedBase } from "./base.ts";
import { type Duplicate, findDuplicates } from "./duplicates.ts";
import { layerOrigins, type Origin } from "./history.ts";
import type { Compression, WalkedImage } from "./image.ts";
import { findOwners, type Owners } from "./packages/owners.ts";
import { readProvenance, type SourceLines } from "./provenance.ts";
import { type ImageWaste, measureWaste } from "./waste.ts";

export interface MeasuredImage {
  readonly name: string;
  readonly digest: string | undefined;
  readonly platform: string | undefined;
  readonly waste: ImageWaste;
  /** One per layer, base first. */
  readonly layers: readonly MeasuredLayer[];
  /** How many of the lowest layers are the base image's; undefined if not known. */
  readonly baseLayers: number | undefined;
  /** What the image says it was built on. */
  readonly base: NamedBase | undefined;
  readonly owners: Owners;
  /** Undefined unless asked for. */
  readonly duplicates: readonly Duplicate[] | undefined;
}

export interface MeasuredLayer extends Origin {
  /** Of the blob as stored. */
  readonly digest: string;
  readonly diffId: string | undefined;
  readonly compression: Compression;
  /** The lines of the Dockerfile that made it, where the image carries BuildKit's provenance. */
  readonly source: SourceLines | undefined;
}

export interface MeasureOptions {
  /** Look for equal files at different paths too; that reads all files of equal size. */
  readonly duplicates?: boolean;
  /** The number of base layers, where it is known better than the image's provenance tells it. */
  readonly baseLayers?: number | undefined;
}

/** Measures all there is to measure; call it before the image is closed. */
export function measureImage(image: WalkedImage, options: MeasureOptions = {}): MeasuredImage {
  const waste = measureWaste(image);
  const origins = layerOrigins(image.config.history, image.layers.length);
  const provenance = readProvenance(
    image.attestations,
    image.layers.map((layer) => layer.digest),
  );
  return {
    name: image.name,
    digest: image.digest,
    platform: image.platform,
    waste,
    layers: image.layers.map(({ digest, diffId, compression }, index) => ({
      digest,
      diffId,
      compression,
      ...origins[index]!,
      source: provenance?.lines[index],
    })),
    baseLayers: options.baseLayers ?? provenance?.baseLayers,
    base: namedBase(image),
    owners: findOwners(image, waste),
    duplicates: options.duplicates === true ? findDuplicates(image) : undefined,
  };
}
