// cargo: build output, installed programs and the registry.
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { type Effect, LARGE, type PackageRequest } from "../effect.ts";
import {
  atHome,
  below,
  build,
  cache,
  cut,
  exact,
  fileName,
  install,
  named,
  placeOf,
  requests,
  settled,
  some,
  tree,
  uninstall,
  write,
} from "../packages.ts";
import { parentPath } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets, removal } from "./effects.ts";

const OPTIONS = {
  valued: [
    "-p",
    "--package",
    "--bin",
    "--example",
    "--features",
    "-F",
    "-j",
    "--jobs",
    "--target",
    "--target-dir",
    "--manifest-path",
    "--profile",
    "--config",
    "--root",
    "--version",
    "--vers",
    "--git",
    "--branch",
    "--tag",
    "--rev",
    "--path",
    "--recipe-path",
    "--index",
    "--registry",
    "--color",
    "-Z",
    "--message-format",
    "--exclude",
    "-C",
    "--artifact-dir",
    "--out-dir",
    "--format",
    "--spec-version",
    "--describe",
  ],
};

const cargo: Program = (call) => {
  const words =
    call.words[0] !== undefined && render(call.words[0]).startsWith("+") ? call.words.slice(1) : call.words;
  const args = readArguments(words, OPTIONS);
  const [command, ...rest] = args.operands;
  if (command === undefined) return args.has("--version", "-V", "--help", "-h", "--list") ? [] : undefined;
  const verb = settled(render(command));
  const manifest = args.value("--manifest-path");
  const file = manifest === undefined ? undefined : call.path(manifest);
  const folder = file === undefined ? call.path(".") : parentPath(file);
  if (verb === undefined || folder === undefined) return undefined;
  const inner = rest[0] === undefined ? "" : render(rest[0]);
  switch (verb) {
    case "build":
    case "b":
    case "check":
    case "c":
    case "clippy":
    case "doc":
    case "rustc":
    case "zigbuild":
      return [...readTargets(call, tree(folder)), output(call, args, folder), ...registry(call)];
    case "auditable":
      return inner === "build"
        ? [...readTargets(call, tree(folder)), output(call, args, folder), ...registry(call)]
        : undefined;
    case "chef":
      return chef(call, args, inner, folder);
    case "test":
    case "t":
    case "run":
    case "r":
    case "bench":
    case "nextest":
    case "xtask":
    case "make":
      return [
        ...readTargets(call, tree(folder)),
        output(call, args, folder),
        ...registry(call),
        opaque(call),
      ];
    case "install":
    case "binstall":
      return installing(call, args, rest, folder);
    case "uninstall": {
      const { packages } = requests(call, rest, crateRequest);
      const root = installRoot(call, args);
      return [
        uninstall(call, { manager: "cargo", environment: root, packages, targets: some(below(root, "bin")) }),
      ];
    }
    case "fetch":
    case "update":
    case "generate-lockfile":
      return [
        ...readTargets(call, exact(below(folder, "Cargo.toml"), below(folder, "Cargo.lock"))),
        ...registry(call),
      ];
    case "vendor": {
      const to = rest[0] === undefined ? below(folder, "vendor") : call.path(rest[0]);
      return to === undefined ? undefined : [build(call, tree(to), "the vendored crates"), ...registry(call)];
    }
    case "clean":
      return [removal(call, tree(outputFolder(call, args, folder)), "build output")];
    case "cache":
      return [removal(call, some(below(cargoHome(call), "registry")), "the cargo registry")];
    case "new":
    case "init":
    case "add":
    case "remove":
    case "metadata":
    case "tree":
    case "search":
    case "login":
    case "locate-project":
    case "pkgid":
    case "verify-project":
    case "fmt":
    case "version":
    case "cyclonedx":
    case "audit":
    case "deny":
      return [];
    default:
      return undefined;
  }
};

/** Where cargo keeps programs and the registry. */
export function cargoHome(call: Call): string {
  return placeOf(call, ["CARGO_HOME"], atHome(call, ".cargo"));
}

function registry(call: Call): Effect[] {
  const home = cargoHome(call);
  return [cache(call, tree(below(home, "registry"), below(home, "git")), "the cargo registry")];
}

function outputFolder(call: Call, args: Arguments, folder: string): string {
  const given = args.value("--target-dir");
  const path = given === undefined ? undefined : call.path(given);
  return path ?? placeOf(call, ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"], below(folder, "target"));
}

/** Even a small program's target folder has its dependencies as objects and libraries: hundreds of MB. */
function output(call: Call, args: Arguments, folder: string): Effect {
  return build(call, tree(outputFolder(call, args, folder)), "build output", LARGE);
}

function chef(call: Call, args: Arguments, verb: string, folder: string): Effect[] | undefined {
  const recipe = call.path(args.value("--recipe-path") ?? "recipe.json");
  if (recipe === undefined) return undefined;
  if (verb === "prepare") {
    return [
      ...readTargets(call, tree(folder)),
      write(call, "create", exact(recipe), "the recipe", { kind: "negligible" }),
    ];
  }
  if (verb !== "cook") return undefined;
  return [...readTargets(call, exact(recipe)), output(call, args, folder), ...registry(call)];
}

function installRoot(call: Call, args: Arguments): string {
  const given = args.value("--root");
  const path = given === undefined ? undefined : call.path(given);
  return path ?? placeOf(call, ["CARGO_INSTALL_ROOT"], cargoHome(call));
}

function installing(call: Call, args: Arguments, words: readonly Word[], folder: string): Effect[] {
  const root = installRoot(call, args);
  const asked = requests(call, words, crateRequest);
  const version = args.text("--version", "--vers");
  const packages = asked.packages.map((request): PackageRequest => {
    return version === undefined || request.version !== undefined ? request : { ...request, version };
  });
  const local = args.has("--path");
  const source = local ? (call.path(args.value("--path") ?? ".") ?? folder) : undefined;
  if (source !== undefined) packages.push({ name: undefined, via: "project", path: source });
  if (args.has("--git") && packages.length === 0) {
    packages.push({
      name: settled(fileName(render(args.value("--git")!)).replace(/\.git$/, "")),
      via: "url",
    });
  }
  const programs = packages.flatMap(({ name }) => (name === undefined ? [] : [below(root, `bin/${name}`)]));
  const targets = packages.some(({ via }) => via !== "name") ? some(below(root, "bin")) : exact(...programs);
  return [
    ...(source === undefined ? [] : readTargets(call, tree(source))),
    install(call, {
      manager: "cargo",
      environment: root,
      packages,
      complete: asked.complete,
      targets,
      force: args.has("-f", "--force") ? "reinstall" : undefined,
    }),
    ...registry(call),
  ];
}

/** Reads `name`, `name@1.2.3`. */
function crateRequest(text: string): PackageRequest | undefined {
  const [name, tail] = cut(text, /@/);
  return named(name, tail.slice(1), tail.slice(1));
}

export const cargoPrograms: ProgramTable = { cargo };
