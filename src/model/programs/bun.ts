// bun: projects, global packages and its cache.
import { knownValue, render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { installGlobally, installProject, isProduction, removePackages, withoutVersion } from "../node.ts";
import { anyBuild, atHome, below, cache, placeOf, tree } from "../packages.ts";
import type { Program, ProgramTable } from "../program.ts";
import { opaque, removal } from "./effects.ts";

const bun: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["--cwd", "--cache-dir", "--registry", "--filter"],
    aliases: { "--global": "-g" },
  });
  const [command, ...words] = args.operands;
  if (command === undefined) return args.options.size > 0 ? [] : undefined;
  const folder = args.has("--cwd") ? call.path(args.value("--cwd") ?? ".") : call.path(".");
  const verb = knownValue(command);
  if (folder === undefined || verb === undefined) return undefined;
  const home = placeOf(call, ["BUN_INSTALL"], atHome(call, ".bun"));
  const place = placeOf(call, ["BUN_INSTALL_CACHE_DIR"], below(home, "install/cache"));
  const kept = args.has("--no-cache") ? [] : [cache(call, tree(place), "the bun cache")];
  const modules = below(home, "install/global/node_modules");
  const development = !(args.has("-p", "--production") || isProduction(call));
  const common = { folder, lockFiles: ["bun.lockb", "bun.lock", "bunfig.toml"], development };
  switch (verb) {
    case "install":
    case "i":
    case "ci":
    case "add":
    case "a":
    case "update":
      if (args.has("-g")) return [...installGlobally(call, words, modules, home), ...kept];
      return [...installProject(call, { ...common, words }), ...kept];
    case "remove":
    case "rm":
      return args.has("-g")
        ? removePackages(call, words, modules, home)
        : removePackages(call, words, below(folder, "node_modules"), folder);
    case "pm":
      return words[0] !== undefined && render(words[0]) === "cache" && words[1] !== undefined
        ? [removal(call, tree(place), "the bun cache")]
        : [];
    case "x":
      return [...kept, ...(call.translate(withoutVersion(words)) ?? [opaque(call)])];
    case "upgrade":
    case "outdated":
    case "init":
      return [];
    default:
      return anyBuild(call, folder);
  }
};

const bunx: Program = (call) => {
  const args = readArguments(call.words, { stopAtOperand: true });
  const place = below(placeOf(call, ["BUN_INSTALL"], atHome(call, ".bun")), "install/cache");
  return [
    cache(call, tree(place), "the bun cache"),
    ...(call.translate(withoutVersion(args.operands)) ?? [opaque(call)]),
  ];
};

export const bunPrograms: ProgramTable = { bun, bunx };
