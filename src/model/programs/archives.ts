// Programs that pack and unpack: tar, unzip, 7z, cpio, jar, ar, zip.
import type { Word } from "../../shell/command.ts";
import { HOLE_START, knownValue, literalWord, render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, type Origin, UNKNOWN_SIZE } from "../effect.ts";
import { baseName, hasGlobSegment, joinPath, normalizePath, splitPath, type Target } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { callOf, pipedCommands } from "./calls.ts";
import { edited, isDash, opaque, readTargets, readWords, remoteOrigin, removed, written } from "./effects.ts";
import { downloadUrls } from "./fetch.ts";
import { contentOf, entriesOf, filesOf } from "./places.ts";

/** An unpacking: which archives, into which folder, perhaps only some members. */
interface Unpacking {
  readonly archives: readonly Word[];
  /** Undefined when the folder cannot be told. */
  readonly folder: string | undefined;
  readonly members: readonly Word[];
  /** Leading folders of each member that are cut off; undefined when only the build knows. */
  readonly strip?: number | undefined;
  /** Files go into the folder itself, without folders of their own. */
  readonly flat?: boolean;
  readonly keeps?: boolean;
}

function unpack(call: Call, unpacking: Unpacking): Effect[] {
  const { archives, folder, keeps } = unpacking;
  const files = archives.filter((word) => !isDash(word));
  const sources = filesOf(call, files, "exact");
  const effects: Effect[] = readTargets(call, sources);
  if (folder === undefined) return [...effects, opaque(call)];
  const origin: Origin | undefined = sources.length > 0 ? { kind: "path", sources } : pipedOrigin(call);
  const detail = { ...(origin === undefined ? {} : { origin }), ...(keeps === true ? { keeps } : {}) };
  return [
    ...effects,
    ...written(call, "unpack", unpackedTargets(call, unpacking, folder), UNKNOWN_SIZE, detail),
  ];
}

/** A URL that the pipe comes from. */
function pipedOrigin(call: Call): Origin | undefined {
  for (const command of pipedCommands(call)) {
    const url = downloadUrls(callOf(call, command))[0];
    if (url !== undefined) return remoteOrigin(url);
  }
  return undefined;
}

function unpackedTargets(call: Call, unpacking: Unpacking, folder: string): Target[] {
  const { members, archives, flat } = unpacking;
  const strip = "strip" in unpacking ? unpacking.strip : 0;
  if (members.length > 0) {
    return members.flatMap((member) =>
      memberTarget(member, folder, flat === true ? Number.POSITIVE_INFINITY : strip),
    );
  }
  const content = contentOf(call, folder);
  if (content.extent === "tree" || strip !== 0 || flat === true) return [content];
  // An archive mostly holds one folder of its own name.
  const own = archives.flatMap(archiveNames);
  return [content, ...own.map((name): Target => ({ path: joinPath(folder, name), extent: "some" }))];
}

/** Where one member goes; the folder's "some files" when it cannot be told. */
function memberTarget(member: Word, folder: string, strip: number | undefined): Target[] {
  const path = normalizePath(render(member), "/");
  if (path === undefined || strip === undefined || /[*?[]/.test(member.text))
    return [{ path: folder, extent: "some" }];
  const segments = splitPath(path).filter((segment) => segment !== "");
  const left = strip === Number.POSITIVE_INFINITY ? segments.slice(-1) : segments.slice(strip);
  if (left.length === 0 || render(member).startsWith(HOLE_START)) return [{ path: folder, extent: "some" }];
  return [{ path: left.reduce(joinPath, folder), extent: "tree" }];
}

const ARCHIVE = /(\.(tar(\.\w+)?|t[gbx]z2?|tzst|zip|7z|jar|war|ear|nar|whl|cpio|rar))+$/i;

/** What release archives add to the name of the folder in them: "-linux-amd64", "_Linux_x86_64", "-bin", … */
const PLATFORM =
  /([-_.](linux(gnu|musl)?|unknown|gnu|musl|x86[-_]64|x64|amd64|arm64|aarch64|armv?\d\w*|i[36]86|64bit|32bit|bin|src|source))+$/i;

/** "foo-1.2" for foo-1.2.tar.gz, also without the platform's name. */
function archiveNames(word: Word): string[] {
  const name = baseName(render(word));
  const stem = name.replace(ARCHIVE, "");
  if (stem === name || /^\.{0,2}$/.test(stem) || hasGlobSegment(stem)) return [];
  const plain = stem.replace(PLATFORM, "");
  return plain === stem || /^\.{0,2}$/.test(plain) ? [stem] : [stem, plain];
}

const tarValued = (
  "-C --directory -f --file -T --files-from -X --exclude-from --exclude -I --use-compress-program --strip-components " +
  "--transform --xform --owner --group --mode --mtime -b --blocking-factor -g --listed-incremental -H --format -V " +
  "--label -N --newer -K --starting-file --one-top-level --warning --checkpoint-action --sort --owner-map -L -F --to-command " +
  "--strip -s"
).split(" ");

const tar: Program = (call) => {
  const args = readArguments(withDash(call.words), {
    valued: tarValued.filter((name) => name !== "--one-top-level"),
    aliases: {
      "--directory": "-C",
      "--file": "-f",
      "--extract": "-x",
      "--get": "-x",
      "--create": "-c",
      "--list": "-t",
      "--append": "-r",
      "--update": "-u",
      "--strip": "--strip-components",
      "--to-stdout": "-O",
      "--skip-old-files": "-k",
      "--keep-old-files": "-k",
    },
  });
  const archive = args.value("-f");
  const folder = (args.options.get("-C") ?? []).reduce<string | undefined>(
    (base, word) => normalizePath(render(word), base),
    call.command.cwd,
  );
  const resolved = folder === undefined ? undefined : call.situation.follow(folder);
  if (args.has("-x")) {
    if (args.has("-O", "--to-command")) return archive === undefined ? [] : readWords(call, [archive]);
    const top = args.value("--one-top-level");
    const strip = args.value("--strip-components");
    const into =
      top === undefined || resolved === undefined ? resolved : normalizePath(render(top), resolved);
    return unpack(call, {
      archives: archive === undefined ? [] : [archive],
      folder: into,
      members: args.has("-T", "--files-from") ? [literalWord("*")] : args.operands,
      ...(strip === undefined ? {} : { strip: countOf(strip) }),
      keeps: args.has("-k"),
    });
  }
  if (args.has("-t")) return archive === undefined ? [] : readWords(call, [archive]);
  if (args.has("-r", "-u", "-A", "--delete", "--concatenate")) {
    return archive === undefined ? [] : edited(call, filesOf(call, [archive], "exact"), "appends to");
  }
  if (!args.has("-c")) return args.has("--version", "--help") ? [] : undefined;
  const sources = args.operands.flatMap((word): Target[] => {
    const path = normalizePath(render(word), resolved);
    return path === undefined ? [] : [{ path, extent: "tree" }];
  });
  const to = archive === undefined || isDash(archive) ? [] : filesOf(call, [archive], "exact");
  return [...archived(call, sources, to), ...(args.has("--remove-files") ? removed(call, sources) : [])];
};

function countOf(word: Word): number | undefined {
  const count = Number(knownValue(word));
  return Number.isInteger(count) ? count : undefined;
}

/** `tar xzf a.tgz`: the first word's letters are options, and their values are the words behind it, in order. */
function withDash(words: readonly Word[]): readonly Word[] {
  const first = words[0];
  const letters = first === undefined ? undefined : knownValue(first);
  if (first === undefined || letters === undefined || !/^[a-zA-Z]+$/.test(letters)) return words;
  const out: Word[] = [];
  let next = 1;
  for (const letter of letters) {
    out.push({ ...literalWord(`-${letter}`), span: first.span });
    if (!tarValued.includes(`-${letter}`)) continue;
    const value = words[next];
    next += 1;
    if (value !== undefined) out.push(value);
  }
  return [...out, ...words.slice(next)];
}

const unzip: Program = (call) => {
  // "-x" takes all that follows but options.
  const except = call.words.findIndex(({ text }) => text === "-x");
  const rest = except < 0 ? [] : call.words.slice(except + 1);
  const after = rest.findIndex(({ text }) => text.startsWith("-"));
  const words =
    except < 0 ? call.words : [...call.words.slice(0, except), ...(after < 0 ? [] : rest.slice(after))];
  const args = readArguments(words, { valued: ["-d", "-P"] });
  const [archive, ...members] = args.operands;
  if (archive === undefined) return args.has("-v") ? [] : undefined;
  if (args.has("-l", "-t", "-Z", "-v", "-p", "-c", "-z")) return readWords(call, [archive]);
  return unpack(call, {
    archives: [archive],
    folder: call.path(args.value("-d") ?? "."),
    members,
    flat: args.has("-j"),
    keeps: args.has("-n"),
  });
};

const sevenZip: Program = (call) => {
  const args = readArguments(call.words, {
    attached: "-o -p -m -t -x -i -w -v -y -s -a -b -r -u".split(" "),
  });
  const [verb, archive, ...members] = args.operands;
  if (verb === undefined || archive === undefined) return undefined;
  switch (knownValue(verb)) {
    case "x":
    case "e":
      return unpack(call, {
        archives: [archive],
        folder: call.path(args.value("-o") ?? "."),
        members,
        flat: knownValue(verb) === "e",
      });
    case "l":
    case "t":
      return readWords(call, [archive]);
    case "a":
    case "u":
      return packed(call, archive, members, false);
    case "d":
      return edited(call, filesOf(call, [archive], "exact"), "edits");
    default:
      return undefined;
  }
};

/** An archive made of files. */
function archived(call: Call, sources: readonly Target[], to: readonly Target[]): Effect[] {
  const origin = sources.length === 0 ? {} : { origin: { kind: "path", sources } as const };
  return [...readTargets(call, sources), ...written(call, "create", to, UNKNOWN_SIZE, origin)];
}

function packed(call: Call, archive: Word, members: readonly Word[], moves: boolean): Effect[] {
  const sources = filesOf(call, members, "tree");
  const to = isDash(archive) ? [] : filesOf(call, [archive], "exact");
  return [...archived(call, sources, to), ...(moves ? removed(call, entriesOf(call, members, "tree")) : [])];
}

const zip: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-x", "-i", "-P", "-b", "-n", "-t", "-tt", "-s"] });
  const [archive, ...members] = args.operands;
  if (archive === undefined) return args.has("-v") ? [] : undefined;
  if (args.has("-d", "-u", "-f")) return edited(call, filesOf(call, [archive], "exact"), "edits");
  return packed(call, archive, members, args.has("-m"));
};

const cpio: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-F",
      "--file",
      "-D",
      "--directory",
      "-H",
      "--format",
      "-R",
      "--owner",
      "-E",
      "-O",
      "-I",
      "-C",
      "-M",
    ],
    aliases: {
      "--extract": "-i",
      "--create": "-o",
      "--pass-through": "-p",
      "--file": "-F",
      "--directory": "-D",
    },
  });
  const archive = args.value("-F") ?? args.value("-I");
  const folder = call.path(args.value("-D") ?? ".");
  if (args.has("-t", "--list")) return [];
  if (args.has("-i"))
    return unpack(call, { archives: archive === undefined ? [] : [archive], folder, members: [] });
  if (args.has("-p")) {
    const to = args.operands[0] === undefined ? undefined : call.path(args.operands[0]);
    return to === undefined ? [opaque(call)] : written(call, "duplicate", [contentOf(call, to)]);
  }
  const output = args.value("-O") ?? args.value("-F");
  return output === undefined ? [] : written(call, "create", filesOf(call, [output], "exact"));
};

const jar: Program = (call) => {
  const args = readArguments(withJarDash(call.words), {
    valued: ["-f", "--file", "-C", "-e", "--main-class", "-m", "--manifest", "--release", "--dir"],
    aliases: { "--file": "-f", "--extract": "-x", "--create": "-c", "--list": "-t", "--update": "-u" },
  });
  const archive = args.value("-f");
  const archives = archive === undefined ? [] : [archive];
  if (args.has("-x"))
    return unpack(call, { archives, folder: call.path(args.value("--dir") ?? "."), members: args.operands });
  if (args.has("-t") || archive === undefined) return readWords(call, archives);
  if (args.has("-u", "-i")) return edited(call, filesOf(call, archives, "exact"), "edits");
  return packed(call, archive, args.operands, false);
};

function withJarDash(words: readonly Word[]): readonly Word[] {
  const first = words[0];
  return first !== undefined && /^[ctxuivfme0MP]+$/.test(first.text) ? withDash(words) : words;
}

const ar: Program = (call) => {
  const [verb, ...rest] = call.words;
  const letters = verb === undefined ? "" : (knownValue(verb) ?? "").replace(/^-/, "");
  const archive = rest[0];
  if (archive === undefined) return undefined;
  if (letters.includes("x") || letters.includes("t") || letters.includes("p")) {
    if (!letters.includes("x")) return readWords(call, [archive]);
    return unpack(call, { archives: [archive], folder: call.path("."), members: rest.slice(1) });
  }
  return packed(call, archive, rest.slice(1), false);
};

/** unrar, unar: "x ARCHIVE [FOLDER/]" and "-o FOLDER ARCHIVE". */
const unrar: Program = (call) => {
  const args = readArguments(call.words, { valued: call.name === "unar" ? ["-o", "-p", "-e"] : [] });
  const operands = call.name === "unar" ? args.operands : args.operands.slice(1);
  const [archive, folder] = operands;
  if (archive === undefined) return undefined;
  return unpack(call, {
    archives: [archive],
    folder: call.path(args.value("-o") ?? folder ?? "."),
    members: [],
  });
};

const unsquashfs: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-d", "-dest", "-p", "-processors"],
    aliases: { "-dest": "-d" },
    singleDash: true,
  });
  const [archive, ...members] = args.operands;
  if (archive === undefined) return undefined;
  return unpack(call, {
    archives: [archive],
    folder: call.path(args.value("-d") ?? "squashfs-root"),
    members,
  });
};

export const archivePrograms: ProgramTable = {
  tar,
  gtar: tar,
  bsdtar: tar,
  star: tar,
  unzip,
  zip,
  "7z": sevenZip,
  "7za": sevenZip,
  "7zr": sevenZip,
  "7zz": sevenZip,
  cpio,
  jar,
  ar,
  unrar,
  unar: unrar,
  unsquashfs,
};
