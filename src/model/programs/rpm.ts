// rpm, and what it has in common with the programs above it.
import type { Word } from "../../shell/command.ts";
import { HOLE_START, hasGlob } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import type { Effect, PackageRequest } from "../effect.ts";
import { systemPackageFolders, systemPackagesSize } from "../knowledge/system-packages.ts";
import {
  below,
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
import { readTargets } from "./effects.ts";

/** Packages asked for by word. */
export function installRpms(
  call: Call,
  words: readonly Word[],
  root: string,
  force?: "reinstall" | "upgrade",
): Effect[] {
  const { packages, complete } = requests(call, words, rpmRequest(call));
  return rpmPackages(call, { packages, complete: complete && words.length > 0 }, root, force);
}

/** Packages put below a root. */
export function rpmPackages(
  call: Call,
  asked: Requests,
  root: string,
  force?: "reinstall" | "upgrade",
): Effect[] {
  const { packages, complete } = asked;
  const files = packages.flatMap(({ via, path }) => (via === "archive" && path !== undefined ? [path] : []));
  const folders = systemPackageFolders(packages).map((path) => below(root, path.slice(1)));
  const targets = [...some(below(root, "usr")), ...some(...folders)];
  const size = systemPackagesSize(packages, complete);
  return [
    ...readTargets(call, exact(...files)),
    install(call, { manager: "rpm", environment: root, packages, complete, targets, size, force }),
  ];
}

/** Packages taken out of a root. */
export function removeRpms(call: Call, words: readonly Word[], root: string, unneeded: boolean): Effect[] {
  const { packages } = requests(call, words, rpmRequest(call));
  if (packages.length === 0 && !unneeded) return [];
  const targets = some(below(root, "usr"));
  return [uninstall(call, { manager: "rpm", environment: root, packages, unneeded, targets })];
}

const ARCHITECTURE = /\.(x86_64|i[3-6]86|noarch|aarch64|armv7hl|ppc64le|s390x)$/;

/** Reads `name`, `name.arch`, `name-1.2-3.el9`, `@group`, paths and URLs of .rpm files. */
function rpmRequest(call: Call): (text: string, word: Word) => PackageRequest | undefined {
  return (text, word) => {
    if (/^[a-z]+:\/\//.test(text)) return { via: "url", ...nevra(fileName(text), word) };
    if (/^\.{0,2}\//.test(text) || text.endsWith(".rpm")) {
      // A path that is no .rpm file asks for whatever package has it.
      if (!text.endsWith(".rpm") && !hasGlob(word) && !text.includes(HOLE_START)) {
        return { name: settled(text), via: "name" };
      }
      const path = call.path(word.pieces.length === 0 ? text : word);
      return { via: "archive", path, ...nevra(fileName(text), word) };
    }
    return { via: "name", ...nevra(text, word) };
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
  if (args.has("--reinstall")) return installRpms(call, args.operands, root, "reinstall");
  if (args.has("-i", "-U", "-F")) {
    const force = args.has("--force", "--replacepkgs")
      ? "reinstall"
      : args.has("-U", "-F")
        ? "upgrade"
        : undefined;
    return args.operands.length === 0 ? undefined : installRpms(call, args.operands, root, force);
  }
  if (args.has("-e")) return removeRpms(call, args.operands, root, false);
  return undefined;
};

/** `rpm2cpio x.rpm` only prints; the cpio behind the pipe is another command. */
const prints: Program = () => [];

export const rpmPrograms: ProgramTable = { rpm, rpm2cpio: prints, rpmdb: prints };
