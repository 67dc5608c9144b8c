// gem and bundle: Ruby's packages, where they go and what they cache.
import type { Word } from "../../shell/command.ts";
import { hasGlob, render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { LARGE, type PackageRequest, type Size, UNKNOWN_SIZE } from "../effect.ts";
import {
  anyBuild,
  atHome,
  below,
  cache,
  exact,
  fileName,
  install,
  named,
  placeOf,
  requests,
  setting,
  settled,
  some,
  tree,
  uninstall,
} from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets, removal } from "./effects.ts";

/** GEM_HOME, else the system's folder: of Debian's packages, or below /usr/local. */
function gemHome(call: Call): string {
  const { family } = call.situation.base;
  const system = family === "debian" || family === "ubuntu" ? "/var/lib/gems" : "/usr/lib/ruby/gems";
  return placeOf(call, ["GEM_HOME"], system);
}

const gem: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-v",
      "--version",
      "-i",
      "--install-dir",
      "-n",
      "--bindir",
      "-s",
      "--source",
      "-P",
      "--trust-policy",
      "--platform",
      "-g",
      "--file",
    ],
  });
  const [command, ...words] = args.operands;
  if (command === undefined) return args.options.size > 0 ? [] : undefined;
  const given = args.value("-i", "--install-dir");
  const path = given === undefined ? undefined : call.path(given);
  const environment = path ?? (args.has("--user-install") ? atHome(call, ".gem/ruby") : gemHome(call));
  const version = args.text("-v", "--version");
  const asked = requests(call, words, gemRequest(call));
  const packages = asked.packages.map((request): PackageRequest => {
    const [name, inline] = request.name?.split(":") ?? [];
    const pinned = inline ?? (version !== undefined && /^\d/.test(version) ? version : undefined);
    return name === undefined
      ? request
      : { ...request, name, ...(pinned === undefined ? {} : { version: pinned }) };
  });
  const archives = cache(call, tree(below(environment, "cache")), "downloaded gems");
  switch (render(command)) {
    case "install":
    case "i": {
      const files = packages.flatMap(({ path: file }) => (file === undefined ? [] : [file]));
      return [
        ...readTargets(call, exact(...files)),
        install(call, {
          manager: "gem",
          environment,
          packages,
          complete: asked.complete && words.length > 0,
          targets: some(environment),
          ...(args.has("--force") ? { force: "reinstall" as const } : {}),
        }),
        archives,
      ];
    }
    case "update":
      if (args.has("--system")) {
        const itself = named("rubygems-update");
        const targets = some(environment);
        return [
          install(call, {
            manager: "gem",
            environment,
            packages: [itself],
            complete: true,
            targets,
            force: "upgrade",
          }),
          archives,
        ];
      }
      return [
        install(call, {
          manager: "gem",
          environment,
          packages,
          complete: words.length > 0,
          targets: some(environment),
          force: "upgrade",
        }),
        archives,
      ];
    case "uninstall":
      return [uninstall(call, { manager: "gem", environment, packages, targets: some(environment) })];
    case "cleanup":
    case "clean":
      return [
        uninstall(call, {
          manager: "gem",
          environment,
          packages,
          unneeded: true,
          targets: some(environment),
        }),
      ];
    case "build":
      return anyBuild(call, call.path("."));
    case "sources":
    case "env":
    case "environment":
    case "list":
    case "search":
    case "which":
    case "contents":
    case "help":
    case "fetch":
    case "info":
    case "specification":
    case "pristine":
      return [];
    default:
      return undefined;
  }
};

function gemRequest(call: Call): (text: string, word: Word) => PackageRequest | undefined {
  return (text, word) => {
    if (!text.endsWith(".gem")) return named(text);
    const file = settled(fileName(text).replace(/\.gem$/, ""));
    const match = hasGlob(word) ? undefined : /^(.+)-(\d[\w.]*)$/.exec(file ?? "");
    const path = call.path(word.pieces.length === 0 ? text : word);
    return {
      name: match?.[1] ?? (hasGlob(word) ? undefined : file),
      ...(match?.[2] === undefined ? {} : { version: match[2] }),
      via: "archive",
      ...(path === undefined ? {} : { path }),
    };
  };
}

const bundle: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-j",
      "--jobs",
      "--path",
      "--without",
      "--with",
      "--gemfile",
      "--retry",
      "-r",
      "--binstubs",
      "--shebang",
      "--standalone",
    ],
    aliases: { "-r": "--retry" },
  });
  const folder = call.path(".");
  if (folder === undefined) return undefined;
  if (args.operands.length === 0 && args.has("--version", "-v", "--help")) return [];
  const [command, ...words] = args.operands;
  const gemfile = args.value("--gemfile");
  const file = (gemfile && call.path(gemfile)) ?? placeOf(call, ["BUNDLE_GEMFILE"], below(folder, "Gemfile"));
  const given = args.value("--path");
  const own =
    (given && call.path(given)) ??
    (args.has("--deployment") || setting(call, "BUNDLE_DEPLOYMENT")
      ? below(folder, "vendor/bundle")
      : gemHome(call));
  const environment = placeOf(call, ["BUNDLE_PATH"], own);
  const verb = command === undefined ? "install" : render(command);
  switch (verb) {
    case "install":
    case "update":
    case "add": {
      const listed =
        verb === "add" ? requests(call, words, (text) => named(text)).packages : readGemfile(call, file);
      const size: Size = verb === "add" ? UNKNOWN_SIZE : LARGE;
      return [
        ...readTargets(call, exact(file, `${file}.lock`)),
        install(call, {
          manager: "gem",
          environment,
          packages: listed ?? [],
          complete: listed !== undefined,
          targets: some(environment),
          size,
          ...(verb === "update" ? { force: "upgrade" as const } : {}),
        }),
        cache(call, tree(atHome(call, ".bundle/cache")), "the bundler cache"),
        ...(args.has("--no-cache")
          ? []
          : [cache(call, tree(below(environment, "cache")), "downloaded gems")]),
      ];
    }
    case "clean":
    case "remove": {
      const { packages } = requests(call, words, (text) => named(text));
      return [
        uninstall(call, {
          manager: "gem",
          environment,
          packages,
          unneeded: verb === "clean",
          targets: some(environment),
        }),
      ];
    }
    case "exec": {
      const at = call.words.findIndex((word) => render(word) === "exec");
      return call.translate(call.words.slice(at + 1)) ?? [...readTargets(call, tree(folder)), opaque(call)];
    }
    case "package":
    case "cache":
      return [cache(call, tree(below(folder, "vendor/cache")), "vendored gems")];
    case "config":
    case "lock":
    case "check":
    case "list":
    case "info":
    case "show":
    case "init":
    case "env":
    case "outdated":
    case "platform":
    case "binstubs":
    case "doctor":
    case "help":
    case "version":
      return [];
    case "pristine":
      return [removal(call, [], "gems"), opaque(call)];
    default:
      return undefined;
  }
};

/** The gems that a Gemfile names. */
function readGemfile(call: Call, path: string): PackageRequest[] | undefined {
  const text = call.situation.readFile(path);
  return text?.split("\n").flatMap((line, index): PackageRequest[] => {
    const match = /^\s*gem[ (]\s*['"]([\w.-]+)['"](?:\s*,\s*['"]\s*(?:=\s*)?(\d[\w.]*)['"])?/.exec(line);
    if (match?.[1] === undefined) return [];
    const version = match[2] === undefined ? {} : { version: match[2] };
    return [{ name: match[1], ...version, via: "file", file: { path, line: index + 1 } }];
  });
}

const rake: Program = (call) => anyBuild(call, call.path("."));

export const rubyPrograms: ProgramTable = { gem, bundle, bundler: bundle, rake };
