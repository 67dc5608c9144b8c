// A Debian archive inside the base image, so that apt works without a network: stand-ins with real control files.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "../setup/exec.ts";
import { filler } from "./filler.ts";

interface Package {
  readonly name: string;
  readonly version: string;
  /** Bytes of the one file that it installs. */
  readonly size: number;
}

const packages: readonly Package[] = [
  { name: "standin-base", version: "2.0", size: 3_000_000 },
  { name: "build-essential", version: "12.9", size: 4_000_000 },
  { name: "git", version: "2.39", size: 2_000_000 },
];
const installed: Package = { name: "standin-base", version: "1.0", size: 3_000_000 };

/** Fills /srv/apt below `root` and installs an older stand-in, which an upgrade replaces. */
export async function fillAptArchive(root: string): Promise<void> {
  const archive = join(root, "srv/apt");
  mkdirSync(archive, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "dfdedupe-deb-"));
  try {
    const stanzas: string[] = [];
    for (const each of packages) {
      const { file, control } = await makePackage(work, archive, each);
      const sums = (await must("sha256sum", [file])).split(" ")[0]!;
      const size = (await must("stat", ["-c", "%s", file])).trim();
      stanzas.push(
        `${control}Filename: ./${file.slice(archive.length + 1)}\nSize: ${size}\nSHA256: ${sums}\n`,
      );
    }
    // Lists weigh megabytes in a real archive.
    for (let at = 0; at < 8000; at++) {
      const name = `padding-${at}`;
      stanzas.push(
        `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\n` +
          `Description: is never installed, only makes the list long, as in a real archive\n` +
          `Filename: ./${name}.deb\nSize: 1\nSHA256: ${"0".repeat(64)}\n`,
      );
    }
    writeFileSync(join(archive, "Packages"), stanzas.join("\n"));
    const { file } = await makePackage(work, join(root, "tmp"), installed);
    await must("chroot", [root, "dpkg", "-i", `/tmp/${file.slice(file.lastIndexOf("/") + 1)}`]);
    rmSync(file);
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function makePackage(
  work: string,
  into: string,
  each: Package,
): Promise<{ file: string; control: string }> {
  const { name, version, size } = each;
  const tree = join(work, `${name}-${version}`);
  mkdirSync(join(tree, "DEBIAN"), { recursive: true });
  mkdirSync(join(tree, "usr/share", name), { recursive: true });
  const control =
    `Package: ${name}\nVersion: ${version}\nArchitecture: all\n` +
    `Maintainer: nobody <nobody@example.org>\nDescription: stand-in\n`;
  writeFileSync(join(tree, "DEBIAN/control"), control);
  writeFileSync(join(tree, "usr/share", name, "data"), filler(`${name}${version}`, size));
  const file = join(into, `${name}_${version}_all.deb`);
  await must("dpkg-deb", ["--build", "--root-owner-group", "-Znone", tree, file]);
  return { file, control };
}
