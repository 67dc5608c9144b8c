// conda, mamba and micromamba: packages of an environment, new environments, their package cache.
import { render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { type Effect, LARGE, type PackageRequest } from "../effect.ts";
import {
  atHome,
  cache,
  install,
  named,
  reads,
  removal,
  requests,
  some,
  tree,
  uninstall,
  upgrade,
} from "../packages.ts";
import { joinPath, SITE_PACKAGES, type Target } from "../path.ts";
import { type Call, type Program, type ProgramTable, variable } from "../program.ts";
import { activatedPrefix } from "./python-environment.ts";

const VALUED = [
  "-n",
  "--name",
  "-p",
  "--prefix",
  "-f",
  "--file",
  "-c",
  "--channel",
  "--solver",
  "--repodata-fn",
  "--subdir",
  "--platform",
  "-r",
  "--root-prefix",
  "--cwd",
  "--override-channels-file",
];

const ALIASES = { "--name": "-n", "--prefix": "-p", "--file": "-f", "--channel": "-c" } as const;

const conda: Program = (call) => {
  const all = readArguments(call.words, { valued: VALUED, aliases: ALIASES });
  const [first, second, ...rest] = all.operands;
  const words = first === undefined ? [] : [first.text, second?.text ?? ""];
  const nested = words[0] === "env";
  const args: Arguments = { ...all, operands: nested ? rest : all.operands.slice(1) };
  const base = basePrefix(call, args);
  switch (nested ? `env ${words[1]}` : words[0]) {
    case "install":
      return change(call, args, base, prefixOf(call, args, base));
    case "create":
    case "env create":
      return change(call, args, base, prefixOf(call, args, base));
    case "update":
    case "upgrade":
    case "env update": {
      const prefix = prefixOf(call, args, base);
      if (args.has("--all")) return [upgrade(call, "conda", prefix), cached(call, base)];
      return change(call, args, base, prefix, "upgrade");
    }
    case "remove":
    case "uninstall":
    case "env remove": {
      const prefix = prefixOf(call, args, base);
      if (args.has("--all") || nested) return [removal(call, tree(prefix), "the conda environment")];
      const { packages } = asked(call, args);
      return [uninstall(call, { manager: "conda", environment: prefix, packages, targets: some(prefix) })];
    }
    case "clean":
      return [removal(call, tree(joinPath(base, "pkgs")), "the conda package cache")];
    case "run": {
      const own = readArguments(call.words, { valued: VALUED, aliases: ALIASES, stopAtOperand: true });
      const inner = readArguments(own.operands.slice(1), {
        valued: VALUED,
        aliases: ALIASES,
        stopAtOperand: true,
      });
      const named = inner.has("-n", "-p") ? inner : own;
      return call.translate(inner.operands, prefixOf(call, named, base));
    }
    case "config":
    case "info":
    case "list":
    case "init":
    case "activate":
    case "deactivate":
    case "search":
    case "shell":
    case "env list":
    case "env export":
    case "env config":
    case "--version":
    case "doctor":
    case "notices":
      return [];
    case undefined:
      return [];
    default:
      return undefined;
  }
};

function basePrefix(call: Call, args: Arguments): string {
  const root = args.value("-r", "--root-prefix");
  const given = root === undefined ? undefined : call.path(root);
  if (given !== undefined) return given;
  const program = call.command.words[0];
  const path = program !== undefined && render(program).includes("/") ? call.path(program) : undefined;
  const match =
    path === undefined ? undefined : /^(.*)\/(?:bin|condabin)\/(?:conda|mamba|micromamba)$/.exec(path);
  if (match?.[1]) return match[1];
  for (const name of ["CONDA_DIR", "MAMBA_ROOT_PREFIX", "CONDA_ROOT"]) {
    const value = variable(call, name);
    if (value !== undefined && value.startsWith("/")) return value;
  }
  const { pythonPrefix } = call.situation.base;
  return /conda|mamba/.test(pythonPrefix) ? pythonPrefix : "/opt/conda";
}

function prefixOf(call: Call, args: Arguments, base: string): string {
  const given = args.value("-p");
  if (given !== undefined) return call.path(given) ?? base;
  const name = args.value("-n");
  if (name === undefined) return activatedPrefix(call) ?? base;
  const text = render(name);
  return text === "base" || text === "root" ? base : joinPath(joinPath(base, "envs"), text);
}

function asked(
  call: Call,
  args: Arguments,
): { readonly packages: readonly PackageRequest[]; readonly complete: boolean } {
  const read = requests(call, args.operands, (text) => {
    const match = /^(?:[\w.-]+::)?([\w.-]+)\s*(?:(==?|[<>!~]=?)\s*([^\s=]+).*)?$/.exec(
      text.replace(/['"]/g, ""),
    );
    if (match === null) return { name: undefined, via: "name" };
    const [, name, operator, version] = match;
    const pin = operator === "=" || operator === "==" ? version : undefined;
    return named(name!.toLowerCase(), pin, operator === undefined ? undefined : `${operator}${version}`);
  });
  return args.has("-f") ? { ...read, complete: false } : read;
}

function change(
  call: Call,
  args: Arguments,
  base: string,
  prefix: string,
  force?: "upgrade",
): readonly Effect[] {
  if (args.has("--dry-run", "-d")) return [];
  const { packages, complete } = asked(call, args);
  const files = (args.options.get("-f") ?? []).flatMap((word) => call.path(word) ?? []);
  const targets: readonly Target[] =
    prefix === base
      ? [
          { path: prefix, extent: "some" },
          { path: joinPath(prefix, SITE_PACKAGES), extent: "some" },
        ]
      : tree(prefix);
  const forced = args.has("--force-reinstall") ? ("reinstall" as const) : force;
  return [
    ...reads(
      call,
      files.map((path) => ({ path, extent: "exact" })),
    ),
    install(call, {
      manager: "conda",
      environment: prefix,
      packages,
      complete,
      targets,
      size: prefix === base ? { kind: "unknown" } : LARGE,
      ...(forced === undefined ? {} : { force: forced }),
      noDependencies: args.has("--no-deps"),
    }),
    cached(call, base),
  ];
}

function cached(call: Call, base: string): Effect {
  const named = variable(call, "CONDA_PKGS_DIRS");
  const folder =
    named !== undefined && named.startsWith("/")
      ? named
      : base === ""
        ? atHome(call, ".conda/pkgs")
        : joinPath(base, "pkgs");
  return cache(call, tree(folder), "the conda package cache");
}

export const condaPrograms: ProgramTable = { conda, mamba: conda, micromamba: conda };
