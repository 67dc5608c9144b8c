// apk: Alpine's packages, its groups (--virtual) and its index cache.
import type { Word } from "../../shell/command.ts";
import { hasGlob, render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import type { Effect, PackageRequest, Size } from "../effect.ts";
import { systemPackagesSize } from "../knowledge/system-packages.ts";
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
} from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { readTargets, removal } from "./effects.ts";

/** APKINDEX of main and community of Alpine 3.20: 0.5 and 2 MB. */
const INDEX_SIZE: Size = { kind: "bytes", value: 2_500_000, source: "known" };

const apk: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-X",
      "--repository",
      "-p",
      "--root",
      "-t",
      "--virtual",
      "--keys-dir",
      "--repositories-file",
      "--arch",
      "--cache-dir",
      "--cache-max-age",
      "--wait",
      "--progress-fd",
      "--timeout",
    ],
    aliases: {
      "--virtual": "-t",
      "--update-cache": "-U",
      "--update": "-U",
      "--root": "-p",
      "--upgrade": "-u",
      "--simulate": "-s",
    },
  });
  const [command, ...words] = args.operands;
  if (command === undefined)
    return args.has("--version", "-V", "--help", "-h", "--print-arch") ? [] : undefined;
  const verb = settled(render(command));
  const root = args.has("-p") ? call.path(args.value("-p") ?? "/") : "/";
  if (verb === undefined || root === undefined) return undefined;
  if (args.has("-s")) return [];
  const index = args.has("--no-cache") ? [] : [indexCache(call, root)];
  switch (verb) {
    case "update":
      return [indexCache(call, root)];
    case "add":
      return [...adding(call, words, args.options.get("-t") ?? [], root, args.has("-u")), ...index];
    case "fix":
      return [...adding(call, words, [], root, false), ...index];
    case "del":
      return words.length === 0 ? [] : [deleting(call, words, root)];
    case "upgrade":
      return [upgrade(call, "apk", root), ...index];
    case "fetch": {
      const cwd = call.path(".");
      return cwd === undefined ? undefined : [cache(call, tree(below(cwd, "*.apk")), "packages")];
    }
    case "cache": {
      const what = words[0] === undefined ? "" : render(words[0]);
      if (/^(clean|purge|sync)$/.test(what)) {
        return [removal(call, tree(below(root, "var/cache/apk/*")), "the apk cache")];
      }
      return what === "download" ? [indexCache(call, root)] : [];
    }
    default:
      return QUESTIONS.has(verb) ? [] : undefined;
  }
};

const QUESTIONS = new Set(
  "info list search query dot policy stats index verify audit version manifest adbdump convndx mkndx".split(
    " ",
  ),
);

function indexCache(call: Call, root: string): Effect {
  return cache(call, tree(below(root, "var/cache/apk/*")), "the apk package index", INDEX_SIZE);
}

function adding(
  call: Call,
  words: readonly Word[],
  groups: readonly Word[],
  root: string,
  newer: boolean,
): Effect[] {
  const { packages, complete } = requests(call, words, apkRequest(call));
  const files = packages.flatMap(({ via, path }) => (via === "archive" && path !== undefined ? [path] : []));
  // The group is a package of its own: deleting it takes its members along.
  const group = groups.map((word) => named(render(word)));
  return [
    ...readTargets(call, exact(...files)),
    install(call, {
      manager: "apk",
      environment: root,
      packages: [...group, ...packages],
      complete: complete && words.length > 0,
      targets: some(below(root, "usr")),
      size: systemPackagesSize(packages, complete),
      force: newer ? "upgrade" : undefined,
    }),
  ];
}

function deleting(call: Call, words: readonly Word[], root: string): Effect {
  const { packages } = requests(call, words, apkRequest(call));
  const targets = some(below(root, "usr"));
  return uninstall(call, { manager: "apk", environment: root, packages, targets });
}

/** Reads `name`, `name=1.2-r0`, `name~=1.2`, `name@edge`, `!name` and .apk files. */
function apkRequest(call: Call): (text: string, word: Word) => PackageRequest | undefined {
  return (text, word) => {
    if (text.startsWith("!")) return undefined;
    if (/^\.{0,2}\//.test(text) || text.endsWith(".apk")) return apkFile(call, text, word);
    if (hasGlob(word)) return { name: undefined, via: "name" };
    const [name, tail] = cut(text, /[=<>~@]/);
    const version = tail.startsWith("=") ? tail.replace(/^==?/, "") : undefined;
    return named(name, version, tail);
  };
}

/** A file `name-1.2-r0.apk`. */
function apkFile(call: Call, text: string, word: Word): PackageRequest {
  const file = settled(fileName(text).replace(/\.apk$/, ""));
  const match = hasGlob(word) || file === undefined ? undefined : /^(.+?)-(\d[^-]*(?:-r\d+)?)$/.exec(file);
  const path = call.path(word.pieces.length === 0 ? text : word);
  return {
    name: match?.[1] ?? (hasGlob(word) ? undefined : file),
    ...(match?.[2] === undefined ? {} : { version: match[2] }),
    via: "archive",
    ...(path === undefined ? {} : { path }),
  };
}

export const apkPrograms: ProgramTable = { apk };
