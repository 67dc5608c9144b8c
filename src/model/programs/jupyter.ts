// jupyter: building JupyterLab fills a staging folder and the caches of npm and yarn.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, LARGE } from "../effect.ts";
import { yarnHome } from "../node.ts";
import {
  atHome,
  below,
  build,
  cache,
  install,
  named,
  placeOf,
  requests,
  settled,
  some,
  tree,
  uninstall,
} from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { removal } from "./effects.ts";

function prefixOf(call: Call): string {
  return placeOf(call, ["VIRTUAL_ENV", "CONDA_DIR", "CONDA_PREFIX"], call.situation.base.pythonPrefix);
}

const jupyter: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["--app-dir", "--name", "--prefix", "--to", "--output", "-p", "--port", "--ip"],
  });
  const [command, ...rest] = args.operands;
  if (command === undefined) return args.options.size > 0 ? [] : undefined;
  switch (settled(render(command))) {
    case "labextension":
      return labextension(call, rest, args.has("--no-build"), args.value("--app-dir"));
    case "lab":
      return lab(call, rest.map(render), args.value("--app-dir"));
    case "lab-build":
      return building(call, undefined);
    case "notebook":
    case "server":
    case "console":
    case "nbextension":
    case "serverextension":
    case "bundlerextension":
    case "nbclassic-extension":
    case "nbclassic-serverextension":
    case "contrib":
    case "nbextensions_configurator":
    case "kernelspec":
    case "trust":
    case "troubleshoot":
    case "migrate":
    case "execute":
      return [];
    case "nbconvert":
    case "book":
      return undefined;
    default:
      return undefined;
  }
};

type Folder = ReturnType<ReturnType<typeof readArguments>["value"]>;

function applicationFolder(call: Call, given: Folder): string {
  const path = given === undefined ? undefined : call.path(given);
  return path ?? placeOf(call, ["JUPYTERLAB_DIR"], below(prefixOf(call), "share/jupyter/lab"));
}

/** A build copies the application's sources to staging, installs their node_modules there, and packs them. */
function building(call: Call, given: Folder): Effect[] {
  const folder = applicationFolder(call, given);
  const yarn = placeOf(call, ["YARN_CACHE_FOLDER"], below(yarnHome(call), ".cache/yarn"));
  return [
    build(call, tree(below(folder, "staging")), "JupyterLab's staging folder", LARGE),
    build(call, tree(below(folder, "static")), "JupyterLab's application"),
    cache(call, tree(yarn), "the yarn cache"),
  ];
}

function labextension(
  call: Call,
  words: ReturnType<typeof readArguments>["operands"],
  apart: boolean,
  given: Folder,
): Effect[] | undefined {
  const [verb, ...names] = words;
  const environment = applicationFolder(call, given);
  const { packages, complete } = requests(call, names, (text) => named(text.replace(/(?<=.)@[^/]*$/, "")));
  const targets = some(below(environment, "extensions"));
  const built = apart ? [] : building(call, given);
  switch (verb === undefined ? "" : render(verb)) {
    case "install":
    case "update": {
      const npm = placeOf(call, ["npm_config_cache", "NPM_CONFIG_CACHE"], atHome(call, ".npm"));
      return [
        install(call, { manager: "npm", environment, packages, complete, targets }),
        ...built,
        cache(call, tree(below(npm, "_cacache")), "the npm cache"),
      ];
    }
    case "uninstall":
    case "unlink":
      return [uninstall(call, { manager: "npm", environment, packages, targets }), ...built];
    case "link":
    case "develop":
    case "build":
    case "watch":
      return built;
    case "enable":
    case "disable":
    case "list":
    case "check":
    case "lock":
    case "unlock":
      return [];
    default:
      return undefined;
  }
}

function lab(call: Call, [verb]: readonly string[], given: Folder): Effect[] {
  const folder = applicationFolder(call, given);
  switch (verb) {
    case "build":
      return building(call, given);
    case "clean":
      return [
        removal(call, tree(below(folder, "staging")), "JupyterLab's staging folder"),
        ...(call.words.some((word) => render(word) === "--all")
          ? [
              removal(
                call,
                tree(below(folder, "extensions"), below(folder, "static")),
                "JupyterLab's application",
              ),
            ]
          : []),
      ];
    default:
      // `jupyter lab --generate-config`, `--version`, `path`, and the server itself.
      return [];
  }
}

const labextensionProgram: Program = (call) => {
  const args = readArguments(call.words, { valued: ["--app-dir"] });
  return labextension(call, args.operands, args.has("--no-build"), args.value("--app-dir"));
};

const labProgram: Program = (call) => {
  const args = readArguments(call.words, { valued: ["--app-dir"] });
  return lab(call, args.operands.map(render), args.value("--app-dir"));
};

const harmless: Program = () => [];

export const jupyterPrograms: ProgramTable = {
  jupyter,
  "jupyter-lab": labProgram,
  "jupyter-labextension": labextensionProgram,
  "jupyter-nbextension": harmless,
  "jupyter-serverextension": harmless,
  "jupyter-kernelspec": harmless,
  nbdime: harmless,
};
