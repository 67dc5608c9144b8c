// pnpm: projects, global packages and its store.
import { knownValue, render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { LARGE } from "../effect.ts";
import {
  installGlobally,
  installProject,
  isProduction,
  knownPrograms,
  prunePackages,
  removePackages,
  withoutVersion,
} from "../node.ts";
import { anyBuild, atHome, below, build, cache, placeOf, some, tree, write } from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets, removal } from "./effects.ts";

const PNPM_OPTIONS = {
  valued: [
    "-C",
    "--dir",
    "-F",
    "--filter",
    "--store-dir",
    "--registry",
    "--reporter",
    "--network-concurrency",
    "--child-concurrency",
    "--filter-prod",
    "--virtual-store-dir",
    "--loglevel",
    "--node-linker",
    "--prefix",
  ],
  aliases: {
    "--dir": "-C",
    "--prefix": "-C",
    "--filter": "-F",
    "--global": "-g",
    "--prod": "-P",
    "--production": "-P",
  },
};

const pnpm: Program = (call) => {
  const args = readArguments(call.words, PNPM_OPTIONS);
  const [command, ...words] = args.operands;
  if (command === undefined) return args.options.size > 0 ? [] : undefined;
  const folder = args.has("-C") ? call.path(args.value("-C") ?? ".") : call.path(".");
  const verb = knownValue(command);
  if (folder === undefined || verb === undefined) return undefined;
  const store = pnpmStore(call, args);
  const cached = cache(call, tree(store), "the pnpm store");
  const lockFiles = ["pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc"];
  const common = { folder, lockFiles, development: !(args.has("-P") || isProduction(call)) };
  const home = placeOf(call, ["PNPM_HOME"], atHome(call, ".local/share/pnpm"));
  const modules = below(home, "global/5/node_modules");
  switch (verb) {
    case "install":
    case "i":
    case "ci":
      return [...installProject(call, { ...common, words: [] }), cached];
    case "add":
    case "update":
    case "up":
    case "upgrade":
      if (args.has("-g")) return [...installGlobally(call, words, modules, home), cached];
      return [...installProject(call, { ...common, words }), cached];
    case "remove":
    case "rm":
    case "uninstall":
    case "un":
      return args.has("-g")
        ? removePackages(call, words, modules, home)
        : removePackages(call, words, below(folder, "node_modules"), folder);
    case "prune":
      return prunePackages(call, folder, !common.development);
    case "fetch":
      return [
        ...readTargets(call, [{ path: below(folder, "pnpm-lock.yaml"), extent: "exact" }]),
        cached,
        build(call, tree(below(folder, "node_modules/.pnpm")), "pnpm's virtual store", LARGE),
      ];
    case "deploy": {
      const to = words[0] === undefined ? undefined : call.path(words[0]);
      if (to === undefined) return undefined;
      return [
        ...readTargets(call, tree(folder)),
        write(call, "install", tree(to), "the deployed package", LARGE),
      ];
    }
    case "store":
      // What a project refers to stays.
      return words[0] !== undefined && render(words[0]) === "prune"
        ? [removal(call, some(store), "what nothing refers to in the pnpm store")]
        : [];
    case "dlx":
      return [cached, ...(call.translate(withoutVersion(words)) ?? [opaque(call)])];
    case "env":
      return [build(call, tree(below(home, "nodejs")), "Node.js", LARGE)];
    case "config":
    case "c":
    case "set":
    case "get":
    case "list":
    case "ls":
    case "why":
    case "outdated":
    case "audit":
    case "root":
    case "bin":
    case "setup":
    case "init":
    case "licenses":
    case "self-update":
      return [];
    default: {
      const inner = verb === "run" || verb === "exec" ? words : args.operands;
      return call.translate(withoutVersion(knownPrograms(inner))) ?? anyBuild(call, folder);
    }
  }
};

function pnpmStore(call: Call, args: Arguments): string {
  const given = args.value("--store-dir");
  const path = given === undefined ? undefined : call.path(given);
  if (path !== undefined) return path;
  const home = placeOf(
    call,
    ["PNPM_HOME"],
    below(placeOf(call, ["XDG_DATA_HOME"], atHome(call, ".local/share")), "pnpm"),
  );
  return placeOf(call, ["npm_config_store_dir", "NPM_CONFIG_STORE_DIR"], below(home, "store"));
}

const pnpx: Program = (call) => {
  const args = readArguments(call.words, { ...PNPM_OPTIONS, stopAtOperand: true });
  const inner = call.translate(withoutVersion(args.operands)) ?? [opaque(call)];
  return [cache(call, tree(pnpmStore(call, args)), "the pnpm store"), ...inner];
};

export const pnpmPrograms: ProgramTable = { pnpm, pnpx };
