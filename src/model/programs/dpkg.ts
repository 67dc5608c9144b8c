// dpkg, and what it has in common with apt: package files, requests, effects.
import type { Word } from "../../shell/command.ts";
import { HOLE_START, hasGlob } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, type PackageRequest, UNKNOWN_SIZE } from "../effect.ts";
import { systemPackageFolders, systemPackagesSize } from "../knowledge/system-packages.ts";
import {
  cut,
  exact,
  fileName,
  install,
  named,
  type Requests,
  requests,
  settled,
  some,
  uninstall,
} from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets, writeEffect } from "./effects.ts";

/** Packages put into the system. */
export function debPackages(call: Call, asked: Requests, force?: "reinstall" | "upgrade"): Effect[] {
  const { packages, complete } = asked;
  const files = packages.flatMap(({ via, path }) => (via === "archive" && path !== undefined ? [path] : []));
  const targets = [...some("/usr"), ...some(...systemPackageFolders(packages))];
  const size = systemPackagesSize(packages, complete);
  return [
    ...readTargets(call, exact(...files)),
    install(call, { manager: "apt", environment: "/", packages, complete, targets, size, force }),
  ];
}

/** Packages taken out of the system; `unneeded`: those too that nothing needs any longer. */
export function removeDebs(call: Call, words: readonly Word[], unneeded: boolean): Effect[] {
  const { packages } = requests(call, words, (text) => {
    const request = named(cut(text, /[=/]/)[0].replace(/:\w+$/, "").replace(/-$/, ""));
    return text.startsWith("-") ? undefined : request;
  });
  if (packages.length === 0 && !unneeded) return [];
  return [uninstall(call, { manager: "apt", environment: "/", packages, unneeded, targets: some("/usr") })];
}

/** Reads `name`, `name=1.2`, `name/bookworm-backports`, `name:i386`, `./x.deb` and URLs of .deb files. */
export function debRequest(call: Call): (text: string, word: Word) => PackageRequest | undefined {
  return (text, word) => {
    if (/^[.~]?\.?\//.test(text) || /\.deb$/.test(text)) return debFile(call, text, word);
    const [name, tail] = cut(text, /[=/]/);
    const version = tail.startsWith("=") ? tail.slice(1) : undefined;
    const plain = name.replace(/:(?:any|native|all|amd64|arm64|armhf|armel|i386|ppc64el|s390x|riscv64)$/, "");
    // apt matches globs and regular expressions itself.
    if (hasGlob(word) || /[*?^$]/.test(text)) return { name: undefined, via: "name" };
    return named(plain, version, tail);
  };
}

/** A .deb file by path or URL; its name says the package, `name_version_arch.deb`. */
function debFile(call: Call, text: string, word: Word): PackageRequest {
  const [name, version] = fileName(text)
    .replace(/\.deb$/, "")
    .split("_");
  const known = name === undefined || hasGlob(word) || name.includes(HOLE_START) ? undefined : settled(name);
  const release = version === undefined ? undefined : settled(version);
  const about = { name: known, ...(release === undefined ? {} : { version: release }) };
  if (/^[a-z]+:\/\//.test(text)) return { ...about, via: "url" };
  const path = call.path(word.pieces.length === 0 ? text : word);
  return { ...about, via: "archive", ...(path === undefined ? {} : { path }) };
}

const dpkg: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "--root",
      "--instdir",
      "--admindir",
      "--log",
      "--status-fd",
      "--path-exclude",
      "--path-include",
      "-D",
    ],
    aliases: {
      "--install": "-i",
      "--remove": "-r",
      "--purge": "-P",
      "--recursive": "-R",
      "--extract": "-x",
      "--vextract": "-X",
    },
  });
  if (args.has("--root", "--instdir", "--admindir")) return undefined;
  if (args.has("--dry-run", "--no-act", "--simulate")) return [];
  const { operands } = args;
  if (args.has("-i", "--unpack")) {
    if (operands.length === 0) return undefined;
    const asked = requests(call, operands, (text, word) => debFile(call, text, word));
    // A folder given with -R, or a glob, holds what only the build knows.
    return debPackages(call, { ...asked, complete: asked.complete && !args.has("-R") });
  }
  if (args.has("-r", "-P")) return removeDebs(call, operands, false);
  if (args.has("-x", "-X")) return extracting(call, operands);
  return args.options.size > 0 ? [] : undefined;
};

const dpkgDeb: Program = (call) => {
  const args = readArguments(call.words, {
    aliases: { "--extract": "-x", "--vextract": "-X", "--raw-extract": "-R" },
  });
  if (args.has("-x", "-X", "-R")) return extracting(call, args.operands);
  if (args.has("-b", "--build")) return [opaque(call)];
  return [];
};

function extracting(call: Call, [file, folder]: readonly Word[]): Effect[] | undefined {
  const from = file === undefined ? undefined : call.path(file);
  const to = call.path(folder ?? ".");
  if (from === undefined || to === undefined) return undefined;
  const origin = { kind: "path", sources: exact(from) } as const;
  return [
    ...readTargets(call, exact(from)),
    writeEffect(call, "unpack", some(to), UNKNOWN_SIZE, { what: "a package's files", origin }),
  ];
}

/** They print, or change small files below /etc and /var/lib/dpkg. */
const harmless: Program = () => [];

export const dpkgPrograms: ProgramTable = {
  dpkg,
  "dpkg-deb": dpkgDeb,
  "dpkg-buildflags": harmless,
  "dpkg-divert": harmless,
  "dpkg-parsechangelog": harmless,
  "dpkg-scanpackages": harmless,
  "dpkg-query": harmless,
  "dpkg-statoverride": harmless,
};
