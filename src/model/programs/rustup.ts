// rustup: toolchains, targets and components.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { LARGE } from "../effect.ts";
import { atHome, below, build, placeOf, some, tree } from "../packages.ts";
import type { Program, ProgramTable } from "../program.ts";
import { cargoHome } from "./cargo.ts";
import { removal } from "./effects.ts";

const rustup: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "--profile",
      "-c",
      "--component",
      "-t",
      "--target",
      "--toolchain",
      "--default-toolchain",
      "--default-host",
    ],
  });
  const [command, ...rest] = args.operands.map(render);
  const home = placeOf(call, ["RUSTUP_HOME"], atHome(call, ".rustup"));
  const toolchains = below(home, "toolchains");
  const installed = [build(call, some(toolchains), "the Rust toolchain", LARGE)];
  switch (command) {
    case undefined:
      return args.options.size > 0 ? [] : undefined;
    case "install":
    case "update":
    case "default":
    case "override":
      return installed;
    case "toolchain":
      if (/^(install|add|update)$/.test(rest[0] ?? "")) return installed;
      if (!/^(uninstall|remove)$/.test(rest[0] ?? "")) return [];
      return [
        removal(
          call,
          tree(...rest.slice(1).map((name) => below(toolchains, `${name}*`))),
          "a Rust toolchain",
        ),
      ];
    case "uninstall":
      return [removal(call, tree(...rest.map((name) => below(toolchains, `${name}*`))), "a Rust toolchain")];
    case "target":
    case "component":
      if (rest[0] === "add") return [build(call, some(toolchains), "a part of the Rust toolchain")];
      return rest[0] === "remove" ? [removal(call, some(toolchains), "a part of the Rust toolchain")] : [];
    case "self":
    case "show":
    case "set":
    case "which":
    case "check":
    case "help":
    case "completions":
    case "doc":
      return [];
    default:
      return undefined;
  }
};

/** The installer as a program; `curl … | sh` of it is the shell's business. */
const rustupInit: Program = (call) => {
  const home = placeOf(call, ["RUSTUP_HOME"], atHome(call, ".rustup"));
  const bin = below(cargoHome(call), "bin");
  const none = call.words.some((word) => render(word) === "none");
  return [
    build(call, some(bin), "rustup"),
    ...(none ? [] : [build(call, some(below(home, "toolchains")), "the Rust toolchain", LARGE)]),
  ];
};

export const rustupPrograms: ProgramTable = {
  rustup,
  "rustup-init": rustupInit,
  "rustup-init.sh": rustupInit,
};
