// rpm: the SQLite database of Fedora 33, RHEL 9 and later. The Berkeley DB and ndb forms are not read.
import type { DatabaseFile, Installed, Package, PackageReader } from "./database.ts";
import { tableRows } from "./sqlite.ts";

export const rpm: PackageReader = {
  folder: /^\/(?:var\/lib|usr\/lib\/sysimage|usr\/share)\/rpm$/,
  keeps: (path) => path.endsWith("/rpmdb.sqlite"),
  *read(files) {
    for (const file of files) yield* installed(file);
  },
};

function* installed(file: DatabaseFile): Iterable<Installed> {
  const bytes = file.open();
  if (bytes === undefined) return;
  try {
    for (const row of tableRows(bytes, "Packages")) {
      const blob = row[1];
      const header = blob instanceof Uint8Array ? readHeader(blob) : undefined;
      if (header !== undefined) yield { ...header, layer: file.layer };
    }
  } catch (error) {
    // A damaged database: what was read before the damage counts.
    if (!(error instanceof RangeError)) throw error;
  }
}

// Tags of rpm's headers (include/rpm/rpmtag.h).
const NAME = 1000;
const VERSION = 1001;
const RELEASE = 1002;
const DIRINDEXES = 1116;
const BASENAMES = 1117;
const DIRNAMES = 1118;

/** A header as the database holds it: two counts, an index of tags, the data. */
function readHeader(blob: Uint8Array): { package: Package; files: string[] } | undefined {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const count = view.getUint32(0);
  const data = 8 + count * 16;
  if (data > blob.length) return undefined;
  const places = new Map<number, { readonly at: number; readonly count: number }>();
  for (let index = 8; index < data; index += 16) {
    places.set(view.getUint32(index), {
      at: data + view.getUint32(index + 8),
      count: view.getUint32(index + 12),
    });
  }
  const texts = (tag: number): string[] => {
    const place = places.get(tag);
    const found: string[] = [];
    for (let at = place?.at ?? 0; place !== undefined && found.length < place.count && at < blob.length; ) {
      const end = blob.indexOf(0, at);
      found.push(new TextDecoder().decode(blob.subarray(at, end < 0 ? undefined : end)));
      at = end < 0 ? blob.length : end + 1;
    }
    return found;
  };
  const name = texts(NAME)[0];
  if (name === undefined) return undefined;
  const folders = texts(DIRNAMES);
  const indexes = places.get(DIRINDEXES);
  const files = texts(BASENAMES).map((file, index) => {
    const folder = indexes === undefined ? 0 : view.getUint32(indexes.at + index * 4);
    return `${folders[folder] ?? "/"}${file}`;
  });
  const version = [texts(VERSION)[0], texts(RELEASE)[0]].filter((part) => part !== undefined).join("-");
  return { package: { manager: "rpm", name, version: version === "" ? undefined : version }, files };
}
