// conda, mamba and micromamba: packages of an environment, new environments, their package cache.
import type { Word } from "../../shell/command.ts";
import { HOLE_END, HOLE_START, render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { type Effect, LARGE, type PackageRequest } from "../effect.ts";
import { readProjectDependencies } from "../knowledge/project.ts";
import { cache, install, named, requests, some, tree, uninstall, upgrade } from "../packages.ts";
import { joinPath, normalizePath, SITE_PACKAGES, type Target } from "../path.ts";
import { type Call, type Program, type ProgramTable, type Situation, variable } from "../program.ts";
import { readTargets, removal } from "./effects.ts";
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
      return change(call, args, base, prefixOf(call, args, base));
    case "env create":
      return change(call, args, base, filePrefix(call, args, base));
    case "update":
    case "upgrade":
    case "env update": {
      const prefix = nested ? filePrefix(call, args, base) : prefixOf(call, args, base);
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
    case "clean": {
      if (args.has("-d", "--dry-run")) return [];
      // -p spares the packages that environments use, and -i has to do with indexes only.
      const all = args.has("-a", "--all", "-f", "--force-pkgs-dirs");
      const folder = packageCache(call, base);
      return [removal(call, all ? tree(folder) : some(folder), "the conda package cache")];
    }
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
  return rootPrefix(call.situation, (name) => variable(call, name));
}

function rootPrefix(situation: Situation, lookup: (name: string) => string | undefined): string {
  for (const name of ["CONDA_DIR", "MAMBA_ROOT_PREFIX", "CONDA_ROOT"]) {
    const value = lookup(name) ?? situation.base.env?.[name];
    if (value?.startsWith("/")) return value;
  }
  const { pythonPrefix } = situation.base;
  return /conda|mamba/.test(pythonPrefix) ? pythonPrefix : "/opt/conda";
}

/** An environment's prefix by its name or path. */
function environmentPrefix(root: string, name: string | undefined): string {
  if (name === undefined || name === "base" || name === "root") return root;
  return name.includes("/") ? (normalizePath(name, "/") ?? root) : joinPath(joinPath(root, "envs"), name);
}

/** The prefix that `conda activate NAME` or `source activate NAME` makes the current one; undefined for other calls. */
export function condaActivation(call: Call): string | undefined {
  if (!/^(conda|mamba|micromamba|\.|source)$/.test(call.name)) return undefined;
  const words = call.words.map(render).filter((word) => !word.startsWith("-"));
  if (call.name !== "." && call.name !== "source") {
    return words[0] === "activate" ? environmentPrefix(basePrefix(call, noArguments), words[1]) : undefined;
  }
  const root = /^(?:(.*)\/bin\/)?activate$/.exec(words[0] ?? "");
  if (root === null) return undefined;
  if (root[1] === undefined) return environmentPrefix(basePrefix(call, noArguments), words[1]);
  const prefix = normalizePath(root[1], call.command.cwd);
  return prefix === undefined || words[1] === undefined ? prefix : environmentPrefix(prefix, words[1]);
}

const noArguments = readArguments([]);

/** The prefix that a SHELL of `conda run -n NAME …` makes the current one for every script. */
export function condaShell(shell: readonly string[], situation: Situation): string | undefined {
  if (!/(^|\/)(conda|mamba|micromamba)$/.test(shell[0] ?? "") || shell[1] !== "run") return undefined;
  const at = shell.findIndex((word) => /^(-n|-p|--name|--prefix)$/.test(word));
  const joined = shell.find((word) => /^--(name|prefix)=/.test(word));
  const name = at < 0 ? joined?.replace(/^[^=]*=/, "") : shell[at + 1];
  return environmentPrefix(
    rootPrefix(situation, () => undefined),
    name,
  );
}

/** The environment that `conda env` works on: given, or named by its file; one of unknown name else. */
function filePrefix(call: Call, args: Arguments, base: string): string {
  if (args.has("-n", "-p")) return prefixOf(call, args, base);
  const file = args.value("-f");
  const path = file === undefined ? call.path("environment.yml") : call.path(file);
  const text = path === undefined ? undefined : call.situation.readFile(path);
  const name = /^name:\s*["']?([\w.-]+)/m.exec(text ?? "")?.[1];
  return environmentPrefix(base, name ?? `${HOLE_START}environment${HOLE_END}`);
}

function prefixOf(call: Call, args: Arguments, base: string): string {
  const given = args.value("-p");
  if (given !== undefined) return call.path(given) ?? base;
  const name = args.value("-n");
  if (name === undefined) return activatedPrefix(call) ?? base;
  return environmentPrefix(base, render(name));
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
  const files = (args.options.get("-f") ?? []).map((word) => filePackages(call, word));
  return {
    packages: [...read.packages, ...files.flatMap((packages) => packages ?? [])],
    complete: read.complete && files.every((packages) => packages !== undefined),
  };
}

/** What an environment.yml from the build context lists; undefined when it cannot be read. */
function filePackages(call: Call, word: Word): readonly PackageRequest[] | undefined {
  const path = call.path(word);
  const text = path === undefined ? undefined : call.situation.readFile(path);
  if (path === undefined || text === undefined || !/\.ya?ml$/.test(path)) return undefined;
  const shown = call.situation.contextPath(path) ?? path;
  return readProjectDependencies("environment.yml", text).map(({ name, version, specifier }) => ({
    ...named(name, version, specifier),
    via: "file",
    file: { path: shown, line: lineOf(text, name), span: word.span },
  }));
}

function lineOf(text: string, name: string): number {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.toLowerCase().replace(/[._]/g, "-").includes(name));
  return Math.max(1, at + 1);
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
    ...readTargets(
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
  return cache(call, tree(packageCache(call, base)), "the conda package cache");
}

function packageCache(call: Call, base: string): string {
  const named = variable(call, "CONDA_PKGS_DIRS");
  return named?.startsWith("/") ? named : joinPath(base, "pkgs");
}

export const condaPrograms: ProgramTable = { conda, mamba: conda, micromamba: conda };
