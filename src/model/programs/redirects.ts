// What the redirections of any command store.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, NEGLIGIBLE, type Size, UNKNOWN_SIZE, type WriteMethod } from "../effect.ts";
import { isBelow, type Target } from "../path.ts";
import type { Call } from "../program.ts";
import { edited, pathOrigin, readTargets, remoteOrigin, type WriteDetail, written } from "./effects.ts";
import { downloadSize, downloadUrls } from "./fetch.ts";
import { filesOf } from "./places.ts";

/** Programs that print a few lines, or text about as long as a configuration file. */
const PRINTS_LITTLE = new Set(
  (
    "echo printf : true false date uname whoami id which hostname pwd env basename dirname ls type command arch nproc " +
    "grep egrep fgrep sed awk gawk mawk head tail cut tr wc sort uniq jq yq envsubst seq stat readlink realpath " +
    "sha1sum sha224sum sha256sum sha384sum sha512sum md5sum cksum getent lsb_release dpkg dpkg-query rpm apk " +
    "ssh-keyscan ssh-keygen openssl gpg kubectl helm git pip pip3 uv " +
    "dbus-uuidgen uuidgen locale getconf find test ["
  ).split(" "),
);

/** Whether a command's output is text of a few KB at most, as a rule. */
export function printsLittle(call: Call): boolean {
  if (call.name === "" || PRINTS_LITTLE.has(call.name)) return true;
  if (call.name !== "cat") return false;
  const { operands } = readArguments(call.words);
  return operands.length === 0 && call.command.stdin !== undefined && call.command.stdin.kind !== "pipe";
}

/** The writes, edits and reads of a command's redirections; for any command, also one that nobody knows. */
export function redirectEffects(call: Call): Effect[] {
  return call.command.redirects.flatMap((redirect): Effect[] => {
    const { operator, fd, target } = redirect;
    const text = render(target);
    // 2>&1, >&-, <&3: no files.
    if (/^[<>]&$/.test(operator) && /^(\d+|\d*-)$/.test(text)) return [];
    // Process substitutions and here-documents have no file either.
    if (operator === "<&" || operator.startsWith("<<")) return [];
    const targets = filesOf(call, [target], "exact").filter(({ path }) => isStored(path));
    switch (operator) {
      case "<":
        return readTargets(call, targets);
      case "<>":
        return [];
      case ">>":
      case "&>>":
        return fd === 2 && operator === ">>" ? logged(call, targets) : edited(call, targets, "appends to");
      default:
        return fd === 2 && operator !== "&>" ? logged(call, targets) : output(call, targets);
    }
  });
}

function isStored(path: string): boolean {
  return !["/dev", "/proc", "/sys"].some((folder) => isBelow(path, folder));
}

/** Error messages: a few lines. */
function logged(call: Call, targets: readonly Target[]): Effect[] {
  return written(call, "create", targets, NEGLIGIBLE);
}

const UNPACKERS =
  /^(zcat|gunzip|gzip|xz|xzcat|unxz|bzcat|bunzip2|bzip2|zstd|zstdcat|unzstd|lz4|lz4cat|unzip|tar|brotli)$/;

function output(call: Call, targets: readonly Target[]): Effect[] {
  const first = targets[0];
  if (first === undefined) return [];
  let how: WriteMethod = "create";
  let size: Size = printsLittle(call) ? NEGLIGIBLE : UNKNOWN_SIZE;
  let detail: WriteDetail = {};
  if (/^(curl|wget)$/.test(call.name)) {
    const url = downloadUrls(call)[0];
    how = "download";
    size = downloadSize(first.path, url);
    detail = url === undefined ? {} : { origin: remoteOrigin(url) };
  } else if (call.name === "cat" && size.kind !== "negligible") {
    how = "duplicate";
    detail = pathOrigin(filesOf(call, readArguments(call.words).operands, "exact"));
  } else if (UNPACKERS.test(call.name)) {
    how =
      call.words.some(({ text: word }) => /^-\w*d/.test(word)) || /^(un|.*cat$|gun|bun)/.test(call.name)
        ? "unpack"
        : how;
    detail = pathOrigin(filesOf(call, readArguments(call.words).operands, "exact"));
  }
  return written(call, how, targets, size, detail);
}
