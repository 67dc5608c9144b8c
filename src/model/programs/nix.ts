// nix: packages in the store, profiles and collecting garbage.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, LARGE } from "../effect.ts";
import { build, install, named, requests, some, tree, upgrade, write } from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { readTargets, removal } from "./effects.ts";

const STORE = some("/nix/store");

const nixEnv: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-f",
      "--file",
      "-p",
      "--profile",
      "-A",
      "--attr",
      "-E",
      "-I",
      "--arg",
      "--argstr",
      "-j",
      "--max-jobs",
    ],
  });
  if (args.has("-q", "--query", "--list-generations", "--version", "--dry-run")) return [];
  if (args.has("--delete-generations", "-e", "--uninstall")) return [];
  if (args.has("-u", "--upgrade")) return [upgrade(call, "nix", "/nix/store")];
  if (!args.has("-i", "--install", "--set", "-A", "--attr")) return undefined;
  const words = [...args.operands, ...(args.options.get("-A") ?? []), ...(args.options.get("--attr") ?? [])];
  const { packages, complete } = requests(call, words, (text) =>
    named(text.replace(/^(nixpkgs|nixos)\./, "")),
  );
  return [
    install(call, {
      manager: "nix",
      environment: "/nix/store",
      packages,
      complete,
      targets: STORE,
      size: LARGE,
    }),
  ];
};

const nixBuild: Program = (call) => {
  const cwd = call.path(".");
  const output = build(call, STORE, "Nix packages", LARGE);
  return cwd === undefined ? [output] : [...readTargets(call, tree(cwd)), output];
};

const collectGarbage = (call: Call): Effect[] => [removal(call, STORE, "unused Nix packages")];

const nix: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "--extra-experimental-features",
      "--experimental-features",
      "-I",
      "--profile",
      "-j",
      "--max-jobs",
      "-o",
      "--out-link",
    ],
  });
  const words = args.operands.map(render);
  const verb = words.slice(0, 2).join(" ");
  if (verb === "store gc") return collectGarbage(call);
  if (/^(build|develop|run|shell|profile|bundle|copy|flake update|flake check)/.test(verb))
    return nixBuild(call);
  return words.length === 0 ||
    /^(show-config|config|flake|eval|search|path-info|registry|hash|store)\b/.test(verb)
    ? []
    : undefined;
};

const nixChannel: Program = (call) => {
  const args = readArguments(call.words);
  if (!args.has("--update")) return [];
  return [write(call, "database", STORE, "the Nix channels", LARGE)];
};

export const nixPrograms: ProgramTable = {
  "nix-env": nixEnv,
  "nix-build": nixBuild,
  "nix-shell": nixBuild,
  "nix-store": (call) => (call.words.some((word) => render(word) === "--gc") ? collectGarbage(call) : []),
  "nix-channel": nixChannel,
  "nix-collect-garbage": collectGarbage,
  nix,
};
