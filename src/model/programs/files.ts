// Programs that make and remove files: mkdir, touch, rm, rmdir, unlink, shred, truncate, dd.
import type { Word } from "../../shell/command.ts";
import { knownValue, withoutHead } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { NEGLIGIBLE, type Size, UNKNOWN_SIZE } from "../effect.ts";
import { hasGlobSegment } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { edited, pathOrigin, readWords, removed, retouched, unlessTold, written } from "./effects.ts";
import { isFound } from "./found.ts";
import { entriesOf, filesOf } from "./places.ts";

const mkdir: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-m", "--mode"], aliases: { "--mode": "-m" } });
  const mode = args.text("-m");
  const detail = { keeps: true, ...(mode === undefined ? {} : { mode }) };
  return written(call, "create", filesOf(call, args.operands, "exact"), NEGLIGIBLE, detail);
};

const mknod: Program = (call) => {
  const { operands } = readArguments(call.words, { valued: ["-m", "--mode", "-Z"] });
  const names = call.name === "mknod" ? operands.slice(0, 1) : operands;
  return written(call, "create", filesOf(call, names, "exact"), NEGLIGIBLE);
};

/** A file that is surely there is stored again for its new time; any other one is made, empty. */
const touch: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-d", "--date", "-t", "-r", "--reference", "--time"],
    aliases: { "--no-create": "-c", "--date": "-d", "--reference": "-r", "--no-dereference": "-h" },
  });
  const targets = filesOf(call, args.operands, "exact");
  const dated = args.has("-c", "-d", "-t", "-r", "-h");
  const old = targets.filter(({ path }) => dated || isThere(call, path));
  const made = targets.filter((target) => !old.includes(target));
  return [
    ...retouched(call, old, { attributes: "times" }),
    ...written(call, "create", made, NEGLIGIBLE, { keeps: true }),
  ];
};

function isThere(call: Call, path: string): boolean {
  return hasGlobSegment(path) || isFound(path) || (call.situation.list(path)?.length ?? 0) > 0;
}

const rm: Program = (call) => {
  const args = readArguments(call.words);
  const extent = args.has("-r", "-R", "--recursive") ? "tree" : "exact";
  return [...removed(call, entriesOf(call, args.operands, extent)), ...unlessTold(call, args.operands)];
};

/** An empty folder or a single name. */
const unlink: Program = (call) => {
  const { operands } = readArguments(call.words);
  return [...removed(call, entriesOf(call, operands, "exact")), ...unlessTold(call, operands)];
};

const shred: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-n", "--iterations", "-s", "--size", "--random-source"],
  });
  const targets = entriesOf(call, args.operands, "exact");
  return args.has("-u", "--remove") ? removed(call, targets) : edited(call, targets, "overwrites");
};

const truncate: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-s", "--size", "-r", "--reference"],
    aliases: { "--size": "-s", "--no-create": "-c", "--reference": "-r" },
  });
  const targets = filesOf(call, args.operands, "exact");
  const length = args.text("-s");
  const size = length === undefined ? UNKNOWN_SIZE : sizeOf(parseBytes(length));
  // "+1K", "<5M": what is there is cut or grown.
  if (length !== undefined && /^[+\-<>/%]/.test(length))
    return edited(call, targets, "changes the length of");
  return [...written(call, "create", targets, size), ...unlessTold(call, args.operands)];
};

const fallocate: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-l", "--length", "-o", "--offset"],
    aliases: { "--length": "-l" },
  });
  const length = args.text("-l");
  return written(
    call,
    "create",
    filesOf(call, args.operands, "exact"),
    length === undefined ? UNKNOWN_SIZE : sizeOf(parseBytes(length)),
  );
};

const dd: Program = (call) => {
  const named = (name: string): Word | undefined => {
    const word = call.words.find(
      ({ pieces }) => pieces[0]?.kind === "text" && pieces[0].text.startsWith(`${name}=`),
    );
    return word === undefined ? undefined : withoutHead(word, name.length + 1);
  };
  const to = named("of");
  const from = named("if");
  const read = from === undefined ? [] : readWords(call, [from]);
  if (to === undefined) return read;
  const flags = named("conv");
  const targets = filesOf(call, [to], "exact");
  if (named("seek") !== undefined || (flags !== undefined && /notrunc/.test(flags.text))) {
    return [...read, ...edited(call, targets, "writes into")];
  }
  const [block, count] = [named("bs"), named("count")].map((word) =>
    parseBytes((word && knownValue(word)) ?? ""),
  );
  const endless = from !== undefined && /^\/dev\/(zero|u?random)$/.test(knownValue(from) ?? "");
  const size = endless && count !== undefined ? sizeOf(count * (block ?? 512)) : UNKNOWN_SIZE;
  return [
    ...read,
    ...written(
      call,
      "create",
      targets,
      size,
      pathOrigin(endless ? [] : read.flatMap((effect) => effect.targets)),
    ),
    ...unlessTold(call, [to]),
  ];
};

const units: Readonly<Record<string, number>> = { "": 0, K: 1, M: 2, G: 3, T: 4 };

/** "10M", "1GB", "512": bytes; undefined when it is no number. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+)([kKMGT]?)(i?B|c)?$/.exec(text);
  if (match === null) return undefined;
  const base = match[3] === "B" ? 1000 : 1024;
  return Number(match[1]) * base ** (units[match[2]!.toUpperCase()] ?? 0);
}

function sizeOf(bytes: number | undefined): Size {
  if (bytes === 0) return NEGLIGIBLE;
  return bytes === undefined ? UNKNOWN_SIZE : { kind: "bytes", value: bytes, source: "known" };
}

/** What it makes has a name that nobody knows, and is empty. */
const mktemp: Program = () => [];

export const filePrograms: ProgramTable = {
  mkdir,
  mkfifo: mknod,
  mknod,
  mktemp,
  touch,
  rm,
  grm: rm,
  rmdir: unlink,
  unlink,
  shred,
  truncate,
  fallocate,
  dd,
};
