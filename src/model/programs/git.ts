// git and its like: clones, checkouts, what rewrites the object store, and what only prints.
import type { Word } from "../../shell/command.ts";
import { knownValue, render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { type Effect, NEGLIGIBLE, UNKNOWN_SIZE } from "../effect.ts";
import { baseName, hasGlobSegment, joinPath, normalizePath, splitPath, type Target } from "../path.ts";
import { type Call, effectBase, type Program, type ProgramTable } from "../program.ts";
import { edited, opaque, readTargets, remoteOrigin, removed, written } from "./effects.ts";
import { contentOf } from "./places.ts";

/** A call of one subcommand, where it works. */
interface GitCall {
  readonly call: Call;
  readonly words: readonly Word[];
  /** The work tree's folder, as far as known the root of it. */
  readonly folder: string;
}

type Subcommand = (git: GitCall) => readonly Effect[] | undefined;

const git: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env"],
    stopAtOperand: true,
  });
  const verb = args.operands[0];
  if (verb === undefined) return [];
  const tree = args.value("--work-tree") ?? ".";
  const folder = (args.options.get("-C") ?? []).reduce<string | undefined>(
    (base, word) => normalizePath(render(word), base),
    call.command.cwd,
  );
  const place = normalizePath(typeof tree === "string" ? tree : render(tree), folder);
  const name = knownValue(verb);
  const words = args.operands.slice(1);
  const subcommand = name === undefined || !Object.hasOwn(subcommands, name) ? undefined : subcommands[name];
  if (name !== undefined && PRINTS.has(name)) return [];
  if (subcommand === undefined) return undefined;
  if (place === undefined) return SMALL.has(subcommand) ? [] : [opaque(call)];
  return subcommand({ call, words, folder: call.situation.follow(place) });
};

const PRINTS = new Set(
  (
    "rev-parse describe log status diff show ls-files ls-remote ls-tree version help cat-file rev-list shortlog blame " +
    "for-each-ref show-ref symbolic-ref name-rev grep merge-base var credential diff-tree diff-index verify-commit " +
    "verify-tag check-ignore count-objects fsck --version --help"
  ).split(" "),
);

const cloneValued = (
  "-b --branch --depth -o --origin -u --upload-pack -c --config --reference --reference-if-able -j --jobs --template " +
  "--shallow-since --shallow-exclude --separate-git-dir --filter --server-option --bundle-uri"
).split(" ");

const clone: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words, { valued: cloneValued });
  const [url, where] = args.operands;
  if (url === undefined) return undefined;
  const path = where === undefined ? defaultFolder(url, folder, args) : within(call, where, folder);
  const targets: Target[] =
    path === undefined ? [{ path: folder, extent: "some" }] : [{ path, extent: "tree" }];
  return written(call, "clone", targets, UNKNOWN_SIZE, { origin: remoteOrigin(url) });
};

function defaultFolder(url: Word, folder: string, args: Arguments): string | undefined {
  const segments = splitPath(
    render(url)
      .replace(/\/+$/, "")
      .replace(/\/\.git$/, ""),
  );
  const last = (segments.at(-1) ?? "").replace(/^[^/]*:(?!\/)/, "").replace(/\.git$/, "");
  const alone = segments.length === 1 && last === segments[0];
  if (/^\.{0,2}$/.test(last) || (alone && url.pieces[0]?.kind === "hole")) return undefined;
  return joinPath(folder, args.has("--bare", "--mirror") ? `${last}.git` : last);
}

function within(call: Call, word: Word | string, folder: string): string | undefined {
  const path = normalizePath(typeof word === "string" ? word : render(word), folder);
  return path === undefined ? undefined : call.situation.follow(path);
}

/** Files of the work tree that differ between two states are written anew. */
const checkout: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words, {
    valued: ["-b", "-B", "--orphan", "-c", "-C", "-s", "--source", "--conflict", "--depth", "-m"],
  });
  const dashes = words.findIndex(({ text }) => text === "--");
  const files = dashes < 0 ? [] : words.slice(dashes + 1);
  if (args.has("--soft", "--mixed") || (args.has("-b") && args.operands.length === 0))
    return gitFolder(call, folder);
  const targets = files.flatMap((word): Target[] => {
    const path = within(call, word, folder);
    return path === undefined ? [] : [{ path, extent: hasGlobSegment(path) ? "exact" : "tree" }];
  });
  return written(call, "clone", targets.length > 0 ? targets : [{ path: folder, extent: "some" }]);
};

/** Negligible changes below .git. */
function gitFolder(call: Call, folder: string): Effect[] {
  return written(call, "create", [{ path: joinPath(folder, ".git"), extent: "some" }], NEGLIGIBLE);
}

const small: Subcommand = ({ call, folder }) => gitFolder(call, folder);

/** New objects, and nothing in the work tree. */
const fetch: Subcommand = ({ call, folder }) =>
  written(call, "download", [{ path: joinPath(folder, ".git"), extent: "some" }]);

const pull: Subcommand = ({ call, folder }) => written(call, "download", [{ path: folder, extent: "some" }]);

const submodule: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words, {
    valued: ["--depth", "-j", "--jobs", "--reference", "-b", "--branch", "--name"],
  });
  const [verb, ...paths] = args.operands;
  switch (verb === undefined ? "status" : knownValue(verb)) {
    case "update": {
      const targets = paths.flatMap((word): Target[] => {
        const path = within(call, word, folder);
        return path === undefined ? [] : [{ path, extent: "tree" }];
      });
      return written(call, "clone", targets.length > 0 ? targets : [{ path: folder, extent: "some" }]);
    }
    case "add":
      return written(call, "clone", [{ path: folder, extent: "some" }]);
    case "init":
    case "sync":
    case "deinit":
    case "set-url":
    case "absorbgitdirs":
      return gitFolder(call, folder);
    case "status":
    case "summary":
      return [];
    default:
      // `foreach` runs anything.
      return undefined;
  }
};

/** The object store is packed anew. */
const gc: Subcommand = ({ call, folder }) =>
  edited(call, [{ path: joinPath(folder, ".git"), extent: "tree" }], "repacks");

const lfs: Subcommand = ({ call, words, folder }) => {
  const verb = readArguments(words).operands[0];
  switch (verb === undefined ? "" : knownValue(verb)) {
    case "pull":
    case "checkout":
      return written(call, "download", [{ path: folder, extent: "some" }]);
    case "fetch":
      return fetch({ call, words, folder });
    case "clone":
      return clone({ call, words: words.slice(1), folder });
    case "install":
    case "uninstall":
    case "track":
      return small({ call, words, folder });
    case "prune":
      return removed(call, [{ path: joinPath(folder, ".git/lfs"), extent: "some" }]);
    default:
      return [];
  }
};

const config: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words, { valued: ["-f", "--file", "--blob", "--default", "--type"] });
  const file = args.value("-f", "--file");
  const home = joinPath(call.situation.home, ".gitconfig");
  const local = joinPath(folder, ".git/config");
  const path = args.has("--system")
    ? "/etc/gitconfig"
    : args.has("--global")
      ? home
      : file === undefined
        ? local
        : within(call, file, folder);
  const prints = args.has("--get", "--get-all", "--list", "-l", "--get-regexp");
  return path === undefined || prints ? [] : written(call, "create", [{ path, extent: "exact" }], NEGLIGIBLE);
};

const init: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words, {
    valued: ["-b", "--initial-branch", "--template", "--separate-git-dir"],
  });
  const path = within(call, args.operands[0] ?? ".", folder);
  if (path === undefined) return [];
  return written(
    call,
    "create",
    [{ path: args.has("--bare") ? path : joinPath(path, ".git"), extent: "tree" }],
    NEGLIGIBLE,
  );
};

/** Objects for files that are in the work tree already. */
const add: Subcommand = ({ call, folder }) =>
  written(call, "database", [{ path: joinPath(folder, ".git"), extent: "some" }]);

const rm: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words);
  if (args.has("--cached")) return gitFolder(call, folder);
  return removed(call, pathTargets(call, args.operands, folder, args.has("-r") ? "tree" : "exact"));
};

const mv: Subcommand = ({ call, words, folder }) => {
  const { operands } = readArguments(words);
  const [from, to] = [operands[0], operands[1]].map((word) => word && within(call, word, folder));
  if (from === undefined || to === undefined || operands.length !== 2) return undefined;
  return [
    {
      kind: "move",
      from: [{ path: from, extent: "tree" }],
      to: { path: to, extent: "tree" },
      ...effectBase(call),
    },
  ];
};

const clean: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words, { valued: ["-e", "--exclude"] });
  if (args.has("-n", "--dry-run")) return [];
  const targets = pathTargets(call, args.operands, folder, "some");
  return removed(
    call,
    targets.length > 0 ? targets : [{ path: folder, extent: "some" }],
    "files that git does not track",
  );
};

function pathTargets(call: Call, words: readonly Word[], folder: string, extent: Target["extent"]): Target[] {
  return words.flatMap((word) => {
    const path = within(call, word, folder);
    return path === undefined ? [] : [{ path, extent }];
  });
}

const apply: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words, { valued: ["-p", "-C", "--directory", "--exclude", "--include"] });
  if (args.has("--check", "--stat")) return [];
  const patches = args.operands.flatMap((word): Target[] => {
    const path = within(call, word, folder);
    return path === undefined ? [] : [{ path, extent: "exact" }];
  });
  return [...readTargets(call, patches), ...edited(call, [{ path: folder, extent: "some" }], "patches")];
};

const archive: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words, { valued: ["-o", "--output", "--prefix", "--format", "--remote"] });
  const output = args.value("-o", "--output");
  const path = output === undefined ? undefined : within(call, output, folder);
  return path === undefined ? [] : written(call, "create", [{ path, extent: "exact" }]);
};

const worktree: Subcommand = ({ call, words, folder }) => {
  const args = readArguments(words, { valued: ["-b", "-B", "--reason"] });
  const [verb, where] = args.operands;
  const path = where === undefined ? undefined : within(call, where, folder);
  if (path === undefined) return [];
  if (verb !== undefined && knownValue(verb) === "add")
    return written(call, "clone", [{ path, extent: "tree" }]);
  return verb !== undefined && knownValue(verb) === "remove" ? removed(call, [{ path, extent: "tree" }]) : [];
};

const subcommands: Readonly<Record<string, Subcommand>> = {
  clone,
  checkout,
  switch: checkout,
  restore: checkout,
  reset: checkout,
  merge: checkout,
  rebase: checkout,
  "cherry-pick": checkout,
  revert: checkout,
  stash: checkout,
  "read-tree": checkout,
  "sparse-checkout": checkout,
  am: apply,
  apply,
  fetch,
  pull,
  remote: small,
  branch: small,
  tag: small,
  notes: small,
  "update-ref": small,
  "update-index": small,
  "update-server-info": small,
  "pack-refs": small,
  submodule,
  gc,
  repack: gc,
  prune: gc,
  "prune-packed": gc,
  reflog: small,
  "filter-branch": gc,
  maintenance: gc,
  lfs,
  config,
  init,
  add,
  commit: add,
  rm,
  mv,
  clean,
  archive,
  worktree,
};

/** What they write is not worth a word when nobody knows where it is. */
const SMALL: ReadonlySet<Subcommand> = new Set([small, config, init, add]);

/** `svn checkout URL [DIR]`, `svn export`, `hg clone URL [DIR]`. */
const otherClone: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-r",
      "--revision",
      "--username",
      "--password",
      "--depth",
      "-u",
      "--updaterev",
      "-b",
      "--branch",
    ],
  });
  const [verb, url, where] = args.operands;
  if (verb === undefined || args.has("--version")) return [];
  if (!/^(co|checkout|export|clone)$/.test(knownValue(verb) ?? "") || url === undefined) return undefined;
  const name = baseName(render(url).replace(/\/+$/, ""));
  const path = call.path(where ?? name);
  return path === undefined
    ? [opaque(call)]
    : written(call, "clone", [contentOf(call, path)], UNKNOWN_SIZE, { origin: remoteOrigin(url) });
};

export const gitPrograms: ProgramTable = {
  git,
  "git-lfs": (call) => lfsAlone(call),
  svn: otherClone,
  hg: otherClone,
};

function lfsAlone(call: Call): readonly Effect[] | undefined {
  const folder = call.path(".");
  return folder === undefined ? [opaque(call)] : lfs({ call, words: call.words, folder });
}
