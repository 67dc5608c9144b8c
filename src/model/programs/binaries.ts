// Programs that rewrite binaries in place: strip, patchelf, upx, …
import { readArguments } from "../arguments.ts";
import type { Program, ProgramTable } from "../program.ts";
import { edited, readWords, unlessTold, written } from "./effects.ts";
import { filesOf } from "./places.ts";

const strip: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      ..."-o -K -N -R -F -I -O --keep-symbol --strip-symbol --remove-section --target --output-target".split(
        " ",
      ),
      ..."--keep-section --input-target -f -e".split(" "),
    ],
  });
  const output = args.value("-o");
  if (output !== undefined) {
    return [...readWords(call, args.operands), ...written(call, "create", filesOf(call, [output], "exact"))];
  }
  return [
    ...edited(call, filesOf(call, args.operands, "exact"), "strips"),
    ...unlessTold(call, args.operands),
  ];
};

const patchelf: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      ..."--set-rpath --add-rpath --set-interpreter --add-needed --remove-needed --set-soname --output".split(
        " ",
      ),
      ..."--page-size --allowed-rpath-prefixes --clear-symbol-version --add-debug-tag --rename-dynamic-symbols".split(
        " ",
      ),
    ],
  });
  // --replace-needed takes two values: the second one is an operand here.
  const files = args.operands.slice(call.words.filter(({ text }) => text === "--replace-needed").length * 2);
  const changes = [...args.options.keys()].some((name) => !/^--(print|version|help|debug|output)/.test(name));
  const output = args.value("--output");
  if (!changes || output !== undefined) {
    const to = output === undefined ? [] : filesOf(call, [output], "exact");
    return [...readWords(call, files), ...written(call, "create", to)];
  }
  return [...edited(call, filesOf(call, files, "exact"), "patches"), ...unlessTold(call, files)];
};

const chrpath: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-r", "--replace"] });
  const changes = args.has("-r", "--replace", "-d", "--delete", "-c", "--convert");
  return changes
    ? edited(call, filesOf(call, args.operands, "exact"), "patches")
    : readWords(call, args.operands);
};

const objcopy: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      ..."-I -O -B -F -j -R -K -N -L -G -W -b -i --only-section --remove-section --keep-symbol --strip-symbol".split(
        " ",
      ),
      ..."--add-section --set-section-flags --add-gnu-debuglink --rename-section --redefine-sym --prefix-symbols".split(
        " ",
      ),
    ],
  });
  const [input, output] = args.operands;
  if (input === undefined) return [];
  if (output === undefined) return edited(call, filesOf(call, [input], "exact"), "rewrites");
  return [...readWords(call, [input]), ...written(call, "create", filesOf(call, [output], "exact"))];
};

const upx: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-o"] });
  if (args.has("-t", "-l", "--test", "--list")) return readWords(call, args.operands);
  const output = args.value("-o");
  if (output !== undefined) {
    return [...readWords(call, args.operands), ...written(call, "create", filesOf(call, [output], "exact"))];
  }
  return [
    ...edited(call, filesOf(call, args.operands, "exact"), "packs"),
    ...unlessTold(call, args.operands),
  ];
};

const execstack: Program = (call) => {
  const args = readArguments(call.words);
  const files = filesOf(call, args.operands, "exact");
  return args.has("-q", "--query") ? readWords(call, args.operands) : edited(call, files, "patches");
};

export const binaryPrograms: ProgramTable = {
  strip,
  "eu-strip": strip,
  "llvm-strip": strip,
  sstrip: strip,
  patchelf,
  chrpath,
  objcopy,
  "llvm-objcopy": objcopy,
  upx,
  "upx-ucl": upx,
  execstack,
};
