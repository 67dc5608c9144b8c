// Python: what RECORD (wheels) and installed-files.txt (eggs) say was installed.
import { folderOf, type Installed, openText, type PackageReader, resolvePath } from "./database.ts";

const RECORD = /\/([^/]+)\.dist-info\/RECORD$/;
const EGG = /\/([^/]+)\.egg-info\/installed-files\.txt$/;

export const python: PackageReader = {
  folder: /\.(?:dist|egg)-info$/,
  keeps: (path) => RECORD.test(path) || EGG.test(path),
  *read(files) {
    for (const file of files) {
      const text = openText(file);
      if (text === undefined) continue;
      const folder = folderOf(file.path);
      const wheel = RECORD.exec(file.path);
      // RECORD is relative to the folder around dist-info, installed-files.txt to egg-info itself.
      const from = wheel === null ? folder : folderOf(folder);
      const named = nameOf(wheel?.[1] ?? EGG.exec(file.path)![1]!);
      const listed = wheel === null ? text.split("\n") : recordPaths(text);
      yield { package: named, layer: file.layer, files: absolute(from, listed) } satisfies Installed;
    }
  },
};

function* absolute(folder: string, paths: Iterable<string>): Iterable<string> {
  for (const path of paths) if (path.trim() !== "") yield resolvePath(folder, path.trim());
}

/** The first column of a CSV file: quoted where it holds a comma, a quote doubled inside (PEP 376, PEP 627). */
function* recordPaths(text: string): Iterable<string> {
  for (const line of text.split("\n")) {
    if (line.startsWith('"')) yield /^"((?:[^"]|"")*)"/.exec(line)?.[1]?.replaceAll('""', '"') ?? "";
    else yield line.slice(0, line.indexOf(",") < 0 ? undefined : line.indexOf(","));
  }
}

/** "Foo_Bar-1.0" or "foo_bar-1.0-py3.11": names as PyPI compares them (PEP 503). */
function nameOf(folder: string): { manager: string; name: string; version: string | undefined } {
  const parts = /^(.+?)-([^-]+)(?:-py[\d.]+)?$/.exec(folder);
  const name = (parts?.[1] ?? folder).toLowerCase().replace(/[-_.]+/g, "-");
  return { manager: "pip", name, version: parts?.[2] };
}
