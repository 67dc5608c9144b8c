// apt, apt-get and aptitude: what they do to the packages, lists and archives of Debian and its kin.
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import type { Effect, Size } from "../effect.ts";
import { below, cache, requests, settled, some, tree, upgrade, write } from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { debPackages, debRequest, removeDebs } from "./dpkg.ts";
import { removal, writeEffect } from "./effects.ts";

const LISTS = "/var/lib/apt/lists/*";
const ARCHIVES = "/var/cache/apt/archives/*.deb";

/**
 * Bytes of /var/lib/apt/lists after one update of the official sources, measured: Debian 12 has 19 MB (lz4), Ubuntu
 * 22.04 and 24.04 have about 45 MB with universe.
 */
const LISTS_SIZE = { debian: 20_000_000, ubuntu: 45_000_000 };

const APT_OPTIONS = {
  valued: [
    "-o",
    "--option",
    "-c",
    "--config-file",
    "-t",
    "--target-release",
    "--default-release",
    "-a",
    "--host-architecture",
    "-P",
    "--build-profiles",
    "-F",
    "--display-format",
    "-w",
    "--width",
  ],
};

const apt: Program = (call) => {
  const args = readArguments(call.words, APT_OPTIONS);
  const [command, ...operands] = args.operands;
  if (command === undefined) return call.words.length === 0 || isQuestion(args) ? [] : undefined;
  const verb = settled(render(command));
  if (verb === undefined || movesRoot(args)) return undefined;
  if (args.has("-s", "--simulate", "--dry-run", "--just-print", "--recon", "--no-act", "--print-uris"))
    return [];
  switch (verb) {
    case "update":
      return [lists(call)];
    case "install":
    case "reinstall":
      return installing(call, args, operands, verb === "reinstall" || args.has("--reinstall"));
    case "satisfy":
      return installing(call, args, [], false);
    case "upgrade":
    case "dist-upgrade":
    case "full-upgrade":
    case "safe-upgrade":
    case "dselect-upgrade":
      if (args.has("-d", "--download-only")) return [archives(call)];
      return [
        upgrade(call, "apt", "/"),
        ...(operands.length === 0 ? [] : installing(call, args, operands, false)),
        ...leftArchives(call, operands.length > 0),
      ];
    case "remove":
    case "purge":
    case "autoremove":
    case "autopurge":
    case "auto-remove":
      return removeDebs(call, operands, verb.startsWith("auto") || args.has("--auto-remove", "--autoremove"));
    case "clean":
      return [removal(call, tree(ARCHIVES), "the apt archives")];
    case "dist-clean":
    case "distclean":
      return [
        removal(call, tree(ARCHIVES), "the apt archives"),
        removal(call, tree(LISTS), "the apt package lists"),
      ];
    case "autoclean":
    case "auto-clean":
      // Only archives that can no longer be downloaded go.
      return [];
    case "build-dep":
      return [
        ...debPackages(call, { packages: [{ name: undefined, via: "dependency" }], complete: false }),
        ...leftArchives(call, false),
      ];
    case "source": {
      const cwd = call.path(".");
      return cwd === undefined ? undefined : [write(call, "download", some(cwd), "the source packages")];
    }
    case "download": {
      const cwd = call.path(".");
      return cwd === undefined ? undefined : [write(call, "download", tree(below(cwd, "*.deb")), "packages")];
    }
    default:
      return QUESTIONS.has(verb) ? [] : undefined;
  }
};

/** Verbs that only print, mark, or check. */
const QUESTIONS = new Set(
  "check changelog indextargets list show search policy showsrc depends rdepends edit-sources help moo markauto unmarkauto hold unhold why why-not versions forbid-version keep keep-all madison pkgnames modernize-sources".split(
    " ",
  ),
);

function isQuestion(args: Arguments): boolean {
  return args.has("-v", "--version", "-h", "--help");
}

/** Options that lead to another root or to other folders than the usual ones. */
function movesRoot(args: Arguments): boolean {
  const values = [...(args.options.get("-o") ?? []), ...(args.options.get("--option") ?? [])];
  return values.some((word) => /^(?:RootDir|Dir|Dir::State|Dir::Cache)(?:::[\w:]+)?=/i.test(render(word)));
}

function lists(call: Call): Effect {
  const { family } = call.situation.base;
  const value = family === "ubuntu" ? LISTS_SIZE.ubuntu : LISTS_SIZE.debian;
  const size: Size = { kind: "bytes", value, source: "known" };
  // Lists that are still current are left alone.
  return writeEffect(call, "database", tree(LISTS), size, { what: "the apt package lists", keeps: true });
}

function archives(call: Call): Effect {
  return cache(call, tree(ARCHIVES), "the apt archives");
}

/** What stays in the archive after an installation. */
function leftArchives(call: Call, told: boolean): Effect[] {
  return told || call.situation.base.cleansApt ? [] : [archives(call)];
}

function installing(call: Call, args: Arguments, words: readonly Word[], again: boolean): Effect[] {
  if (args.has("-d", "--download-only")) return [archives(call)];
  const [kept, unwanted] = split(words);
  const asked = requests(call, kept, debRequest(call));
  const force = again ? "reinstall" : args.has("--only-upgrade") ? "upgrade" : undefined;
  // Without a name it mends what dpkg left half done.
  const complete = asked.complete && words.length > 0;
  return [
    ...debPackages(call, { ...asked, complete }, force),
    ...leftArchives(call, false),
    ...(unwanted.length === 0 ? [] : removeDebs(call, unwanted, false)),
  ];
}

/** `name-` asks apt to remove what it names. */
function split(words: readonly Word[]): [Word[], Word[]] {
  const unwanted = words.filter((word) => /^[a-z0-9][\w.+:-]*-$/.test(render(word)));
  return [words.filter((word) => !unwanted.includes(word)), unwanted];
}

/** Minideb's and Kubernetes' script around update, install and cleaning. */
const installPackages: Program = (call) => {
  const words = readArguments(call.words, APT_OPTIONS).operands;
  return words.length === 0 ? [] : debPackages(call, requests(call, words, debRequest(call)));
};

/** Small files below /etc change, if anything. */
const harmless: Program = () => [];

const addRepository: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-p", "--pocket", "-c", "--component", "-k", "--keyserver"],
  });
  // It updates the lists by itself from software-properties 0.96.24 on (Ubuntu 18.04).
  return args.has("-n", "--no-update", "-r", "--remove", "-l", "--list", "--help") ? [] : [lists(call)];
};

const unminimize: Program = (call) => [upgrade(call, "apt", "/")];

const aptFile: Program = (call) => {
  const [verb] = readArguments(call.words).operands;
  return verb !== undefined && render(verb) === "update" ? [lists(call)] : [];
};

export const aptPrograms: ProgramTable = {
  apt,
  "apt-get": apt,
  aptitude: apt,
  "apt-fast": apt,
  gdebi: installPackages,
  install_packages: installPackages,
  "clean-install": installPackages,
  "add-apt-repository": addRepository,
  "apt-add-repository": addRepository,
  "apt-file": aptFile,
  "xx-apt": apt,
  "xx-apt-get": apt,
  unminimize,
  "apt-cache": harmless,
  "apt-config": harmless,
  "apt-key": harmless,
  "apt-mark": harmless,
  "apt-listchanges": harmless,
  "debconf-show": harmless,
};
