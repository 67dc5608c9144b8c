// go: what it builds, and its module and build caches.
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { type Effect, type PackageRequest, UNKNOWN_SIZE } from "../effect.ts";
import {
  atHome,
  below,
  build,
  cache,
  cut,
  exact,
  install,
  named,
  placeOf,
  requests,
  setting,
  settled,
  some,
  tree,
} from "../packages.ts";
import { parentPath } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets, removal, writeEffect } from "./effects.ts";

const OPTIONS = {
  valued: [
    "-o",
    "-C",
    "-p",
    "-asmflags",
    "-buildmode",
    "-buildvcs",
    "-compiler",
    "-gccgoflags",
    "-gcflags",
    "-installsuffix",
    "-ldflags",
    "-mod",
    "-modfile",
    "-overlay",
    "-pkgdir",
    "-tags",
    "-toolexec",
    "-run",
    "-timeout",
    "-count",
    "-coverprofile",
    "-exec",
    "-vettool",
    "-bench",
  ],
  singleDash: true,
};

const go: Program = (call) => {
  const [command, ...after] = call.words;
  if (command === undefined) return undefined;
  const verb = settled(render(command));
  const inner = after[0] === undefined ? "" : render(after[0]);
  const args = readArguments(after, OPTIONS);
  const folder = args.has("-C") ? call.path(args.value("-C") ?? ".") : call.path(".");
  if (verb === undefined) return undefined;
  if (folder === undefined) return elsewhere(call, verb, args);
  switch (verb) {
    case "build":
      return building(call, args, folder);
    case "install":
      return installing(call, args, folder);
    case "get":
      // Below GOPATH without modules; with them it is the module cache alone.
      return [
        ...moduleCache(call, args),
        buildCache(call),
        build(call, some(below(goPath(call), "src"), below(goPath(call), "bin")), "Go packages"),
      ];
    case "mod":
      return modules(call, inner, folder);
    case "work":
      return inner === "vendor"
        ? [build(call, tree(below(folder, "vendor")), "the vendored modules")]
        : modules(call, inner, folder);
    case "clean":
      return cleaning(call, args);
    case "list":
    case "vet":
      return [...readTargets(call, tree(folder)), moduleCache(call, args), buildCache(call)].flat();
    case "test":
    case "run":
    case "generate":
      return [
        ...readTargets(call, tree(folder)),
        ...moduleCache(call, args),
        buildCache(call),
        build(call, some(folder), "build output"),
        opaque(call),
      ];
    case "env":
    case "version":
    case "help":
    case "doc":
    case "fmt":
    case "tool":
    case "bug":
    case "telemetry":
      return [];
    default:
      return undefined;
  }
};

/** What is known even if the current folder is not. */
function elsewhere(call: Call, verb: string, args: Arguments): Effect[] | undefined {
  if (/^(env|version|help|fmt|telemetry)$/.test(verb)) return [];
  if (verb === "clean") return cleaning(call, args);
  if (!/^(build|install|get|mod|test|run|vet)$/.test(verb)) return undefined;
  return [...moduleCache(call, args), buildCache(call), opaque(call)];
}

/** The first folder of GOPATH. */
function goPath(call: Call): string {
  const first = setting(call, "GOPATH")?.split(":")[0];
  return first?.startsWith("/") ? first : placeOf(call, ["GOPATH"], atHome(call, "go"));
}

function moduleFolder(call: Call): string {
  return placeOf(call, ["GOMODCACHE"], below(goPath(call), "pkg/mod"));
}

function buildFolder(call: Call): string {
  const home = placeOf(call, ["XDG_CACHE_HOME"], atHome(call, ".cache"));
  return placeOf(call, ["GOCACHE"], below(home, "go-build"));
}

function buildCache(call: Call): Effect {
  return cache(call, tree(buildFolder(call)), "the Go build cache");
}

/** Modules are downloaded unless they are vendored. */
function moduleCache(call: Call, args: Arguments): Effect[] {
  const vendored = args.text("-mod") === "vendor" || /-mod=vendor/.test(setting(call, "GOFLAGS") ?? "");
  return vendored ? [] : [cache(call, tree(moduleFolder(call)), "the Go module cache")];
}

function building(call: Call, args: Arguments, folder: string): Effect[] {
  const wanted = args.value("-o");
  const given = wanted === undefined ? undefined : call.path(wanted);
  const { operands } = args;
  // Without -o the program is named after its folder, and only a single main package leaves one.
  const own =
    operands.length === 0 ? folder : operands.length === 1 ? folderOf(call, operands[0]!, folder) : undefined;
  const name = own?.split("/").at(-1);
  const isFolder = wanted !== undefined && /\/$/.test(render(wanted));
  const targets =
    given !== undefined
      ? isFolder
        ? some(given)
        : exact(given)
      : name === undefined || name === ""
        ? some(folder)
        : exact(below(folder, name));
  return [
    ...readTargets(call, tree(folder)),
    writeEffect(call, "build", targets, UNKNOWN_SIZE, { what: "the built program", mode: "755" }),
    ...moduleCache(call, args),
    buildCache(call),
  ];
}

function folderOf(call: Call, word: Word, folder: string): string | undefined {
  const text = render(word);
  if (/\.go$/.test(text)) return call.path(text.replace(/\.go$/, ""));
  if (text === ".") return folder;
  return /^\.{0,2}\//.test(text) ? call.path(text) : below(folder, text.replace(/@.*$/, ""));
}

function installing(call: Call, args: Arguments, folder: string): Effect[] {
  const bin = placeOf(call, ["GOBIN"], below(goPath(call), "bin"));
  const { packages, complete } = requests(call, args.operands, goRequest);
  const local =
    args.operands.length === 0 || args.operands.some((word) => /^\.{1,2}(\/|$)/.test(render(word)));
  return [
    ...(local ? readTargets(call, tree(folder)) : []),
    install(call, { manager: "go", environment: parentPath(bin), packages, complete, targets: some(bin) }),
    ...moduleCache(call, args),
    buildCache(call),
  ];
}

/** Reads `example.com/cmd/x@v1.2.3`, `./cmd/...`. */
function goRequest(text: string): PackageRequest | undefined {
  if (/^\.{1,2}(\/|$)/.test(text)) return { name: undefined, via: "project" };
  const [name, tail] = cut(text, /@/);
  const wanted = tail.slice(1);
  return named(name, /^v\d/.test(wanted) ? wanted : undefined, wanted);
}

function modules(call: Call, verb: string, folder: string): Effect[] {
  const read = readTargets(call, exact(below(folder, "go.mod"), below(folder, "go.sum")));
  const download = cache(call, tree(moduleFolder(call)), "the Go module cache");
  switch (verb) {
    case "download":
    case "tidy":
    case "verify":
    case "why":
    case "graph":
    case "sync":
      return [...read, download];
    case "vendor":
      return [
        ...readTargets(call, tree(folder)),
        download,
        build(call, tree(below(folder, "vendor")), "the vendored modules"),
      ];
    default:
      // init and edit write go.mod only.
      return read;
  }
}

function cleaning(call: Call, args: Arguments): Effect[] {
  const out: Effect[] = [];
  if (args.has("-modcache")) out.push(removal(call, tree(moduleFolder(call)), "the Go module cache"));
  if (args.has("-cache")) out.push(removal(call, tree(buildFolder(call)), "the Go build cache"));
  if (args.has("-i")) {
    const bin = placeOf(call, ["GOBIN"], below(goPath(call), "bin"));
    out.push(removal(call, some(bin), "installed Go programs"));
  }
  return out;
}

export const goPrograms: ProgramTable = { go };
