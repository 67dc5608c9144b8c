// conda: conda-meta/*.json of an environment, with the files relative to it.
import { folderOf, openObject, type PackageReader } from "./database.ts";

export const conda: PackageReader = {
  folder: /\/conda-meta$/,
  keeps: (path) => path.endsWith(".json"),
  *read(files) {
    for (const file of files) {
      const meta = openObject(file);
      if (typeof meta?.name !== "string" || !Array.isArray(meta.files)) continue;
      const version = typeof meta.version === "string" ? meta.version : undefined;
      const prefix = folderOf(folderOf(file.path));
      const listed = meta.files.filter((path): path is string => typeof path === "string");
      yield {
        package: { manager: "conda", name: meta.name, version },
        layer: file.layer,
        files: listed.map((path) => (prefix === "/" ? `/${path}` : `${prefix}/${path}`)),
      };
    }
  },
};
