// What chmod, chown and their like change, and what find and xargs hand to other programs.
import { describe, expect, test } from "vitest";
import { effectsOf, type Place, table } from "./file-calls.ts";

const linked: Place = { links: { "/l": "/real" } };

describe("owner, mode and attributes", () => {
  table([
    ["chmod +x a /b", ["retouch /job/a /b to +x"]],
    ["chmod -x a", ["retouch /job/a to -x"]],
    ["chmod -R -w a", ["retouch /job/a/** to -w"]],
    ["chmod u=rw,go-rwx a", ["retouch /job/a to u=rw,go-rwx"]],
    ["chmod -Rf 755 -- a", ["retouch /job/a/** to 755"]],
    ["chmod 755 a -R", ["retouch /job/a/** to 755"]],
    ["chmod --recursive g=u /opt", ["retouch /opt/** to g=u"]],
    ["chmod --reference=x y", ["retouch /job/y to as another file"]],
    ["chmod 755 dir/*.sh", ["retouch /job/dir/*.sh to 755"]],
    ["chmod +x /l", ["retouch /real to +x"], linked],
    ["chmod +x", []],
    ["chmod", ["opaque chmod"]],
    ["chown -R user:group /content", ["retouch /content/** to user:group"]],
    ["chown 1000 a", ["retouch /job/a to 1000"]],
    ["chown user.group a", ["retouch /job/a to user:group"]],
    ["chown :conda a", ["retouch /job/a to :conda"]],
    ["chown user: a", ["retouch /job/a to user:"]],
    ['chown -R "$UID:$GID" /app', ["retouch /app/** to $UID:$GID"]],
    ["sudo chown -R scion: $HOME", ["retouch /root/** to scion:"]],
    ["chown -hR a link", ["retouch /job/link/** to a"]],
    ["chown --from=root app x", ["retouch /job/x to app only differing"]],
    ["chown -h app /l", ["retouch /l to app"], linked],
    ["chown app /l", ["retouch /real to app"], linked],
    ["chown -R app /l", ["retouch /real to app"], linked],
    ["chown -R app /l/", ["retouch /real/** to app"], linked],
    ["chown -RH app /l", ["retouch /real/** to app"], linked],
    ["chown -R app /l/x", ["retouch /real/x/** to app"], linked],
    ["chgrp -R 0 /x", ["retouch /x/** to :0"]],
    ["setcap 'cap_net_bind_service=+ep' /usr/bin/x", ["retouch /usr/bin/x to capabilities"]],
    ["setcap -r /usr/bin/x", ["retouch /usr/bin/x to capabilities"]],
    ["setfacl -R -m u:x:rwx /p", ["retouch /p/** to acl"]],
    ["chattr -R +i /p", ["retouch /p/** to file flags"]],
    ["fix-permissions /opt/app-root -P", ["retouch /opt/app-root/** to :0 g+rwX only differing"]],
    ['fix-permissions "$CONDA_DIR"', ["retouch $CONDA_DIR/** to :users g+rwX only differing"]],
    ['own() { chown -R "$@"; }; own app /srv/x', ["retouch /srv/x/** to app"]],
    ["echo 'chown -R app /srv/x'", []],
  ]);
});

describe("find", () => {
  table([
    ["find /opt -type d -exec chmod g+s {} +", ["retouch /opt/** to g+s only directories"]],
    ["find /opt -type f -exec chmod -R 644 {} +", ["retouch /opt/** to 644"]],
    ["find /opt /srv -exec chown app {} \\;", ["retouch /opt/** /srv/** to app"]],
    ["find . -name '*.pyc' -delete", ["remove /job/~ (files named *.pyc)"]],
    ["find -name '*.pyc' -exec rm -f {} +", ["remove /job/~ (files named *.pyc)"]],
    ["find /x -delete", ["remove /x/**"]],
    ["find /x -mindepth 1 -delete", ["remove /x/*/**"]],
    ["find /x -type d -empty -delete", []],
    ["find /x -maxdepth 1 -name '*.tgz' -delete", ["remove /x/*.tgz (files named *.tgz)"]],
    ["find /x -mindepth 1 -maxdepth 1 ! -name keep -exec rm -rf {} \\;", ["remove /x/*/** but /x/keep"]],
    [
      "find /usr \\( -type d -a \\( -name test -o -name tests \\) \\) -o \\( -type f -name '*.pyc' \\) -delete",
      ["remove /usr/~ (files named *.pyc)"],
    ],
    [
      "find /x \\! \\( -user a -group b \\) -exec chown -f a:b '{}' +",
      ["retouch /x/** to a:b only differing"],
    ],
    ["find /x -not -group g -exec chgrp g {} +", ["retouch /x/** to :g only differing"]],
    ["find /x -type d ! -perm 0755 -exec chmod 0755 {} +", ["retouch /x/** to 0755 only directories"]],
    ["find /x -perm /6000 -exec chmod a-s {} +", ["retouch /x/~ to a-s"]],
    [
      "find /app -path /app/node_modules -prune -o -exec chown u {} +",
      ["retouch /app/** but /app/node_modules to u"],
    ],
    ["find . -not -path './data/*' -exec chown u {} +", ["retouch /job/** but /job/data to u"]],
    ["find /app -not -path '*/data/*' -exec chown u {} +", ["retouch /app/~ to u"]],
    ["find /x -newer /y -exec touch {} +", ["retouch /x/~ to times"]],
    ["find /x -name '*.so' -exec strip {} +", ["edit /x/~"]],
    ["find /x -type f -execdir sed -i s/a/b/ {} +", ["edit /x/**"]],
    ["find /x -name '*.jar' -exec mv {} /dst \\;", ["move /x/~ to /dst/~"]],
    ["find /x -name '*.jar' -exec cp -t /dst {} +", ["duplicate /dst/~"]],
    ["find /opt -maxdepth 1 -name 'mvn-*' -exec ln -s {} /opt/mvn \\;", ["link /opt/mvn to /opt/mvn-*"]],
    ["find /x -type d -name .git -exec rm -rf {}/objects \\;", ["remove /x/~ (folders named .git)"]],
    ["find /x -exec sudo chown app {} +", ["retouch /x/** to app"]],
    ["find /x -exec sh -c 'rm -rf \"$1\"' _ {} \\;", ["remove /x/**"]],
    ["find /x -name '.*' -exec bash -c 'rm -rf {}' \\;", ["remove /x/~ (files named .*)"]],
    ["find /x -exec ./unknown {} +", ["opaque find"]],
    ["find /x -exec chown a {} + -exec chmod g=u {} +", ["retouch /x/** to a", "retouch /x/** to g=u"]],
    [
      "find /x -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +",
      ["retouch /x/** to 755 only directories", "retouch /x/** to 644 only files"],
    ],
    ["find /x -type f", []],
    ["find /x -nonsense", ["opaque find"]],
    ['find "$X" -type d -exec chmod 770 {} +', ["retouch $X/** to 770 only directories"]],
  ]);
});

describe("xargs", () => {
  table([
    ["find /opt -type d | xargs -n 1 chmod g+s", ["retouch /opt/** to g+s only directories"]],
    ["find /x -type d -name .git | xargs rm -rf", ["remove /x/~ (folders named .git)"]],
    ["find /x -print0 | xargs -0 -I{} chown app {}", ["retouch /x/** to app"]],
    ["find /x -type f | grep -v keep | xargs rm", ["remove /x/~"]],
    ["echo a b | xargs rm -f", ["remove /job/a /job/b"]],
    [
      "echo 'a b' | tr ' ' '\\n' | xargs -n1 groupadd -r",
      [
        "account group=a",
        "database /etc/group /etc/gshadow small",
        "account group=b",
        "database /etc/group /etc/gshadow small",
      ],
    ],
    [
      "printf '%s\\n' a b | xargs -I X mv X /dst/",
      ["move /job/a/** to /dst/a/**", "move /job/b/** to /dst/b/**"],
    ],
    ["ls *.zip | xargs rm", ["remove /job/*.zip"]],
    ["ls /plugins | xargs -I{} chmod 755 /plugins/{}", ["retouch /plugins/* to 755"]],
    ["cat list.txt | xargs rm", ["remove /job/a /job/b"], { files: { "/job/list.txt": "# old\na\nb\n" } }],
    ["xargs rm < list.txt", ["remove /job/a"], { files: { "/job/list.txt": "a\n" } }],
    ["xargs -a list.txt rm", ["remove /job/a"], { files: { "/job/list.txt": "a\n" } }],
    ["cat list.txt | xargs rm", ["opaque xargs"]],
    ["python x.py | xargs rm -rf", ["opaque python", "opaque xargs"]],
    ["python x.py | xargs grep foo", ["opaque python"]],
    ["echo a | xargs", []],
  ]);

  test("what only the build knows makes no removal", () => {
    const effects = effectsOf("git diff --name-only | xargs rm -rf");
    expect(effects.some(({ kind }) => kind === "remove")).toBe(false);
  });
});
