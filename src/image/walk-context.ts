// What the layers of one image share while they are walked.

import type { ImageTally } from "./add-member.ts";
import type { SwollenTally } from "./blob/inflate.ts";
import type { ContentHasher } from "./content-hash.ts";
import type { ReadLimits } from "./image.ts";
import type { PathInterner } from "./paths.ts";

export interface WalkContext {
  readonly paths: PathInterner;
  readonly tally: ImageTally;
  readonly limits: ReadLimits;
  readonly swollen: SwollenTally;
  readonly hasher: ContentHasher;
  readonly verify: boolean;
  readonly capture: ((path: string) => boolean) | undefined;
  /** Bytes captured so far. */
  captured: number;
  /** Set when one layer could not be read, and no other needs to be. */
  abandoned: boolean;
  /** Called with bytes of blobs that are dealt with. Throws ImageError when the image is abandoned. */
  readonly advance: (bytes: number) => void;
}
