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
  ofCopy(copy: HiddenCopy): Package | undefined;
}

/** Which files `findOwners` wants to read: what a one-pass read of an image must keep (`ReadOptions.capture`). */
export function isPackageDatabase(path: string): boolean {
  return readers.some((reader) => reader.keeps(path));
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
  const claims = collectClaims(image, waste);
  const owners = new Map<HiddenCopy, Package>();
  const tallies = new Map<string, Tally>();
  for (const path of waste.paths) {
    const claimed = claims(path.path);
    if (claimed.length === 0) continue;
    for (const copy of path.hidden) {
      const owner = nearest(claimed, copy.layer).package;
      owners.set(copy, owner);
      const name = packageName(owner);
      const tally = tallies.get(name) ?? { package: owner, waste: 0, paths: new Set(), layers: new Set() };
      tallies.set(name, tally);
      tally.waste += copy.size;
      tally.paths.add(path.path);
      for (const layer of path.layers) tally.layers.add(layer);
    }
  }
  const packages = [...tallies].sort(([a, one], [b, two]) => two.waste - one.waste || (a < b ? -1 : 1));
  return {
    packages: packages.map(([, tally]) => ({
      package: tally.package,
      waste: tally.waste,
      files: tally.paths.size,
      layers: [...tally.layers].sort((a, b) => a - b),
    })),
    ofCopy: (copy) => owners.get(copy),
    ofPath(path) {
      const shares = new Map<Package, number>();
      for (const copy of path.hidden) {
        const owner = owners.get(copy);
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
  readonly paths: Set<string>;
  readonly layers: Set<number>;
}

interface Claim {
  readonly package: Package;
  readonly layer: number;
}

function nearest(claims: readonly Claim[], layer: number): Claim {
  let best = claims[0]!;
  for (const claim of claims) if (distance(claim.layer, layer) < distance(best.layer, layer)) best = claim;
  return best;
}

/** Layers above come after all those below. */
function distance(of: number, from: number): number {
  return of <= from ? from - of : 1e6 + of;
}

/** For a wasted path the packages that claim it: those that list it, else those around it. */
function collectClaims(image: WalkedImage, waste: ImageWaste): (path: string) => readonly Claim[] {
  const wanted = new Set(waste.paths.map((path) => path.path));
  const folders = foldersAbove(wanted);
  const sources = new Set([...wanted].flatMap((path) => pythonSource(path) ?? []));
  const listed = new Map<string, Claim[]>();
  const merged = new Map<string, Claim[]>();
  const around = new Map<string, Claim[]>();
  const add = (claims: Map<string, Claim[]>, path: string, { package: of, layer }: Installed): void => {
    const known = claims.get(path);
    if (known === undefined) claims.set(path, [{ package: of, layer }]);
    else known.push({ package: of, layer });
  };
  if (wanted.size > 0) {
    for (const [reader, files] of databaseFiles(image)) {
      for (const installed of reader.read(files, (folder) => folders.has(folder))) {
        for (const path of installed.files) {
          if (wanted.has(path) || sources.has(path)) add(listed, path, installed);
          // Lists still say /lib where a merged /usr has the file below /usr/lib.
          if (MERGED.test(path) && wanted.has(`/usr${path}`)) add(merged, `/usr${path}`, installed);
        }
        if (installed.folder !== undefined) add(around, installed.folder, installed);
      }
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

function foldersAbove(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = folderOf(path); !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
  }
  return folders;
}

/** The .py file that a compiled one was made from (PEP 3147); installers do not always list the latter. */
function pythonSource(path: string): string | undefined {
  const parts = /^(.*)\/__pycache__\/([^/]+?)\.[^/]+\.pyc$/.exec(path);
  return parts === null ? undefined : `${parts[1]}/${parts[2]}.py`;
}

function databaseFiles(image: WalkedImage): [PackageReader, DatabaseFile[]][] {
  const found = readers.map((reader): [PackageReader, DatabaseFile[]] => [reader, []]);
  for (const [layer, { entries }] of image.layers.entries()) {
    for (let index = 0; index < entries.count; index++) {
      if (entries.kind(index) !== "file") continue;
      const path = image.paths.path(entries.path(index));
      const open = () => image.readFile(layer, index);
      for (const [reader, files] of found) if (reader.keeps(path)) files.push({ path, layer, open });
    }
  }
  return found;
}
