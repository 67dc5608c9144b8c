// make, cmake, configure and other builders: they read sources, add among them, and may do anything.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { anyBuild, atHome, below, build, cache, some, tree } from "../packages.ts";
import type { Program, ProgramTable } from "../program.ts";
import { opaque, readTargets } from "./effects.ts";

const make: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-C", "--directory", "-f", "--file", "--makefile", "-I", "--include-dir", "-o", "-W"],
    aliases: { "--directory": "-C" },
  });
  if (args.has("-v", "--version", "-h", "--help", "-n", "--dry-run", "--just-print")) return [];
  return anyBuild(call, call.path(args.value("-C") ?? "."));
};

const cmake: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-S",
      "-B",
      "-G",
      "-D",
      "-C",
      "-A",
      "-T",
      "--build",
      "--install",
      "--target",
      "-t",
      "--config",
      "--prefix",
      "-j",
      "--parallel",
      "--preset",
      "-E",
    ],
  });
  if (args.has("--version", "--help")) return [];
  if (args.has("-E")) return [opaque(call)];
  const made = args.value("--build", "--install");
  if (made !== undefined) return anyBuild(call, call.path(made));
  const [first] = args.operands;
  const source = call.path(args.value("-S") ?? first ?? ".");
  const to = call.path(args.value("-B") ?? ".");
  if (source === undefined || to === undefined) return [opaque(call)];
  return [...readTargets(call, tree(source)), build(call, some(to), "build files"), opaque(call)];
};

const ninja: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-C", "-f", "-j", "-k", "-l", "-t", "-d", "-w"] });
  return args.has("--version", "-h", "--help") ? [] : anyBuild(call, call.path(args.value("-C") ?? "."));
};

const meson: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-C", "-D", "--prefix", "--buildtype", "--cross-file", "--native-file"],
  });
  const words = args.operands.map(render);
  if (args.has("--version", "--help")) return [];
  const folder = call.path(args.value("-C") ?? ".");
  const made = /^(setup|compile|install|test|configure|introspect)$/.test(words[0] ?? "")
    ? words[1]
    : words[0];
  const to = args.has("-C") || made === undefined ? folder : call.path(made);
  if (folder === undefined || to === undefined) return [opaque(call)];
  return [...readTargets(call, tree(folder)), build(call, some(to), "build output"), opaque(call)];
};

/** Reads what lies in the current folder, adds to it, and may do anything else. */
const here: Program = (call) => anyBuild(call, call.path("."));

const bazel: Program = (call) => {
  const place = atHome(call, ".cache/bazel");
  return [...anyBuild(call, call.path(".")), cache(call, tree(place), "the Bazel cache")];
};

/** Package managers that keep everything below one folder of the home folder. */
const homeBuild = (folder: string, what: string): Program => {
  return (call) => {
    const first = call.words[0] === undefined ? "" : render(call.words[0]);
    if (/^(--version|--help|-V|config|list|show|search)$/.test(first)) return [];
    return [cache(call, tree(atHome(call, folder)), what), ...anyBuild(call, call.path("."))];
  };
};

const mix: Program = (call) => {
  const verb = call.words[0] === undefined ? "" : render(call.words[0]);
  const folder = call.path(".");
  if (folder === undefined) return undefined;
  if (/^local\./.test(verb)) return [build(call, some(atHome(call, ".mix")), "mix's archives")];
  if (verb === "deps.get") {
    const packages = cache(call, tree(atHome(call, ".hex")), "the hex cache");
    return [
      ...readTargets(call, tree(folder)),
      build(call, tree(below(folder, "deps")), "the dependencies"),
      packages,
    ];
  }
  return anyBuild(call, folder);
};

export const buildPrograms: ProgramTable = {
  make,
  gmake: make,
  bmake: make,
  cmake,
  ninja,
  "ninja-build": ninja,
  samu: ninja,
  meson,
  configure: here,
  Configure: here,
  config: here,
  "autogen.sh": here,
  "bootstrap.sh": here,
  autoreconf: here,
  autoconf: here,
  automake: here,
  aclocal: here,
  libtoolize: here,
  phpize: here,
  qmake: here,
  ant: here,
  scons: here,
  waf: here,
  b2: here,
  bjam: here,
  gcc: here,
  "g++": here,
  cc: here,
  clang: here,
  javac: here,
  "dpkg-buildpackage": here,
  debuild: here,
  rpmbuild: here,
  hugo: here,
  bazel,
  bazelisk: bazel,
  conan: homeBuild(".conan2", "the Conan cache"),
  stack: homeBuild(".stack", "the Stack packages"),
  cabal: homeBuild(".cabal", "the Cabal packages"),
  opam: homeBuild(".opam", "the opam switch"),
  luarocks: homeBuild(".cache/luarocks", "the LuaRocks cache"),
  cpanm: homeBuild(".cpanm", "cpanm's build folder"),
  cpan: homeBuild(".cpan", "the CPAN cache"),
  rebar3: homeBuild(".cache/rebar3", "the rebar cache"),
  pub: homeBuild(".pub-cache", "the pub cache"),
  flutter: homeBuild(".pub-cache", "the pub cache"),
  mix,
};
