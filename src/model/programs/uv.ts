// uv beyond `uv pip`: projects, tools and environments.
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import type { Effect, PackageRequest } from "../effect.ts";
import { LARGE } from "../effect.ts";
import { readProjectDependencies } from "../knowledge/project.ts";
import { atHome, cache, exact, install, placeOf, some, tree } from "../packages.ts";
import { joinPath, normalizePath } from "../path.ts";
import { type Call, type ProgramTable, variable } from "../program.ts";
import { opaque, readTargets, removal } from "./effects.ts";
import { pipCall } from "./pip.ts";
import { activatedPrefix, environmentTree, isOn, uvProjectPrefix } from "./python-environment.ts";
import { wordRequests } from "./python-requests.ts";
import { pythonSize } from "./python-size.ts";

const GLOBAL_VALUED = [
  "--cache-dir",
  "--color",
  "--directory",
  "--project",
  "--config-file",
  "--allow-insecure-host",
  "--python-preference",
];

const VALUED = [
  ...GLOBAL_VALUED,
  "-p",
  "--python",
  "--extra",
  "--group",
  "--only-group",
  "--no-group",
  "--no-extra",
  "--package",
  "--no-install-package",
  "-i",
  "--index-url",
  "--extra-index-url",
  "--default-index",
  "--index",
  "-f",
  "--find-links",
  "-P",
  "--upgrade-package",
  "--reinstall-package",
  "--link-mode",
  "--index-strategy",
  "--resolution",
  "--prerelease",
  "--exclude-newer",
  "--keyring-provider",
  "-C",
  "--config-setting",
  "--no-build-isolation-package",
  "-r",
  "--requirements",
  "-c",
  "--constraints",
  "--with",
  "--with-requirements",
  "--with-editable",
  "--env-file",
  "-n",
  "--optional",
  "--dev-group",
  "--rev",
  "--tag",
  "--branch",
  "--prompt",
  "--python-platform",
  "-o",
  "--output-file",
  "--format",
  "--torch-backend",
  "--no-binary-package",
  "--no-build-package",
  "--fork-strategy",
];

function uv(call: Call): readonly Effect[] | undefined {
  const globals = readArguments(call.words, { valued: GLOBAL_VALUED, stopAtOperand: true });
  const [subcommand, ...rest] = globals.operands;
  if (subcommand === undefined) return [];
  const folder = globals.value("--directory", "--project");
  const project = folder === undefined ? call.command.cwd : call.path(folder);
  switch (subcommand.text) {
    case "pip":
      // Options before the subcommand count for it.
      return pipCall(
        call,
        call.words.filter((word) => word !== subcommand),
        { uv: true },
      );
    case "sync":
      return projectInstall(call, rest, project, []);
    case "add":
    case "remove": {
      const args = readArguments(rest, { valued: VALUED });
      const asked = subcommand.text === "add" ? wordRequests(call, args.operands) : [];
      return projectInstall(call, rest, project, asked);
    }
    case "venv": {
      const args = readArguments(rest, { valued: VALUED });
      const prefix = normalizePath(
        args.operands[0] === undefined ? ".venv" : render(args.operands[0]),
        project,
      );
      return prefix === undefined ? undefined : [madeEnvironment(call, prefix)];
    }
    case "tool":
      return toolEffects(call, rest);
    case "python":
      return rest[0]?.text === "install" ? [...pythonInstall(call)] : [];
    case "cache": {
      const verb = rest[0]?.text;
      if (verb !== "clean" && verb !== "prune") return [];
      const whole = verb === "clean" && rest.every((word) => word === rest[0] || word.text.startsWith("-"));
      return [removal(call, whole ? tree(uvCache(call)) : some(uvCache(call)), "the uv cache")];
    }
    case "run":
      return runEffects(call, rest, project);
    case "build":
      return [...readTargets(call, project === undefined ? [] : tree(project)), opaque(call)];
    case "lock":
    case "export":
    case "tree":
    case "version":
    case "self":
    case "help":
    case "init":
    case "--version":
      return [];
    default:
      return undefined;
  }
}

/** The environment's own files: an interpreter's links and pip, if any. */
export function madeEnvironment(call: Call, prefix: string): Effect {
  return install(call, {
    manager: "pip",
    environment: prefix,
    packages: [],
    complete: true,
    targets: environmentTree(prefix),
    size: { kind: "negligible" },
  });
}

function uvCache(call: Call): string {
  const home = placeOf(call, ["XDG_CACHE_HOME"], atHome(call, ".cache"));
  return placeOf(call, ["UV_CACHE_DIR"], joinPath(home, "uv"));
}

function projectInstall(
  call: Call,
  words: readonly Word[],
  outer: string | undefined,
  asked: readonly PackageRequest[],
): readonly Effect[] | undefined {
  const args = readArguments(words, { valued: VALUED, aliases: { "--python": "-p" } });
  const folder = args.value("--directory", "--project");
  const project = folder === undefined ? outer : call.path(folder);
  const active = args.has("--active") ? activatedPrefix(call) : undefined;
  const environment = active ?? uvProjectPrefix(call, project);
  if (environment === undefined || project === undefined || args.has("--dry-run")) return undefined;
  const locked = lockedPackages(call, project);
  const packages = [...(locked ?? []), ...asked];
  const size = packages.length === 0 ? LARGE : pythonSize(call.situation.knowledge, packages);
  const noCache = args.has("--no-cache", "-n") || isOn(variable(call, "UV_NO_CACHE"));
  return [
    ...readTargets(call, exact(joinPath(project, "pyproject.toml"), joinPath(project, "uv.lock"))),
    install(call, {
      manager: "pip",
      environment,
      packages,
      complete: locked !== undefined,
      targets: environmentTree(environment),
      size,
      ...(args.has("--reinstall")
        ? { force: "reinstall" as const }
        : args.has("--upgrade", "-U")
          ? { force: "upgrade" as const }
          : {}),
    }),
    ...(noCache ? [] : [cache(call, tree(uvCache(call)), "the uv cache")]),
  ];
}

/** What the project's lock file, or else its pyproject.toml, lists. */
export function lockedPackages(call: Call, project: string): readonly PackageRequest[] | undefined {
  for (const name of ["uv.lock", "poetry.lock", "pdm.lock", "pyproject.toml"]) {
    const text = call.situation.readFile(joinPath(project, name));
    if (text === undefined) continue;
    return readProjectDependencies(name, text).map((dependency) => ({
      name: dependency.name,
      ...(dependency.version === undefined
        ? {}
        : { version: dependency.version, specifier: `==${dependency.version}` }),
      via: "project" as const,
    }));
  }
  return undefined;
}

function toolEffects(call: Call, words: readonly Word[]): readonly Effect[] | undefined {
  const args = readArguments(words, { valued: VALUED });
  if (args.operands[0]?.text !== "install") return [];
  const folder = placeOf(call, ["UV_TOOL_DIR"], atHome(call, ".local/share/uv/tools"));
  const packages = wordRequests(call, args.operands.slice(1));
  return [
    install(call, {
      manager: "pip",
      environment: folder,
      packages,
      complete: true,
      targets: environmentTree(folder),
    }),
    cache(call, tree(uvCache(call)), "the uv cache"),
  ];
}

function pythonInstall(call: Call): readonly Effect[] {
  const folder = placeOf(call, ["UV_PYTHON_INSTALL_DIR"], atHome(call, ".local/share/uv/python"));
  return [
    install(call, {
      manager: "other",
      environment: folder,
      packages: [],
      complete: true,
      targets: environmentTree(folder),
    }),
  ];
}

function runEffects(
  call: Call,
  words: readonly Word[],
  project: string | undefined,
): readonly Effect[] | undefined {
  const args = readArguments(words, { valued: VALUED, stopAtOperand: true });
  const folder = args.value("--directory", "--project");
  const own = folder === undefined ? project : call.path(folder);
  const inner = call.translate(args.operands, uvProjectPrefix(call, own));
  const synced = args.has("--no-sync", "--no-project", "--isolated") ? [] : projectInstall(call, [], own, []);
  return synced === undefined ? undefined : [...synced, ...(inner ?? [opaque(call)])];
}

export const uvPrograms: ProgramTable = { uv };
