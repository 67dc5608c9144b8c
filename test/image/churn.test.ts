import { expect, test } from "vitest";
import { type Churn, churnOf } from "../../src/image/churn.ts";

const cases: readonly (readonly [string, Churn | undefined])[] = [
  ["/var/lib/dpkg/status", "dpkg"],
  ["/var/lib/dpkg/info/libc6.list", "dpkg"],
  ["/var/cache/debconf/config.dat", "dpkg"],
  ["/var/log/dpkg.log", "dpkg"],
  ["/var/log/dpkg.log.1", undefined],
  ["/var/lib/apt/lists/deb_main_binary-amd64_Packages", "apt"],
  ["/var/cache/apt/pkgcache.bin", "apt"],
  ["/var/cache/apt/archives/libc6.deb", undefined],
  ["/var/log/apt/history.log", "apt"],
  ["/var/log/alternatives.log", "apt"],
  ["/var/lib/rpm/rpmdb.sqlite", "rpm"],
  ["/usr/lib/sysimage/rpm/Packages.db", "rpm"],
  ["/var/lib/dnf/history.sqlite", "rpm"],
  ["/var/log/dnf.rpm.log", "rpm"],
  ["/var/log/yum/one", undefined],
  ["/lib/apk/db/installed", "apk"],
  ["/usr/lib/apk/db/installed", "apk"],
  ["/etc/ld.so.cache", "ld"],
  ["/etc/ld.so.conf", undefined],
  ["/var/cache/ldconfig/aux-cache", "ld"],
  ["/opt/conda/conda-meta/history", "conda"],
  ["/conda-meta/history", "conda"],
  ["/opt/conda/history", undefined],
  ["/usr/lib/python3/__pycache__/a.cpython-311.pyc", "pyc"],
  ["/var/lib/thing/a.pyo", "pyc"],
  ["/a.pyc", "pyc"],
  ["/app/a.pycx", undefined],
  ["/app/.pyc/a", undefined],
  ["/srv/var/lib/dpkg/status", undefined],
  ["/variable/lib", undefined],
  ["/", undefined],
];

test.each(cases)("%s is %s", (path, churn) => {
  expect(churnOf(path)).toBe(churn);
});
