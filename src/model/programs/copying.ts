// Programs that put existing files elsewhere: cp, mv, ln, install, rsync.
import type { Word } from "../../shell/command.ts";
import { knownValue, render } from "../../shell/word.ts";
import { type Arguments, type OptionRules, readArguments } from "../arguments.ts";
import { type Effect, NEGLIGIBLE, UNKNOWN_SIZE } from "../effect.ts";
import { baseName, joinPath, normalizePath, parentPath, type Target } from "../path.ts";
import { type Call, effectBase, type Program, type ProgramTable } from "../program.ts";
import { opaque, pathOrigin, readTargets, remoteOrigin, removed, unlessTold, written } from "./effects.ts";
import {
  contentOf,
  type Destination,
  destinationOf,
  entriesOf,
  filesOf,
  looksLikeFolder,
  meansContent,
  placed,
} from "./places.ts";

const shared: OptionRules = {
  valued: ["-t", "--target-directory", "-S", "--suffix"],
  aliases: { "--target-directory": "-t", "--no-target-directory": "-T" },
};

/** Sources and destination as `-t`, `-T` and the order of operands say; undefined when they make no sense. */
function readPlaces(
  call: Call,
  args: Arguments,
): { readonly sources: readonly Word[]; readonly to: Destination | undefined } | undefined {
  const folder = args.value("-t");
  if (folder !== undefined) {
    const path = call.path(folder);
    return { sources: args.operands, to: path === undefined ? undefined : { path, into: true } };
  }
  const last = args.operands.at(-1);
  if (last === undefined || args.operands.length < 2) return undefined;
  const sources = args.operands.slice(0, -1);
  const to = destinationOf(call, last, sources);
  return { sources, to: to !== undefined && args.has("-T") ? { ...to, into: false } : to };
}

const cp: Program = (call) => {
  const args = readArguments(call.words, {
    ...shared,
    valued: [...shared.valued!, "--no-preserve", "--sparse"],
  });
  const places = readPlaces(call, args);
  if (places === undefined) return undefined;
  const { sources, to } = places;
  const recursive = args.has("-r", "-R", "-a", "--recursive", "--archive");
  const extent = recursive ? "tree" : "exact";
  const origin = filesOf(call, sources, extent);
  const effects: Effect[] = readTargets(call, origin);
  if (to === undefined) return [...effects, opaque(call)];
  // Hard links (-l) store nothing.
  if (args.has("-l", "--link")) return effects;
  if (args.has("-s", "--symbolic-link")) return [...effects, ...links(call, sources, to)];
  const targets = sources.flatMap((source) =>
    args.has("--parents") && to.into === true
      ? withParents(source, to.path, extent)
      : placed(call, source, to, extent),
  );
  const keeps = args.has("-n", "--no-clobber");
  effects.push(
    ...written(call, "duplicate", targets, UNKNOWN_SIZE, {
      ...pathOrigin(origin),
      ...(keeps ? { keeps } : {}),
    }),
  );
  return effects;
};

function withParents(source: Word, folder: string, extent: Target["extent"]): Target[] {
  const path = normalizePath(`${folder}/${render(source)}`, undefined);
  return path === undefined ? [] : [{ path, extent }];
}

const mv: Program = (call) => {
  const args = readArguments(call.words, shared);
  const places = readPlaces(call, args);
  if (places === undefined) return undefined;
  const { sources, to } = places;
  const effects: Effect[] = unlessTold(call, args.operands);
  for (const source of sources) {
    const from = entriesOf(call, [source], "tree");
    if (from.length === 0) continue;
    if (to === undefined) {
      effects.push(...removed(call, from));
      continue;
    }
    for (const target of placed(call, source, to, "tree")) {
      effects.push({ kind: "move", from, to: target, ...effectBase(call) });
    }
  }
  return effects;
};

const ln: Program = (call) => {
  const args = readArguments(call.words, shared);
  const { operands } = args;
  const first = operands[0];
  if (first === undefined) return undefined;
  // A hard link stores nothing: the layer holds the file once.
  if (!args.has("-s", "--symbolic")) return readTargets(call, filesOf(call, operands.slice(0, -1), "exact"));
  const base = args.has("-r", "--relative") ? (call.command.cwd ?? undefined) : undefined;
  if (operands.length === 1 && !args.has("-t")) {
    const cwd = call.command.cwd;
    return cwd === undefined ? [] : links(call, [first], { path: cwd, into: true }, base);
  }
  const places = readPlaces(call, args);
  if (places === undefined) return undefined;
  if (places.to === undefined) return [];
  const last = operands.at(-1)!;
  const rename = args.has("-T") || (args.has("-n", "--no-dereference") && !looksLikeFolder(last));
  // The link itself is replaced, not what an older link of its name led to.
  const own = entriesOf(call, [last], "exact")[0]?.path ?? places.to.path;
  const into = places.to.into === true && !rename;
  return links(call, places.sources, into ? places.to : { path: own, into: false }, base);
};

/** Symbolic links to sources; relative ones lead from the link's folder, or from `base`. */
function links(call: Call, sources: readonly Word[], to: Destination, base?: string): Effect[] {
  return sources.flatMap((source): Effect[] => {
    const name = baseName(render(source).replace(/\/+$/, ""));
    if (to.into === true && /^\.{0,2}$/.test(name)) return [];
    const path = to.into === true ? joinPath(to.path, name) : to.path;
    const target = normalizePath(render(source), base ?? parentPath(path));
    return target === undefined ? [] : [{ kind: "link", path, target, ...effectBase(call) }];
  });
}

const install: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [...shared.valued!, "-m", "--mode", "-o", "--owner", "-g", "--group", "--strip-program"],
    aliases: { ...shared.aliases, "--mode": "-m", "--owner": "-o", "--group": "-g", "--directory": "-d" },
  });
  const owner = [args.value("-o"), args.value("-g")].map((word) => (word === undefined ? "" : render(word)));
  const mode = args.value("-m");
  const detail = {
    ...(owner[0] === "" && owner[1] === "" ? {} : { owner: owner[1] === "" ? owner[0]! : owner.join(":") }),
    ...(mode === undefined ? {} : { mode: render(mode) }),
  };
  if (args.has("-d")) {
    const folders = filesOf(call, args.operands, "exact");
    return [
      ...written(call, "create", folders, NEGLIGIBLE, { ...detail, keeps: true }),
      ...unlessTold(call, args.operands),
    ];
  }
  const places = readPlaces(call, args);
  if (places === undefined) return undefined;
  const { sources, to } = places;
  const origin = filesOf(call, sources, "exact");
  const targets = to === undefined ? [] : sources.flatMap((source) => placed(call, source, to, "exact"));
  return [
    ...readTargets(call, origin),
    ...(to === undefined ? [opaque(call)] : []),
    ...written(call, "duplicate", targets, UNKNOWN_SIZE, { ...detail, ...pathOrigin(origin) }),
  ];
};

const rsyncValued = (
  "-e --rsh --exclude --include --exclude-from --include-from --files-from -f --filter --chown --chmod -M --usermap " +
  "--groupmap --rsync-path -T --temp-dir --backup-dir --suffix --compare-dest --copy-dest --link-dest --log-file " +
  "--log-file-format --out-format --bwlimit --timeout --contimeout --port --password-file --partial-dir -B " +
  "--block-size --max-size --min-size --max-delete --info --debug --compress-level --skip-compress --modify-window"
).split(" ");

const rsync: Program = (call) => {
  const args = readArguments(call.words, { valued: rsyncValued });
  const last = args.operands.at(-1);
  if (last === undefined) return [];
  const sources = args.operands.slice(0, -1);
  if (sources.length === 0 || args.has("-n", "--dry-run", "--list-only")) return [];
  const local = sources.filter((source) => !isRemote(source));
  const origin = filesOf(call, local, "tree");
  const effects: Effect[] = [...readTargets(call, origin)];
  if (isRemote(last)) return effects;
  const path = call.path(last);
  if (path === undefined) return [...effects, opaque(call)];
  const recursive = args.has("-r", "-a", "--recursive", "--archive");
  const targets = sources.flatMap((source): Target[] => {
    if (looksLikeFolder(source) || meansContent(source)) return [contentOf(call, path)];
    return placed(
      call,
      source,
      destinationOf(call, last, sources) ?? { path, into: true },
      recursive ? "tree" : "exact",
    );
  });
  const remote = sources.find(isRemote);
  const keeps = args.has("--ignore-existing");
  effects.push(
    ...written(call, remote === undefined ? "duplicate" : "download", targets, UNKNOWN_SIZE, {
      ...(remote === undefined ? pathOrigin(origin) : { origin: remoteOrigin(remote) }),
      ...(keeps ? { keeps } : {}),
    }),
  );
  if (args.has("--remove-source-files")) effects.push(...removed(call, entriesOf(call, local, "tree")));
  return effects;
};

/** host:path, host::module, rsync://host. */
function isRemote(word: Word): boolean {
  const text = knownValue(word) ?? render(word);
  return /^[^/]+:/.test(text);
}

export const copyingPrograms: ProgramTable = { cp, mv, ln, install, ginstall: install, rsync };
