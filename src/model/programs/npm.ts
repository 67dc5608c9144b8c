// npm and npx: packages of Node.js, in a project or for everybody, and npm's cache.
import type { Word } from "../../shell/command.ts";
import { knownValue, render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import type { Effect } from "../effect.ts";
import {
  installGlobally,
  installProject,
  isProduction,
  prunePackages,
  removePackages,
  withoutVersion,
} from "../node.ts";
import { anyBuild, atHome, below, cache, placeOf, some, tree } from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, removal } from "./effects.ts";

const OPTIONS = {
  valued: [
    "--prefix",
    "-C",
    "--cache",
    "--registry",
    "--omit",
    "--include",
    "--only",
    "--loglevel",
    "--userconfig",
    "--globalconfig",
    "-w",
    "--workspace",
    "--tag",
    "--fetch-timeout",
    "--fetch-retries",
    "--maxsockets",
    "--script-shell",
    "--target",
    "--arch",
    "--platform",
    "--install-strategy",
  ],
  aliases: { "--global": "-g", "-C": "--prefix" },
};

const npm: Program = (call) => {
  // Options for a script stand behind "--".
  const args = readArguments(call.words, OPTIONS);
  const [command, ...words] = args.operands;
  if (command === undefined) return args.options.size > 0 ? [] : undefined;
  if (args.has("--dry-run")) return [];
  const folder =
    args.has("--prefix") && !args.has("-g") ? call.path(args.value("--prefix") ?? ".") : call.path(".");
  const cached = npmCache(call, args);
  const everywhere = args.has("-g") || args.text("--location") === "global";
  const verb = knownValue(command);
  if (verb === undefined || folder === undefined) return undefined;
  switch (verb) {
    case "ci":
    case "clean-install":
    case "install-clean":
    case "ic":
    case "cit":
    case "install-ci-test":
      return [...installProject(call, { ...project(call, args, folder), words: [], clean: true }), ...cached];
    case "install":
    case "i":
    case "in":
    case "ins":
    case "inst":
    case "add":
    case "isntall":
    case "it":
    case "install-test": {
      if (everywhere) {
        const prefix = globalPrefix(call, args);
        const own = words.length === 0;
        if (own) return undefined;
        return [...installGlobally(call, words, below(prefix, "lib/node_modules"), prefix), ...cached];
      }
      return [...installProject(call, { ...project(call, args, folder), words }), ...cached];
    }
    case "update":
    case "up":
    case "upgrade": {
      const prefix = globalPrefix(call, args);
      if (!everywhere) return [...installProject(call, { ...project(call, args, folder), words }), ...cached];
      return [...installGlobally(call, words, below(prefix, "lib/node_modules"), prefix), ...cached];
    }
    case "uninstall":
    case "remove":
    case "rm":
    case "r":
    case "un":
    case "unlink": {
      const prefix = globalPrefix(call, args);
      if (everywhere) return removePackages(call, words, below(prefix, "lib/node_modules"), prefix);
      return removePackages(call, words, below(folder, "node_modules"), folder);
    }
    case "prune":
      return prunePackages(call, folder, !project(call, args, folder).development);
    case "dedupe":
    case "ddp":
      return prunePackages(call, folder);
    case "cache": {
      const what = words[0] === undefined ? "" : render(words[0]);
      if (what === "clean" || what === "clear" || what === "rm") {
        const folder = below(cacheFolder(call, args), "_cacache");
        // A key behind it is all that goes.
        return [removal(call, words.length > 1 ? some(folder) : tree(folder), "the npm cache")];
      }
      if (what === "verify") {
        const folder = below(cacheFolder(call, args), "_cacache");
        return [removal(call, some(folder), "what is unneeded in the npm cache")];
      }
      return what === "add" ? cached : [];
    }
    case "run":
    case "run-script":
    case "rum":
    case "test":
    case "t":
    case "start":
    case "rebuild":
    case "pack":
    case "link":
    case "ln":
      return anyBuild(call, folder);
    case "exec":
    case "x":
      return running(call, words, [...cached]);
    default:
      return QUIET.has(verb) ? [] : undefined;
  }
};

/** Verbs that print, or change a small file. */
const QUIET = new Set(
  "config set get c version -v ls list la ll view info show outdated audit doctor fund help init create root prefix bin ping whoami login logout pkg explain search completion token owner".split(
    " ",
  ),
);

function project(
  call: Call,
  args: Arguments,
  folder: string,
): { folder: string; lockFiles: string[]; development: boolean } {
  const lessWords = [...(args.options.get("--omit") ?? []), ...(args.options.get("--only") ?? [])].map(
    render,
  );
  const omitted = args.has("--production") || lessWords.some((word) => /^(dev|prod|production)$/.test(word));
  const included = (args.options.get("--include") ?? []).some((word) => render(word) === "dev");
  const development = included || !(omitted || isProduction(call));
  return { folder, lockFiles: ["package-lock.json", "npm-shrinkwrap.json", ".npmrc"], development };
}

/** `npm config get prefix`: /usr/local in the official images, and where npm was not built for another prefix. */
function globalPrefix(call: Call, args: Arguments): string {
  const given = args.value("--prefix");
  const path = given === undefined ? undefined : call.path(given);
  return path ?? placeOf(call, ["npm_config_prefix", "NPM_CONFIG_PREFIX", "PREFIX"], "/usr/local");
}

function cacheFolder(call: Call, args: Arguments): string {
  const given = args.value("--cache");
  const path = given === undefined ? undefined : call.path(given);
  return path ?? placeOf(call, ["npm_config_cache", "NPM_CONFIG_CACHE"], atHome(call, ".npm"));
}

function npmCache(call: Call, args: Arguments): Effect[] {
  return [cache(call, tree(below(cacheFolder(call, args), "_cacache")), "the npm cache")];
}

/** A program of a package, which is downloaded when it is not there. */
function running(call: Call, words: readonly Word[], cached: Effect[]): Effect[] {
  const inner = words.length === 0 ? undefined : call.translate(withoutVersion(words));
  return [...cached, ...(inner ?? [opaque(call)])];
}

const npx: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-p", "--package", "--cache", "--registry", "-c", "--call"],
    stopAtOperand: true,
  });
  if (args.operands.length === 0) return args.has("-v", "--version", "-h", "--help") ? [] : [opaque(call)];
  const kept = below(cacheFolder(call, args), "_npx");
  return running(call, args.operands, [...npmCache(call, args), cache(call, tree(kept), "the npx cache")]);
};

const harmless: Program = () => [];

const corepack: Program = (call) => {
  const [verb] = readArguments(call.words).operands;
  const place = placeOf(call, ["COREPACK_HOME"], atHome(call, ".cache/node/corepack"));
  const name = verb === undefined ? "" : render(verb);
  // `enable` only makes links; the others download a package manager of a few MB.
  return /^(prepare|install|use|up|pack|hydrate)$/.test(name)
    ? [cache(call, tree(place), "the corepack cache")]
    : [];
};

export const npmPrograms: ProgramTable = {
  npm,
  npx,
  corepack,
  "npm-check-updates": harmless,
};
