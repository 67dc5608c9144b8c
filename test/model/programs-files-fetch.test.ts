// Where archives are unpacked to, what compressors replace, and where downloads and clones go.
import { describe, expect, test } from "vitest";
import { effectsOf, shown, table } from "./file-calls.ts";

describe("archives", () => {
  table([
    ["tar xzf foo.tgz", ["unpack /job/**"]],
    ["tar -xzf /tmp/foo-1.2.tar.gz -C /opt", ["unpack /opt/~ /opt/foo-1.2/~"]],
    ["cd /tmp && tar xf a-1.0-linux-amd64.tar.xz", ["unpack /tmp/~ /tmp/a-1.0-linux-amd64/~ /tmp/a-1.0/~"]],
    ["tar xzfC foo.tgz /opt/foo", ["unpack /opt/foo/**"]],
    ["tar --extract --file=x.tar --directory=/opt/x", ["unpack /opt/x/**"]],
    ['tar -x -C assets/ -f "a/$FILE" -v', ["unpack /job/assets/**"]],
    ["tar -xf x.tgz -C /usr/local --strip-components=1", ["unpack /usr/local/~"]],
    ["tar -xzf /tmp/oc.tar.gz oc", ["unpack /job/oc/**"]],
    ["tar -C /usr/local/bin -xzf h.tgz --strip-components=1 linux/helm", ["unpack /usr/local/bin/helm/**"]],
    ["tar -C /opt -xzf h.tgz --wildcards '*/bin/x'", ["unpack /opt/~"]],
    ["tar xOf a.tar member > out", ["create /job/out"]],
    ["tar czf /out.tgz -C /src a b", ["create /out.tgz"]],
    ["tar cf - . | (cd /dest && tar xf -)", ["unpack /dest/**"]],
    ["tar tf x.tar", []],
    ["tar rf x.tar y", ["edit /job/x.tar"]],
    ["tar", ["opaque tar"]],
    ["unzip -q a.zip -d /opt/a", ["unpack /opt/a/**"]],
    ["unzip a.zip -x foo bar -d /opt/a", ["unpack /opt/a/**"]],
    ["unzip -j a.zip bin/x -d /usr/local/bin", ["unpack /usr/local/bin/x/**"]],
    ["unzip -l a.zip", []],
    ["7z x a.7z -o/opt/a -y", ["unpack /opt/a/**"]],
    ["bsdtar -xf a.iso -C /opt/a", ["unpack /opt/a/**"]],
    ["jar xf a.jar", ["unpack /job/**"]],
    ["jar -cf a.jar -C d .", ["create /job/a.jar"]],
    ["cpio -idm < x.cpio", ["unpack /job/**"]],
    ["ar x a.deb", ["unpack /job/**"]],
    ["zip -rm a.zip d", ["create /job/a.zip", "remove /job/d/**"]],
  ]);

  test("an unpacking reads its archive, or knows the URL that the pipe comes from", () => {
    expect(shown(effectsOf("tar xf /tmp/a.tar -C /opt/a"), true)).toEqual([
      "read /tmp/a.tar",
      "unpack /opt/a/**",
    ]);
    expect(effectsOf("curl -fsSL https://e.org/a.tgz | tar xz -C /opt/a").at(-1)).toMatchObject({
      kind: "write",
      how: "unpack",
      origin: { kind: "remote", url: "https://e.org/a.tgz" },
    });
    const links = { "/l": "/real" };
    expect(shown(effectsOf("tar xf /tmp/a.tar -C /l/a", { links }))).toEqual(["unpack /real/a/**"]);
  });
});

describe("compressors", () => {
  table([
    ["gunzip a.gz", ["unpack /job/a", "remove /job/a.gz"]],
    ["gunzip *.gz", ["unpack /job/~", "remove /job/*.gz"]],
    ["gzip -9 f", ["create /job/f.gz", "remove /job/f"]],
    ["gzip -dk f.gz", ["unpack /job/f"]],
    ["gzip -dc f.gz > g", ["unpack /job/g"]],
    ["xz -T 0 -d f.tar.xz", ["unpack /job/f.tar", "remove /job/f.tar.xz"]],
    ["bzip2 -d f.bz2", ["unpack /job/f", "remove /job/f.bz2"]],
    ["zstd -19 f", ["create /job/f.zst"]],
    ["zstd -d --rm f.zst -o g", ["unpack /job/g", "remove /job/f.zst"]],
    ["zcat f.gz", []],
  ]);
});

describe("downloads", () => {
  table([
    ["curl -fsSLo /tmp/x https://e.org/x", ["download /tmp/x"]],
    ["curl -sSLO https://e.org/a/b-$V.tgz?x=1", ["download /job/b-$V.tgz"]],
    ['curl -LO "$URL"', ["download /job/~"]],
    ["curl --output-dir /opt -O https://e.org/x.zip", ["download /opt/x.zip"]],
    ["curl https://e.org/x -o a https://e.org/y -o b", ["download /job/a", "download /job/b"]],
    ["curl --remote-name-all https://e.org/x https://e.org/y", ["download /job/x", "download /job/y"]],
    ["curl -H 'Accept: a' -X GET -d @f https://e.org/x", []],
    ["curl https://e.org/x -o /dev/null", []],
    ["curl https://e.org/x > y.deb", ["download /job/y.deb"]],
    ["curl -fsSL https://e.org/k -o /etc/apt/keyrings/k.gpg", ["download /etc/apt/keyrings/k.gpg small"]],
    ['curl $OPTIONS -o a "$URL"', ["download /job/a"]],
    ["wget https://e.org/x.tgz", ["download /job/x.tgz"]],
    ["wget -qO /tmp/y https://e.org/x.tgz", ["download /tmp/y"]],
    ["wget -qO- https://e.org/x | tar xz -C /opt/x", ["unpack /opt/x/**"]],
    ["wget -O- https://e.org/x > y", ["download /job/y"]],
    ["wget -P /opt https://e.org/a https://e.org/b", ["download /opt/a", "download /opt/b"]],
    ["wget -nv -nc --progress=dot:giga https://e.org/x?y=1", ["download /job/x?y=1 keeps"]],
    ["wget -r -np https://e.org/dir/", ["download /job/~"]],
    ["wget --spider https://e.org/x", []],
    ["aria2c -x 16 -d /models -o m.bin https://e.org/m", ["download /models/m.bin"]],
    ["aws s3 cp s3://b/k /opt/k", ["download /opt/k"]],
    ["aws s3 cp --recursive s3://b/k /opt/k", ["download /opt/k/**"]],
    ["gsutil -m cp -r gs://b/k /opt/", ["download /opt/**"]],
    ["aws s3 cp /opt/k s3://b/k", []],
  ]);
});

describe("git", () => {
  table([
    ["git clone https://e.org/a/b.git", ["clone /job/b/**"]],
    ["git clone --depth 1 -b v1 https://e.org/a/b /opt/b", ["clone /opt/b/**"]],
    ["git clone git@e.org:a/b.git", ["clone /job/b/**"]],
    ["git clone git@e.org:b.git", ["clone /job/b/**"]],
    ["git clone https://e.org/a/b/ .", ["clone /job/**"]],
    ['git clone "$REPO"', ["clone /job/~"]],
    ['git clone "https://e.org/$NAME"', ["clone /job/$NAME/**"]],
    ["git clone --bare https://e.org/a/b", ["clone /job/b.git/**"]],
    ["git -C /opt/b checkout v2", ["clone /opt/b/~"]],
    ["git -C /opt -C b checkout v2 -- x", ["clone /opt/b/x/**"]],
    ["cd b && git checkout v2 && git submodule update --init", ["clone /job/b/~", "clone /job/b/~"]],
    ["git submodule update --init vendor/x", ["clone /job/vendor/x/**"]],
    ["git lfs install && git lfs pull", ["create /job/.git/~ small", "download /job/~"]],
    ["git gc --aggressive --prune=now", ["edit /job/.git/**"]],
    ["git fetch --tags", ["download /job/.git/~"]],
    ["git config --global user.name x", ["create /root/.gitconfig small"]],
    ["git config --get user.name", []],
    ["git rev-parse HEAD && git log -1", []],
    ["git clean -fdx", ["remove /job/~ (files that git does not track)"]],
    ["git rm -r docs", ["remove /job/docs/**"]],
    ["git apply < x.patch", ["edit /job/~"]],
    ["git submodule foreach 'make x'", ["opaque git"]],
    ["git unheard-of", ["opaque git"]],
  ]);
});
