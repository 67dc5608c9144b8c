// What a base image is known to be, from its name.
import { LARGE } from "./effect.ts";
import { baseImageFactSchema, baseImageFacts } from "./knowledge/base-images.ts";
import type { BaseImage } from "./program.ts";

/** Systems that tags name: `3.12-alpine`, `22-bookworm-slim`, `12.4.0-base-ubi9`. */
const TAG_FAMILIES: readonly (readonly [RegExp, BaseImage["family"]])[] = [
  [/windowsservercore|nanoserver|windows|ltsc20/, "windows"],
  [/alpine/, "alpine"],
  [/ubuntu|trusty|xenial|bionic|focal|jammy|noble|plucky|resolute/, "ubuntu"],
  [/debian|wheezy|jessie|stretch|buster|bullseye|bookworm|trixie|forky|\bsid\b/, "debian"],
  [
    /\bubi\d*|centos|rocky|alma|fedora|oracle|amazonlinux|\bal20\d\d|\bel\d|azurelinux|mariner|\brhel/,
    "redhat",
  ],
  [/opensuse|\bsles?\d|leap/, "suse"],
  [/archlinux/, "arch"],
];

interface Fact {
  readonly patterns: readonly RegExp[];
  readonly family: BaseImage["family"] | undefined;
  readonly known: Omit<BaseImage, "family" | "cleansApt">;
}

let facts: readonly Fact[] | undefined;

function allFacts(): readonly Fact[] {
  facts ??= baseImageFacts.map((entry) => {
    const { names, family, plain, pythonPrefix, env, user, workdir, contents } =
      baseImageFactSchema.parse(entry);
    return {
      patterns: names.map(
        (name) => new RegExp(`(^|/)${name.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*")}$`),
      ),
      family,
      known: {
        pythonPrefix: pythonPrefix ?? "/usr/local",
        ...(plain === undefined ? {} : { plain }),
        ...(env === undefined ? {} : { env }),
        ...(user === undefined ? {} : { user }),
        ...(workdir === undefined && plain !== true ? {} : { workdir: workdir ?? "/" }),
        ...(contents === undefined
          ? {}
          : {
              contents: contents.map(({ path, what }) => ({
                target: { path, extent: "tree" as const },
                size: LARGE,
                what,
              })),
            }),
      },
    };
  });
  return facts;
}

/**
 * What an image is, from its name as FROM has it; undefined for a name that only the build knows.
 *
 * Official Debian and Ubuntu images and all that derive from them keep /etc/apt/apt.conf.d/docker-clean, which
 * removes package archives after each install (debuerreotype, `debuerreotype-minimizing-config`); an unknown image
 * on which apt runs derives from them, as good as always, so it cleans too.
 */
export function baseImage(name = ""): BaseImage {
  const known = images.get(name) ?? readName(name);
  if (images.size > 1000) images.clear();
  images.set(name, known);
  return known;
}

const images = new Map<string, BaseImage>();

function readName(name: string): BaseImage {
  const { repository, tag } = nameParts(name);
  if (repository === "scratch")
    return { family: "scratch", cleansApt: false, pythonPrefix: "/usr/local", workdir: "/" };
  const fact = allFacts().find(({ patterns }) => patterns.some((pattern) => pattern.test(repository)));
  const tagged = TAG_FAMILIES.find(([pattern]) => pattern.test(tag))?.[1];
  const inName = TAG_FAMILIES.find(([pattern]) => pattern.test(repository))?.[1];
  const family = tagged ?? fact?.family ?? inName ?? "unknown";
  const cleansApt = family === "debian" || family === "ubuntu" || family === "unknown";
  // Without FROM's name there may be any Python; most images have the system's or that of the official image.
  return { pythonPrefix: "/usr/local", ...fact?.known, family, cleansApt };
}

/** `registry:5000/a/b:tag@sha256:…` → `a/b` and `tag`, in lower case; platform and mirror prefixes taken off. */
function nameParts(name: string): { repository: string; tag: string } {
  const plain = name.toLowerCase().replace(/@.*$/, "");
  const match = /^(.*?)(?::([^/]*))?$/s.exec(plain);
  let repository = match?.[1] ?? plain;
  const [first, ...rest] = repository.split("/");
  if (rest.length > 0 && /[.:]|^localhost$/.test(first ?? "")) repository = rest.join("/");
  repository = repository
    .replace(/^(.*\/)?library\//, "")
    .replace(/^(amd64|arm64v8|arm32v[567]|i386|ppc64le|s390x|riscv64)\//, "");
  return { repository, tag: match?.[2] ?? "" };
}
