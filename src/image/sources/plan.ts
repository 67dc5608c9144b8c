// What is asked of an image's files, and what they answer: a description and where the layers are.

import type { ImageDescription, ReadLimits } from "../image.ts";

export type ImageFormat = "docker" | "oci";

/** Which image of several is meant, and how it will be called. */
export interface ImageChoice {
  readonly name: string;
  readonly platform: string | undefined;
  readonly reference: string | undefined;
  readonly limits: ReadLimits;
  /** Check also digests that only a file's name tells. */
  readonly verify: boolean;
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
