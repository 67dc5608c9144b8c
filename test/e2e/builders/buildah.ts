// Builds with buildah: own storage, no daemon, no namespaces beyond chroot.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseNames } from "../setup/bases.ts";
import { must, run } from "../setup/exec.ts";
import { bases, program } from "../setup/places.ts";
import { removeWork, workFolder } from "../setup/work.ts";
import type { Builder } from "./builder.ts";
import { readBuilt } from "./files.ts";

export async function startBuildah(): Promise<Builder> {
  const buildah = program("buildah")!;
  const skopeo = program("skopeo")!;
  const home = workFolder("buildah");
  const layout = join(home, "out");
  mkdirSync(layout);
  const env = { ...process.env, BUILDAH_ISOLATION: "chroot", TMPDIR: home };
  const storage = (driver: string) => [
    ...["--root", join(home, "root"), "--runroot", join(home, "run"), "--storage-driver", driver],
  ];
  // The overlay driver may not work where the folder itself lies on an overlay.
  const overlay = (await run(buildah, [...storage("overlay"), "images"], { env })).code === 0;
  if (!overlay) rmSync(join(home, "root"), { recursive: true, force: true });
  const driver = overlay ? "overlay" : "vfs";
  const global = storage(driver);
  const store = `[${driver}@${join(home, "root")}+${join(home, "run")}]`;
  for (const name of baseNames) {
    const to = `containers-storage:${store}docker.io/library/${name}`;
    await must(skopeo, ["--insecure-policy", "copy", "-q", `oci:${bases}:${name}`, to], { env });
  }

  let count = 0;
  return {
    name: "buildah",
    build: async (dockerfile, context) => {
      const tag = `build${++count}`;
      const file = join(home, `${tag}.Dockerfile`);
      writeFileSync(file, dockerfile);
      const bud = ["bud", "--layers", "--timestamp", "1700000000", "--pull-never", "--cap-add=all"];
      const built = await run(buildah, [...global, ...bud, "-t", tag, "-f", file, context], { env });
      if (built.code !== 0) return { image: undefined, log: built.output };
      // Not `buildah push`, which compresses every layer anew for every image.
      const uncompressed = "--dest-oci-accept-uncompressed-layers";
      const [from, to] = [`containers-storage:${store}localhost/${tag}:latest`, `oci:${layout}:${tag}`];
      await must(skopeo, ["--insecure-policy", "copy", "-q", uncompressed, from, to], { env });
      return { image: await readBuilt(layout, tag), log: built.output };
    },
    close: () => removeWork(home),
  };
}
