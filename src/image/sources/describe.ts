// What an image's files say it is made of, whichever format they have.

import { ImageError } from "../error.ts";
import type { ImageDescription, ReadLimits } from "../image.ts";
import { describeDockerSave, describeOldDockerSave } from "./docker-save.ts";
import type { ImageFiles } from "./files.ts";
import { describeOci } from "./oci.ts";

export type ImageFormat = "docker" | "oci";

/** Which image of several is meant, and how it will be called. */
export interface ImageChoice {
  readonly name: string;
  readonly platform: string | undefined;
  readonly reference: string | undefined;
  readonly limits: ReadLimits;
}

/** A layer by the name of its file. */
export interface LayerPlace {
  readonly path: string;
  readonly digest: string | undefined;
  readonly diffId: string | undefined;
  readonly mediaType: string | undefined;
}

/** An image described by its files; nothing of its layers is read. */
export interface ImagePlan extends ImageDescription {
  readonly layers: readonly LayerPlace[];
}

/**
 * Finds the image that is meant. Archives that are both (Docker 25 and later) are read as OCI, which says more, unless
 * `format` asks otherwise. Throws ImageError.
 */
export async function describeImage(
  files: ImageFiles,
  choice: ImageChoice,
  format: ImageFormat | undefined,
): Promise<ImagePlan> {
  const docker = files.size("manifest.json") !== undefined;
  const oci = files.size("index.json") !== undefined;
  if (oci && format !== "docker") {
    const plan = await describeOci(files, choice);
    if (plan !== undefined) return plan;
    if (!docker)
      throw new ImageError(`${files.name} holds no image: its index names no manifest that is there`);
  }
  if (docker && format !== "oci") return describeDockerSave(files, choice);
  if (format !== "oci" && files.size("repositories") !== undefined)
    return describeOldDockerSave(files, choice);
  const wanted = { docker: "manifest.json", oci: "index.json", any: "index.json nor a manifest.json" };
  throw new ImageError(
    format === undefined
      ? `${files.name} is no image: it has neither an ${wanted.any}`
      : `${files.name} has no ${wanted[format]}`,
  );
}
