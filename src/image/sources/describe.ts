// What an image's files say it is made of, whichever format they have.

import { ImageError } from "../error.ts";
import { describeDockerSave, describeOldDockerSave } from "./docker-save.ts";
import type { ImageFiles } from "./files.ts";
import { describeOci } from "./oci.ts";
import type { ImageChoice, ImageFormat, ImagePlan } from "./plan.ts";
import { mayBePlatform } from "./reference.ts";

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
  if (docker && format !== "oci") return ofPlatform(await describeDockerSave(files, choice), files, choice);
  if (format !== "oci" && files.size("repositories") !== undefined)
    return ofPlatform(await describeOldDockerSave(files, choice), files, choice);
  const wanted = { docker: "manifest.json", oci: "index.json", any: "index.json nor a manifest.json" };
  throw new ImageError(
    format === undefined
      ? `${files.name} is no image: it has neither an ${wanted.any}`
      : `${files.name} has no ${wanted[format]}`,
  );
}

/** These archives are chosen from by tag alone; a platform that was asked for must be the image's, as far as it says. */
function ofPlatform(plan: ImagePlan, files: ImageFiles, { platform }: ImageChoice): ImagePlan {
  if (platform === undefined || plan.platform === undefined) return plan;
  if (mayBePlatform(plan.platform, platform)) return plan;
  throw new ImageError(`${files.name} has no image for ${platform}; it is for ${plan.platform}`);
}
