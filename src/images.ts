// Images for commands: names as a person gives them, relative to the current folder, "-" for standard input.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ImageError } from "./image/error.ts";
import { openImage, readImage } from "./image/read.ts";
import type { Io } from "./io.ts";
import type { Images } from "./run-image.ts";

export function fileImages(io: Io): Images {
  return {
    read: (name, options) =>
      readImage(name === "-" ? (io.stdin as AsyncIterable<Uint8Array>) : locate(name, io.cwd), {
        name: name === "-" ? "standard input" : name,
        ...options,
      }),
    async diffIds(name, options) {
      const place = locate(name, io.cwd);
      try {
        const image = await openImage(place, { name, ...options });
        await image.close();
        return image.config.diffIds;
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        // A compressed archive can only be read as a whole; whatever else is wrong, this says so as well.
        const image = await readImage(place, { name, ...options });
        await image.close();
        return image.config.diffIds;
      }
    },
  };
}

/** A path from the current folder, also behind a transport; other names stay as they are. */
function locate(name: string, cwd: string): string {
  const path = resolve(cwd, name);
  if (existsSync(path)) return path;
  const parts = /^((?:docker-archive|oci-archive|oci):)(?:\/\/)?(.+)$/s.exec(name);
  return parts === null ? name : parts[1]! + resolve(cwd, parts[2]!);
}
