// Homebrew: formulas below its prefix, and its cache.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import {
  below,
  build,
  cache,
  homeOf,
  install,
  named,
  placeOf,
  requests,
  some,
  tree,
  uninstall,
  upgrade,
} from "../packages.ts";
import type { Program, ProgramTable } from "../program.ts";
import { removal } from "./effects.ts";

const brew: Program = (call) => {
  const args = readArguments(call.words);
  const [command, ...words] = args.operands;
  const prefix = placeOf(call, ["HOMEBREW_PREFIX"], "/home/linuxbrew/.linuxbrew");
  const downloads = placeOf(call, ["HOMEBREW_CACHE"], below(homeOf(call), ".cache/Homebrew"));
  const { packages, complete } = requests(call, words, (text) => named(text.replace(/^.*\//, "")));
  const cellar = packages.flatMap(({ name }) =>
    name === undefined ? [] : [below(prefix, `Cellar/${name}`)],
  );
  switch (command === undefined ? "" : render(command)) {
    case "install":
    case "reinstall":
      return [
        install(call, {
          manager: "other",
          environment: prefix,
          packages,
          complete,
          targets: tree(...cellar),
        }),
        cache(call, tree(downloads), "the Homebrew cache"),
      ];
    case "upgrade":
      return [upgrade(call, "other", prefix), cache(call, tree(downloads), "the Homebrew cache")];
    case "uninstall":
    case "remove":
      return [uninstall(call, { manager: "other", environment: prefix, packages, targets: tree(...cellar) })];
    case "cleanup":
      // Without it only old downloads go.
      return [
        removal(
          call,
          args.text("--prune") === "all" ? tree(downloads) : some(downloads),
          "the Homebrew cache",
        ),
      ];
    case "update":
    case "tap":
      return [build(call, some(prefix), "Homebrew's formulae")];
    case "":
    case "config":
    case "list":
    case "info":
    case "doctor":
      return [];
    default:
      return undefined;
  }
};

export const brewPrograms: ProgramTable = { brew };
