// Programs that store nothing: they print, test, wait, or set variables of the shell.
import { knownValue, render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import type { Effect } from "../effect.ts";
import { baseName, type Target } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { readTargets, readWords } from "./effects.ts";

/** Their words are no files. */
const SILENT = (
  "echo printf : true false set export unset shift local readonly declare typeset let return exit break continue wait " +
  "sleep uname id whoami groups logname date pwd arch nproc hostname getconf seq expr env printenv type which whereis " +
  "hash alias unalias umask ulimit trap shopt basename dirname yes kill pkill killall ps top free df uptime tty stty " +
  "clear locale getent lsb_release lscpu lsmod lspci nvidia-smi cd pushd popd dirs jobs fg bg disown times read mapfile " +
  "readarray getopts gpgconf dirmngr gpg-agent factor bc tput setterm enable bind caller history complete compgen " +
  "ssh-keyscan nslookup dig host ping nc netstat ss ip ifconfig sync pgrep pidof mountpoint locale-check dpkg-architecture " +
  "pkg-config pkgconf rpmkeys yes help printargs xx-info TARGETPLATFORM ssh-add ssh-agent stdbuf timedatectl"
)
  .split(" ")
  .filter((name) => !/^(TARGETPLATFORM|printargs|locale-check|stdbuf)$/.test(name));

/** Their words are options and files to read. */
const READERS = (
  "cat head tail wc ls dir vdir stat file readlink realpath diff cmp comm od xxd hexdump strings nm ldd readelf objdump " +
  "size less more uniq paste join rev nl fold fmt pr expand unexpand column base64 base32 tree du jq sha1sum sha224sum " +
  "sha256sum sha384sum sha512sum md5sum b2sum shasum cksum sum scanelf zipinfo lsattr getfacl getcap getfattr " +
  "envsubst tac cut tr shuf tsort xmllint csvtool pygmentize bat lsof fuser visidata zgrep md5 identify soxi ffprobe"
).split(" ");

/** Options of readers that take a value, which is no file. */
const READER_VALUES = [
  "-n",
  "-c",
  "-d",
  "-f",
  "-w",
  "-s",
  "-t",
  "-k",
  "-F",
  "-b",
  "-e",
  "-a",
  "-L",
  "--arg",
  "--argjson",
];

const silent: Program = () => [];

const reader: Program = (call) => {
  const { operands } = readArguments(call.words, {
    valued: call.name === "jq" ? READER_VALUES.slice(-2) : [],
  });
  return readWords(call, existing(call, operands));
};

/** Words such as `-n 5` leave a number behind, which is no file. */
function existing(call: Call, operands: Call["words"]): Call["words"] {
  const numbers = /^(head|tail|cut|fold|nl|od|du|tree)$/.test(call.name);
  return numbers ? operands.filter((word) => !/^[+\d,-]+[kMG]?$/.test(knownValue(word) ?? "")) : operands;
}

const grep: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-e",
      "--regexp",
      "-f",
      "--file",
      "-m",
      "--max-count",
      "-A",
      "-B",
      "-C",
      "-d",
      "-D",
      "--include",
      "--exclude",
    ],
  });
  const files = args.has("-e", "--regexp", "-f", "--file") ? args.operands : args.operands.slice(1);
  const recursive = args.has("-r", "-R", "--recursive");
  return readWords(call, files, recursive ? "tree" : "exact");
};

const test: Program = (call) => {
  const targets = call.words.flatMap((word, at): Target[] => {
    const before = call.words[at - 1];
    if (before === undefined || !/^-[abcdefghkLOprsSuwx]$/.test(before.text)) return [];
    const path = call.path(word);
    return path === undefined ? [] : [{ path, extent: "exact" }];
  });
  return readTargets(call, targets);
};

/** Files that are sourced for the variables that they set. */
const SETS_VARIABLES =
  /(^activate(\.\w+)?$|release$|env(ironment)?(vars)?(\.\w+)?$|^\.?(bash_?)?(profile|rc|bashrc|bash_profile|zshrc|cargo)|^(nvm|conda|sdkman-init|setvars|vars|init)\.sh$|\.env$|buildconfig|^enable$)/;

/** Undefined when the file may do more than set variables: then its text decides. */
const source: Program = (call) => {
  const file = call.words[0];
  if (file === undefined) return undefined;
  const path = call.path(file);
  if (path !== undefined && call.situation.readFile(path) !== undefined) return undefined;
  return SETS_VARIABLES.test(baseName(render(file))) ? readWords(call, [file]) : undefined;
};

/** Whether any program, known or not, only tells of itself: `java -version`, `node --help`. */
export function onlyPrints(call: Call): boolean {
  const first = call.words[0];
  if (first === undefined || call.words.length !== 1) return false;
  return /^(--version|-version|--Version|-V|--help|-help|version)$/.test(knownValue(first) ?? "");
}

function table(names: readonly string[], program: Program): Record<string, Program> {
  return Object.fromEntries(names.map((name) => [name, program]));
}

/** `busybox wget …`: the applet is the program. */
const applet: Program = (call): readonly Effect[] | undefined =>
  call.words[0]?.text.startsWith("-") ? [] : call.translate(call.words);

export const quietPrograms: ProgramTable = {
  ...table(SILENT, silent),
  ...table(READERS, reader),
  grep,
  egrep: grep,
  fgrep: grep,
  zgrep: grep,
  rg: grep,
  test,
  "[": test,
  "[[": test,
  source,
  ".": source,
  busybox: applet,
  toybox: applet,
};
