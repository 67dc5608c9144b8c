// Accounts, system files, text and binary editors, redirections, and programs that store nothing.
import { describe, expect, test } from "vitest";
import { onlyPrints } from "../../src/model/programs/quiet.ts";
import { literalWord } from "../../src/shell/word.ts";
import { effectsOf, makeCall, shown, table } from "./file-calls.ts";

const USERS = "database /etc/passwd /etc/shadow /etc/group /etc/gshadow small";
const GROUPS = "database /etc/group /etc/gshadow small";

describe("accounts", () => {
  table([
    [
      "useradd -m -u 1000 -g users bob",
      ["account user=bob group=users uid=1000", USERS, "create /home/bob small keeps"],
    ],
    [
      "useradd --system --home-dir /srv/app --create-home app",
      ["account user=app group=app", USERS, "create /srv/app small keeps"],
    ],
    ["useradd -rNg 100 bob", ["account user=bob gid=100", USERS]],
    ['useradd "$USER_NAME"', ["account user=$USER_NAME group=$USER_NAME", USERS]],
    ["groupadd --gid 1000 bob", ["account group=bob gid=1000", GROUPS]],
    [
      "adduser -D -H -u 1000 -G grp bob",
      ["account user=bob group=grp uid=1000", USERS],
      { family: "alpine" },
    ],
    ["adduser -S -G app app", ["account user=app group=app", USERS, "create /home/app small keeps"]],
    ["adduser --system --no-create-home --group bob", ["account user=bob group=bob", USERS]],
    [
      "adduser --disabled-password --gecos '' bob",
      ["account user=bob group=bob", USERS, "create /home/bob small keeps"],
    ],
    ["adduser -M -d /x -g 0 bob", ["account user=bob gid=0", USERS], { family: "redhat" }],
    ["adduser bob sudo", [GROUPS]],
    ["addgroup -S -g 5 app", ["account group=app gid=5", GROUPS]],
    ["addgroup bob docker", [GROUPS]],
    ["usermod -aG docker bob", [USERS]],
    [
      "usermod -u 1000 node",
      ["account user=node uid=1000", USERS, "retouch /home/node/** to 1000 only differing"],
    ],
    ["usermod -d /srv/n -m node", [USERS, "move /home/node/** to /srv/n/**"]],
    ["userdel -r bob", [USERS, "remove /home/bob/** (the user's home folder)"]],
    ["useradd", ["opaque useradd"]],
  ]);
});

describe("system files", () => {
  table([
    ["ldconfig", ["database /etc/ld.so.cache small"]],
    ["ldconfig -p", []],
    ["update-ca-certificates", ["database /etc/ssl/certs/~ small"]],
    [
      "update-alternatives --install /usr/bin/python python /usr/bin/python3.11 1",
      ["database /etc/alternatives/~ small", "link /usr/bin/python to /usr/bin/python3.11"],
    ],
    ["openssl req -newkey rsa:2048 -nodes -keyout k.pem -out c.pem", ["create /job/c.pem /job/k.pem small"]],
    ["gpg --dearmor -o /etc/apt/keyrings/k.gpg", ["create /etc/apt/keyrings/k.gpg small"]],
    ["systemctl enable x", ["database /etc/systemd/system/~ small"]],
    ["systemctl status x", []],
  ]);
});

describe("text edited in place", () => {
  table([
    ["sed -i 's/a/b/' f g", ["edit /job/f /job/g"]],
    ["sed -ri -e 's/a/b/' f", ["edit /job/f"]],
    ["sed -i.bak 's/a/b/' f", ["edit /job/f", "duplicate /job/f.bak"]],
    ["sed --in-place=.bak --expression=s/a/b/ f", ["edit /job/f", "duplicate /job/f.bak"]],
    ["sed 's/a/b/' f", []],
    ["sed 's/a/b/' f > g", ["create /job/g small"]],
    ["perl -pi -e 's/x/y/' f", ["edit /job/f"]],
    ["perl -i.orig -pe 's/x/y/' f", ["edit /job/f", "duplicate /job/f.orig"]],
    ["perl -pe 's/x/y/' f", []],
    ["perl Makefile.PL", ["opaque perl"]],
    ["awk -i inplace '{print $1}' f", ["edit /job/f"]],
    ["awk '{print $1}' f", []],
    ["ex -sc '1i|x' -cx f", ["edit /job/f"]],
    ["patch -p1 -d /src < x.patch", ["edit /src/~"]],
    ["patch /src/a.c x.patch", ["edit /src/a.c"]],
    ["dos2unix a b", ["edit /job/a /job/b"]],
    ["yq -i '.a = 1' f.yaml", ["edit /job/f.yaml"]],
    ["sort -u -o f f", ["create /job/f"]],
  ]);
});

describe("binaries edited in place", () => {
  table([
    ["strip --strip-unneeded /usr/bin/x", ["edit /usr/bin/x"]],
    ["strip -o y x", ["create /job/y"]],
    ["patchelf --set-rpath '$ORIGIN' lib.so", ["edit /job/lib.so"]],
    ["patchelf --replace-needed a b lib.so", ["edit /job/lib.so"]],
    ["patchelf --print-rpath lib.so", []],
    ["upx --best --lzma x", ["edit /job/x"]],
    ["upx -t x", []],
    ["objcopy --only-keep-debug a b", ["create /job/b"]],
    ["chrpath -d x", ["edit /job/x"]],
    ["chrpath -l x", []],
  ]);
});

describe("redirections", () => {
  table([
    ["echo x > /etc/a", ["create /etc/a small"]],
    ["echo x >> /etc/a", ["edit /etc/a"]],
    ["printf '%s' x >| a", ["create /job/a small"]],
    ["cat > /etc/b <<EOF\nhi\nEOF", ["create /etc/b small"]],
    ["cat a b > c", ["duplicate /job/c"]],
    ["unknown > out 2>&1", ["opaque unknown", "create /job/out"]],
    ["unknown &> both", ["opaque unknown", "create /job/both"]],
    ["unknown 2> err >/dev/null", ["opaque unknown", "create /job/err small"]],
    ["unknown < in", ["opaque unknown"]],
    [": > f", ["create /job/f small"]],
    ["> f", ["create /job/f small"]],
    ['echo x > "$F"', ["create $F small"]],
    ["{ echo a; echo b; } > f", ["create /job/f small"]],
    ["echo x | tee -a /etc/hosts", ["edit /etc/hosts"]],
    ["echo x | tee a b > /dev/null", ["create /job/a /job/b small"]],
    ["cat <<EOF | tee /etc/c\nx\nEOF", ["create /etc/c small"]],
    ["unknown | tee f", ["opaque unknown", "create /job/f"]],
    ["echo x | tee /dev/stderr", []],
  ]);

  test("the input that is redirected is read", () => {
    expect(shown(effectsOf("tar x -C /opt/a < a.tar"), true)).toEqual([
      "unpack /opt/a/**",
      "read /job/a.tar",
    ]);
  });
});

describe("programs that store nothing", () => {
  table([
    ["set -eux; echo hi; [ -f /x ] && true; export A=b; cd /; ls -l; uname -m; date; wait; exit 0", []],
    [". /etc/os-release; . /opt/venv/bin/activate; source ~/.cargo/env", []],
    [". ./build.sh", ["opaque ."]],
    ["sha256sum -c z; head -n 5 a; which x; test -d /y", []],
    ["nobody-knows --really", ["opaque nobody-knows"]],
  ]);

  test("they read what they are given", () => {
    expect(shown(effectsOf("cat a; head -n 5 b; grep x c; [ -f /d ]; sha256sum e"), true)).toEqual([
      "read /job/a",
      "read /job/b",
      "read /job/c",
      "read /d",
      "read /job/e",
    ]);
  });

  test("asking any program for its version stores nothing", () => {
    const [effect] = effectsOf("nobody-knows --version");
    const call = (text: string) =>
      makeCall(
        effect!.command ?? ({} as never),
        text.split(" ").map((word) => literalWord(word)),
        [],
        {},
      );
    expect(onlyPrints(call("java -version"))).toBe(true);
    expect(onlyPrints(call("java -jar x"))).toBe(false);
    expect(onlyPrints(call("java"))).toBe(false);
  });
});
