// dnf, yum, microdnf and tdnf: packages, their metadata caches, upgrades.
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import type { Effect } from "../effect.ts";
import { below, cache, settled, some, tree, upgrade, write } from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { removal } from "./effects.ts";
import { installRpms, removeRpms, rpmPackages } from "./rpm.ts";

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
      return [...installRpms(call, words, root), ...kept];
    case "reinstall":
      return [...installRpms(call, words, root, "reinstall"), ...kept];
    case "downgrade":
      return [...installRpms(call, words, root, "reinstall"), ...kept];
    case "groupinstall":
    case "group install":
    case "groups install":
    case "module install":
    case "module switch-to": {
      const group = { packages: [{ name: undefined, via: "name" } as const], complete: false };
      return [...rpmPackages(call, group, root), ...kept];
    }
    case "builddep":
    case "build-dep": {
      const needs = { packages: [{ name: undefined, via: "dependency" } as const], complete: false };
      return [...rpmPackages(call, needs, root), ...kept];
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
        ...(words.length === 0 ? [upgrade(call, "rpm", root)] : installRpms(call, words, root, "upgrade")),
        ...kept,
      ];
    case "swap":
      return [
        ...removeRpms(call, words.slice(0, 1), root, false),
        ...installRpms(call, words.slice(1), root),
        ...kept,
      ];
    case "remove":
    case "erase":
    case "rm":
    case "autoremove":
    case "groupremove":
    case "group remove":
      return removeRpms(call, words, root, verb === "autoremove");
    case "clean":
      return cleaning(call, words, root);
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

/** Packages are not kept, so the metadata, with which what is made of it goes, too, is all of the cache. */
function cleaning(call: Call, words: readonly Word[], root: string): Effect[] {
  const what = words.map(render);
  if (what.length > 0 && what.every((one) => one === "expire-cache")) return [];
  const whole = what.length === 0 || what.some((one) => /^(all|metadata)$/.test(one));
  const places = caches(call, root);
  return [removal(call, whole ? tree(...places) : some(...places), `the ${call.name} cache`)];
}

function downloaded(call: Call, args: Arguments): Effect[] {
  const folder = call.path(args.value("--downloaddir", "--destdir") ?? ".");
  return folder === undefined ? [] : [write(call, "download", tree(below(folder, "*.rpm")), "packages")];
}

/** Amazon Linux 2: a topic's packages, through yum. */
const amazonExtras: Program = (call) => {
  const { operands } = readArguments(call.words);
  const [verb, ...topics] = operands;
  if (verb === undefined || render(verb) !== "install") return [];
  const yum = { ...call, name: "yum" };
  return [...installRpms(yum, topics, "/"), metadata(yum, "/")];
};

export const dnfPrograms: ProgramTable = {
  dnf,
  dnf5: dnf,
  "dnf-3": dnf,
  yum: dnf,
  microdnf: dnf,
  tdnf: dnf,
  "amazon-linux-extras": amazonExtras,
  "yum-config-manager": () => [],
  "subscription-manager": () => [],
  "yum-builddep": (call) => {
    const needs = { packages: [{ name: undefined, via: "dependency" } as const], complete: false };
    return [...rpmPackages(call, needs, "/"), metadata({ ...call, name: "yum" }, "/")];
  },
};
