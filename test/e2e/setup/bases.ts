// Makes the base images once: a small Debian with Python and pip, and busybox, under the names that the scenarios use.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putLayer, writeImages } from "../builders/layout.ts";
import { fillAptArchive } from "../standins/apt.ts";
import { tarball } from "../standins/tarball.ts";
import { must, run } from "./exec.ts";
import { bases, program } from "./places.ts";

/** To be raised when what is made here changes. */
const EDITION = "3";
const BUSYBOX = "busybox:1.36";
const DEBIAN = "debian:bookworm-slim";
const PYTHON = "python:3.11-slim";

/** The names that a FROM may use. */
export const baseNames: readonly string[] = [BUSYBOX, DEBIAN, PYTHON];

/** Does nothing when they are there. Needs root, debootstrap and a Debian mirror. */
export async function makeBases(): Promise<void> {
  const stamp = join(bases, `edition-${EDITION}`);
  if (existsSync(stamp)) return;
  rmSync(bases, { recursive: true, force: true });
  const work = mkdtempSync(join(tmpdir(), "dfdedupe-bases-"));
  try {
    const debian = join(work, "debian");
    await makeDebian(debian);
    const busybox = join(work, "busybox");
    await makeBusybox(busybox, join(debian, "bin", "busybox"));
    const uv = join(work, "uv");
    await makeUv(uv);
    const debianLayer = await putLayer(bases, await pack(debian));
    const uvLayer = await putLayer(bases, await pack(uv));
    const busyboxLayer = await putLayer(bases, await pack(busybox));
    writeImages(
      bases,
      new Map([
        [BUSYBOX, [busyboxLayer]],
        [DEBIAN, [debianLayer]],
        [PYTHON, [debianLayer, uvLayer]],
      ]),
    );
    writeFileSync(stamp, "");
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function makeDebian(root: string): Promise<void> {
  const packages = "python3,python3-pip,python3-venv,libcap2-bin,curl,busybox-static";
  await must(program("debootstrap")!, ["--variant=minbase", `--include=${packages}`, "bookworm", root]);
  // As in Debian's own images: no archives, no lists, nothing that is only there to be read.
  for (const path of [
    "var/cache/apt",
    "var/lib/apt/lists",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
  ]) {
    emptyFolder(join(root, path));
  }
  writeFileSync(
    join(root, "etc/apt/apt.conf.d/docker-clean"),
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n' +
      'APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n',
  );
  rmSync(join(root, "usr/lib/python3.11/EXTERNALLY-MANAGED"), { force: true });
  // Not `file:`, of which apt keeps no lists.
  writeFileSync(join(root, "etc/apt/sources.list"), "deb [trusted=yes] copy:/srv/apt ./\n");
  await fillAptArchive(root);
  mkdirSync(join(root, "srv/http"));
  const archive = tarball({ "app-1.0/run": 2_000_000, "app-1.0/lib/data": 1_000_000 });
  writeFileSync(join(root, "srv/http/app.tar.gz"), archive);
}

function emptyFolder(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    rmSync(join(folder, name), { recursive: true });
  }
}

async function makeBusybox(root: string, binary: string): Promise<void> {
  for (const folder of ["bin", "etc", "root", "home", "usr/bin", "var", "opt", "dev", "proc", "sys"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  mkdirSync(join(root, "tmp"));
  await must("chmod", ["1777", join(root, "tmp")]);
  cpSync(binary, join(root, "bin/busybox"));
  const applets = (await must(binary, ["--list"])).trim().split("\n");
  for (const name of applets.filter((applet) => applet !== "busybox" && !applet.startsWith("dpkg"))) {
    symlinkSync("busybox", join(root, "bin", name));
  }
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/bin/false\n",
  );
  writeFileSync(join(root, "etc/group"), "root:x:0:\nwww-data:x:33:\n");
}

/** Puts uv below `root`; leaves it out when no index has it. */
async function makeUv(root: string): Promise<void> {
  const bin = join(root, "usr/local/bin");
  mkdirSync(bin, { recursive: true });
  const wheels = join(root, "..", "uv-wheels");
  const platform = `manylinux_2_17_${process.arch === "arm64" ? "aarch64" : "x86_64"}`;
  const words = ["-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--platform", platform];
  const got = await run("python3", [...words, "-d", wheels, "uv==0.8.17"]);
  if (got.code !== 0) return;
  const wheel = join(wheels, readdirSync(wheels)[0]!);
  const script =
    "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);n=[n for n in z.namelist() if n.endswith('scripts/uv')][0];open(sys.argv[2],'wb').write(z.read(n))";
  await must("python3", ["-c", script, wheel, join(bin, "uv")]);
  await must("chmod", ["755", join(bin, "uv")]);
}

async function pack(root: string): Promise<string> {
  const tar = `${root}.tar`;
  const steady = ["--numeric-owner", "--xattrs", "--xattrs-include=security.capability", "--sort=name"];
  await must("tar", ["-C", root, ...steady, "-cf", tar, "."]);
  return tar;
}
