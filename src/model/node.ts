// node_modules and what belongs to it: the effects that npm, yarn, pnpm and bun have in common.
import type { Word } from "../shell/command.ts";
import { HOLE_START, hasGlob, render } from "../shell/word.ts";
import { type Effect, LARGE, type PackageRequest, type Size, UNKNOWN_SIZE } from "./effect.ts";
import { readManifest } from "./package-json.ts";
import {
  atHome,
  below,
  cut,
  exact,
  homeOf,
  install,
  placeOf,
  requests,
  setting,
  settled,
  some,
  tree,
  uninstall,
} from "./packages.ts";
import type { Call } from "./program.ts";
import { download } from "./programs/downloads.ts";
import { readTargets } from "./programs/effects.ts";

/** Reads `name`, `@scope/name`, `name@1.2.3`, `name@npm:other@1`, folders, archives and URLs. */
export function nodeRequest(call: Call): (text: string, word: Word) => PackageRequest | undefined {
  return (text, word) => {
    if (/^(file:|link:|\.{0,2}\/)|^[^:]+\.(tgz|tar\.gz)$/.test(text) || text === ".") {
      const path = call.path(text.replace(/^(file|link):/, ""));
      const via = /\.(tgz|tar\.gz)$/.test(text) ? "archive" : "project";
      return { name: undefined, via, ...(path === undefined ? {} : { path }) };
    }
    if (/^(git\+|git:|https?:|github:|gitlab:|ssh:)|^[\w.-]+\/[\w.-]+(#|$)/.test(text)) {
      return { name: undefined, via: "url" };
    }
    if (hasGlob(word) || text.startsWith(HOLE_START)) return { name: undefined, via: "name" };
    const scoped = text.startsWith("@");
    const [head, tail] = cut(scoped ? text.slice(1) : text, /@/);
    if (head === "") return undefined;
    const name = settled(scoped ? `@${head}` : head);
    const wanted = tail.slice(1);
    const exactly = /^v?(\d+\.\d+\.\d+[\w.+-]*)$/.exec(settled(wanted) ?? "")?.[1];
    return {
      name,
      ...(exactly === undefined ? {} : { version: exactly }),
      ...(wanted === "" ? {} : { specifier: wanted }),
      via: "name",
    };
  };
}

export interface ProjectInstall {
  /** The folder of package.json. */
  readonly folder: string;
  /** Packages added to it; empty for all that package.json asks for. */
  readonly words: readonly Word[];
  readonly lockFiles: readonly string[];
  readonly development: boolean;
  /** node_modules is emptied first. */
  readonly clean?: boolean;
}

/** An installation into a project's node_modules. */
export function installProject(call: Call, parts: ProjectInstall): Effect[] {
  const { folder, words, lockFiles, development, clean } = parts;
  const modules = below(folder, "node_modules");
  const manifest = readManifest(call, below(folder, "package.json"), { development });
  const asked = requests(call, words, nodeRequest(call));
  const packages = [...asked.packages, ...(words.length === 0 ? (manifest?.packages ?? []) : [])];
  const local = asked.packages.flatMap(({ path }) => (path === undefined ? [] : tree(path)));
  const complete = words.length === 0 ? manifest !== undefined : asked.complete;
  const targets =
    words.length === 0 ? tree(modules) : [...tree(...placesOf(modules, packages)), ...some(modules)];
  return [
    ...readTargets(call, [
      ...exact(...["package.json", ...lockFiles].map((name) => below(folder, name))),
      ...local,
    ]),
    install(call, {
      manager: "npm",
      environment: folder,
      packages,
      complete,
      targets,
      size: words.length === 0 ? LARGE : UNKNOWN_SIZE,
      force: clean ? "reinstall" : undefined,
      development: words.length === 0 ? development : undefined,
    }),
    ...browsers(call, packages),
  ];
}

/** An installation of programs for everybody. `modules` is the folder that holds the packages. */
export function installGlobally(
  call: Call,
  words: readonly Word[],
  modules: string,
  environment: string,
): Effect[] {
  const { packages, complete } = requests(call, words, nodeRequest(call));
  const places = placesOf(modules, packages);
  const targets =
    places.length === packages.length ? tree(...places) : [...tree(...places), ...some(modules)];
  return [
    install(call, { manager: "npm", environment, packages, complete, targets }),
    ...browsers(call, packages),
  ];
}

/** Packages taken out of node_modules. */
export function removePackages(
  call: Call,
  words: readonly Word[],
  modules: string,
  environment: string,
): Effect[] {
  const { packages } = requests(call, words, nodeRequest(call));
  const places = placesOf(modules, packages);
  const targets =
    places.length === packages.length ? tree(...places) : [...tree(...places), ...some(modules)];
  return packages.length === 0 ? [] : [uninstall(call, { manager: "npm", environment, packages, targets })];
}

/** Packages that nothing asks for any longer, or what only development needs, taken out of a project. */
export function prunePackages(call: Call, folder: string, development = false): Effect[] {
  const targets = some(below(folder, "node_modules"));
  const parts = { manager: "npm", environment: folder, packages: [], unneeded: true } as const;
  return [uninstall(call, { ...parts, development, targets })];
}

function placesOf(modules: string, packages: readonly PackageRequest[]): string[] {
  return packages.flatMap(({ name }) => (name === undefined ? [] : [below(modules, name)]));
}

/** Packages that download a large program when they are installed: where to, and what keeps them from it. */
const DOWNLOADS: Readonly<
  Record<
    string,
    { what: string; variables: readonly string[]; place: string; unless: readonly string[]; size: Size }
  >
> = {
  // Since 19.0 below the home folder (pptr.dev, "Configuration").
  puppeteer: {
    what: "Puppeteer's browser",
    variables: ["PUPPETEER_CACHE_DIR"],
    place: ".cache/puppeteer",
    unless: ["PUPPETEER_SKIP_DOWNLOAD", "PUPPETEER_SKIP_CHROMIUM_DOWNLOAD"],
    size: LARGE,
  },
  // docs.cypress.io, "Binary cache".
  cypress: {
    what: "the Cypress binary",
    variables: ["CYPRESS_CACHE_FOLDER"],
    place: ".cache/Cypress",
    unless: ["CYPRESS_INSTALL_BINARY"],
    size: LARGE,
  },
};

function browsers(call: Call, packages: readonly PackageRequest[]): Effect[] {
  const names = new Set(packages.map(({ name }) => name ?? ""));
  return Object.entries(DOWNLOADS).flatMap(([name, fact]) => {
    const skipped = fact.unless.some((variable) => !/^(|false)$/.test(setting(call, variable) ?? ""));
    if (!names.has(name) || skipped) return [];
    const place = placeOf(call, fact.variables, atHome(call, fact.place));
    return [download(call, tree(place), fact.what, fact.size)];
  });
}

/** The words behind the program's own options, with the first one's version cut off: `playwright@1.49` → `playwright`. */
export function withoutVersion(words: readonly Word[]): readonly Word[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  const text = settled(render(first));
  const plain = text?.replace(/(?<=.)@[^/]*$/, "");
  if (plain === undefined || plain === text) return words;
  return [{ ...first, pieces: [{ kind: "text", text: plain, quoted: false }] }, ...rest];
}

/** Whether development packages are left out. */
export function isProduction(call: Call): boolean {
  return setting(call, "NODE_ENV") === "production";
}

/** Programs of packages whose effects are known by themselves; a script may have any name. */
export function knownPrograms(words: readonly Word[]): readonly Word[] {
  const name = words[0] === undefined ? "" : render(words[0]);
  return /^(playwright|puppeteer|cypress)(@|$)/.test(name) ? words : [];
}

/** The folder that yarn 1 takes for the user's: /usr/local/share for root (its `user-home-dir.js`). */
export function yarnHome(call: Call): string {
  const { user } = call.situation;
  // An image that sets HOME to a user's folder runs as that user, though its USER is not known here.
  const root = (user === "root" || user === "0") && homeOf(call) === "/root";
  return root ? "/usr/local/share" : homeOf(call);
}
