// dnf, yum, microdnf, tdnf and rpm: packages of Fedora, Red Hat and their kin, and the metadata they keep.
import type { Word } from "../../shell/command.ts";
import { HOLE_START, hasGlob, render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import type { Effect, PackageRequest } from "../effect.ts";
import { systemPackageFolders, systemPackagesSize } from "../knowledge/system-packages.ts";
import {
  below,
  cache,
  exact,
  fileName,
  install,
  named,
  type Requests,
  reads,
  removal,
  requests,
  settled,
  some,
  tree,
  uninstall,
  upgrade,
  write,
} from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";

const DNF_OPTIONS = {
  valued: [
    "--enablerepo",
    "--disablerepo",
    "--repo",
    "--repoid",
    "--repofrompath",
    "--setopt",
    "-x",
    "--exclude",
    "--installroot",
    "--releasever",
    "-c",
    "--config",
    "--forcearch",
    "--downloaddir",
    "--destdir",
    "-d",
    "--debuglevel",
    "-e",
    "--errorlevel",
    "-R",
    "--randomwait",
    "--comment",
    "--disableplugin",
    "--enableplugin",
    "--color",
    "--advisory",
  ],
};

/** Where each program keeps the metadata: yum is dnf on newer systems, and microdnf has changed its folder. */
const CACHES: Readonly<Record<string, readonly string[]>> = {
  dnf: ["var/cache/dnf/*", "var/cache/libdnf5/*"],
  dnf5: ["var/cache/libdnf5/*"],
  yum: ["var/cache/yum/*", "var/cache/dnf/*"],
  microdnf: ["var/cache/yum/*", "var/cache/dnf/*"],
  tdnf: ["var/cache/tdnf/*"],
};

const dnf: Program = (call) => {
  const args = readArguments(call.words, DNF_OPTIONS);
  const [command, ...rest] = args.operands;
  if (command === undefined) return args.options.size > 0 || call.words.length === 0 ? [] : undefined;
  const root = args.has("--installroot") ? call.path(args.value("--installroot") ?? "/") : "/";
  const written = settled(render(command));
  if (root === undefined || written === undefined) return undefined;
  if (args.has("--assumeno")) return [];
  // `dnf group install x` is `dnf groupinstall x`.
  const grouped = /^(group|groups|module|copr|swap)$/.test(written) ? written : "";
  const inner = grouped === "" || grouped === "swap" ? undefined : rest[0];
  const verb = inner === undefined ? written : `${grouped} ${render(inner)}`;
  const words = inner === undefined ? rest : rest.slice(1);
  const kept = [metadata(call, root)];
  if (args.has("--downloadonly")) return [...downloaded(call, args), ...kept];
  switch (verb) {
    case "install":
    case "in":
    case "localinstall":
    case "install-n":
    case "install-na":
    case "install-nevra":
      return [...installing(call, words, root), ...kept];
    case "reinstall":
      return [...installing(call, words, root, "reinstall"), ...kept];
    case "downgrade":
      return [...installing(call, words, root, "reinstall"), ...kept];
    case "groupinstall":
    case "group install":
    case "groups install":
    case "module install":
    case "module switch-to": {
      const group = { packages: [{ name: undefined, via: "name" } as const], complete: false };
      return [...packagesIn(call, group, root), ...kept];
    }
    case "builddep":
    case "build-dep": {
      const needs = { packages: [{ name: undefined, via: "dependency" } as const], complete: false };
      return [...packagesIn(call, needs, root), ...kept];
    }
    case "update":
    case "upgrade":
    case "up":
    case "update-minimal":
    case "upgrade-minimal":
    case "update-to":
    case "upgrade-to":
    case "distro-sync":
    case "distribution-synchronization":
    case "dsync":
    case "system-upgrade":
      return [
        ...(words.length === 0 ? [upgrade(call, "rpm", root)] : installing(call, words, root, "upgrade")),
        ...kept,
      ];
    case "swap":
      return [
        ...removing(call, words.slice(0, 1), root, false),
        ...installing(call, words.slice(1), root),
        ...kept,
      ];
    case "remove":
    case "erase":
    case "rm":
    case "autoremove":
    case "groupremove":
    case "group remove":
      return removing(call, words, root, verb === "autoremove");
    case "clean":
      return [cleaning(call, root)];
    case "makecache":
    case "check-update":
    case "makecache-fast":
      return kept;
    case "download":
    case "reposync":
      return [...downloaded(call, args), ...kept];
    default:
      return isQuiet(verb) ? [] : undefined;
  }
};

/** Verbs that print, or change small files below /etc. */
function isQuiet(verb: string): boolean {
  return /^(list|info|search|provides|whatprovides|repolist|repoinfo|repoquery|history|check|deplist|updateinfo|config-manager|copr .*|module (enable|disable|reset|list|info)|versionlock|mark|group (list|info|mark.*)|grouplist|groupinfo|help|leaves|alias|changelog|needs-restarting|repository-packages|plugin|version)$/.test(
    verb,
  );
}

function caches(call: Call, root: string): string[] {
  return (CACHES[call.name] ?? CACHES.dnf ?? []).map((path) => below(root, path));
}

function metadata(call: Call, root: string): Effect {
  return cache(call, tree(...caches(call, root)), `the ${call.name} cache`);
}

function cleaning(call: Call, root: string): Effect {
  return removal(call, tree(...caches(call, root)), `the ${call.name} cache`);
}

function downloaded(call: Call, args: Arguments): Effect[] {
  const folder = call.path(args.value("--downloaddir", "--destdir") ?? ".");
  return folder === undefined ? [] : [write(call, "download", tree(below(folder, "*.rpm")), "packages")];
}

function installing(
  call: Call,
  words: readonly Word[],
  root: string,
  force?: "reinstall" | "upgrade",
): Effect[] {
  const { packages, complete } = requests(call, words, rpmRequest(call));
  return packagesIn(call, { packages, complete: complete && words.length > 0 }, root, force);
}

function packagesIn(call: Call, asked: Requests, root: string, force?: "reinstall" | "upgrade"): Effect[] {
  const { packages, complete } = asked;
  const files = packages.flatMap(({ via, path }) => (via === "archive" && path !== undefined ? [path] : []));
  const folders = systemPackageFolders(packages).map((path) => below(root, path.slice(1)));
  const targets = [...some(below(root, "usr")), ...some(...folders)];
  const size = systemPackagesSize(packages, complete);
  return [
    ...reads(call, exact(...files)),
    install(call, { manager: "rpm", environment: root, packages, complete, targets, size, force }),
  ];
}

function removing(call: Call, words: readonly Word[], root: string, unneeded: boolean): Effect[] {
  const { packages } = requests(call, words, rpmRequest(call));
  if (packages.length === 0 && !unneeded) return [];
  const targets = some(below(root, "usr"));
  return [uninstall(call, { manager: "rpm", environment: root, packages, unneeded, targets })];
}

const ARCHITECTURE = /\.(x86_64|i[3-6]86|noarch|aarch64|armv7hl|ppc64le|s390x)$/;

/** Reads `name`, `name.arch`, `name-1.2-3.el9`, `@group`, paths and URLs of .rpm files. */
function rpmRequest(call: Call): (text: string, word: Word) => PackageRequest | undefined {
  return (text, word) => {
    if (/^[a-z]+:\/\//.test(text)) return { ...nevra(fileName(text), word), via: "url" };
    if (/^\.{0,2}\//.test(text) || text.endsWith(".rpm")) {
      // A path that is no .rpm file asks for whatever package has it.
      if (!text.endsWith(".rpm") && !hasGlob(word) && !text.includes(HOLE_START)) {
        return { name: settled(text), via: "name" };
      }
      const path = call.path(word.pieces.length === 0 ? text : word);
      return { ...nevra(fileName(text), word), via: "archive", ...(path === undefined ? {} : { path }) };
    }
    return { ...nevra(text, word), via: "name" };
  };
}

/** Only name, version and release together can be told from a name with dashes: `dotnet-sdk-8.0` is all name. */
function nevra(text: string, word: Word): Pick<PackageRequest, "name" | "version" | "specifier"> {
  const plain = text.replace(/\.rpm$/, "").replace(ARCHITECTURE, "");
  if (hasGlob(word) || /^@|[*?]/.test(text)) return { name: undefined };
  const known = settled(plain);
  if (known === undefined) return { name: undefined, specifier: plain };
  const match = /^(.+)-((?:\d+:)?\d[\w.~^+]*-\d[\w.~^+]*)$/.exec(known);
  const { name, version } = named(match?.[1] ?? known, match?.[2]);
  return { name, ...(version === undefined ? {} : { version, specifier: `-${version}` }) };
}

const rpm: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "--root",
      "-r",
      "--dbpath",
      "--prefix",
      "-D",
      "--define",
      "-E",
      "--eval",
      "--queryformat",
      "--qf",
      "--excludepath",
    ],
    aliases: {
      "--install": "-i",
      "--upgrade": "-U",
      "--freshen": "-F",
      "--erase": "-e",
      "--query": "-q",
      "--verify": "-V",
      "--test": "--dry-run",
    },
  });
  if (
    args.has(
      "-q",
      "-V",
      "--import",
      "--dry-run",
      "-K",
      "--checksig",
      "--version",
      "--showrc",
      "-E",
      "--initdb",
      "--rebuilddb",
    )
  ) {
    return [];
  }
  const root = args.has("--root") ? call.path(args.value("--root") ?? "/") : "/";
  if (root === undefined) return undefined;
  if (args.has("--reinstall")) return installing(call, args.operands, root, "reinstall");
  if (args.has("-i", "-U", "-F")) {
    const force = args.has("--force", "--replacepkgs")
      ? "reinstall"
      : args.has("-U", "-F")
        ? "upgrade"
        : undefined;
    return args.operands.length === 0 ? undefined : installing(call, args.operands, root, force);
  }
  if (args.has("-e")) return removing(call, args.operands, root, false);
  return undefined;
};

/** Amazon Linux 2: a topic's packages, through yum. */
const amazonExtras: Program = (call) => {
  const { operands } = readArguments(call.words);
  const [verb, ...topics] = operands;
  if (verb === undefined || render(verb) !== "install") return [];
  const yum = { ...call, name: "yum" };
  return [...installing(yum, topics, "/"), metadata(yum, "/")];
};

/** `rpm2cpio x.rpm` only prints; the cpio behind the pipe is another command. */
const prints: Program = () => [];

export const rpmPrograms: ProgramTable = {
  dnf,
  dnf5: dnf,
  "dnf-3": dnf,
  yum: dnf,
  microdnf: dnf,
  tdnf: dnf,
  rpm,
  "amazon-linux-extras": amazonExtras,
  rpm2cpio: prints,
  rpmdb: prints,
  "yum-config-manager": prints,
  "subscription-manager": prints,
  "yum-builddep": (call) => {
    const needs = { packages: [{ name: undefined, via: "dependency" } as const], complete: false };
    return [...packagesIn(call, needs, "/"), metadata({ ...call, name: "yum" }, "/")];
  },
};
