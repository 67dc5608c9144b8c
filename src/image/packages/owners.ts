// Whose the wasted files are: each hidden copy belongs to the package whose database listed it at that time.
import type { WalkedImage } from "../image.ts";
import type { HiddenCopy, ImageWaste, WastedPath } from "../waste.ts";
import { apk } from "./apk.ts";
import { conda } from "./conda.ts";
import { type DatabaseFile, folderOf, type Installed, type Package, type PackageReader } from "./database.ts";
import { dpkg } from "./dpkg.ts";
import { npm } from "./npm.ts";
import { python } from "./python.ts";
import { rpm } from "./rpm.ts";

// Where two list a file, the first one is its owner: distributions and conda keep Python's own lists as well.
const readers: readonly PackageReader[] = [dpkg, apk, rpm, conda, python, npm];

/** One package's waste. */
export interface PackageWaste {
  readonly package: Package;
  /** Bytes of its hidden copies. */
  readonly waste: number;
  /** How many paths they have. */
  readonly files: number;
  /** The layers that store those paths, visible copies included. */
  readonly layers: readonly number[];
}

export interface Owners {
  /** By waste, largest first, then by name. */
  readonly packages: readonly PackageWaste[];
  /** The package that owns most of a path's waste. */
  ofPath(path: WastedPath): Package | undefined;
  ofCopy(path: WastedPath, copy: HiddenCopy): Package | undefined;
}

/** Which files `findOwners` wants to read: what a one-pass read of an image must keep (`ReadOptions.capture`). */
export function isPackageDatabase(path: string): boolean {
  const folder = folderOf(path);
  return readers.some((reader) => reader.folder.test(folder) && reader.keeps(path));
}

/** "pip:flashinfer-cubin@0.6.8.post1" */
export function packageName({ manager, name, version }: Package): string {
  return version === undefined ? `${manager}:${name}` : `${manager}:${name}@${version}`;
}

/**
 * Finds the packages of wasted files in the package databases of all layers, also removed ones. Call it before the
 * image is closed. A copy's owner is the one listed in its own layer or the nearest below, else the nearest above.
 */
export function findOwners(image: WalkedImage, waste: ImageWaste): Owners {
  const databases = waste.paths.length === 0 ? [] : databaseFiles(image);
  if (databases.length === 0) return { packages: [], ofPath: () => undefined, ofCopy: () => undefined };
  const claims = collectClaims(waste, databases);
  const tallies = new Map<string, Tally>();
  for (const path of waste.paths) {
    const claimed = claims(path.path);
    if (claimed.length === 0) continue;
    for (const copy of path.hidden) {
      const owner = ownerAt(claimed, copy.layer)!;
      const name = packageName(owner);
      const tally = tallies.get(name) ?? { package: owner, waste: 0, files: 0, last: "", layers: new Set() };
      tallies.set(name, tally);
      tally.waste += copy.size;
      if (tally.last !== path.path) tally.files++;
      tally.last = path.path;
      for (const layer of path.layers) tally.layers.add(layer);
    }
  }
  const packages = [...tallies].sort(([a, one], [b, two]) => two.waste - one.waste || (a < b ? -1 : 1));
  return {
    packages: packages.map(([, tally]) => ({
      package: tally.package,
      waste: tally.waste,
      files: tally.files,
      layers: [...tally.layers].sort((a, b) => a - b),
    })),
    ofCopy: (path, copy) => ownerAt(claims(path.path), copy.layer),
    ofPath(path) {
      const claimed = claims(path.path);
      const shares = new Map<Package, number>();
      for (const copy of path.hidden) {
        const owner = ownerAt(claimed, copy.layer);
        if (owner !== undefined) shares.set(owner, (shares.get(owner) ?? 0) + copy.size);
      }
      return [...shares].reduce<[Package, number] | undefined>(
        (best, share) => (best === undefined || share[1] > best[1] ? share : best),
        undefined,
      )?.[0];
    },
  };
}

interface Tally {
  readonly package: Package;
  waste: number;
  files: number;
  /** The path counted last. */
  last: string;
  readonly layers: Set<number>;
}

interface Claim {
  readonly package: Package;
  readonly layer: number;
}

function ownerAt(claims: readonly Claim[], layer: number): Package | undefined {
  let best = claims[0];
  for (const claim of claims) {
    if (distance(claim.layer, layer) < distance(best!.layer, layer)) best = claim;
  }
  return best?.package;
}

/** Layers above come after all those below. */
function distance(of: number, from: number): number {
  return of <= from ? from - of : 1e6 + of;
}

/** For a wasted path the packages that claim it: those that list it, else those around it. */
function collectClaims(
  waste: ImageWaste,
  databases: readonly (readonly [PackageReader, readonly DatabaseFile[]])[],
): (path: string) => readonly Claim[] {
  const folders = new Set<string>();
  const sources = new Set<string>();
  for (const { path } of waste.paths) {
    for (let folder = folderOf(path); !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
    const source = pythonSource(path);
    if (source !== undefined) sources.add(source);
  }
  const listed = new Map<string, Claim[]>();
  const merged = new Map<string, Claim[]>();
  const around = new Map<string, Claim[]>();
  const add = (claims: Map<string, Claim[]>, path: string, { package: of, layer }: Installed): void => {
    const known = claims.get(path);
    if (known === undefined) claims.set(path, [{ package: of, layer }]);
    else known.push({ package: of, layer });
  };
  for (const [reader, files] of databases) {
    for (const installed of reader.read(files, (folder) => folders.has(folder))) {
      for (const path of installed.files) {
        if (waste.paths.has(path) || sources.has(path)) add(listed, path, installed);
        // Lists still say /lib where a merged /usr has the file below /usr/lib.
        if (MERGED.test(path) && waste.paths.has(`/usr${path}`)) add(merged, `/usr${path}`, installed);
      }
      if (installed.folder !== undefined) add(around, installed.folder, installed);
    }
  }
  return (path) => {
    const own = listed.get(path) ?? merged.get(path) ?? listed.get(pythonSource(path) ?? "");
    if (own !== undefined || around.size === 0) return own ?? [];
    for (let folder = folderOf(path); folder !== "/"; folder = folderOf(folder)) {
      const claims = around.get(folder);
      if (claims !== undefined) return claims;
    }
    return [];
  };
}

const MERGED = /^\/(?:bin|sbin|lib\w*)\//;

/** The .py file that a compiled one was made from (PEP 3147); installers do not always list the latter. */
function pythonSource(path: string): string | undefined {
  const parts = /^(.*)\/__pycache__\/([^/]+?)\.[^/]+\.pyc$/.exec(path);
  return parts === null ? undefined : `${parts[1]}/${parts[2]}.py`;
}

/** What each reader needs, for those that find something. */
function databaseFiles(image: WalkedImage): [PackageReader, DatabaseFile[]][] {
  const found = readers.map((reader): [PackageReader, DatabaseFile[]] => [reader, []]);
  // Folders are few and tell most files apart from the start.
  const inFolder = new Map<number, typeof found>();
  for (const [layer, { entries }] of image.layers.entries()) {
    for (let index = 0; index < entries.count; index++) {
      if (entries.kind(index) !== "file") continue;
      const id = image.paths.parent(entries.path(index));
      const candidates =
        inFolder.get(id) ?? found.filter(([reader]) => reader.folder.test(image.paths.path(id)));
      inFolder.set(id, candidates);
      if (candidates.length === 0) continue;
      const path = image.paths.path(entries.path(index));
      const open = () => image.readFile(layer, index);
      for (const [reader, files] of candidates) if (reader.keeps(path)) files.push({ path, layer, open });
    }
  }
  return found.filter(([, files]) => files.length > 0);
}
