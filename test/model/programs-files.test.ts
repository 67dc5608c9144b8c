// What cp, mv, ln, install, rsync, mkdir, touch, rm, truncate and dd do to which paths.
import { describe, expect, test } from "vitest";
import { effectsOf, shown, table } from "./file-calls.ts";

describe("cp", () => {
  table([
    ["cp a b", ["duplicate /job/b"]],
    ["cp a b/", ["duplicate /job/b/a"]],
    ["cp a /usr/local/bin", ["duplicate /usr/local/bin/a"]],
    ["cp a .", ["duplicate /job/a"]],
    ["cp a b c", ["duplicate /job/c/a /job/c/b"]],
    ["cp -r a /opt/b", ["duplicate /opt/b/**"]],
    ["cp -r a /opt/b", ["duplicate /opt/b/a/**"], { folders: ["/opt/b"] }],
    ["cp -rT a /opt/b", ["duplicate /opt/b/**"], { folders: ["/opt/b"] }],
    ["cp -a src/. /opt/app", ["duplicate /opt/app/**"]],
    ["cp -a src/. /usr/local", ["duplicate /usr/local/~"]],
    ["cp -r src/* /opt/app/", ["duplicate /opt/app/**"]],
    ["cp src/*.so /opt/lib/", ["duplicate /opt/lib/~"]],
    ["cp target/*.jar app.jar", ["duplicate /job/app.jar/**"]],
    ["cp --target-directory=/dst a b", ["duplicate /dst/a /dst/b"]],
    ["cp -vt /dst -- -a", ["duplicate /dst/-a"]],
    ["cp --parents a/b /dst/", ["duplicate /dst/a/b"]],
    ["cp -n a b", ["duplicate /job/b keeps"]],
    ["cp -al a b", []],
    ["cp -s /opt/a /usr/bin/", ["link /usr/bin/a to /opt/a"]],
    ['cp "$SRC" /opt/x/', ["duplicate /opt/x/$SRC"]],
    ["cp one", ["opaque cp"]],
    ['cd "$(pwd)/.."; cp a b', ["opaque cp"]],
  ]);

  test("a glob over files of the context is told file by file", () => {
    const place = { files: { "/src/a.sh": "", "/src/b.sh": "", "/src/c.txt": "" } };
    expect(shown(effectsOf("cp /src/*.sh /opt/bin/", place))).toEqual([
      "duplicate /opt/bin/a.sh /opt/bin/b.sh",
    ]);
  });

  test("it reads its sources, and the copy tells where it is from", () => {
    const effects = effectsOf("cp -r /a /b/");
    expect(shown(effects, true)).toEqual(["read /a/**", "duplicate /b/a/**"]);
    expect(effects[1]).toMatchObject({ origin: { kind: "path", sources: [{ path: "/a", extent: "tree" }] } });
  });
});

describe("mv", () => {
  table([
    ["mv a b", ["move /job/a/** to /job/b/**"]],
    ["mv /app/*-runner /app/application", ["move /app/*-runner/** to /app/application/**"]],
    ["mv a b dir/", ["move /job/a/** to /job/dir/a/**", "move /job/b/** to /job/dir/b/**"]],
    ["mv -t dir a", ["move /job/a/** to /job/dir/a/**"]],
    ["mv -f tool /usr/local/bin", ["move /job/tool/** to /usr/local/bin/tool/**"]],
    ["mv tool /usr/local/bin/other", ["move /job/tool/** to /usr/local/bin/other/**"]],
    ["mv src/* /opt/app/", ["move /job/src/*/** to /opt/app/**"]],
    ["mv src/*.jar /opt/app/", ["move /job/src/*.jar/** to /opt/app/~"]],
    ["mv /opt/a/lib /opt/b/lib", ["move /opt/a/lib/** to /opt/b/lib/**"]],
    ["mv /l/a /opt/a", ["move /real/a/** to /opt/a/**"], { links: { "/l": "/real" } }],
    ["mv /l /opt/a", ["move /l/** to /opt/a/**"], { links: { "/l": "/real" } }],
  ]);
});

describe("ln and install", () => {
  table([
    ["ln -s /opt/a /usr/bin/a", ["link /usr/bin/a to /opt/a"]],
    ["ln -sf /opt/a/bin/foo /usr/bin/", ["link /usr/bin/foo to /opt/a/bin/foo"]],
    ["ln -s ../lib/x /opt/a/bin/x", ["link /opt/a/bin/x to /opt/a/lib/x"]],
    ["ln --symbolic /opt/x/foo", ["link /job/foo to /opt/x/foo"]],
    ["ln -sfn /opt/a-2 /opt/a", ["link /opt/a to /opt/a-2"], { links: { "/opt/a": "/opt/a-1" } }],
    ["ln a b", []],
    ["install -d -m 755 /opt/x /opt/y", ["create /opt/x /opt/y small keeps"]],
    ["install -m 755 foo /usr/local/bin/", ["duplicate /usr/local/bin/foo"]],
    ["install -Dm755 foo /opt/a/foo", ["duplicate /opt/a/foo"]],
    ["install -o app -g app -t /opt a b", ["duplicate /opt/a /opt/b"]],
  ]);

  test("install tells owner and mode", () => {
    const [, effect] = effectsOf("install --mode=0755 -o app -g staff foo /usr/bin/");
    expect(effect).toMatchObject({ owner: "app:staff", mode: "0755" });
  });
});

describe("rsync", () => {
  table([
    ["rsync -a src/ /opt/dst/", ["duplicate /opt/dst/**"]],
    ["rsync -a --exclude .git src /opt/dst/", ["duplicate /opt/dst/src/**"]],
    ["rsync -a --remove-source-files src/ /opt/dst", ["duplicate /opt/dst/**", "remove /job/src/**"]],
    ["rsync -a host::mod/x/ /opt/dst", ["download /opt/dst/**"]],
    ["rsync -an src/ dst/", []],
  ]);
});

describe("files made and removed", () => {
  table([
    ["mkdir -p /a/b /a/{c,d}", ["create /a/b /a/c /a/d small keeps"]],
    ["mkdir -m 700 -- -x", ["create /job/-x small keeps"]],
    ["touch x", ["create /job/x small keeps"]],
    ["touch /app/x", ["retouch /app/x to times"], { files: { "/app/x": "" } }],
    ["touch -d '2020-01-01' x", ["retouch /job/x to times"]],
    ["rm a", ["remove /job/a"]],
    ['rm -rf /var/lib/apt/lists/* "$X/y" a', ["remove /var/lib/apt/lists/*/** $X/y/** /job/a/**"]],
    ["rm -fR -- -a", ["remove /job/-a/**"]],
    ["rm --recursive --force a", ["remove /job/a/**"]],
    ["cd /opt && rm -r a/../b", ["remove /opt/b/**"]],
    ["rm -rf !(keep)", ["remove /job/~"]],
    ["rm -f /l", ["remove /l"], { links: { "/l": "/real" } }],
    ["rm -f /l/x", ["remove /real/x"], { links: { "/l": "/real" } }],
    ["rmdir a", ["remove /job/a"]],
    ["unlink a", ["remove /job/a"]],
    ["shred -u k", ["remove /job/k"]],
    ["shred k", ["edit /job/k"]],
    ["truncate -s 0 /var/log/*.log", ["create /var/log/*.log small"]],
    ["truncate -s +1K f", ["edit /job/f"]],
    ["fallocate -l 1G /swap", ["create /swap 1073741824 bytes"]],
    ["dd if=/dev/zero of=/swap bs=1M count=10", ["create /swap 10485760 bytes"]],
    ["dd if=a.img of=b.img", ["create /job/b.img"]],
    ["dd if=a.img of=b.img conv=notrunc", ["edit /job/b.img"]],
  ]);
});
