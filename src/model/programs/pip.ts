// pip and `uv pip`: what they install, where, from which files, and what they leave in their caches.
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { type Effect, type PackageRequest, UNKNOWN_SIZE } from "../effect.ts";
import { atHome, cache, exact, install, placeOf, tree, uninstall } from "../packages.ts";
import type { Target } from "../path.ts";
import { joinPath } from "../path.ts";
import { type Call, type Program, type ProgramTable, variable } from "../program.ts";
import { readTargets, removal, writeEffect } from "./effects.ts";
import {
  environmentTargets,
  environmentTree,
  isOn,
  isSet,
  pythonPrefix,
  uvPrefix,
} from "./python-environment.ts";
import { type Asked, askedFor } from "./python-requests.ts";
import { pythonSize } from "./python-size.ts";

/** Options of `pip` and `uv pip` that take a value. */
const VALUED = [
  "-r",
  "--requirement",
  "--requirements",
  "-c",
  "--constraint",
  "--constraints",
  "-e",
  "--editable",
  "-t",
  "--target",
  "--platform",
  "--python-version",
  "--implementation",
  "--abi",
  "--root",
  "--prefix",
  "--src",
  "--upgrade-strategy",
  "-C",
  "--config-settings",
  "--config-setting",
  "--global-option",
  "--no-binary",
  "--only-binary",
  "--progress-bar",
  "--root-user-action",
  "--report",
  "--group",
  "-i",
  "--index-url",
  "--extra-index-url",
  "-f",
  "--find-links",
  "--python",
  "-p",
  "--log",
  "--keyring-provider",
  "--proxy",
  "--retries",
  "--resume-retries",
  "--timeout",
  "--exists-action",
  "--trusted-host",
  "--cert",
  "--client-cert",
  "--cache-dir",
  "--use-feature",
  "--use-deprecated",
  "-d",
  "--dest",
  "--download",
  "-w",
  "--wheel-dir",
  "--default-index",
  "--index",
  "--index-strategy",
  "--link-mode",
  "--override",
  "--overrides",
  "--build-constraint",
  "--build-constraints",
  "--excludes",
  "--exclude-newer",
  "--python-platform",
  "--torch-backend",
  "--extra",
  "-P",
  "--upgrade-package",
  "--reinstall-package",
  "--refresh-package",
  "--resolution",
  "--prerelease",
  "--no-build-isolation-package",
  "--config-file",
  "--directory",
  "--project",
  "--allow-insecure-host",
  "--fork-strategy",
  "--no-build-package",
  "--no-binary-package",
  "--color",
  "-j",
  "--jobs",
];

const ALIASES = {
  "--requirement": "-r",
  "--requirements": "-r",
  "--constraint": "-c",
  "--constraints": "-c",
  "--editable": "-e",
  "--target": "-t",
  "--upgrade": "-U",
  "--dest": "-d",
  "--wheel-dir": "-w",
  "--python": "-p",
  "--yes": "-y",
} as const;

interface Flavour {
  /** "pip" or "uv pip". */
  readonly uv: boolean;
}

/** `pip ARGS` or `uv pip ARGS`; undefined for subcommands that nobody knows. */
export function pipCall(call: Call, words: readonly Word[], flavour: Flavour): readonly Effect[] | undefined {
  const all = readArguments(words, { valued: VALUED, aliases: ALIASES });
  const [subcommand, ...operands] = all.operands;
  if (subcommand === undefined) return [];
  const args: Arguments = { ...all, operands };
  const prefix = prefixFor(call, args, flavour);
  switch (subcommand.text) {
    case "install":
    case "sync":
      return prefix === undefined
        ? undefined
        : installEffects(call, args, prefix, flavour, subcommand.text === "sync");
    case "uninstall":
      return prefix === undefined ? undefined : uninstallEffects(call, args, prefix);
    case "download":
    case "wheel":
      return downloadEffects(call, args, subcommand.text);
    case "cache":
      return operands[0]?.text === "purge"
        ? [removal(call, tree(cachePlace(call, args, false) ?? atHome(call, ".cache/pip")), "the pip cache")]
        : [];
    case "list":
    case "freeze":
    case "show":
    case "check":
    case "config":
    case "debug":
    case "index":
    case "inspect":
    case "hash":
    case "search":
    case "help":
    case "completion":
    case "compile":
    case "tree":
    case "--version":
      return [];
    default:
      return undefined;
  }
}

function prefixFor(call: Call, args: Arguments, { uv }: Flavour): string | undefined {
  const prefix = args.value("--prefix", "--root");
  if (prefix !== undefined) return call.path(prefix);
  if (args.has("--user")) return atHome(call, ".local");
  const python = args.value("-p");
  if (!uv)
    return python === undefined
      ? pythonPrefix(call)
      : (uvPrefix(call, { python: render(python), system: true }) ?? pythonPrefix(call));
  return uvPrefix(call, {
    python: python === undefined ? undefined : render(python),
    system: args.has("--system"),
  });
}

function installEffects(
  call: Call,
  args: Arguments,
  prefix: string,
  flavour: Flavour,
  exactly: boolean,
): readonly Effect[] {
  if (args.has("--dry-run")) return [];
  const target = args.value("-t");
  const folder = target === undefined ? undefined : call.path(target);
  if (target !== undefined && folder === undefined) return [];
  const asked = askedFor(call, args, exactly);
  const force = forceOf(args);
  const targets: readonly Target[] =
    folder === undefined ? environmentTargets(prefix) : environmentTree(folder);
  return [
    ...fileReads(call, args, asked),
    install(call, {
      manager: "pip",
      environment: folder ?? prefix,
      packages: asked.packages,
      complete: asked.complete,
      targets,
      size: pythonSize(call.situation.knowledge, asked.packages, args.has("--no-deps")),
      ...(force === undefined ? {} : { force }),
      noDependencies: args.has("--no-deps"),
    }),
    ...cacheEffects(call, args, flavour),
  ];
}

function forceOf(args: Arguments): "reinstall" | "upgrade" | undefined {
  if (args.has("--force-reinstall", "--reinstall", "--ignore-installed", "-I", "--reinstall-package"))
    return "reinstall";
  return args.has("-U", "-P", "--upgrade-package") ? "upgrade" : undefined;
}

function fileReads(call: Call, args: Arguments, asked: Asked): readonly Effect[] {
  const files = ["-r", "-c"]
    .flatMap((name) => args.options.get(name) ?? [])
    .flatMap((word) => call.path(word) ?? []);
  const archives = asked.packages.flatMap((request) => request.path ?? []);
  return [...readTargets(call, exact(...files)), ...readTargets(call, tree(...archives))];
}

function cacheEffects(call: Call, args: Arguments, { uv }: Flavour): readonly Effect[] {
  const flags = args.has("--no-cache", "--no-cache-dir", "-n");
  // pip takes any value of the variable, also "off", for a yes (pip's cmdoptions.py, _handle_no_cache_dir).
  if (flags || (uv ? isOn(variable(call, "UV_NO_CACHE")) : isSet(call, "PIP_NO_CACHE_DIR"))) return [];
  const place = cachePlace(call, args, uv);
  return place === undefined ? [] : [cache(call, tree(place), uv ? "the uv cache" : "the pip cache")];
}

function cachePlace(call: Call, args: Arguments, uv: boolean): string | undefined {
  const given = args.value("--cache-dir");
  if (given !== undefined) return call.path(given);
  const cacheHome = placeOf(call, ["XDG_CACHE_HOME"], atHome(call, ".cache"));
  return placeOf(call, [uv ? "UV_CACHE_DIR" : "PIP_CACHE_DIR"], joinPath(cacheHome, uv ? "uv" : "pip"));
}

function uninstallEffects(call: Call, args: Arguments, prefix: string): readonly Effect[] {
  const asked = askedFor(call, args, false);
  return [
    uninstall(call, {
      manager: "pip",
      environment: prefix,
      packages: asked.packages,
      targets: environmentTargets(prefix),
    }),
  ];
}

function downloadEffects(call: Call, args: Arguments, subcommand: string): readonly Effect[] {
  const word = args.value(subcommand === "wheel" ? "-w" : "-d");
  const folder = word === undefined ? call.command.cwd : call.path(word);
  if (folder === undefined) return [];
  const asked: readonly PackageRequest[] = askedFor(call, args, false).packages;
  return [
    ...readTargets(call, tree(...asked.flatMap((request) => request.path ?? []))),
    writeEffect(
      call,
      subcommand === "wheel" ? "build" : "download",
      exact(joinPath(folder, "*.whl")),
      UNKNOWN_SIZE,
      { what: "wheels", keeps: true },
    ),
  ];
}

const pip: Program = (call) => pipCall(call, call.words, { uv: false });

export const pipPrograms: ProgramTable = { pip, pip2: pip, pip3: pip };
