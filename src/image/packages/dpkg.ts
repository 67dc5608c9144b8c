// Debian: info/*.list for the files, status for the versions; distroless images keep status.d instead.
import { type DatabaseFile, type Installed, openText, type PackageReader } from "./database.ts";

const LIST = /^\/var\/lib\/dpkg\/info\/([^/]+)\.list$/;
const SUMS = /^\/var\/lib\/dpkg\/status\.d\/([^/]+)\.md5sums$/;
const CONTROL = /^\/var\/lib\/dpkg\/status(\.d\/[^/]+)?$/;

export const dpkg: PackageReader = {
  folder: /^\/var\/lib\/dpkg(?:\/info|\/status\.d)?$/,
  keeps: (path) => LIST.test(path) || SUMS.test(path) || CONTROL.test(path),
  *read(files) {
    const lists = files.filter((file) => LIST.test(file.path) || SUMS.test(file.path));
    if (lists.length === 0) return;
    const versions = readVersions(files.filter((file) => CONTROL.test(file.path) && !SUMS.test(file.path)));
    for (const file of lists) {
      const text = openText(file);
      if (text === undefined) continue;
      const list = LIST.exec(file.path);
      // "libc6:amd64.list" where a package may be installed for several architectures.
      const name = (list ?? SUMS.exec(file.path))![1]!.replace(/:[^:]*$/, "");
      const version = versionAt(versions.get(name), file.layer);
      yield {
        package: { manager: "dpkg", name, version },
        layer: file.layer,
        files: list === null ? sums(text) : text.split("\n"),
      } satisfies Installed;
    }
  },
};

function* sums(text: string): Iterable<string> {
  for (const line of text.split("\n")) if (line.length > 34) yield `/${line.slice(34)}`;
}

type Versions = Map<string, { readonly layer: number; readonly version: string }[]>;

function readVersions(files: readonly DatabaseFile[]): Versions {
  const versions: Versions = new Map();
  for (const file of files) {
    for (const paragraph of (openText(file) ?? "").split(/\n\n+/)) {
      const name = /^Package: *(\S+)/m.exec(paragraph)?.[1];
      const version = /^Version: *(\S+)/m.exec(paragraph)?.[1];
      if (name === undefined || version === undefined) continue;
      const known = versions.get(name);
      if (known === undefined) versions.set(name, [{ layer: file.layer, version }]);
      else if (known.at(-1)!.version !== version) known.push({ layer: file.layer, version });
    }
  }
  return versions;
}

/** The version that held when `layer` was written; an info file without a status belongs to the next one. */
function versionAt(versions: Versions extends Map<string, infer V> ? V | undefined : never, layer: number) {
  const before = versions?.filter((entry) => entry.layer <= layer).at(-1);
  return (before ?? versions?.[0])?.version;
}
