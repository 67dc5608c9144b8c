import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findOwners, isPackageDatabase, packageName } from "../../../src/image/packages/owners.ts";
import { measureWaste } from "../../../src/image/waste.ts";
import { file, type StackEntry, stack, symlink, text, whiteout } from "../stack.ts";

/** Every file of the lowest layers stored again with another owner, in a layer of its own. */
function chowned(...layers: StackEntry[][]): StackEntry[][] {
  const again = layers.flat().filter((entry) => entry.kind === "file" && entry.path.includes("wasted"));
  return [...layers, again.map((entry) => ({ ...entry, uid: 7 }))];
}

function ownersOf(layers: StackEntry[][]): Record<string, string | undefined> {
  const image = stack(layers);
  const waste = measureWaste(image);
  const owners = findOwners(image, waste);
  return Object.fromEntries(
    [...waste.paths].map((path) => {
      const owner = owners.ofPath(path);
      return [path.path, owner && packageName(owner)];
    }),
  );
}

test("a wheel's RECORD: relative, outside, absolute and quoted paths, its name as PyPI has it", () => {
  const site = "/opt/venv/lib/python3.12/site-packages";
  const record = [
    "flashinfer_cubin/wasted.bin,sha256=x,10",
    '"flashinfer_cubin/wasted, ""odd"".bin",sha256=x,10',
    "../../../bin/wasted-tool,sha256=x,1\r",
    "/etc/wasted.conf,,",
    "flashinfer_cubin-0.6.8.post1.dist-info/RECORD,,",
  ].join("\n");
  const layers = chowned([
    text(`${site}/flashinfer_cubin-0.6.8.post1.dist-info/RECORD`, record),
    file(`${site}/flashinfer_cubin/wasted.bin`, 10),
    file(`${site}/flashinfer_cubin/wasted, "odd".bin`, 10),
    file(`${site}/flashinfer_cubin/wasted-other.bin`, 10),
    file("/opt/venv/bin/wasted-tool", 10),
    file("/etc/wasted.conf", 10),
  ]);
  const name = "pip:flashinfer-cubin@0.6.8.post1";
  expect(ownersOf(layers)).toEqual({
    [`${site}/flashinfer_cubin/wasted.bin`]: name,
    [`${site}/flashinfer_cubin/wasted, "odd".bin`]: name,
    [`${site}/flashinfer_cubin/wasted-other.bin`]: undefined,
    "/opt/venv/bin/wasted-tool": name,
    "/etc/wasted.conf": name,
  });
});

test("an egg's installed-files.txt, and compiled files that no list names", () => {
  const site = "/usr/lib/python3/dist-packages";
  const layers = chowned([
    text(`${site}/Old_Thing-1.2-py3.11.egg-info/installed-files.txt`, "../old/wasted.py\nPKG-INFO\n"),
    file(`${site}/old/wasted.py`, 3),
    file(`${site}/old/__pycache__/wasted.cpython-311.pyc`, 2),
    file(`${site}/old/__pycache__/wasted-not.cpython-311.opt-1.pyc`, 1),
  ]);
  expect(ownersOf(layers)).toEqual({
    [`${site}/old/wasted.py`]: "pip:old-thing@1.2",
    [`${site}/old/__pycache__/wasted.cpython-311.pyc`]: "pip:old-thing@1.2",
    [`${site}/old/__pycache__/wasted-not.cpython-311.opt-1.pyc`]: undefined,
  });
});

test("dpkg: lists, versions of that time, a merged /usr, distroless sums", () => {
  const status = (version: string) =>
    `Package: libwasted\nStatus: install ok installed\nVersion: ${version}\n\nPackage: other\nVersion: 9\n`;
  const layers = [
    [
      text("/var/lib/dpkg/status", status("1.0-1")),
      text("/var/lib/dpkg/info/libwasted:amd64.list", "/.\n/lib\n/lib/x/libwasted.so\n"),
      file("/usr/lib/x/libwasted.so", 5, "1"),
    ],
    [text("/var/lib/dpkg/status", status("2.0-1")), file("/usr/lib/x/libwasted.so", 5, "2")],
    [file("/usr/lib/x/libwasted.so", 5, "3")],
  ];
  const image = stack(layers);
  const owners = findOwners(image, measureWaste(image));
  const lib = owners.packages.map((one) => [packageName(one.package), one.waste, one.files, one.layers]);
  expect(lib).toEqual([["dpkg:libwasted@1.0-1", 10, 1, [0, 1, 2]]]);

  const distroless = chowned([
    text("/var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2024a\n"),
    text("/var/lib/dpkg/status.d/tzdata.md5sums", `${"0".repeat(32)}  usr/share/wasted/zone\n`),
    file("/usr/share/wasted/zone", 5),
  ]);
  expect(ownersOf(distroless)).toEqual({ "/usr/share/wasted/zone": "dpkg:tzdata@2024a" });
});

test("apk: folders and the files in them, at the root too", () => {
  const installed = "P:musl\nV:1.2.5-r0\nF:\nR:wasted\nF:lib\nR:wasted.so\nZ:Q1\n\nP:none\nF:etc\n\n";
  const layers = chowned([
    text("/lib/apk/db/installed", installed),
    file("/lib/wasted.so", 2),
    file("/wasted", 1),
  ]);
  expect(ownersOf(layers)).toEqual({ "/lib/wasted.so": "apk:musl@1.2.5-r0", "/wasted": "apk:musl@1.2.5-r0" });
});

test("npm: the innermost package around a file, scoped and nested, also with a broken manifest", () => {
  const layers = chowned([
    text("/app/package.json", '{"name":"app","version":"1.0.0"}'),
    text("/app/node_modules/a/package.json", '{"name":"a","version":"1.0.0"}'),
    text("/app/node_modules/a/lib/package.json", '{"type":"module"}'),
    file("/app/node_modules/a/lib/wasted.js", 4),
    text("/app/node_modules/a/node_modules/@s/b/package.json", '{"version":"2.0.0"}'),
    file("/app/node_modules/a/node_modules/@s/b/wasted.js", 3),
    text("/app/node_modules/c/package.json", "{"),
    file("/app/node_modules/c/wasted.js", 2),
    file("/app/wasted.js", 1),
  ]);
  expect(ownersOf(layers)).toEqual({
    "/app/node_modules/a/lib/wasted.js": "npm:a@1.0.0",
    "/app/node_modules/a/node_modules/@s/b/wasted.js": "npm:@s/b@2.0.0",
    "/app/node_modules/c/wasted.js": "npm:c",
    "/app/wasted.js": undefined,
  });
});

test("conda comes before the Python lists that it keeps as well", () => {
  const meta = JSON.stringify({ name: "numpy", version: "2.0", files: ["lib/np/wasted.py", 7] });
  const layers = chowned([
    text("/opt/conda/lib/numpy-2.0.dist-info/RECORD", "np/wasted.py,,"),
    text("/opt/conda/conda-meta/numpy-2.0-py312.json", meta),
    text("/opt/conda/conda-meta/broken.json", "[1]"),
    file("/opt/conda/lib/np/wasted.py", 4),
  ]);
  expect(ownersOf(layers)).toEqual({ "/opt/conda/lib/np/wasted.py": "conda:numpy@2.0" });
});

test("rpm's SQLite database, rows that overflow and a tree of two levels", () => {
  const bytes = readFileSync(new URL("../../../fixtures/image/rpmdb.sqlite", import.meta.url));
  const paths = ["/etc/tiny.conf", "/usr/share/big/part-2/file-119", "/opt/filler/19", "/opt/other"];
  const layers = [
    [text("/var/lib/rpm/rpmdb.sqlite", "x"), ...paths.map((path) => file(path, 1))],
    paths.map((path) => whiteout(path)),
  ];
  const owners = (readFile: () => Uint8Array | undefined) => {
    const image = { ...stack(layers), readFile };
    const waste = measureWaste(image);
    const found = findOwners(image, waste);
    return Object.fromEntries([...waste.paths].map((path) => [path.path, found.ofPath(path)?.name]));
  };
  expect(owners(() => bytes)).toEqual({
    "/etc/tiny.conf": "tiny",
    "/usr/share/big/part-2/file-119": "big",
    "/opt/filler/19": "filler-19",
    "/opt/other": undefined,
  });
  expect(owners(() => undefined)).toEqual(Object.fromEntries(paths.map((path) => [path, undefined])));
  // Damage anywhere ends reading, nothing else.
  for (let at = 0; at < bytes.length; at += 97) {
    const damaged = Uint8Array.from(bytes);
    damaged.fill(0xff, at, at + 5);
    expect(() => owners(() => damaged)).not.toThrow();
    expect(() => owners(() => bytes.subarray(0, at))).not.toThrow();
  }
});

test("each copy belongs to the package of its own time", () => {
  const image = stack([
    [text("/s/foo-1.dist-info/RECORD", "foo.py,,"), file("/s/foo.py", 10, "1")],
    [
      text("/s/foo-2.dist-info/RECORD", "foo.py,,"),
      file("/s/foo.py", 20, "2"),
      whiteout("/s/foo-1.dist-info"),
    ],
    [file("/s/foo.py", 30, "3"), symlink("/x", "y")],
    [whiteout("/s/foo.py")],
  ]);
  const waste = measureWaste(image);
  const owners = findOwners(image, waste);
  expect(owners.packages.map((one) => [packageName(one.package), one.waste, one.layers])).toEqual([
    ["pip:foo@2", 50, [0, 1, 2]],
    ["pip:foo@1", 10, [0, 1, 2]],
  ]);
  expect(waste.paths.at(0)!.hidden.map((copy) => owners.ofCopy(waste.paths.at(0)!, copy)?.version)).toEqual([
    "1",
    "2",
    "2",
  ]);
});

test("a one-pass read keeps the databases and nothing else", () => {
  const kept = [
    "/usr/lib/python3/site-packages/x-1.dist-info/RECORD",
    "/var/lib/dpkg/status",
    "/var/lib/dpkg/info/x.list",
    "/lib/apk/db/installed",
    "/a/node_modules/x/package.json",
    "/opt/conda/conda-meta/x.json",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
  ];
  const left = [
    "/a/package.json",
    "/RECORD",
    "/var/lib/dpkg/info/x.postinst",
    "/a/node_modules/x/lib/package.json",
  ];
  expect(kept.filter((path) => !isPackageDatabase(path))).toEqual([]);
  expect(left.filter((path) => isPackageDatabase(path))).toEqual([]);
});
