// Download and tar command lines as the two ends of a pipe.
import type { Model } from "../model/model.ts";
import type { ShellCommand, Word } from "../shell/command.ts";
import { slice } from "../text.ts";

/** A curl or wget command that writes to standard output instead of to its file; undefined when it has no simple form. */
export function toStdout({ dockerfile }: Model, command: ShellCommand): string | undefined {
  const [program, ...rest] = command.words;
  if (program === undefined || command.redirects.length > 0 || command.stdin !== undefined) return undefined;
  if (command.assignments.size > 0 || command.wrappers.length > 0) return undefined;
  const { text } = program;
  const words = rest.map((word) => slice(dockerfile.text, word.span));
  const out: string[] = [];
  let urls = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]!;
    const isUrl = !word.startsWith("-");
    if (isUrl) urls += 1;
    const kept = text === "curl" ? curlWord(word) : wgetWord(word);
    if (kept === undefined) return undefined;
    if (kept.text !== "") out.push(kept.text);
    if (kept.skip) i += 1;
    else if (kept.value) {
      i += 1;
      if (words[i] === undefined) return undefined;
      out.push(words[i]!);
    }
  }
  if (urls !== 1 || (text !== "curl" && text !== "wget")) return undefined;
  return text === "curl" ? [text, ...out].join(" ") : [text, "-O-", ...out].join(" ");
}

interface Kept {
  readonly text: string;
  /** The next word goes, too. */
  readonly skip?: boolean;
  /** The next word is its value. */
  readonly value?: boolean;
}

/** curl(1); undefined for an option whose meaning for this is not known. */
function curlWord(word: string): Kept | undefined {
  if (!word.startsWith("-")) return { text: word };
  if (/^--(output|output-dir)$/.test(word)) return { text: "", skip: true };
  if (/^--(output=.*|remote-name|create-dirs)$/.test(word)) return { text: "" };
  if (
    /^--(location|silent|show-error|fail|insecure|compressed|progress-bar|http1\.1|tlsv1\.\d|ipv4|ipv6)$/.test(
      word,
    )
  )
    return { text: word };
  if (
    /^--(retry|retry-delay|retry-max-time|connect-timeout|max-time|header|user-agent|proto|user)$/.test(word)
  )
    return { text: word, value: true };
  if (/^--[\w-]+=/.test(word)) return { text: word };
  const cluster = /^-([fsSLkgj46#]*)([oOHAu]?)$/.exec(word);
  if (cluster === null) return undefined;
  const [, plain, last] = cluster;
  const text = plain === "" ? "" : `-${plain}`;
  if (last === "o") return { text, skip: true };
  if (last === "O" || last === "") return { text };
  return { text: word, value: true };
}

/** wget(1). */
function wgetWord(word: string): Kept | undefined {
  if (!word.startsWith("-")) return { text: word };
  if (/^(--output-document|--directory-prefix|-P)$/.test(word)) return { text: "", skip: true };
  if (/^(--output-document=|--directory-prefix=|-P.)/.test(word)) return { text: "" };
  if (/^(--progress=|--show-progress$)/.test(word)) return { text: word };
  if (
    /^--(no-check-certificate|quiet|no-verbose|no-cookies|https-only|max-redirect=.*|tries=.*|timeout=.*|header=.*|user-agent=.*|secure-protocol=.*)$/.test(
      word,
    )
  )
    return { text: word };
  if (/^--(header|user-agent|tries|timeout)$/.test(word) || /^-[tTU]$/.test(word))
    return { text: word, value: true };
  if (/^-(q|nv|nc|nd|nH)$/.test(word)) return /^-n[cdH]$/.test(word) ? { text: "" } : { text: word };
  const cluster = /^-(q|nv)?O(.*)$/.exec(word);
  if (cluster === null) return undefined;
  const text = cluster[1] === undefined ? "" : `-${cluster[1]}`;
  return cluster[2] === "" ? { text, skip: true } : { text };
}

const PACKED: readonly (readonly [RegExp, string])[] = [
  [/\.(tar\.gz|tgz)$/i, "z"],
  [/\.(tar\.bz2|tbz2?)$/i, "j"],
  [/\.(tar\.xz|txz)$/i, "J"],
  [/\.tar\.zst$|\.tzst$/i, "zstd"],
  [/\.tar$/i, ""],
];

/**
 * A tar command that reads the archive from standard input. tar tells the packing of a file by itself, but not of a
 * pipe, so that it has to be named. Undefined when it does more than unpack, or the packing is not known.
 */
export function fromStdin({ dockerfile }: Model, command: ShellCommand, archive: string): string | undefined {
  const [program, ...rest] = command.words;
  if (program?.text !== "tar" && program?.text !== "bsdtar") return undefined;
  if (command.redirects.length > 0 || command.stdin !== undefined || command.wrappers.length > 0)
    return undefined;
  if (command.assignments.size > 0) return undefined;
  const source = (word: Word): string => slice(dockerfile.text, word.span);
  const out: string[] = [];
  let flags = "";
  let file = false;
  for (let i = 0; i < rest.length; i += 1) {
    const word = rest[i]!;
    const { text } = word;
    if (/^--file=/.test(text)) file = true;
    else if (text === "--file") {
      file = true;
      i += 1;
    } else if (/^--(extract|get)$/.test(text)) {
      flags += "x";
      out.push(text);
    } else if (/^--(gzip|gunzip|ungzip|bzip2|xz|zstd|lzma)$/.test(text)) {
      flags += "z";
      out.push(text);
    } else if ((i === 0 && /^[xzjJvfpomkhC]+$/.test(text)) || /^-[xzjJvfpomkhC]+$/.test(text)) {
      const letters = text.replace(/^-/, "");
      flags += letters;
      const dash = text.startsWith("-") ? "-" : "";
      if (letters.includes("f") && !letters.endsWith("f") && letters.includes("C")) return undefined;
      const kept = letters.replace("f", "");
      if (kept !== "") out.push(dash + kept);
      if (letters.includes("f")) {
        file = true;
        i += 1;
      } else if (letters.includes("C")) {
        i += 1;
        if (rest[i] !== undefined) out.push(source(rest[i]!));
      }
    } else out.push(source(word));
  }
  if (!file || !flags.includes("x") || /[ct]/.test(flags.replace(/C/g, ""))) return undefined;
  if (!/[zjJ]/.test(flags) && !out.some((word) => word === "--zstd")) {
    const packing = PACKED.find(([pattern]) => pattern.test(archive))?.[1];
    if (packing === undefined) return undefined;
    if (packing !== "") {
      const at = out.findIndex((word) => /^-?[xvpomkh]+$/.test(word));
      if (packing === "zstd" || at < 0) out.unshift(packing === "zstd" ? "--zstd" : `-${packing}`);
      else out[at] = out[at]!.replace(/^(-?)/, `$1${packing}`).replace(/^(-?)([zjJ])x/, "$1x$2");
    }
  }
  return [program.text, ...out].join(" ");
}
