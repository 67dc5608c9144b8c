// How big packages of operating systems are, as far as the name says it: very large ones, and very small ones.
import { z } from "zod";
import { LARGE, NEGLIGIBLE, type PackageRequest, type Size, UNKNOWN_SIZE } from "../effect.ts";

export const systemPackageSchema = z
  .strictObject({
    /** Package names; `*` stands for any characters. */
    names: z.array(z.string().min(1)).min(1),
    /** Installed bytes with what it newly brings, at most about 1 MB: the sum decides whether anybody need care. */
    bytes: z.number().int().positive().optional(),
    /** At least 50 MB installed, with what it brings, in every version. */
    large: z.boolean().default(false),
    /** Folders outside of /usr that it fills. */
    folders: z.array(z.string().startsWith("/")).default([]),
    source: z.string(),
  })
  .describe("Packages of operating systems whose size is known from the name");

type SystemPackage = z.output<typeof systemPackageSchema>;

const DEBIAN = "Installed-Size in the package lists of Debian 12";

export const systemPackages: readonly z.input<typeof systemPackageSchema>[] = [
  {
    names: [
      "build-essential",
      "build-base",
      "gcc",
      "g++",
      "gcc-[0-9]*",
      "g++-[0-9]*",
      "gcc-c++",
      "base-devel",
      "clang*",
      "llvm",
      "llvm-[0-9]*",
      "llvm-dev",
      "gfortran*",
      "gcc-gfortran",
      "gcc-toolset-*",
      "devtoolset-*",
    ],
    large: true,
    source: `${DEBIAN}: gcc-12 68 MB, g++-12 36 MB, clang-14 with libllvm 200 MB; Alpine's build-base 250 MB`,
  },
  {
    names: [
      "cuda",
      "cuda-[0-9]*",
      "cuda-toolkit*",
      "cuda-libraries*",
      "cuda-nvcc*",
      "cuda-runtime*",
      "libcudnn*",
      "libcublas*",
      "libcufft*",
      "libcusolver*",
      "libcusparse*",
      "libnccl*",
      "libnvinfer*",
      "tensorrt*",
      "nvidia-driver-*",
    ],
    large: true,
    folders: ["/usr/local/cuda"],
    source: "NVIDIA's apt repository: libcublas 600 MB, libcudnn9 900 MB, libnccl2 250 MB",
  },
  {
    names: ["rocm", "rocm-*", "hipblas*", "rocblas*", "miopen*", "rccl*"],
    large: true,
    folders: ["/opt/rocm"],
    source: "AMD's apt repository: rocblas 3 GB, miopen-hip 1 GB",
  },
  {
    names: ["intel-oneapi-*", "intel-basekit*", "intel-hpckit*", "intel-mkl*"],
    large: true,
    folders: ["/opt/intel"],
    source: "Intel's apt repository: the compiler 1 GB, MKL 1 GB",
  },
  {
    names: ["texlive", "texlive-*", "texlive-full", "texmf-dist*"],
    large: true,
    source: `${DEBIAN}: texlive-base 101 MB, texlive-full 6 GB`,
  },
  {
    names: [
      "openjdk-*",
      "openjdk[0-9]*",
      "default-jdk*",
      "default-jre*",
      "java-*-openjdk*",
      "temurin-*",
      "msopenjdk-*",
      "zulu*-jdk*",
      "jdk-*",
    ],
    large: true,
    source: `${DEBIAN}: openjdk-17-jre-headless 190 MB`,
  },
  {
    names: [
      "golang",
      "golang-*",
      "go",
      "rust",
      "rustc",
      "rust-all",
      "cargo",
      "ghc",
      "mono-*",
      "dotnet-sdk-*",
      "dotnet*-sdk",
      "erlang",
      "powershell",
      "nodejs",
    ],
    large: true,
    source: `${DEBIAN}: golang-1.19-go 464 MB with its source, rustc 275 MB, ghc 795 MB, nodejs 192 MB`,
  },
  {
    names: [
      "chromium",
      "chromium-*",
      "chromium-browser",
      "firefox*",
      "google-chrome-*",
      "libreoffice*",
      "libwebkit2gtk*",
      "webkit2gtk*",
      "blender",
      "inkscape",
      "gimp",
      "octave",
      "qgis",
      "pandoc",
      "wine*",
      "android-sdk*",
      "libqt5webengine*",
      "qt5-default",
      "qtbase5-dev",
      "qt6-base-dev",
      "ubuntu-desktop*",
      "xfce4",
      "mariadb-server*",
      "mysql-server*",
      "mongodb-org*",
    ],
    large: true,
    source: `${DEBIAN}: chromium 414 MB with what it brings, libreoffice-core 230 MB, octave 266 MB, wine 701 MB, pandoc 174 MB, mariadb-server 192 MB`,
  },
  {
    names: [
      "ffmpeg",
      "libavcodec-dev",
      "libopencv-dev",
      "opencv-*",
      "libboost-all-dev",
      "boost-dev",
      "boost-devel",
      "r-base",
      "r-base-*",
      "npm",
      "ansible",
      "azure-cli",
      "google-cloud-sdk",
      "google-cloud-cli",
      "linux-headers-*",
      "linux-image-*",
      "kernel-devel*",
      "linux-firmware*",
      "fonts-noto-cjk*",
      "noto-fonts-cjk",
      "font-noto-cjk",
    ],
    large: true,
    source: `${DEBIAN}: ffmpeg with its libraries 168 MB, libboost-all-dev 417 MB, libopencv-dev 687 MB, ansible 290 MB, fonts-noto-cjk 93 MB`,
  },
  {
    names: [
      "libcap",
      "libcap2-bin",
      "libcap-utils",
      "libcap-setcap",
      "attr",
      "acl",
      "su-exec",
      "dumb-init",
      "tini-static",
      "netcat-openbsd",
      "bzip2",
      "tree",
      "patch",
      "bc",
    ],
    bytes: 250_000,
    source: `${DEBIAN}: libcap2-bin 133 kB, patch 248 kB, bc 241 kB; Alpine's are smaller`,
  },
  {
    names: [
      "ca-certificates",
      "ca-certificates-bundle",
      "unzip",
      "zip",
      "less",
      "lsof",
      "tini",
      "gettext-base",
      "apt-utils",
    ],
    bytes: 600_000,
    source: `${DEBIAN}: ca-certificates 388 kB, zip 616 kB, tini 731 kB; apt-utils has a little more`,
  },
];

let parsed: readonly (SystemPackage & { readonly patterns: readonly RegExp[] })[] | undefined;

const facts = new Map<string, SystemPackage | undefined>();

function factOf(name: string): SystemPackage | undefined {
  if (facts.has(name)) return facts.get(name);
  const fact = findFact(name);
  if (facts.size > 10_000) facts.clear();
  facts.set(name, fact);
  return fact;
}

function findFact(name: string): SystemPackage | undefined {
  parsed ??= systemPackages.map((entry) => {
    const fact = systemPackageSchema.parse(entry);
    const patterns = fact.names.map(
      (pattern) =>
        new RegExp(
          `^${pattern
            .replace(/[.+?^${}()|\\]/g, "\\$&")
            .replace(/(?<!\])\*/g, ".*")
            .replace(/\]\*/g, "].*")}$`,
        ),
    );
    return { ...fact, patterns };
  });
  const exact = parsed.find(({ names }) => names.includes(name));
  return exact ?? parsed.find(({ patterns }) => patterns.some((pattern) => pattern.test(name)));
}

/** How much an installation of these packages stores. */
export function systemPackagesSize(packages: readonly PackageRequest[], complete: boolean): Size {
  const facts = packages.map(({ name }) => (name === undefined ? undefined : factOf(name)));
  if (facts.some((fact) => fact?.large)) return LARGE;
  if (!complete || facts.length === 0) return UNKNOWN_SIZE;
  let value = 0;
  for (const fact of facts) {
    if (fact?.bytes === undefined) return UNKNOWN_SIZE;
    value += fact.bytes;
  }
  return { kind: "bytes", value, source: "known" };
}

/**
 * Packages of Debian that hold next to nothing and only depend on others, which stay when no more than they are removed
 * (package lists of Debian 12 and Ubuntu 24.04: at most 70 kB each).
 */
const META = new Set(
  "build-essential gcc g++ gfortran clang llvm default-jdk default-jdk-headless default-jre default-jre-headless golang texlive-full rust-all".split(
    " ",
  ),
);

export function isMetaPackage(name: string): boolean {
  return META.has(name);
}

/** What goes when packages of Debian are removed without those that they brought. */
export function sizeWithoutBrought(packages: readonly PackageRequest[]): Size {
  const own = packages.filter(({ name }) => name === undefined || !META.has(name));
  const complete = packages.every(({ name }) => name !== undefined);
  return own.length === 0 && complete ? NEGLIGIBLE : systemPackagesSize(own, complete);
}

/** Folders outside of /usr that these packages fill. */
export function systemPackageFolders(packages: readonly PackageRequest[]): readonly string[] {
  return [
    ...new Set(packages.flatMap(({ name }) => (name === undefined ? [] : (factOf(name)?.folders ?? [])))),
  ];
}
