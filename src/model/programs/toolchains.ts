// pyenv, nvm, SDKMAN! and their kin: whole toolchains below one folder.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, LARGE } from "../effect.ts";
import { atHome, below, build, cache, placeOf, settled, some, tree } from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { removal } from "./effects.ts";

interface Versions {
  readonly variables: readonly string[];
  readonly home: string;
  /** The folder of the versions below it. */
  readonly folder: string;
  readonly what: string;
}

/** pyenv, rbenv, nodenv: `install 3.12` makes versions/3.12. */
function versions(parts: Versions): Program {
  return (call) => {
    const args = readArguments(call.words, { valued: ["-p", "--patch"] });
    const [command, ...words] = args.operands.map(render);
    if (command === undefined) return args.options.size > 0 ? [] : undefined;
    const root = placeOf(call, parts.variables, atHome(call, parts.home));
    const folder = below(root, parts.folder);
    const places = words.flatMap((word) => {
      const name = settled(word);
      return name === undefined ? [] : [below(folder, /^\d+(\.\d+)?$/.test(name) ? `${name}*` : name)];
    });
    const targets = places.length === words.length && words.length > 0 ? tree(...places) : some(folder);
    switch (command) {
      case "install":
        return args.has("-l", "--list") ? [] : [build(call, targets, parts.what, LARGE)];
      case "virtualenv":
        return [build(call, some(folder), "a virtual environment")];
      case "uninstall":
        return [removal(call, targets, parts.what)];
      case "update":
        return [build(call, some(root), "its own update")];
      case "exec":
        return undefined;
      default:
        return /^(global|local|shell|rehash|init|versions?|which|root|prefix|shims|whence|hooks|commands|help|virtualenv-init)$/.test(
          command,
        )
          ? []
          : undefined;
    }
  };
}

const nvm: Program = (call) => {
  const args = readArguments(call.words, { valued: [] });
  const [command, ...words] = args.operands.map(render);
  const root = placeOf(call, ["NVM_DIR"], atHome(call, ".nvm"));
  const node = below(root, "versions/node");
  const name = words[0] === undefined ? undefined : settled(words[0]);
  const targets =
    name === undefined || !/^v?\d/.test(name) ? some(node) : tree(below(node, `v${name.replace(/^v/, "")}*`));
  switch (command) {
    case "install":
    case "i":
      // The archive stays below .cache.
      return [
        build(call, targets, "Node.js", LARGE),
        cache(call, tree(below(root, ".cache")), "nvm's archives"),
      ];
    case "uninstall":
      return [removal(call, targets, "Node.js")];
    case "cache":
      return name === "clear" ? [removal(call, tree(below(root, ".cache")), "nvm's archives")] : [];
    case "use":
    case "alias":
    case "unalias":
    case "current":
    case "ls":
    case "list":
    case "ls-remote":
    case "which":
    case "version":
    case "deactivate":
    case "reinstall-packages":
    case undefined:
      return command === undefined && args.options.size === 0 ? undefined : [];
    default:
      return undefined;
  }
};

/** tj's n keeps versions below /usr/local/n and copies one over /usr/local. */
const n: Program = (call) => {
  const [first] = call.words.map(render);
  const prefix = placeOf(call, ["N_PREFIX"], "/usr/local");
  if (first === undefined || first.startsWith("-")) return [];
  if (first === "prune")
    return [removal(call, some(below(prefix, "n/versions")), "other versions of Node.js")];
  if (first === "rm") return [removal(call, some(below(prefix, "n/versions")), "Node.js")];
  return [
    build(call, some(below(prefix, "n/versions/node")), "Node.js", LARGE),
    build(call, some(below(prefix, "bin"), below(prefix, "lib/node_modules")), "Node.js", LARGE),
  ];
};

const sdk: Program = (call) => {
  const [command, candidate, version] = call.words.map(render);
  const root = placeOf(call, ["SDKMAN_DIR"], atHome(call, ".sdkman"));
  const name = candidate === undefined ? undefined : settled(candidate);
  const release = version === undefined ? undefined : settled(version);
  const folder = name === undefined ? below(root, "candidates") : below(root, `candidates/${name}`);
  const targets = release === undefined ? some(folder) : tree(below(folder, release));
  const archives = tree(below(root, "archives"));
  switch (command) {
    case "install":
    case "i":
      return [build(call, targets, "an SDK", LARGE), cache(call, archives, "SDKMAN!'s archives")];
    case "uninstall":
    case "rm":
      return [removal(call, targets, "an SDK")];
    case "flush":
      return flushing(call, root, name);
    case undefined:
      return undefined;
    default:
      return /^(list|ls|use|u|default|d|current|c|env|e|home|h|version|v|update|selfupdate|config|help|broadcast|offline|upgrade)$/.test(
        command,
      )
        ? []
        : undefined;
  }
};

function flushing(call: Call, root: string, what: string | undefined): Effect[] {
  const places = what === "archives" || what === "tmp" ? [what] : ["archives", "tmp"];
  return [removal(call, tree(...places.map((name) => below(root, name))), "SDKMAN!'s archives")];
}

export const toolchainPrograms: ProgramTable = {
  pyenv: versions({ variables: ["PYENV_ROOT"], home: ".pyenv", folder: "versions", what: "a Python" }),
  rbenv: versions({ variables: ["RBENV_ROOT"], home: ".rbenv", folder: "versions", what: "a Ruby" }),
  nodenv: versions({ variables: ["NODENV_ROOT"], home: ".nodenv", folder: "versions", what: "a Node.js" }),
  phpenv: versions({ variables: ["PHPENV_ROOT"], home: ".phpenv", folder: "versions", what: "a PHP" }),
  goenv: versions({ variables: ["GOENV_ROOT"], home: ".goenv", folder: "versions", what: "a Go toolchain" }),
  asdf: versions({ variables: ["ASDF_DATA_DIR"], home: ".asdf", folder: "installs", what: "a toolchain" }),
  fnm: versions({
    variables: ["FNM_DIR"],
    home: ".local/share/fnm",
    folder: "node-versions",
    what: "a Node.js",
  }),
  nvm,
  n,
  sdk,
};
