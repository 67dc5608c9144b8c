// npm, yarn, pnpm: a folder below node_modules with a package.json is a package, with all that lies in it.
import { folderOf, openObject, type PackageReader } from "./database.ts";

export const npm: PackageReader = {
  folder: /\/node_modules\/(?:@[^/]+\/)?[^/@][^/]*$/,
  keeps: (path) => path.endsWith("/package.json"),
  *read(files, wasted) {
    for (const file of files) {
      const folder = folderOf(file.path);
      if (!wasted(folder)) continue;
      const manifest = openObject(file);
      const installedAs = folder.slice(folder.lastIndexOf("/node_modules/") + "/node_modules/".length);
      const name = typeof manifest?.name === "string" && manifest.name !== "" ? manifest.name : installedAs;
      const version = typeof manifest?.version === "string" ? manifest.version : undefined;
      yield { package: { manager: "npm", name, version }, layer: file.layer, files: [], folder };
    }
  },
};
