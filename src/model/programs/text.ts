// Programs that edit text files in place: sed, perl, awk, ed, patch, tee, …
import type { Word } from "../../shell/command.ts";
import { knownValue, render } from "../../shell/word.ts";
import { type OptionRules, readArguments } from "../arguments.ts";
import { type Effect, NEGLIGIBLE, UNKNOWN_SIZE } from "../effect.ts";
import type { Target } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { callOf, pipedCommands } from "./calls.ts";
import { edited, opaque, pathOrigin, readWords, unlessTold, written } from "./effects.ts";
import { entriesOf, filesOf } from "./places.ts";
import { printsLittle } from "./redirects.ts";

/** Files edited in place, with the copies that an editor leaves beside them. */
function inPlace(call: Call, files: readonly Word[], verb: string, suffix: Word | undefined): Effect[] {
  const targets = entriesOf(call, files, "exact");
  const ending = suffix === undefined ? "" : (knownValue(suffix) ?? "");
  const copies: Target[] =
    ending === "" || ending.includes("*")
      ? []
      : targets.map(({ path, extent }) => ({ path: path + ending, extent }));
  return [
    ...edited(call, targets, verb),
    ...written(call, "duplicate", copies, UNKNOWN_SIZE, pathOrigin(targets)),
    ...unlessTold(call, files),
  ];
}

const sed: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-e", "--expression", "-f", "--file", "-l", "--line-length"],
    attached: ["-i"],
    aliases: { "--in-place": "-i", "--expression": "-e", "--file": "-f" },
  });
  const files = args.has("-e", "-f") ? args.operands : args.operands.slice(1);
  if (!args.has("-i")) return readWords(call, files);
  return inPlace(call, files, "edits", args.value("-i"));
};

const perl: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-e", "-E"],
    attached: ["-i", "-0", "-l", "-M", "-m", "-I", "-F", "-C", "-x", "-d", "-D"],
    stopAtOperand: true,
  });
  if (args.has("-v", "-V")) return [];
  const loops = args.has("-p", "-n");
  const script = args.has("-e", "-E") ? [] : args.operands.slice(0, 1);
  const files = args.operands.slice(script.length);
  if (!loops) return undefined;
  if (!args.has("-i")) return readWords(call, files);
  return inPlace(call, files, "edits", args.value("-i"));
};

const awk: Program = (call) => {
  const rules: OptionRules = {
    valued: [
      "-F",
      "-v",
      "-f",
      "-i",
      "-e",
      "-E",
      "-l",
      "--field-separator",
      "--assign",
      "--file",
      "--include",
      "--source",
    ],
    aliases: { "--include": "-i", "--file": "-f", "--source": "-e" },
    stopAtOperand: true,
  };
  const args = readArguments(call.words, rules);
  const files = (args.has("-f", "-e", "-E") ? args.operands : args.operands.slice(1)).filter(
    (word) => !/^\w+=/.test(word.text),
  );
  return args.text("-i") === "inplace" ? inPlace(call, files, "edits", undefined) : readWords(call, files);
};

/** ex, ed, vi: editors fed with commands. */
const editor: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-c", "-S", "-p", "-u", "-T", "-w", "--cmd"] });
  const files = args.operands.filter((word) => !word.text.startsWith("+"));
  if (files.length === 0) return args.has("--version") ? [] : undefined;
  return inPlace(call, files, "edits", undefined);
};

/** Programs that rewrite each file they are given. */
const rewriter: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-c", "--convmode", "-D", "--display-enc"] });
  if (args.has("-n", "--newfile"))
    return written(call, "create", filesOf(call, args.operands.slice(1, 2), "exact"));
  return inPlace(call, args.operands, "edits", undefined);
};

const yq: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "--arg",
      "--argjson",
      "-o",
      "--output-format",
      "-p",
      "--input-format",
      "-I",
      "--indent",
      "--split-exp",
    ],
    aliases: { "--inplace": "-i", "--in-place": "-i" },
  });
  const rest = args.operands.filter((word) => !/^(e|ea|eval|eval-all|w|write)$/.test(knownValue(word) ?? ""));
  const files = rest.slice(-1);
  return args.has("-i") ? inPlace(call, files, "edits", undefined) : readWords(call, rest.slice(1));
};

const xmlstarlet: Program = (call) => {
  const file = call.words.at(-1);
  if (file === undefined) return [];
  const edits = call.words.some(({ text }) => text === "-L" || text === "--inplace");
  return edits ? inPlace(call, [file], "edits", undefined) : readWords(call, [file]);
};

const crudini: Program = (call) => {
  const args = readArguments(call.words, { valued: ["--format"] });
  const files = args.operands.slice(0, 1);
  return args.has("--get") ? readWords(call, files) : inPlace(call, files, "edits", undefined);
};

const patch: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-d",
      "--directory",
      "-i",
      "--input",
      "-o",
      "--output",
      "-p",
      "--strip",
      "-F",
      "-B",
      "-D",
      "-r",
      "-z",
      "-V",
    ],
    aliases: { "--directory": "-d", "--input": "-i", "--output": "-o" },
  });
  if (args.has("--dry-run")) return [];
  const input = args.value("-i") ?? args.operands[1];
  const read = input === undefined ? [] : readWords(call, [input]);
  const output = args.value("-o");
  if (output !== undefined) return [...read, ...written(call, "create", filesOf(call, [output], "exact"))];
  const file = args.operands[0];
  if (file !== undefined) return [...read, ...inPlace(call, [file], "patches", undefined)];
  const folder = call.path(args.value("-d") ?? ".");
  if (folder === undefined) return [...read, opaque(call)];
  return [...read, ...edited(call, [{ path: folder, extent: "some" }], "patches")];
};

const tee: Program = (call) => {
  const args = readArguments(call.words, { aliases: { "--append": "-a" } });
  const targets = filesOf(call, args.operands, "exact").filter(({ path }) => !path.startsWith("/dev/"));
  const lost = unlessTold(call, args.operands);
  if (args.has("-a")) return [...edited(call, targets, "appends to"), ...lost];
  return [...written(call, "create", targets, teedSize(call)), ...lost];
};

/** The size of what comes from a pipe or a heredoc. */
function teedSize(call: Call): typeof NEGLIGIBLE | typeof UNKNOWN_SIZE {
  const { stdin } = call.command;
  if (stdin !== undefined && stdin.kind !== "pipe") return NEGLIGIBLE;
  const from = pipedCommands(call)[0];
  return from !== undefined && printsLittle(callOf(call, from)) ? NEGLIGIBLE : UNKNOWN_SIZE;
}

const sponge: Program = (call) => {
  const args = readArguments(call.words);
  const targets = filesOf(call, args.operands, "exact");
  return args.has("-a") ? edited(call, targets, "appends to") : edited(call, targets, "rewrites");
};

/** sort and its like: standard output, or the file behind -o. */
const sort: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-o", "--output", "-k", "--key", "-t", "--field-separator", "-S", "-T", "--parallel"],
    aliases: { "--output": "-o" },
  });
  const output = args.value("-o");
  const read = readWords(call, args.operands);
  return output === undefined
    ? read
    : [...read, ...written(call, "create", filesOf(call, [output], "exact"))];
};

/** split, csplit: pieces of a file, named by a prefix. */
const split: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-a", "-b", "-C", "-l", "-n", "-f", "--bytes", "--lines"],
  });
  const [input, prefix] = args.operands;
  const read = input === undefined ? [] : readWords(call, [input]);
  const path = call.path(prefix === undefined ? "x" : render(prefix));
  return path === undefined
    ? read
    : [...read, ...written(call, "duplicate", [{ path: `${path}*`, extent: "exact" }])];
};

export const textPrograms: ProgramTable = {
  sed,
  gsed: sed,
  perl,
  awk,
  gawk: awk,
  mawk: awk,
  nawk: awk,
  ex: editor,
  ed: editor,
  vi: editor,
  vim: editor,
  nano: editor,
  dos2unix: rewriter,
  unix2dos: rewriter,
  fromdos: rewriter,
  yq,
  xmlstarlet,
  crudini,
  patch,
  tee,
  sponge,
  sort,
  split,
};
