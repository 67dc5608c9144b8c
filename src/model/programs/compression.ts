// Programs that replace a file by its compressed or uncompressed form: gzip, xz, bzip2, zstd, …
import type { Word } from "../../shell/command.ts";
import { knownValue } from "../../shell/word.ts";
import { type OptionRules, readArguments } from "../arguments.ts";
import { type Effect, UNKNOWN_SIZE } from "../effect.ts";
import { hasGlobSegment, type Target } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { pathOrigin, readTargets, readWords, removed, unlessTold, written } from "./effects.ts";
import { entriesOf, filesOf, folderAbove } from "./places.ts";

const rules: OptionRules = {
  valued: ["-S", "--suffix", "-o", "--output", "-T", "--threads", "-F", "--format", "-M", "--memory", "-D"],
  aliases: {
    "--decompress": "-d",
    "--uncompress": "-d",
    "--keep": "-k",
    "--stdout": "-c",
    "--to-stdout": "-c",
    "--list": "-l",
    "--test": "-t",
    "--recursive": "-r",
    "--output": "-o",
    "--format": "-F",
  },
};

interface Format {
  /** What is put behind the name. */
  readonly suffix: string;
  readonly unpacks?: boolean;
  /** Leaves the input where it is, unless told to remove it. */
  readonly keeps?: boolean;
}

function compressor(format: Format): Program {
  return (call) => {
    const args = readArguments(call.words, rules);
    const files = args.operands.filter((word) => word.text !== "-");
    if (files.length === 0 || args.has("-c", "-l", "-t", "--version", "-V")) return readWords(call, files);
    const unpacks = format.unpacks === true || args.has("-d");
    const deep = args.has("-r");
    const sources = entriesOf(call, files, deep ? "tree" : "exact");
    const output = args.value("-o");
    const suffix = args.text("-F") === "lzma" ? ".lzma" : format.suffix;
    const targets =
      output !== undefined
        ? filesOf(call, [output], "exact")
        : sources.flatMap((from) => result(from, suffix, unpacks));
    const removes = !args.has("-k") && (format.keeps !== true || args.has("--rm"));
    return [
      ...readTargets(call, sources),
      ...written(call, unpacks ? "unpack" : "create", targets, UNKNOWN_SIZE, pathOrigin(sources)),
      ...(removes ? removed(call, sources) : []),
      ...unlessTold(call, files),
    ];
  };
}

function result(from: Target, suffix: string, unpacks: boolean): Target[] {
  if (from.extent !== "exact") return [{ path: from.path, extent: "some" }];
  if (!unpacks) return [{ path: from.path + suffix, extent: "exact" }];
  const plain = from.path
    .replace(/\.t([gxb]z2?|zst)$/, ".tar.gz")
    .replace(/\.(gz|xz|bz2|zst|lzma|lz4|Z|br)$/, "");
  if (plain !== from.path && !/[*?[]$/.test(plain)) return [{ path: plain, extent: "exact" }];
  return hasGlobSegment(from.path)
    ? [{ path: folderAbove(from.path), extent: "some" }]
    : [{ path: plain, extent: "exact" }];
}

/** zcat and its like print. */
const printer: Program = (call) => readWords(call, readArguments(call.words, rules).operands);

/** brotli and lz4 may be given the output as second operand. */
const lz4: Program = (call) => {
  const args = readArguments(call.words, rules);
  const [input, output] = args.operands;
  if (input === undefined || output === undefined || knownValue(output)?.startsWith("-")) {
    return compressor({ suffix: ".lz4", keeps: true, unpacks: call.name === "unlz4" })(call);
  }
  return pair(call, input, output);
};

function pair(call: Call, input: Word, output: Word): Effect[] {
  const sources = filesOf(call, [input], "exact");
  const targets = filesOf(call, [output], "exact");
  return [
    ...readTargets(call, sources),
    ...written(call, "unpack", targets, UNKNOWN_SIZE, pathOrigin(sources)),
  ];
}

const gzip = compressor({ suffix: ".gz" });
const gunzip = compressor({ suffix: ".gz", unpacks: true });
const bzip2 = compressor({ suffix: ".bz2" });
const bunzip2 = compressor({ suffix: ".bz2", unpacks: true });
const xz = compressor({ suffix: ".xz" });
const unxz = compressor({ suffix: ".xz", unpacks: true });

export const compressionPrograms: ProgramTable = {
  gzip,
  pigz: gzip,
  gunzip,
  unpigz: gunzip,
  bzip2,
  pbzip2: bzip2,
  lbzip2: bzip2,
  bunzip2,
  xz,
  pixz: xz,
  unxz,
  lzma: compressor({ suffix: ".lzma" }),
  unlzma: compressor({ suffix: ".lzma", unpacks: true }),
  zstd: compressor({ suffix: ".zst", keeps: true }),
  unzstd: compressor({ suffix: ".zst", keeps: true, unpacks: true }),
  brotli: compressor({ suffix: ".br", keeps: true }),
  lz4,
  unlz4: lz4,
  compress: compressor({ suffix: ".Z" }),
  uncompress: compressor({ suffix: ".Z", unpacks: true }),
  zcat: printer,
  gzcat: printer,
  xzcat: printer,
  bzcat: printer,
  zstdcat: printer,
  lz4cat: printer,
  lzcat: printer,
};
