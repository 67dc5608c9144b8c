// zypper, pacman, swupd, emerge and xbps: packages of less common systems.
import type { Word } from "../../shell/command.ts";
import { hasGlob, render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, LARGE, type Manager, type PackageRequest, UNKNOWN_SIZE } from "../effect.ts";
import { systemPackageFolders, systemPackagesSize } from "../knowledge/system-packages.ts";
import {
  below,
  cache,
  cut,
  exact,
  fileName,
  install,
  named,
  requests,
  settled,
  some,
  tree,
  uninstall,
  upgrade,
  write,
} from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { readTargets, removal, writeEffect } from "./effects.ts";

function adding(
  call: Call,
  manager: Manager,
  words: readonly Word[],
  root = "/",
  force?: "upgrade",
): Effect[] {
  const { packages, complete } = requests(call, words, plainRequest(call));
  const files = packages.flatMap(({ via, path }) => (via === "archive" && path !== undefined ? [path] : []));
  const targets = [...some(below(root, "usr")), ...some(...systemPackageFolders(packages))];
  return [
    ...readTargets(call, exact(...files)),
    install(call, {
      manager,
      environment: root,
      packages,
      complete: complete && words.length > 0,
      targets,
      size: systemPackagesSize(packages, complete),
      force,
    }),
  ];
}

function deleting(
  call: Call,
  manager: Manager,
  words: readonly Word[],
  root = "/",
  unneeded = false,
): Effect[] {
  const { packages } = requests(call, words, plainRequest(call));
  if (packages.length === 0 && !unneeded) return [];
  const targets = some(below(root, "usr"));
  return [uninstall(call, { manager, environment: root, packages, unneeded, targets })];
}

/** Reads `name`, `name=1.2`, `category/name`, `name>=1.2`, paths and URLs of package files. */
function plainRequest(call: Call): (text: string, word: Word) => PackageRequest | undefined {
  return (text, word) => {
    if (/^[a-z]+:\/\//.test(text)) return { name: undefined, via: "url" };
    if (/^\.{0,2}\//.test(text) || /\.(rpm|pkg\.tar\.\w+|xbps)$/.test(text)) {
      const path = call.path(word.pieces.length === 0 ? text : word);
      const name = hasGlob(word)
        ? undefined
        : settled(fileName(text).replace(/\.(rpm|pkg\.tar\.\w+|xbps)$|-\d.*$/g, ""));
      return { name, via: "archive", ...(path === undefined ? {} : { path }) };
    }
    if (hasGlob(word)) return { name: undefined, via: "name" };
    const [name, tail] = cut(text, /[=<>~]/);
    return named(name, tail.startsWith("=") ? tail.slice(1) : undefined, tail);
  };
}

const zypper: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-R",
      "--root",
      "--installroot",
      "-D",
      "--reposd-dir",
      "-C",
      "--cache-dir",
      "-c",
      "--config",
      "-t",
      "--type",
      "-r",
      "--repo",
      "--from",
      "-p",
      "--plus-repo",
      "--releasever",
    ],
  });
  const [command, ...words] = args.operands;
  if (command === undefined) return args.options.size > 0 ? [] : undefined;
  const root = args.has("-R", "--root", "--installroot")
    ? call.path(args.value("-R", "--root", "--installroot") ?? "/")
    : "/";
  if (root === undefined) return undefined;
  const kept = [below(root, "var/cache/zypp/*")];
  const metadata = cache(call, tree(...kept), "the zypper cache");
  switch (render(command)) {
    case "install":
    case "in":
    case "source-install":
    case "si":
      return [...adding(call, "rpm", words, root), metadata];
    case "update":
    case "up":
    case "dist-upgrade":
    case "dup":
    case "patch":
      return [
        words.length === 0 ? upgrade(call, "rpm", root) : adding(call, "rpm", words, root, "upgrade"),
        metadata,
      ].flat();
    case "remove":
    case "rm":
      return deleting(call, "rpm", words, root, args.has("-u", "--clean-deps"));
    case "refresh":
    case "ref":
      return [metadata];
    case "clean":
    case "cc":
      // Without options it is about archives, which zypper does not keep (zypper(8)).
      return args.has("-a", "--all", "-m", "--metadata", "-M", "--raw-metadata")
        ? [removal(call, tree(...kept), "the zypper cache")]
        : [];
    default:
      return /^(addrepo|ar|removerepo|rr|modifyrepo|mr|renamerepo|nr|repos|lr|addservice|as|search|se|info|if|packages|pa|patterns|pt|list-\w+|lu|lp|addlock|al|locks|ll|verify|ve|licenses|targetos|tos|version-cmp|vcmp|help)$/.test(
        render(command),
      )
        ? []
        : undefined;
  }
};

const pacman: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-b",
      "--dbpath",
      "--root",
      "--sysroot",
      "--cachedir",
      "--config",
      "--ignore",
      "--overwrite",
      "--arch",
      "--gpgdir",
    ],
    aliases: {
      "--sync": "-S",
      "--refresh": "-y",
      "--sysupgrade": "-u",
      "--clean": "-c",
      "--remove": "-R",
      "--recursive": "-s",
      "--upgrade": "-U",
      "--query": "-Q",
      "--downloadonly": "-w",
    },
  });
  const root = args.has("--root", "--sysroot") ? call.path(args.value("--root", "--sysroot") ?? "/") : "/";
  if (root === undefined) return undefined;
  const archives = tree(below(root, "var/cache/pacman/pkg/*"));
  const words = args.operands;
  if (args.has("-S")) {
    if (args.has("-c")) {
      // Said once, it spares the archives of what is installed (pacman(8)).
      const twice =
        call.words
          .map(render)
          .join(" ")
          .match(/(?<=(^|\s)-\w*)c|--clean\b/g)?.length !== 1;
      return [
        removal(call, twice ? archives : some(below(root, "var/cache/pacman/pkg")), "the pacman cache"),
      ];
    }
    const out: Effect[] = [];
    if (args.has("-y")) {
      const lists = tree(below(root, "var/lib/pacman/sync/*"));
      out.push(
        writeEffect(call, "database", lists, UNKNOWN_SIZE, { what: "the package lists", keeps: true }),
      );
    }
    if (args.has("-u")) out.push(upgrade(call, "pacman", root));
    if (words.length > 0 && !args.has("-w")) out.push(...adding(call, "pacman", words, root));
    if (args.has("-u", "-w") || words.length > 0) out.push(cache(call, archives, "the pacman cache"));
    return out;
  }
  if (args.has("-U")) return adding(call, "pacman", words, root, "upgrade");
  if (args.has("-R")) return deleting(call, "pacman", words, root, args.has("-s"));
  return args.has("-Q", "-T", "-F", "-D", "-V", "--version", "-h") ? [] : undefined;
};

const swupd: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-p",
      "--path",
      "-u",
      "--url",
      "-F",
      "--format",
      "-S",
      "--statedir",
      "-m",
      "--manifest",
      "-V",
      "--version",
    ],
  });
  const [command, ...words] = args.operands;
  const root = args.has("-p", "--path") ? call.path(args.value("-p", "--path") ?? "/") : "/";
  const state = args.has("-S", "--statedir")
    ? call.path(args.value("-S", "--statedir") ?? "")
    : root && below(root, "var/lib/swupd");
  if (command === undefined || root === undefined || state === undefined) return undefined;
  const downloads = cache(call, tree(state), "swupd's downloads");
  switch (render(command)) {
    case "update":
    case "repair":
    case "verify":
      return [upgrade(call, "other", root), downloads];
    case "bundle-add":
    case "3rd-party":
    case "os-install":
      return [...adding(call, "other", words, root), downloads];
    case "bundle-remove":
      return deleting(call, "other", words, root);
    case "clean":
      return [removal(call, tree(state), "swupd's downloads")];
    default:
      return /^(autoupdate|bundle-list|bundle-info|check-update|diagnose|hashdump|info|mirror|search|search-file)$/.test(
        render(command),
      )
        ? []
        : undefined;
  }
};

const emerge: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-j", "--jobs", "--root", "--config-root", "--with-bdeps", "--load-average"],
    aliases: {
      "--unmerge": "-C",
      "--depclean": "-c",
      "--update": "-u",
      "--sync": "--sync",
      "--pretend": "-p",
      "--search": "-s",
    },
  });
  if (args.has("-p", "-s", "--info", "--version", "--list-sets")) return [];
  if (args.has("--root", "--config-root")) return undefined;
  if (args.has("--sync") || call.name === "emerge-webrsync") {
    return [write(call, "database", tree("/var/db/repos/gentoo"), "the Gentoo repository", LARGE)];
  }
  if (args.has("-C", "-c")) return deleting(call, "other", args.operands, "/", args.has("-c"));
  const sources = cache(call, tree("/var/cache/distfiles/*"), "the source archives");
  if (args.operands.some((word) => /^@?world$/.test(render(word))))
    return [upgrade(call, "other", "/"), sources];
  return [...adding(call, "other", args.operands), sources];
};

const xbpsInstall: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-r", "--rootdir", "-R", "--repository", "-C", "-c"] });
  const root = args.has("-r", "--rootdir") ? call.path(args.value("-r", "--rootdir") ?? "/") : "/";
  if (root === undefined) return undefined;
  const kept = cache(call, tree(below(root, "var/cache/xbps/*")), "the xbps cache");
  if (args.operands.length === 0)
    return args.has("-u", "--update") ? [upgrade(call, "other", root), kept] : [];
  return [...adding(call, "other", args.operands, root), kept];
};

const xbpsRemove: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-r", "--rootdir"] });
  const root = args.has("-r", "--rootdir") ? call.path(args.value("-r", "--rootdir") ?? "/") : "/";
  if (root === undefined) return undefined;
  const gone = deleting(call, "other", args.operands, root, args.has("-o", "--remove-orphans"));
  if (!args.has("-O", "--clean-cache")) return gone;
  return [...gone, removal(call, tree(below(root, "var/cache/xbps/*")), "the xbps cache")];
};

export const otherSystemPrograms: ProgramTable = {
  zypper,
  pacman,
  yay: pacman,
  paru: pacman,
  swupd,
  emerge,
  "emerge-webrsync": emerge,
  "xbps-install": xbpsInstall,
  "xbps-remove": xbpsRemove,
  "pacman-key": () => [],
  "pacman-mirrors": () => [],
};
