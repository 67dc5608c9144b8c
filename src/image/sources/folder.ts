// An image's files in a folder: an OCI layout, or an unpacked `docker save`.

import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ImageFiles, insideName, missing, tooLarge } from "./files.ts";

/** Opens nothing before it is asked for. */
export function folderFiles(folder: string): ImageFiles {
  const open = new Map<string, number>();

  function size(path: string): number | undefined {
    const stat = statSync(join(folder, insideName(path, folder)), { throwIfNoEntry: false });
    return stat?.isFile() ? stat.size : undefined;
  }

  return {
    name: folder,
    size,
    async read(path, limit) {
      const bytes = size(path);
      if (bytes === undefined) throw missing(folder, path);
      if (bytes > limit) throw tooLarge(folder, path, bytes, limit);
      return readFile(join(folder, insideName(path, folder)));
    },
    data(path) {
      const name = insideName(path, folder);
      if (size(name) === undefined) throw missing(folder, path);
      let fd = open.get(name);
      if (fd === undefined) {
        // Should it have become a pipe meanwhile, opening must not wait.
        fd = openSync(join(folder, name), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
        open.set(name, fd);
      }
      return { kind: "range", fd, offset: 0, length: fstatSync(fd).size };
    },
    async close() {
      for (const fd of open.values()) closeSync(fd);
      open.clear();
    },
  };
}
