// Alpine: lib/apk/db/installed, one paragraph a package, its folders (F:) and the files in them (R:).
import { type Installed, openText, type PackageReader } from "./database.ts";

export const apk: PackageReader = {
  folder: /^\/(?:usr\/)?lib\/apk\/db$/,
  keeps: (path) => path.endsWith("/installed"),
  *read(files) {
    for (const file of files) {
      for (const paragraph of (openText(file) ?? "").split("\n\n")) {
        const name = /^P:(.+)$/m.exec(paragraph)?.[1];
        if (name === undefined) continue;
        yield {
          package: { manager: "apk", name, version: /^V:(.+)$/m.exec(paragraph)?.[1] },
          layer: file.layer,
          files: listed(paragraph),
        } satisfies Installed;
      }
    }
  },
};

function* listed(paragraph: string): Iterable<string> {
  let folder = "";
  for (const line of paragraph.split("\n")) {
    if (line.startsWith("F:")) folder = line.length > 2 ? `/${line.slice(2)}` : "";
    else if (line.startsWith("R:")) yield `${folder}/${line.slice(2)}`;
  }
}
