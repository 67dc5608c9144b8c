// What is measured against what is there: umoci builds images step by step and unpacks them, skopeo writes them in
// other formats; the unpacked tree's regular files, hardlinks once, are exactly the visible bytes.
import { execFileSync, spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readImage } from "../../src/image/read.ts";
import { measureWaste, type WasteReason } from "../../src/image/waste.ts";

const there = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;
const usable = there("umoci") && there("skopeo") && process.getuid?.() === 0;
if (!usable) console.log("image-trees: skipped, it needs umoci, skopeo and root");

const folder = mkdtempSync(join(tmpdir(), "dfdedupe-trees-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (path: string, count: number): string => `head -c ${count} /dev/urandom > ${path}`;

interface Tree {
  readonly title: string;
  /** Shell commands run in the root, each a layer of its own. */
  readonly steps: readonly string[];
  readonly waste: Partial<Record<WasteReason, number>>;
}

const trees: readonly Tree[] = [
  {
    title: "owners, modes, times",
    steps: [
      `mkdir d; ${bytes("d/a", 10_000)}; ${bytes("d/b", 200)}; ${bytes("c", 3000)}`,
      "chown -R 1000 d",
      "chmod 600 d/b; touch -d @1 c",
    ],
    waste: { retouched: 10_200 + 200 + 3000 },
  },
  {
    title: "deleted, moved, replaced by other kinds and back",
    steps: [
      `mkdir -p d/e m; ${bytes("d/e/a", 500)}; ${bytes("m/x", 700)}; ${bytes("f", 900)}; ${bytes("g", 40)}`,
      "rm -r d; echo file > d; mv m/x m/y; rm f; mkdir f; echo 1 > f/in; rm g; ln -s f g",
      "rm d; mkdir -p d/e; echo new > d/e/a; rm -r f; echo back > f; rm -r m; mkdir m; echo z > m/z",
    ],
    waste: { removed: 500 + 2 + 700, moved: 700, overwritten: 900 + 40 + 5 },
  },
  {
    title: "hardlinks: one goes, the other stays; all go; all are stored again",
    steps: [
      `${bytes("a", 800)}; ln a b; ${bytes("c", 60)}; ln c d; ${bytes("e", 5)}; ln e f`,
      "rm a c d; chown 7 e",
    ],
    // umoci stores b again, because its count of links is another one.
    waste: { removed: 60, retouched: 5, moved: 800 },
  },
  {
    title: "names that are no text, long ones, deep ones",
    steps: [
      `printf x > "$(printf 'bad\\377name')"; p=$(printf 'n%.0s' $(seq 200)); mkdir -p $p/$p; ${bytes("$p/$p/$p", 99)}`,
      `rm "$(printf 'bad\\377name')"; p=$(printf 'n%.0s' $(seq 200)); rm $p/$p/$p`,
    ],
    waste: { removed: 100 },
  },
];

function run(program: string, ...words: string[]): void {
  execFileSync(program, words, { cwd: folder, stdio: "pipe" });
}

/** Bytes of the regular files below a folder, each once, however many names it has. */
function regularBytes(root: string): number {
  const sum = `find "$0" -type f -printf '%i %s\\n' | sort -u | awk '{ sum += $2 } END { print sum + 0 }'`;
  return Number(execFileSync("sh", ["-c", sum, root], { encoding: "utf8" }));
}

/** Every way to read the image that umoci built in `layout`. */
function* forms(layout: string, name: string): Iterable<[string, () => Promise<Figures>]> {
  const of = async (source: Parameters<typeof readImage>[0]): Promise<Figures> => {
    const image = await readImage(source);
    try {
      const { stored, visible, waste, reasons, layers } = measureWaste(image);
      return { stored, visible, waste, reasons, layers: layers.map((layer) => [layer.stored, layer.waste]) };
    } finally {
      await image.close();
    }
  };
  const source = `oci:${layout}:latest`;
  yield ["oci", () => of(source)];
  for (const kind of ["docker-archive", "oci-archive"]) {
    const archive = join(folder, `${name}-${kind}.tar`);
    run("skopeo", "--insecure-policy", "copy", "-q", source, `${kind}:${archive}:test:latest`);
    yield [kind, () => of(archive)];
    yield [`${kind}, a stream`, () => of(createReadStream(archive))];
  }
  for (const compression of ["zstd", "gzip"]) {
    const copy = join(folder, `${name}-${compression}`);
    run(
      "skopeo",
      "--insecure-policy",
      "copy",
      "-q",
      "--dest-compress-format",
      compression,
      source,
      `oci:${copy}:latest`,
    );
    yield [compression, () => of(`oci:${copy}:latest`)];
  }
}

interface Figures {
  readonly stored: number;
  readonly visible: number;
  readonly waste: number;
  readonly reasons: Readonly<Record<WasteReason, number>>;
  readonly layers: readonly (readonly number[])[];
}

test.skipIf(!usable).each(trees)("$title", async ({ title, steps, waste }) => {
  const name = title.replace(/\W+/g, "-");
  const layout = join(folder, name);
  const image = `${layout}:latest`;
  run("umoci", "init", "--layout", layout);
  run("umoci", "new", "--image", image);
  for (const [index, step] of steps.entries()) {
    const bundle = join(folder, `${name}-${index}`);
    run("umoci", "unpack", "--image", image, bundle);
    execFileSync("sh", ["-ec", step], { cwd: join(bundle, "rootfs"), stdio: "pipe" });
    run("umoci", "repack", "--image", image, bundle);
  }
  const last = join(folder, `${name}-last`);
  run("umoci", "unpack", "--image", image, last);
  const visible = regularBytes(join(last, "rootfs"));

  const none = { repeated: 0, retouched: 0, overwritten: 0, removed: 0, moved: 0 };
  let first: Figures | undefined;
  for (const [form, measure] of forms(layout, name)) {
    const figures = await measure();
    expect(figures.visible, form).toBe(visible);
    expect(figures.stored, form).toBe(figures.visible + figures.waste);
    expect(figures.reasons, form).toEqual({ ...none, ...waste });
    first ??= figures;
    expect(figures, form).toEqual(first);
  }
});
