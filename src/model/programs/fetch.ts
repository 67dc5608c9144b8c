// Programs that download files: curl, wget, aria2c, and the copy commands of cloud stores.
import type { Word } from "../../shell/command.ts";
import { HOLE_END, HOLE_START, knownValue, leadingText, QUOTED, render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { type Effect, LARGE, NEGLIGIBLE, type Size, UNKNOWN_SIZE } from "../effect.ts";
import { condaName } from "../names.ts";
import { joinPath, normalizePath, splitPath, type Target } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { isDash, opaque, readWords, remoteOrigin, unlessTold, written } from "./effects.ts";
import { destinationOf, filesOf, placed } from "./places.ts";

const curlValued = (
  "-A -b -c -C -d -D -e -E -F -h -H -K -m -o -P -Q -r -t -T -u -U -w -x -X -y -Y -z --user-agent --cookie " +
  "--cookie-jar --continue-at --data --data-raw --data-binary --data-urlencode --data-ascii --dump-header --referer " +
  "--cert --key --cacert --capath --form --form-string --header --config --max-time --connect-timeout --output " +
  "--output-dir --quote --range --retry --retry-delay --retry-max-time --upload-file --user --proxy-user --write-out " +
  "--proxy --socks4 --socks4a --socks5 --socks5-hostname --request --limit-rate --time-cond --url --resolve --ciphers " +
  "--tls13-ciphers --tls-max --interface --proto --proto-redir --proto-default --stderr --noproxy --max-filesize " +
  "--max-redirs --hsts --doh-url --create-file-mode --dns-servers --speed-limit --speed-time --parallel-max " +
  "--request-target --unix-socket --aws-sigv4 --oauth2-bearer --netrc-file --keepalive-time --pass --cert-type " +
  "--key-type --engine --local-port --variable --trace --trace-ascii --libcurl --etag-save --etag-compare --rate " +
  "--json --preproxy --pinnedpubkey --login-options --connect-to --service-name --expect100-timeout"
).split(" ");

const curlAliases = {
  "--output": "-o",
  "--remote-name": "-O",
  "--remote-header-name": "-J",
  "--dump-header": "-D",
  "--cookie-jar": "-c",
  "--config": "-K",
  "--upload-file": "-T",
};

function curlArguments(words: readonly Word[]): Arguments {
  return readArguments(words, { valued: curlValued, aliases: curlAliases });
}

const curl: Program = (call) => {
  const args = curlArguments(call.words);
  const urls = urlsOf(args);
  const folder = args.value("--output-dir");
  const base = folder === undefined ? call.command.cwd : call.path(folder);
  const effects: Effect[] = ["-D", "-c"].flatMap((name) => {
    const file = args.value(name);
    return file === undefined || isDash(file)
      ? []
      : written(call, "create", filesOf(call, [file], "exact"), NEGLIGIBLE);
  });
  const upload = args.value("-T");
  if (upload !== undefined) return [...effects, ...readWords(call, [upload])];
  if (args.has("-K")) return [...effects, opaque(call)];
  const outputs = args.options.get("-o") ?? [];
  const named = args.has("-O", "--remote-name-all");
  urls.forEach((url, index) => {
    const output = outputs[index];
    if (output !== undefined) effects.push(...saved(call, url, outputPath(call, output, base), output));
    else if (named) effects.push(...savedByName(call, url, base, args.has("-J")));
  });
  // A variable among the options may hold the URL.
  if (urls.length === 0) {
    for (const output of outputs)
      effects.push(...saved(call, undefined, outputPath(call, output, base), output));
  }
  return effects;
};

function urlsOf(args: Arguments): readonly Word[] {
  const given = [...(args.options.get("--url") ?? []), ...args.operands];
  // A variable with options in it is no URL, when other words are one.
  const sure = given.filter((word) => /:\/\/|\./.test(word.text) || /:\/\/|\./.test(render(word)));
  return sure.length > 0 ? sure : given.slice(-Math.max(1, args.options.get("-o")?.length ?? 1));
}

function outputPath(call: Call, word: Word, base: string | undefined): string | undefined {
  const path = normalizePath(render(word), base);
  return path === undefined ? undefined : call.situation.follow(path);
}

function saved(call: Call, url: Word | undefined, path: string | undefined, output: Word): Effect[] {
  if (isDash(output)) return [];
  if (path === undefined) return [opaque(call)];
  if (/^\/dev\//.test(path)) return [];
  return download(call, [{ path, extent: "exact" }], url);
}

function savedByName(call: Call, url: Word, base: string | undefined, unsure: boolean): Effect[] {
  if (base === undefined) return [opaque(call)];
  const name = unsure ? undefined : urlName(url);
  return download(
    call,
    [name === undefined ? { path: base, extent: "some" } : { path: joinPath(base, name), extent: "exact" }],
    url,
  );
}

function download(call: Call, targets: readonly Target[], url: Word | undefined, keeps = false): Effect[] {
  const sizes = targets.map(({ path }) => downloadSize(path, url));
  const size = sizes.find(({ kind }) => kind !== "negligible") ?? NEGLIGIBLE;
  return written(call, "download", targets, size, {
    ...(url === undefined ? {} : { origin: remoteOrigin(url) }),
    ...(keeps ? { keeps } : {}),
  });
}

/**
 * Signatures, checksums, keys and lists of repositories are small, installers of conda are not; nothing is known of
 * other downloads.
 */
export function downloadSize(path: string, url: Word | undefined): Size {
  if (url !== undefined && condaName(urlName(url) ?? "") !== undefined) return LARGE;
  return /\.(asc|sig|sign|sha\d*(sum)?|md5|gpg|key|pub|pem|crt|list|repo|sources|service|conf)$/i.test(path)
    ? NEGLIGIBLE
    : UNKNOWN_SIZE;
}

/** The last name in a URL, without query and fragment; undefined when it cannot be told. */
function urlName(url: Word, keepsQuery = false): string | undefined {
  const text = render(url).replaceAll(QUOTED, "");
  const plain = keepsQuery ? text : cutOutsideHoles(text, /[?#]/);
  const scheme = plain.indexOf("://");
  const segments = splitPath(scheme < 0 ? plain : plain.slice(scheme + 3));
  const name = segments.at(-1) ?? "";
  // Alone, a variable holds a whole URL; "https://host" has no name.
  if (segments.length === 1 && (scheme >= 0 || name.startsWith(HOLE_START))) return undefined;
  return /^\.{0,2}$/.test(name) ? undefined : name.replace(/[*?[]/g, `${QUOTED}$&`);
}

function cutOutsideHoles(text: string, at: RegExp): string {
  const parts = text.split(new RegExp(`(${HOLE_START}[^${HOLE_END}]*${HOLE_END})`));
  let out = "";
  for (const part of parts) {
    const cut = part.startsWith(HOLE_START) ? -1 : part.search(at);
    if (cut >= 0) return out + part.slice(0, cut);
    out += part;
  }
  return out;
}

const wgetValued = (
  "-O -P -o -a -i -B -t -T -w -Q -U -e -l -A -R -D -I -X --output-document --directory-prefix --output-file " +
  "--append-output --input-file --base --tries --timeout --wait --waitretry --quota --user-agent --execute --level " +
  "--accept --reject --domains --header --post-data --post-file --user --password --http-user --http-password " +
  "--http-passwd --ca-certificate --ca-directory --certificate --private-key --secure-protocol --progress --limit-rate " +
  "--load-cookies --save-cookies --referer --method --body-data --cut-dirs --default-page --dns-timeout " +
  "--connect-timeout --read-timeout --prefer-family --report-speed --compression --max-redirect --proxy-user " +
  "--proxy-password --ciphers --hsts-file --exclude-domains --include-directories --exclude-directories " +
  "--restrict-file-names --bind-address --regex-type --accept-regex --reject-regex --use-askpass --retry-on-http-error"
).split(" ");

const wgetAliases = {
  "--output-document": "-O",
  "--directory-prefix": "-P",
  "--output-file": "-o",
  "--append-output": "-a",
  "--input-file": "-i",
  "--no-clobber": "-nc",
  "--recursive": "-r",
  "--mirror": "-m",
};

/** The options of wget of two letters behind one dash. */
const TWO_LETTERS = /^-(nc|nv|nd|nH|np)$/;

function wgetArguments(words: readonly Word[]): Arguments {
  return readArguments(
    words.filter((word) => !TWO_LETTERS.test(word.text)),
    { valued: wgetValued, aliases: wgetAliases },
  );
}

const wget: Program = (call) => {
  const args = wgetArguments(call.words);
  const log = args.value("-o", "-a");
  const effects: Effect[] =
    log === undefined || isDash(log)
      ? []
      : written(call, "create", filesOf(call, [log], "exact").filter(isKept), NEGLIGIBLE);
  if (args.has("--spider", "--version", "--help")) return effects;
  const urls = urlsOf(args);
  const output = args.value("-O");
  const keeps = args.has("-nc", "-N", "--timestamping") || call.words.some(({ text }) => text === "-nc");
  if (output !== undefined) {
    const path = call.path(output);
    if (isDash(output)) return effects;
    if (path === undefined) return [...effects, opaque(call)];
    if (path.startsWith("/dev/")) return effects;
    return [...effects, ...download(call, [{ path, extent: "exact" }], urls[0])];
  }
  const folder = call.path(args.value("-P") ?? ".");
  if (folder === undefined) return [...effects, opaque(call)];
  if (
    args.has(
      "-r",
      "-m",
      "-i",
      "-p",
      "-x",
      "--page-requisites",
      "--content-disposition",
      "--force-directories",
    )
  ) {
    return [...effects, ...download(call, [{ path: folder, extent: "some" }], urls[0], keeps)];
  }
  return [
    ...effects,
    ...urls.flatMap((url) => {
      const name = urlName(url, true) ?? (render(url).endsWith("/") ? "index.html" : undefined);
      const target: Target =
        name === undefined
          ? { path: folder, extent: "some" }
          : { path: joinPath(folder, name), extent: "exact" };
      return download(call, [target], url, keeps);
    }),
  ];
};

function isKept({ path }: Target): boolean {
  return !path.startsWith("/dev/");
}

const aria2c: Program = (call) => {
  const args = readArguments(call.words, {
    valued: (
      "-d -o -i -x -s -j -k -m -t -U -l --dir --out --input-file --max-connection-per-server --split " +
      "--max-concurrent-downloads --min-split-size --header --user-agent --log"
    ).split(" "),
    aliases: { "--dir": "-d", "--out": "-o", "--input-file": "-i" },
  });
  const folder = call.path(args.value("-d") ?? ".");
  if (folder === undefined) return [opaque(call)];
  if (args.has("-i")) return download(call, [{ path: folder, extent: "some" }], undefined);
  const output = args.value("-o");
  const url = args.operands[0];
  if (output !== undefined) return saved(call, url, outputPath(call, output, folder), output);
  return args.operands.flatMap((word) => savedByName(call, word, folder, false));
};

/** `aws s3 cp`, `aws s3 sync`, `gsutil cp`, `gcloud storage cp`, `mc cp`, `s3cmd get`, `azcopy copy`: store to path. */
const cloudCopy: Program = (call) => {
  const args = readArguments(call.words, {
    valued:
      "--region --profile --endpoint-url --exclude --include --acl -o --project --account-name --sse".split(
        " ",
      ),
  });
  const at = args.operands.findIndex((word) => /^(cp|sync|mv|copy|get|rsync)$/.test(knownValue(word) ?? ""));
  const [from, to] = at < 0 ? [] : args.operands.slice(at + 1);
  if (from === undefined || to === undefined) return undefined;
  if (!isStore(from)) return readWords(call, [from], "tree");
  if (isStore(to) || isDash(to)) return [];
  const many =
    args.has("--recursive", "-r") || !/^(cp|mv|copy|get)$/.test(knownValue(args.operands[at]!) ?? "");
  const place = destinationOf(call, to, [from]);
  const targets: Target[] =
    place === undefined
      ? []
      : many
        ? [{ path: place.path, extent: "tree" }]
        : placed(call, from, place, "exact");
  return [...download(call, targets, from), ...unlessTold(call, [to])];
};

function isStore(word: Word): boolean {
  return /^[a-z][\w+.-]*:\/\//.test(leadingText(word));
}

/** scp and sftp in a build: from a host to a path. */
const scp: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-P", "-i", "-o", "-F", "-c", "-l", "-S", "-J"] });
  const to = args.operands.at(-1);
  const sources = args.operands.slice(0, -1);
  if (to === undefined || sources.length === 0) return undefined;
  if (/^[^/]+:/.test(leadingText(to))) return readWords(call, sources, "tree");
  const place = destinationOf(call, to, sources);
  const targets =
    place === undefined
      ? []
      : sources.flatMap((word) => placed(call, word, place, args.has("-r") ? "tree" : "exact"));
  return [...download(call, targets, sources[0]), ...unlessTold(call, [to])];
};

/** The URLs that a call of curl or wget fetches; empty for other programs. */
export function downloadUrls(call: Call): readonly Word[] {
  if (call.name === "curl") return urlsOf(curlArguments(call.words));
  if (call.name === "wget") return urlsOf(wgetArguments(call.words));
  return [];
}

export const fetchPrograms: ProgramTable = {
  curl,
  wget,
  aria2c,
  axel: aria2c,
  aws: cloudCopy,
  gsutil: cloudCopy,
  gcloud: cloudCopy,
  azcopy: cloudCopy,
  s3cmd: cloudCopy,
  scp,
};
