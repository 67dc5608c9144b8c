// Images for commands: names as a person gives them, relative to the current folder, "-" for standard input.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "./failure.ts";
import { ImageError } from "./image/error.ts";
import type { ReadOptions, WalkedImage } from "./image/image.ts";
import { readDiffIds, readImage } from "./image/read.ts";
import { filesAt, splitPath } from "./image/sources/place.ts";
import type { Io } from "./io.ts";

/** How images are come by. */
export interface Images {
  /** The digests of an image's uncompressed layers, base first. */
  diffIds(reference: string, options: ReadOptions): Promise<readonly string[]>;
  /** Reads all layers. */
  read(reference: string, options: ReadOptions): Promise<WalkedImage>;
}

export function fileImages(io: Io): Images {
  return {
    read: (name, options) =>
      readImage(name === "-" ? (io.stdin as AsyncIterable<Uint8Array>) : locate(name, io.cwd), {
        name: name === "-" ? "standard input" : name,
        env: io.env,
        ...options,
      }),
    diffIds: (name, options) => readDiffIds(locate(name, io.cwd), { name, env: io.env, ...options }),
  };
}

/** The files on disk that the image of a name is read from, absolute; none for one that lies elsewhere. */
export function filesOfImage(name: string, cwd: string): readonly string[] {
  if (name === "-") return [];
  const place = locate(name, cwd);
  if (existsSync(place)) return filesAt(place);
  const path = TRANSPORT.exec(place)?.[2];
  return path === undefined ? [] : filesAt(splitPath(path).path);
}

/** What a command throws for an error of reading or measuring an image. */
export function imageFailure(error: unknown): unknown {
  return error instanceof ImageError ? new Failure(error.message, { cause: error }) : error;
}

/** A path from the current folder, also behind a transport; other names stay as they are. */
function locate(name: string, cwd: string): string {
  if (name === "") return name;
  const path = resolve(cwd, name);
  if (existsSync(path)) return path;
  const parts = TRANSPORT.exec(name);
  return parts === null ? name : parts[1]! + resolve(cwd, parts[2]!);
}

/** A prefix that a path follows. */
const TRANSPORT = /^((?:docker-archive|oci-archive|oci):)(?:\/\/)?(.+)$/s;
