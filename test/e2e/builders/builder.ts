// What the tests ask of a builder.
import type { BuiltImage } from "./files.ts";

export type BuilderName = "buildah" | "buildkit";

export interface Built {
  /** Undefined when the build failed. */
  readonly image: BuiltImage | undefined;
  /** What the builder said. */
  readonly log: string;
}

export interface Builder {
  readonly name: BuilderName;
  /** Builds a Dockerfile in a context folder; never rejects because the build fails. */
  readonly build: (dockerfile: string, context: string) => Promise<Built>;
  /** Ends what was started and removes what was written. */
  readonly close: () => Promise<void>;
}
