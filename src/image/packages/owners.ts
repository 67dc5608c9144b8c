// Whose the wasted files are: each hidden copy belongs to the package whose database listed it at that time.
import type { WalkedImage } from "../image.ts";
import type { HiddenCopy, ImageWaste, WastedPath } from "../waste.ts";
import { apk } from "./apk.ts";
import { type Claim, createClaims } from "./claims.ts";
import { conda } from "./conda.ts";
import { type DatabaseFile, folderOf, type Package, type PackageReader } from "./database.ts";
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
  const claims = collectClaims(image, waste, databases);
  const tallies = new Map<string, Tally>();
  for (const path of waste.paths.unsorted()) {
    const claimed = claims(path);
    if (claimed.length === 0) continue;
    for (const copy of path.hidden) {
      const owner = ownerAt(claimed, copy.layer)!;
      const name = packageName(owner);
      const tally = tallies.get(name) ?? { package: owner, waste: 0, files: 0, last: -1, layers: new Set() };
      tallies.set(name, tally);
      tally.waste += copy.size;
      if (tally.last !== path.id) tally.files++;
      tally.last = path.id;
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
    ofCopy: (path, copy) => ownerAt(claims(path), copy.layer),
    ofPath(path) {
      const claimed = claims(path);
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
  /** The id of the path counted last. */
  last: number;
  readonly layers: Set<number>;
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
  { paths }: WalkedImage,
  waste: ImageWaste,
  databases: readonly (readonly [PackageReader, readonly DatabaseFile[]])[],
): (path: WastedPath) => readonly Claim[] {
  const asked = new Uint8Array(paths.count);
  for (const { id, path } of waste.paths.unsorted()) {
    asked[id]! |= LISTED;
    for (let folder = paths.parent(id); !(asked[folder]! & AROUND); folder = paths.parent(folder)) {
      asked[folder]! |= AROUND;
    }
    const source = pythonSource(path);
    const sourceId = source === undefined ? undefined : paths.find(source);
    if (sourceId !== undefined) asked[sourceId]! |= LISTED;
  }
  const listed = createClaims(paths.count);
  const merged = createClaims(paths.count);
  const around = createClaims(paths.count);
  for (const [reader, files] of databases) {
    for (const installed of reader.read(files, (folder) => has(folder, AROUND) !== undefined)) {
      for (const path of installed.files) {
        const id = has(path, LISTED);
        if (id !== undefined) listed.add(id, installed);
        // Lists still say /lib where a merged /usr has the file below /usr/lib.
        const other = MERGED.test(path) ? has(`/usr${path}`, LISTED) : undefined;
        if (other !== undefined) merged.add(other, installed);
      }
      const folder = installed.folder === undefined ? undefined : paths.find(installed.folder);
      if (folder !== undefined) around.add(folder, installed);
    }
  }
  function has(path: string, what: number): number | undefined {
    const id = paths.find(path);
    return id !== undefined && asked[id]! & what ? id : undefined;
  }

  return ({ id, path }) => {
    let claims = listed.of(id);
    if (claims.length === 0) claims = merged.of(id);
    const source = claims.length === 0 ? pythonSource(path) : undefined;
    if (source !== undefined) claims = listed.of(paths.find(source) ?? 0);
    for (let folder = paths.parent(id); claims.length === 0 && folder !== 0; folder = paths.parent(folder)) {
      claims = around.of(folder);
    }
    return claims;
  };
}

/** Why a path is asked for: it is wasted, or the source of one that is; something below it is. */
const LISTED = 1;
const AROUND = 2;

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
