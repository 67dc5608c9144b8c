// What every part of the fold asks for.
import type { Model, Stage } from "../model.ts";

export interface Scene {
  readonly model: Model;
  /** The stage whose base image lies below. */
  readonly base: Stage;
  /** A digest of all files of a stage. */
  stageOf(index: number): string;
}
