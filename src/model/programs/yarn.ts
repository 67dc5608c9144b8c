// yarn, of every version: projects, global packages and its cache.
import type { Word } from "../../shell/command.ts";
import { knownValue, render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import type { Effect } from "../effect.ts";
import {
  installGlobally,
  installProject,
  isProduction,
  knownPrograms,
  prunePackages,
  removePackages,
  withoutVersion,
  yarnHome,
} from "../node.ts";
import { readManifest } from "../package-json.ts";
import { anyBuild, atHome, below, cache, placeOf, some, tree, write } from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, removal } from "./effects.ts";

const YARN_OPTIONS = {
  valued: [
    "--cwd",
    "--cache-folder",
    "--modules-folder",
    "--global-folder",
    "--prefix",
    "--registry",
    "--network-timeout",
    "--network-concurrency",
    "--mutex",
    "--use-yarnrc",
    "--preferred-cache-folder",
    "--link-folder",
  ],
};

const yarn: Program = (call) => {
  const args = readArguments(call.words, YARN_OPTIONS);
  const [command, ...words] = args.operands;
  const folder = args.has("--cwd") ? call.path(args.value("--cwd") ?? ".") : call.path(".");
  if (command === undefined && args.has("--version", "-v", "--help", "-h")) return [];
  const verb = command === undefined ? "install" : knownValue(command);
  if (folder === undefined || verb === undefined) return undefined;
  const place = yarnCache(call, args, folder);
  const cached = cache(call, tree(place), "the yarn cache");
  const development = !(
    args.text("--production") !== "false" &&
    (args.has("--production", "--prod") || isProduction(call))
  );
  const common = { folder, lockFiles: ["yarn.lock", ".yarnrc", ".yarnrc.yml"], development };
  switch (verb) {
    case "install":
      return [...installProject(call, { ...common, words: [] }), cached];
    case "workspaces":
      return words[0] !== undefined && render(words[0]) === "focus"
        ? [...installProject(call, { ...common, words: [] }), cached]
        : anyBuild(call, folder);
    case "add":
    case "up":
    case "upgrade":
      return [...installProject(call, { ...common, words }), cached];
    case "remove":
      return removePackages(call, words, below(folder, "node_modules"), folder);
    case "autoclean":
      return prunePackages(call, folder);
    case "global":
      return yarnGlobal(call, args, words, cached);
    case "cache":
      // Names of packages behind it are all that goes.
      return words[0] !== undefined && /^clea[nr]$/.test(render(words[0]))
        ? [removal(call, words.length > 1 ? some(place) : tree(place), "the yarn cache")]
        : [];
    case "dlx":
      return [cached, ...(call.translate(withoutVersion(words)) ?? [opaque(call)])];
    case "set":
    case "policies":
      return [
        write(call, "download", tree(below(folder, ".yarn/releases")), "yarn", {
          kind: "bytes",
          value: 5_000_000,
          source: "known",
        }),
      ];
    case "plugin":
    case "config":
    case "version":
    case "versions":
    case "info":
    case "list":
    case "why":
    case "outdated":
    case "audit":
    case "licenses":
    case "help":
    case "init":
    case "dedupe":
    case "bin":
    case "check":
    case "login":
      return [];
    default: {
      // Any other word is a script of package.json, or a program of node_modules.
      const inner = verb === "run" || verb === "exec" ? words : args.operands;
      return call.translate(withoutVersion(knownPrograms(inner))) ?? anyBuild(call, folder);
    }
  }
};

/**
 * Where yarn keeps its cache. Yarn 1 takes /usr/local/share for root's home (its `user-home-dir.js`); later ones keep
 * it in the project up to 3, and below the home folder from 4 on.
 */
function yarnCache(call: Call, args: Arguments, folder: string): string {
  const given = args.value("--cache-folder");
  const path = given === undefined ? undefined : call.path(given);
  if (path !== undefined) return path;
  const manager = readManifest(call, below(folder, "package.json"), { development: false })?.packageManager;
  const major = Number(/^yarn@(\d+)/.exec(manager ?? "")?.[1] ?? "1");
  if (major === 1) {
    return placeOf(call, ["YARN_CACHE_FOLDER"], below(yarnHome(call), ".cache/yarn"));
  }
  if (major >= 4) return below(placeOf(call, ["YARN_GLOBAL_FOLDER"], atHome(call, ".yarn/berry")), "cache");
  return placeOf(call, ["YARN_CACHE_FOLDER"], below(folder, ".yarn/cache"));
}

function yarnGlobal(call: Call, args: Arguments, words: readonly Word[], cached: Effect): Effect[] {
  const given = args.value("--global-folder");
  const home = below(yarnHome(call), ".config/yarn/global");
  const folder = (given === undefined ? undefined : call.path(given)) ?? home;
  const modules = below(folder, "node_modules");
  const [verb, ...names] = words;
  switch (verb === undefined ? "" : render(verb)) {
    case "add":
    case "upgrade":
      return [...installGlobally(call, names, modules, folder), cached];
    case "remove":
      return removePackages(call, names, modules, folder);
    default:
      return [];
  }
}

/** JupyterLab's own yarn. */
const jlpm: Program = (call) => yarn(call);

export const yarnPrograms: ProgramTable = { yarn, yarnpkg: yarn, jlpm };
