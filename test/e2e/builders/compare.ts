// Whether two images show the same files, times left out.
import type { BuiltImage } from "./files.ts";
import type { Entry } from "./layer.ts";

/** What two builds of one Dockerfile may differ in; each with the reason. */
const noise: readonly { readonly path: RegExp; readonly what: "all" | "content"; readonly why: string }[] = [
  { path: /\.pyc$/, what: "content", why: "byte code holds the time of its source" },
  { path: /^var\/log\//, what: "all", why: "logs say when" },
  { path: /^var\/cache\/ldconfig\/aux-cache$/, what: "content", why: "holds inode numbers and times" },
  { path: /^etc\/ld\.so\.cache$/, what: "content", why: "written by ldconfig in the order of the folder" },
  { path: /^etc\/(passwd|group|shadow|gshadow)-$/, what: "content", why: "the state before the last change" },
  { path: /^var\/cache\/apt\/(src)?pkgcache\.bin$/, what: "content", why: "holds times" },
  { path: /^var\/cache\/debconf\/.*-old$/, what: "content", why: "the state before the last change" },
  { path: /^var\/lib\/dpkg\/.*-old$/, what: "content", why: "the state before the last change" },
  { path: /^(dev|proc|sys|run)(\/|$)/, what: "all", why: "mounted while a step runs" },
  { path: /^etc\/(hosts|hostname|resolv\.conf)$/, what: "all", why: "mounted while a step runs" },
];

/** One line for each difference: "app/x: mode 755, then 644"; empty when the images show the same. */
export function differences(before: BuiltImage, after: BuiltImage): readonly string[] {
  const paths = [...new Set([...before.files.keys(), ...after.files.keys()])].sort();
  const lines: string[] = [];
  for (const path of paths) {
    const ignored = noise.find((each) => each.path.test(path))?.what;
    if (ignored === "all") continue;
    const was = before.files.get(path);
    const is = after.files.get(path);
    if (was === undefined || is === undefined) lines.push(`/${path}: ${was ? "is gone" : "is new"}`);
    else lines.push(...changes(was, is, ignored === "content").map((change) => `/${path}: ${change}`));
  }
  return [...lines, ...linkChanges(before, after)];
}

function changes(was: Entry, is: Entry, anyContent: boolean): readonly string[] {
  const lines: string[] = [];
  const compare = (what: string, a: string | number | undefined, b: string | number | undefined) => {
    if (a !== b) lines.push(`${what} ${a}, then ${b}`);
  };
  compare("type", was.type, is.type);
  compare("mode", was.mode.toString(8), is.mode.toString(8));
  compare("uid", was.uid, is.uid);
  compare("gid", was.gid, is.gid);
  compare("link", was.link, is.link);
  compare("device", was.device, is.device);
  if (!anyContent && (was.hash !== is.hash || was.size !== is.size)) {
    lines.push(`content of ${was.size} bytes, then of ${is.size} bytes`);
  }
  compare("attributes", JSON.stringify(was.attributes), JSON.stringify(is.attributes));
  return lines;
}

/** Files that have several names must have the same names. */
function linkChanges(before: BuiltImage, after: BuiltImage): readonly string[] {
  const was = nameGroups(before);
  const is = nameGroups(after);
  return [
    ...[...was].filter((group) => !is.has(group)).map((group) => `${group}: were one file`),
    ...[...is].filter((group) => !was.has(group)).map((group) => `${group}: are one file now`),
  ];
}

function nameGroups({ files }: BuiltImage): ReadonlySet<string> {
  const names = new Map<Entry, string[]>();
  for (const [path, entry] of files) names.set(entry, [...(names.get(entry) ?? []), `/${path}`]);
  return new Set(
    [...names.values()].filter(({ length }) => length > 1).map((group) => group.sort().join(" = ")),
  );
}
