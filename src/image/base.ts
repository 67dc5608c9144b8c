// Which layers came with the base image.
import type { ImageDescription } from "./image.ts";

/** What the image says it was built on: the OCI annotations, else labels of the same names. */
export interface NamedBase {
  readonly name: string | undefined;
  readonly digest: string | undefined;
}

/** `org.opencontainers.image.base.name` and `.digest`; undefined when neither is there. */
export function namedBase({ annotations, config }: ImageDescription): NamedBase | undefined {
  const told = (key: string): string | undefined =>
    annotations[`org.opencontainers.image.base.${key}`] ||
    config.labels[`org.opencontainers.image.base.${key}`] ||
    undefined;
  const [name, digest] = [told("name"), told("digest")];
  return name === undefined && digest === undefined ? undefined : { name, digest };
}

/** How many of the lowest layers are the same in both, by the digests of their uncompressed tars. */
export function sharedLayers(diffIds: readonly string[], base: readonly string[]): number {
  const different = base.findIndex((digest, index) => digest !== diffIds[index]);
  return different < 0 ? base.length : different;
}
