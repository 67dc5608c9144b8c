// Where archives are unpacked to, what compressors replace, and where downloads and clones go.
import { describe, expect, test } from "vitest";
import { effectsOf, shown, table } from "./file-calls.ts";

describe("archives", () => {
  table([
    ["tar xzf foo.tgz", ["unpack /work/**"]],
    ["tar -xzf /tmp/foo-1.2.tar.gz -C /opt", ["unpack /opt/~ /opt/foo-1.2/~"]],
    ["cd /tmp && tar xf a-1.0-linux-amd64.tar.xz", ["unpack /tmp/~ /tmp/a-1.0-linux-amd64/~ /tmp/a-1.0/~"]],
    ["tar xzfC foo.tgz /opt/foo", ["unpack /opt/foo/**"]],
    ["tar --extract --file=x.tar --directory=/opt/x", ["unpack /opt/x/**"]],
    ['tar -x -C assets/ -f "a/$FILE" -v', ["unpack /work/assets/**"]],
    ["tar -xf x.tgz -C /usr/local --strip-components=1", ["unpack /usr/local/~"]],
    ["tar -xzf /tmp/oc.tar.gz oc", ["unpack /work/oc/**"]],
    ["tar -C /usr/local/bin -xzf h.tgz --strip-components=1 linux/helm", ["unpack /usr/local/bin/helm/**"]],
    ["tar -C /opt -xzf h.tgz --wildcards '*/bin/x'", ["unpack /opt/~"]],
    ["tar xOf a.tar member > out", ["create /work/out"]],
    ["tar czf /out.tgz -C /src a b", ["create /out.tgz"]],
    ["tar cf - . | (cd /dest && tar xf -)", ["unpack /dest/**"]],
    ["tar tf x.tar", []],
    ["tar rf x.tar y", ["edit /work/x.tar"]],
    ["tar", ["opaque tar"]],
    ["unzip -q a.zip -d /opt/a", ["unpack /opt/a/**"]],
    ["unzip a.zip -x foo bar -d /opt/a", ["unpack /opt/a/**"]],
    ["unzip -j a.zip bin/x -d /usr/local/bin", ["unpack /usr/local/bin/x/**"]],
    ["unzip -l a.zip", []],
    ["7z x a.7z -o/opt/a -y", ["unpack /opt/a/**"]],
    ["bsdtar -xf a.iso -C /opt/a", ["unpack /opt/a/**"]],
    ["jar xf a.jar", ["unpack /work/**"]],
    ["jar -cf a.jar -C d .", ["create /work/a.jar"]],
    ["cpio -idm < x.cpio", ["unpack /work/**"]],
    ["ar x a.deb", ["unpack /work/**"]],
    ["zip -rm a.zip d", ["create /work/a.zip", "remove /work/d/**"]],
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
    ["gunzip a.gz", ["unpack /work/a", "remove /work/a.gz"]],
    ["gunzip *.gz", ["unpack /work/~", "remove /work/*.gz"]],
    ["gzip -9 f", ["create /work/f.gz", "remove /work/f"]],
    ["gzip -dk f.gz", ["unpack /work/f"]],
    ["gzip -dc f.gz > g", ["unpack /work/g"]],
    ["xz -T 0 -d f.tar.xz", ["unpack /work/f.tar", "remove /work/f.tar.xz"]],
    ["bzip2 -d f.bz2", ["unpack /work/f", "remove /work/f.bz2"]],
    ["zstd -19 f", ["create /work/f.zst"]],
    ["zstd -d --rm f.zst -o g", ["unpack /work/g", "remove /work/f.zst"]],
    ["zcat f.gz", []],
  ]);
});

describe("downloads", () => {
  table([
    ["curl -fsSLo /tmp/x https://e.org/x", ["download /tmp/x"]],
    ["curl -sSLO https://e.org/a/b-$V.tgz?x=1", ["download /work/b-$V.tgz"]],
    ['curl -LO "$URL"', ["download /work/~"]],
    ["curl --output-dir /opt -O https://e.org/x.zip", ["download /opt/x.zip"]],
    ["curl https://e.org/x -o a https://e.org/y -o b", ["download /work/a", "download /work/b"]],
    ["curl --remote-name-all https://e.org/x https://e.org/y", ["download /work/x", "download /work/y"]],
    ["curl -H 'Accept: a' -X GET -d @f https://e.org/x", []],
    ["curl https://e.org/x -o /dev/null", []],
    ["curl https://e.org/x > y.deb", ["download /work/y.deb"]],
    ["curl -fsSL https://e.org/k -o /etc/apt/keyrings/k.gpg", ["download /etc/apt/keyrings/k.gpg small"]],
    ['curl $OPTIONS -o a "$URL"', ["download /work/a"]],
    ["wget https://e.org/x.tgz", ["download /work/x.tgz"]],
    ["wget -qO /tmp/y https://e.org/x.tgz", ["download /tmp/y"]],
    ["wget -qO- https://e.org/x | tar xz -C /opt/x", ["unpack /opt/x/**"]],
    ["wget -O- https://e.org/x > y", ["download /work/y"]],
    ["wget -P /opt https://e.org/a https://e.org/b", ["download /opt/a", "download /opt/b"]],
    ["wget -nv -nc --progress=dot:giga https://e.org/x?y=1", ["download /work/x?y=1 keeps"]],
    ["wget -r -np https://e.org/dir/", ["download /work/~"]],
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
    ["git clone https://e.org/a/b.git", ["clone /work/b/**"]],
    ["git clone --depth 1 -b v1 https://e.org/a/b /opt/b", ["clone /opt/b/**"]],
    ["git clone git@e.org:a/b.git", ["clone /work/b/**"]],
    ["git clone git@e.org:b.git", ["clone /work/b/**"]],
    ["git clone https://e.org/a/b/ .", ["clone /work/**"]],
    ['git clone "$REPO"', ["clone /work/~"]],
    ['git clone "https://e.org/$NAME"', ["clone /work/$NAME/**"]],
    ["git clone --bare https://e.org/a/b", ["clone /work/b.git/**"]],
    ["git -C /opt/b checkout v2", ["clone /opt/b/~"]],
    ["git -C /opt -C b checkout v2 -- x", ["clone /opt/b/x/**"]],
    ["cd b && git checkout v2 && git submodule update --init", ["clone /work/b/~", "clone /work/b/~"]],
    ["git submodule update --init vendor/x", ["clone /work/vendor/x/**"]],
    ["git lfs install && git lfs pull", ["create /work/.git/~ small", "download /work/~"]],
    ["git gc --aggressive --prune=now", ["edit /work/.git/**"]],
    ["git fetch --tags", ["download /work/.git/~"]],
    ["git config --global user.name x", ["create /root/.gitconfig small"]],
    ["git config --get user.name", []],
    ["git rev-parse HEAD && git log -1", []],
    ["git clean -fdx", ["remove /work/~ (files that git does not track)"]],
    ["git rm -r docs", ["remove /work/docs/**"]],
    ["git apply < x.patch", ["edit /work/~"]],
    ["git submodule foreach 'make x'", ["opaque git"]],
    ["git unheard-of", ["opaque git"]],
  ]);
});
