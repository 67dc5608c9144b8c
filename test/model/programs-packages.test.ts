// The package managers of operating systems: what their calls do to packages, lists and caches.
import { describe, expect, test } from "vitest";
import { UNKNOWN_SIZE } from "../../src/model/effect.ts";
import { includesPath } from "../../src/model/path.ts";
import { effectsOf, type Place, told } from "./package-calls.ts";

type Row = readonly [script: string, effects: readonly string[], place?: Place];

function check(rows: readonly Row[]): void {
  test.each(rows.map(([script, effects, place]) => ({ script, effects, place })))(
    "$script",
    ({ script, effects, place }) => {
      expect(told(script, place)).toEqual(effects);
    },
  );
}

const LISTS = "/var/lib/apt/lists/*/**";
const ARCHIVES = "/var/cache/apt/archives/*.deb/**";

describe("apt and dpkg", () => {
  check([
    ["apt-get update", [`database ${LISTS}`]],
    [
      "apt-get install -y --no-install-recommends curl=7.88.1-10 git:i386 libfoo/bookworm-backports",
      ["install apt /: curl@7.88.1-10 git libfoo > /usr/?"],
    ],
    ["apt-get -qq -o Dpkg::Use-Pty=0 install -t trixie a", ["install apt /: a > /usr/?"]],
    ["sudo -E apt-get install -qy a", ["install apt /: a > /usr/?"]],
    ["DEBIAN_FRONTEND=noninteractive apt install -y a", ["install apt /: a > /usr/?"]],
    [
      "apt install ./x_1.2_amd64.deb /tmp/y.deb https://h.io/a/b_3_all.deb",
      ["install apt /: x@1.2(archive) y(archive) b@3(url) > /usr/?"],
    ],
    ["apt-get install -y $P", ["install apt /: ? … > /usr/?"]],
    ['apt-get install -y "lib$V-dev" a', ["install apt /: ? a … > /usr/?"]],
    ["apt-get install -y a=$V", ["install apt /: a > /usr/?"]],
    ["apt-get install -y a 'lib*'", ["install apt /: a ? … > /usr/?"]],
    ["apt-get install -y a b-", ["install apt /: a > /usr/?", "uninstall apt /: b"]],
    ["apt-get install -y g++ libstdc++6", ["install apt /: g++ libstdc++6 large > /usr/?"]],
    ["apt-get install -f -y", ["install apt /:  … > /usr/?"]],
    ["apt-get install --reinstall a", ["install apt /: a reinstall > /usr/?"]],
    ["apt-get install --only-upgrade a", ["install apt /: a upgrade > /usr/?"]],
    ["apt-get install -y -d a", [`cache ${ARCHIVES}`]],
    [
      "apt-get install -y cuda-toolkit-12-4",
      ["install apt /: cuda-toolkit-12-4 large > /usr/? /usr/local/cuda/?"],
    ],
    [
      "apt-get install -y libcap2-bin ca-certificates",
      ["install apt /: libcap2-bin ca-certificates 850000 > /usr/?"],
    ],
    ["apt-get install -y a", ["install apt /: a > /usr/?", `cache ${ARCHIVES}`], { from: "scratch" }],
    ["apt-get upgrade -y", ["upgrade apt /"]],
    ["apt -y full-upgrade", ["upgrade apt /"]],
    ["apt-get -y dist-upgrade a", ["upgrade apt /", "install apt /: a > /usr/?"]],
    ["aptitude -y safe-upgrade", ["upgrade apt /"]],
    ["unminimize", ["upgrade apt /"]],
    ["apt-get purge -y --auto-remove gcc 'python3*'", ["uninstall apt /: gcc python3* unneeded"]],
    [
      "apt-get purge -y --auto-remove -o APT::AutoRemove::RecommendsImportant=false",
      ["uninstall apt /:  unneeded"],
    ],
    ["apt-get autoremove -y", ["uninstall apt /:  unneeded"]],
    ["apt-get remove -y a b=1", ["uninstall apt /: a b"]],
    ["apt-get clean", [`remove ${ARCHIVES}`]],
    ["apt-get dist-clean", [`remove ${ARCHIVES}`, `remove ${LISTS}`]],
    ["apt-get autoclean", []],
    ["apt-get build-dep -y a", ["install apt /: ?(dependency) … > /usr/?"]],
    ["apt-get source a", ["download /app/?"]],
    ["apt-get download a", ["download /app/*.deb/**"]],
    ["apt-get install -y --dry-run a", []],
    ["apt-mark hold a; apt-cache policy a; apt-get --version; apt list", []],
    ["apt-get frobnicate a", ["?"]],
    ["apt-get $VERB a", ["?"]],
    ["apt-get -o Dir=/rootfs install a", ["?"]],
    ["add-apt-repository -y ppa:a/b", [`database ${LISTS}`]],
    ["add-apt-repository -y -n ppa:a/b", []],
    ["dpkg -i /tmp/a_1.0_amd64.deb", ["install apt /: a@1.0(archive) > /usr/?"]],
    ["dpkg --install *.deb", ["install apt /: ?(archive) … > /usr/?"]],
    ["dpkg -P a b", ["uninstall apt /: a b"]],
    ["dpkg --configure -a && dpkg --add-architecture i386 && dpkg -l", []],
    ["dpkg -x a.deb /opt/a", ["unpack /opt/a/?"]],
    ["install_packages a", ["install apt /: a > /usr/?"]],
  ]);

  test("a list of packages that came from the build context is read", () => {
    const files = { "/tmp/list.txt": "# tools\ncurl wget=1.21\n\njq # last\n" };
    const lines = ["install apt /: curl(file) wget@1.21(file) jq(file) > /usr/?"];
    expect(told("apt-get install -y $(cat /tmp/list.txt)", { files })).toEqual(lines);
    expect(told("apt-get install -y $(grep -v '^#' /tmp/list.txt)", { files })).toEqual(lines);
    expect(told("apt-get install -y $(cat /tmp/other.txt)", { files })).toEqual([
      "install apt /: ? … > /usr/?",
    ]);
    const effect = effectsOf("apt-get install -y $(cat /tmp/list.txt)", { files })?.find(
      ({ kind }) => kind === "install",
    );
    expect(effect?.kind === "install" && effect.packages.map(({ file }) => file?.line)).toEqual([2, 2, 4]);
  });

  test("the archives that are installed are read", () => {
    const reads = effectsOf("apt-get install -y ./x_1_all.deb", { cwd: "/tmp" })?.filter(
      ({ kind }) => kind === "read",
    );
    expect(reads).toMatchObject([{ targets: [{ path: "/tmp/x_1_all.deb", extent: "exact" }] }]);
  });

  test("what people delete is what an update writes", () => {
    const [effect] = effectsOf("apt-get update") ?? [];
    const target = effect?.kind === "write" ? effect.targets[0] : undefined;
    expect(target && includesPath(target, "/var/lib/apt/lists/deb.debian.org_InRelease")).toBe(true);
    expect(target && includesPath(target, "/var/lib/apt/extended_states")).toBe(false);
  });

  test("the lists have a known size, which depends on the system", () => {
    const size = (from: string) => {
      const [effect] = effectsOf("apt-get update", { from }) ?? [];
      return effect?.kind === "write" && effect.size.kind === "bytes" ? effect.size.value : UNKNOWN_SIZE;
    };
    expect(size("ubuntu:24.04")).toBeGreaterThan(size("debian:12") as number);
  });
});

describe("apk", () => {
  const place = { from: "alpine:3.20" };
  const index = "cache /var/cache/apk/*/**";
  check([
    [
      "apk add --no-cache curl 'bash=5.1-r0' 'py3~=3.9' foo@edge '!bad'",
      ["install apk /: curl bash@5.1-r0 py3 foo > /usr/?"],
      place,
    ],
    [
      "apk add --no-cache --virtual .build-deps gcc musl-dev",
      ["install apk /: .build-deps gcc musl-dev large > /usr/?"],
      place,
    ],
    ["apk --update add -t .x y", ["install apk /: .x y > /usr/?", index], place],
    ["apk add --no-cache --virtual=.x y", ["install apk /: .x y > /usr/?"], place],
    ["apk add --no-cache /tmp/glibc-2.35-r0.apk", ["install apk /: glibc@2.35-r0(archive) > /usr/?"], place],
    ["apk add --no-cache $PKGS", ["install apk /: ? … > /usr/?"], place],
    ["apk add --no-cache libcap", ["install apk /: libcap 250000 > /usr/?"], place],
    ["apk add -u --no-cache a", ["install apk /: a upgrade > /usr/?"], place],
    ["apk del .build-deps", ["uninstall apk /: .build-deps"], place],
    ["apk del --purge a b", ["uninstall apk /: a b"], place],
    ["apk update", [index], place],
    ["apk upgrade --no-cache", ["upgrade apk /"], place],
    ["apk cache clean", ["remove /var/cache/apk/*/**"], place],
    ["apk --root /r add --no-cache busybox", ["install apk /r: busybox > /r/usr/?"], place],
    ["apk info && apk --print-arch", [], place],
    ["apk frobnicate", ["?"], place],
  ]);
});

describe("dnf, yum and rpm", () => {
  const place = { from: "fedora:40" };
  const dnf = "/var/cache/dnf/*/** /var/cache/libdnf5/*/**";
  const yum = "/var/cache/yum/*/** /var/cache/dnf/*/**";
  check([
    [
      "dnf install -y gcc.x86_64 foo-1.2-3.el9 dotnet-sdk-8.0",
      ["install rpm /: gcc foo@1.2-3.el9 dotnet-sdk-8.0 large > /usr/?", `cache ${dnf}`],
      place,
    ],
    ["dnf install -y @dev 'a*'", ["install rpm /: ? ? … > /usr/?", `cache ${dnf}`], place],
    [
      "yum -y install /tmp/x-1.0-2.noarch.rpm https://h.io/epel-release-latest-8.noarch.rpm",
      ["install rpm /: x@1.0-2(archive) epel-release-latest-8(url) > /usr/?", `cache ${yum}`],
      place,
    ],
    ["yum install -y mysql-$V", ["install rpm /: ? … > /usr/?", `cache ${yum}`], place],
    ["yum update -y", ["upgrade rpm /", `cache ${yum}`], place],
    ["yum update -y foo", ["install rpm /: foo upgrade > /usr/?", `cache ${yum}`], place],
    ["yum -y groupinstall 'Dev Tools'", ["install rpm /: ? … > /usr/?", `cache ${yum}`], place],
    ["dnf group install -y dev", ["install rpm /: ? … > /usr/?", `cache ${dnf}`], place],
    ["microdnf --assumeyes install a --nodocs", ["install rpm /: a > /usr/?", `cache ${yum}`], place],
    [
      "dnf --installroot=/mnt/r --releasever 9 install -y bash",
      [
        "install rpm /mnt/r: bash > /mnt/r/usr/?",
        "cache /mnt/r/var/cache/dnf/*/** /mnt/r/var/cache/libdnf5/*/**",
      ],
      place,
    ],
    ["dnf swap a b", ["uninstall rpm /: a", "install rpm /: b > /usr/?", `cache ${dnf}`], place],
    ["dnf reinstall -y a", ["install rpm /: a reinstall > /usr/?", `cache ${dnf}`], place],
    ["yum remove -y a", ["uninstall rpm /: a"], place],
    ["dnf autoremove -y", ["uninstall rpm /:  unneeded"], place],
    ["yum clean all", [`remove ${yum}`], place],
    ["yum clean metadata", [`remove ${yum}`], place],
    ["yum clean expire-cache", [], place],
    ["tdnf clean packages", ["remove /var/cache/tdnf/*/?"], place],
    ["tdnf clean all", ["remove /var/cache/tdnf/*/**"], place],
    ["dnf makecache", [`cache ${dnf}`], place],
    ["dnf config-manager --add-repo u && dnf module enable x && yum repolist", [], place],
    ["dnf frobnicate", ["?"], place],
    ["rpm -ivh /tmp/a-1-2.rpm", ["install rpm /: a@1-2(archive) > /usr/?"], place],
    ["rpm -Uvh --force a-1.0-2.noarch.rpm", ["install rpm /: a@1.0-2(archive) reinstall > /usr/?"], place],
    ["rpm -e --nodeps a", ["uninstall rpm /: a"], place],
    ["rpm -qa; rpm --import k; rpm -qi a", [], place],
  ]);
});

describe("other systems", () => {
  check([
    [
      "zypper -n in -y gcc foo=1.2",
      ["install rpm /: gcc foo@1.2 large > /usr/?", "cache /var/cache/zypp/*/**"],
    ],
    ["zypper clean -a", ["remove /var/cache/zypp/*/**"]],
    ["zypper -n dup", ["upgrade rpm /", "cache /var/cache/zypp/*/**"]],
    ["zypper rm x", ["uninstall rpm /: x"]],
    [
      "pacman -Syu --noconfirm",
      ["database /var/lib/pacman/sync/*/**", "upgrade pacman /", "cache /var/cache/pacman/pkg/*/**"],
    ],
    ["pacman -S --noconfirm git", ["install pacman /: git > /usr/?", "cache /var/cache/pacman/pkg/*/**"]],
    ["pacman -Scc --noconfirm", ["remove /var/cache/pacman/pkg/*/**"]],
    ["pacman -Sc --noconfirm", ["remove /var/cache/pacman/pkg/?"]],
    ["pacman -Rns x", ["uninstall pacman /: x unneeded"]],
    [
      "swupd update && swupd bundle-add nginx",
      [
        "upgrade other /",
        "cache /var/lib/swupd/**",
        "install other /: nginx > /usr/?",
        "cache /var/lib/swupd/**",
      ],
    ],
    ["swupd clean", ["remove /var/lib/swupd/**"]],
    ["emerge -v app/foo", ["install other /: app/foo > /usr/?", "cache /var/cache/distfiles/*/**"]],
    ["emerge --sync", ["database large /var/db/repos/gentoo/**"]],
    ["xbps-install -Sy git", ["install other /: git > /usr/?", "cache /var/cache/xbps/*/**"]],
    ["nix-env -iA nixpkgs.hello", ["install nix /nix/store: hello large > /nix/store/?"]],
    ["nix-collect-garbage -d", ["remove /nix/store/?"]],
    ["zypper frob; pacman -Z; swupd frob; nix frob", ["?"]],
    ["service x start; invoke-rc.d y stop", []],
  ]);
});

test.each([
  "apt-get update",
  "pacman -Sy",
  "npm install puppeteer",
  "nvm install 22",
  "sdk install java 21-tem",
  "playwright install chromium",
])("%s leaves alone what of its lists and downloads is there", (script) => {
  const writes = (effectsOf(script) ?? []).filter((effect) => effect.kind === "write");
  const stored = writes.filter(({ how }) => ["database", "download", "cache"].includes(how));
  expect(stored).not.toEqual([]);
  for (const write of stored) expect(write).toMatchObject({ keeps: true });
});
