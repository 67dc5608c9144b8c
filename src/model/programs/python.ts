// Python itself: modules run with -m, inline scripts, scripts on disk; and installers of projects.
import type { Word } from "../../shell/command.ts";
import { knownValue, render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, LARGE } from "../effect.ts";
import { atHome, cache, exact, install, some, tree } from "../packages.ts";
import { joinPath } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets, removal } from "./effects.ts";
import { pipCall } from "./pip.ts";
import { environmentTargets, environmentTree, pythonPrefix } from "./python-environment.ts";
import { wordRequests } from "./python-requests.ts";
import { pythonSize } from "./python-size.ts";
import { lockedPackages, madeEnvironment } from "./uv.ts";

const python: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-c", "-m", "-W", "-X"], stopAtOperand: true });
  if (call.words.length === 1 && (args.has("-V") || args.has("--version") || args.has("-h"))) return [];
  const at = call.words.findIndex((word) => word.text === "-m");
  const operandAt = call.words.findIndex((word) => !word.text.startsWith("-"));
  if (at < 0 || (operandAt >= 0 && operandAt < at)) return undefined;
  const module = call.words[at + 1];
  const rest = call.words.slice(at + 2);
  switch (module === undefined ? undefined : knownValue(module)) {
    case "pip":
      return pipCall(call, rest, { uv: false });
    case "uv":
      return call.translate([{ ...module!, pieces: [{ kind: "text", text: "uv", quoted: false }] }, ...rest]);
    case "venv":
    case "virtualenv":
      return venvEffects(call, rest);
    case "ensurepip":
      return [
        install(call, {
          manager: "pip",
          environment: pythonPrefix(call),
          packages: [{ name: "pip", via: "name" }],
          complete: true,
          targets: environmentTargets(pythonPrefix(call)),
        }),
      ];
    case "compileall":
    case "site":
    case "json.tool":
    case "http.server":
      return [];
    default: {
      // `python -m tool` is what `tool` does, where that is known.
      return module === undefined ? undefined : call.translate([module, ...rest]);
    }
  }
};

function venvEffects(call: Call, words: readonly Word[]): readonly Effect[] | undefined {
  const args = readArguments(words, { valued: ["--prompt", "-p", "--python", "--seeder", "--app-data"] });
  const made = args.operands.flatMap((word) => call.path(word) ?? []);
  return made.length === 0 ? undefined : made.map((prefix) => madeEnvironment(call, prefix));
}

const virtualenv: Program = (call) => venvEffects(call, call.words);

const poetry: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-C", "--directory", "--with", "--without", "--only", "--extras", "-E", "-G", "--group"],
  });
  const [subcommand, ...operands] = args.operands;
  const place = atHome(call, ".cache/pypoetry");
  const cwd = args.value("-C", "--directory");
  const project = cwd === undefined ? call.command.cwd : call.path(cwd);
  switch (subcommand?.text) {
    case "install":
    case "sync":
    case "add":
    case "update": {
      if (project === undefined) return undefined;
      const environment = poetryPrefix(call, project);
      const locked = lockedPackages(call, project);
      const packages = [
        ...(locked ?? []),
        ...(subcommand.text === "add" ? wordRequests(call, operands) : []),
      ];
      return [
        ...readTargets(call, exact(joinPath(project, "pyproject.toml"), joinPath(project, "poetry.lock"))),
        install(call, {
          manager: "pip",
          environment,
          packages,
          complete: locked !== undefined,
          targets: environmentTargets(environment),
          size: packages.length === 0 ? LARGE : pythonSize(call.situation.knowledge, packages),
        }),
        cache(call, tree(place), "the poetry cache"),
      ];
    }
    case "cache":
      return operands[0]?.text === "clear"
        ? [removal(call, args.has("--all") ? tree(place) : some(place), "the poetry cache")]
        : [];
    case "config":
    case "lock":
    case "export":
    case "check":
    case "show":
    case "version":
    case "env":
    case "self":
    case "--version":
      return [];
    case "build":
      return [...readTargets(call, project === undefined ? [] : tree(project)), opaque(call)];
    case "run":
      return project === undefined
        ? undefined
        : call.translate(wordsBehind(call, "run"), poetryPrefix(call, project));
    default:
      return undefined;
  }
};

/** What follows a subcommand, options included. */
function wordsBehind(call: Call, subcommand: string): readonly Word[] {
  return call.words.slice(call.words.findIndex((word) => word.text === subcommand) + 1);
}

/** Poetry makes an environment of its own in a cache unless told not to. */
function poetryPrefix(call: Call, project: string): string {
  const setting = (name: string): string => {
    const pieces = call.command.lookup(name);
    return pieces?.length === 1 && pieces[0]!.kind === "text" ? pieces[0]!.text.toLowerCase() : "";
  };
  if (/^(0|false)$/.test(setting("POETRY_VIRTUALENVS_CREATE"))) return pythonPrefix(call);
  if (/^(1|true)$/.test(setting("POETRY_VIRTUALENVS_IN_PROJECT"))) return joinPath(project, ".venv");
  const prefix = pythonPrefix(call);
  return prefix === call.situation.base.pythonPrefix ? prefix : prefix;
}

const pdm: Program = (call) => {
  const [subcommand] = call.words;
  if (subcommand?.text === "run" && call.command.cwd !== undefined) {
    return call.translate(call.words.slice(1), joinPath(call.command.cwd, ".venv"));
  }
  if (
    subcommand === undefined ||
    !/^(install|sync|add|update)$/.test(render(subcommand)) ||
    call.command.cwd === undefined
  ) {
    return /^(config|lock|cache|use|info|list|export)$/.test(subcommand?.text ?? "") ? [] : undefined;
  }
  const environment = joinPath(call.command.cwd, ".venv");
  const locked = lockedPackages(call, call.command.cwd);
  return [
    install(call, {
      manager: "pip",
      environment,
      packages: locked ?? [],
      complete: locked !== undefined,
      targets: environmentTree(environment),
      size: LARGE,
    }),
    cache(call, tree(atHome(call, ".cache/pdm")), "the pdm cache"),
  ];
};

const pipenv: Program = (call) => {
  const args = readArguments(call.words, {});
  if (args.operands[0]?.text === "run") return call.translate(wordsBehind(call, "run"));
  if (!/^(install|sync|update)$/.test(args.operands[0]?.text ?? "")) return undefined;
  const environment = args.has("--system") ? pythonPrefix(call) : atHome(call, ".local/share/virtualenvs");
  const targets = args.has("--system") ? environmentTargets(environment) : environmentTree(environment);
  return [
    install(call, {
      manager: "pip",
      environment,
      packages: wordRequests(call, args.operands.slice(1)),
      complete: false,
      targets,
    }),
    cache(call, tree(atHome(call, ".cache/pipenv")), "the pipenv cache"),
  ];
};

/** Installs what the lock file of some other tool lists, always into the Python that runs it. */
const micropipenv: Program = (call) => {
  const [verb] = readArguments(call.words, {}).operands;
  if (verb?.text === "requirements" || verb?.text === "requirements-freeze") return [];
  if (verb !== undefined && verb.text !== "install") return undefined;
  const environment = pythonPrefix(call);
  return [
    install(call, {
      manager: "pip",
      environment,
      packages: [],
      complete: false,
      targets: environmentTargets(environment),
    }),
    cache(call, tree(atHome(call, ".cache/pip")), "the pip cache"),
  ];
};

const pipx: Program = (call) => {
  const args = readArguments(call.words, { valued: ["--python", "--pip-args", "--suffix"] });
  if (args.operands[0]?.text !== "install") return args.operands[0]?.text === "ensurepath" ? [] : undefined;
  const environment = atHome(call, ".local/pipx");
  return [
    install(call, {
      manager: "pip",
      environment,
      packages: wordRequests(call, args.operands.slice(1)),
      complete: true,
      targets: environmentTree(environment),
    }),
    cache(call, tree(atHome(call, ".cache/pip")), "the pip cache"),
  ];
};

/** Interpreters of any version: python3.12, pypy3. */
export const PYTHON_NAME = /^(python|pypy)(\d+(\.\d+)*)?$/;

export const pythonPrograms: ProgramTable = {
  python,
  virtualenv,
  poetry,
  pdm,
  pipenv,
  micropipenv,
  pipx,
};
