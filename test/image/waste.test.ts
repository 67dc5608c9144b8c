// Golden accounting: small images whose truth was worked out by hand.
import { expect, test } from "vitest";
import { measureWaste, type WasteReason } from "../../src/image/waste.ts";
import {
  device,
  directory,
  file,
  hardlink,
  MiB,
  opaque,
  type StackEntry,
  stack,
  symlink,
  text,
  whiteout,
} from "./stack.ts";

const P = 10 * MiB;

interface Golden {
  readonly title: string;
  readonly layers: readonly (readonly StackEntry[])[];
  readonly visible: number;
  /** Waste by reason; reasons not named are 0. */
  readonly waste: Partial<Record<WasteReason, number>>;
  /** Waste of each layer. */
  readonly perLayer: readonly number[];
  /** Waste of each path, largest first. */
  readonly perPath: readonly (readonly [string, number])[];
}

const golden: readonly Golden[] = [
  {
    title: "one layer wastes nothing",
    layers: [[directory("/d"), file("/d/f", P), file("/g", P, "b")]],
    visible: 2 * P,
    waste: {},
    perLayer: [0],
    perPath: [],
  },
  { title: "an image without layers", layers: [], visible: 0, waste: {}, perLayer: [], perPath: [] },
  {
    title: "another owner stores the file again",
    layers: [[file("/f", P)], [file("/f", P, "a", { uid: 1000, gid: 1000 })]],
    visible: P,
    waste: { retouched: P },
    perLayer: [P, 0],
    perPath: [["/f", P]],
  },
  {
    title: "the same file with the same metadata again",
    layers: [[file("/f", P)], [file("/f", P)]],
    visible: P,
    waste: { repeated: P },
    perLayer: [P, 0],
    perPath: [["/f", P]],
  },
  {
    title: "a deleted file",
    layers: [[file("/f", P)], [whiteout("/f")]],
    visible: 0,
    waste: { removed: P },
    perLayer: [P, 0],
    perPath: [["/f", P]],
  },
  {
    title: "a deleted directory",
    layers: [
      [directory("/d"), file("/d/one", P / 2), directory("/d/e"), file("/d/e/two", P / 2, "b")],
      [whiteout("/d")],
    ],
    visible: 0,
    waste: { removed: P },
    perLayer: [P, 0],
    perPath: [
      ["/d/e/two", P / 2],
      ["/d/one", P / 2],
    ],
  },
  {
    title: "an opaque whiteout hides what lies below, not the directory's new files",
    layers: [
      [directory("/d"), file("/d/old", P)],
      [file("/d/new", 5, "n"), directory("/d"), opaque("/d"), file("/d/later", 7, "m")],
    ],
    visible: 12,
    waste: { removed: P },
    perLayer: [P, 0],
    perPath: [["/d/old", P]],
  },
  {
    title: "a directory replaced by a file",
    layers: [[directory("/d"), file("/d/f", P)], [file("/d", 1, "x")]],
    visible: 1,
    waste: { removed: P },
    perLayer: [P, 0],
    perPath: [["/d/f", P]],
  },
  {
    title: "a directory replaced by a file and back",
    layers: [[directory("/d"), file("/d/f", P)], [file("/d", 1, "x")], [directory("/d"), file("/d/f", P)]],
    visible: P,
    waste: { removed: P, overwritten: 1 },
    perLayer: [P, 1, 0],
    perPath: [
      ["/d/f", P],
      ["/d", 1],
    ],
  },
  {
    title: "the same content elsewhere is no waste",
    layers: [[file("/f", P)], [file("/g", P)]],
    visible: 2 * P,
    waste: {},
    perLayer: [0, 0],
    perPath: [],
  },
  {
    title: "a whiteout of nothing",
    layers: [[file("/f", P)], [whiteout("/nothing"), whiteout("/no/such/file"), opaque("/neither")]],
    visible: P,
    waste: {},
    perLayer: [0, 0],
    perPath: [],
  },
  {
    title: "a whiteout in the lowest layer, whose opaque root hides nothing either",
    layers: [[whiteout("/f"), opaque("/"), file("/f", P)]],
    visible: P,
    waste: {},
    perLayer: [0],
    perPath: [],
  },
  {
    title: "a hardlink adds nothing",
    layers: [[file("/f", P), hardlink("/g", "/f")]],
    visible: P,
    waste: {},
    perLayer: [0],
    perPath: [],
  },
  {
    title: "three writes",
    layers: [[file("/f", P, "1")], [file("/f", P, "2")], [file("/f", P, "3")]],
    visible: P,
    waste: { overwritten: 2 * P },
    perLayer: [P, P, 0],
    perPath: [["/f", 2 * P]],
  },
  {
    title: "written, removed, written again: only the middle tells what happened",
    layers: [[file("/f", P)], [whiteout("/f")], [file("/f", P)]],
    visible: P,
    waste: { removed: P },
    perLayer: [P, 0, 0],
    perPath: [["/f", P]],
  },
  {
    title: "a move stores the content again under another name",
    layers: [[file("/old/f", P)], [whiteout("/old/f"), file("/new/f", P)]],
    visible: P,
    waste: { moved: P },
    perLayer: [P, 0],
    perPath: [["/old/f", P]],
  },
  {
    title: "a moved directory, its symlink left behind",
    layers: [
      [directory("/a"), file("/a/one", P), file("/a/two", P, "b"), file("/a/three", 3, "c")],
      [symlink("/a", "/b"), directory("/b"), file("/b/one", P), file("/b/two", P, "b")],
    ],
    visible: 2 * P,
    waste: { moved: 2 * P, removed: 3 },
    perLayer: [2 * P + 3, 0],
    perPath: [
      ["/a/one", P],
      ["/a/two", P],
      ["/a/three", 3],
    ],
  },
  {
    title: "a whiteout beside its own new file hides only the lower one, before or behind it",
    layers: [
      [file("/f", P, "1"), file("/g", P, "1")],
      [whiteout("/f"), file("/f", P, "2"), file("/g", P, "2"), whiteout("/g")],
    ],
    visible: 2 * P,
    waste: { overwritten: 2 * P },
    perLayer: [2 * P, 0],
    perPath: [
      ["/f", P],
      ["/g", P],
    ],
  },
  {
    title: "an opaque directory whose files come back unchanged",
    layers: [[file("/d/f", P)], [directory("/d"), file("/d/f", P), opaque("/d")]],
    visible: P,
    waste: { repeated: P },
    perLayer: [P, 0],
    perPath: [["/d/f", P]],
  },
  {
    title: "the last of several entries in a layer counts, the others are waste of that layer",
    layers: [[file("/f", 1, "1"), file("/f", 2, "2"), file("/f", 4, "3")]],
    visible: 4,
    waste: { overwritten: 3 },
    perLayer: [3],
    perPath: [["/f", 3]],
  },
  {
    title: "a directory entry on an existing directory hides nothing",
    layers: [[directory("/d"), file("/d/f", P)], [directory("/d", { mode: 0o700 })]],
    visible: P,
    waste: {},
    perLayer: [0, 0],
    perPath: [],
  },
  {
    title: "a file replaced by a directory, a symlink, a device",
    layers: [
      [file("/a", 1), file("/b", 2), file("/c", 4)],
      [directory("/a"), symlink("/b", "x"), device("/c")],
    ],
    visible: 0,
    waste: { overwritten: 7 },
    perLayer: [7, 0],
    perPath: [
      ["/c", 4],
      ["/b", 2],
      ["/a", 1],
    ],
  },
  {
    title: "a file whose directory is only implied takes the place of a lower file",
    layers: [[file("/d", P)], [file("/d/f", 1, "x")]],
    visible: 1,
    waste: { overwritten: P },
    perLayer: [P, 0],
    perPath: [["/d", P]],
  },
  {
    title: "a hardlink keeps the content of a removed name",
    layers: [[file("/f", P), hardlink("/g", "/f")], [whiteout("/f")]],
    visible: P,
    waste: {},
    perLayer: [0, 0],
    perPath: [],
  },
  {
    title: "a hardlink keeps the content of an overwritten name, until it goes itself",
    layers: [[file("/f", P), hardlink("/g", "/f")], [file("/f", 1, "x")], [whiteout("/g")]],
    visible: 1,
    waste: { removed: P },
    perLayer: [P, 0, 0],
    perPath: [["/f", P]],
  },
  {
    title: "both names of a file stored again, their order in the archive turned round",
    layers: [
      [file("/f", P), hardlink("/g", "/f")],
      [file("/g", P, "a", { uid: 5 }), hardlink("/f", "/g")],
    ],
    visible: P,
    waste: { retouched: P },
    perLayer: [P, 0],
    perPath: [["/f", P]],
  },
  {
    title: "a hardlink to a lower layer's file whose own name goes in the same layer",
    layers: [[file("/f", P)], [whiteout("/f"), hardlink("/g", "/f")]],
    visible: P,
    waste: {},
    perLayer: [0, 0],
    perPath: [],
  },
  {
    title: "a hardlink to nothing, and one to itself",
    layers: [[file("/f", P), hardlink("/g", "/none"), hardlink("/f", "/f"), hardlink("/h", "/h")]],
    visible: P,
    waste: {},
    perLayer: [0],
    perPath: [],
  },
  {
    title: "a file below a symlink of a lower layer lands where the symlink leads",
    layers: [
      [directory("/usr/bin"), symlink("/bin", "usr/bin"), file("/usr/bin/sh", P, "1")],
      [file("/bin/sh", P, "2"), file("/bin/new", 1)],
      [whiteout("/usr/bin/new"), whiteout("/bin/none")],
    ],
    visible: P,
    waste: { overwritten: P, removed: 1 },
    perLayer: [P, 1, 0],
    perPath: [
      ["/usr/bin/sh", P],
      ["/bin/new", 1],
    ],
  },
  {
    title: "whiteouts below a symlink of a lower layer reach where it leads, opaque ones, too",
    layers: [
      [directory("/real"), file("/real/x", P), symlink("/link", "real"), symlink("/none", "nowhere")],
      [opaque("/link"), file("/link/y", 1), opaque("/none")],
      [file("/real/z", 2), whiteout("/link/y")],
    ],
    visible: 2,
    waste: { removed: P + 1 },
    perLayer: [P, 1, 0],
    perPath: [
      ["/real/x", P],
      ["/link/y", 1],
    ],
  },
  {
    title: "a directory entry takes the place of a symlink, and its whiteouts do not reach through it",
    layers: [
      [directory("/real"), file("/real/f", P), symlink("/d", "real")],
      [directory("/d"), opaque("/d"), whiteout("/d/f"), file("/d/g", 1)],
    ],
    visible: P + 1,
    waste: {},
    perLayer: [0, 0],
    perPath: [],
  },
  {
    title: "symlinks in a circle give way to a directory",
    layers: [
      [symlink("/a", "/b"), symlink("/b", "a")],
      [file("/a/f", 3), whiteout("/b/x")],
    ],
    visible: 3,
    waste: {},
    perLayer: [0, 0],
    perPath: [],
  },
  {
    title: "an opaque root empties the image",
    layers: [
      [file("/f", P), file("/d/g", P, "b")],
      [opaque("/"), file("/h", 1)],
    ],
    visible: 1,
    waste: { removed: 2 * P },
    perLayer: [2 * P, 0],
    perPath: [
      ["/d/g", P],
      ["/f", P],
    ],
  },
];

test("there are at least 20 golden images", () => {
  expect(golden.length).toBeGreaterThanOrEqual(20);
});

test.each(golden)("$title", ({ layers, visible, waste, perLayer, perPath }) => {
  const found = measureWaste(stack(layers));
  const none = { repeated: 0, retouched: 0, overwritten: 0, removed: 0, moved: 0 };
  expect(found.reasons).toEqual({ ...none, ...waste });
  expect(found.visible).toBe(visible);
  expect(found.stored).toBe(found.visible + found.waste);
  expect(found.layers.map((layer) => layer.waste)).toEqual(perLayer);
  expect([...found.paths].map((path) => [path.path, path.waste])).toEqual(perPath);
});

test("a retouched copy says what changed, and each change is summed apart", () => {
  const found = measureWaste(
    stack([
      [file("/a", 1), file("/b", 2), file("/c", 4), file("/d", 8)],
      [
        file("/a", 1, "a", { uid: 1 }),
        file("/b", 2, "a", { mode: 0o600, gid: 7 }),
        file("/c", 4, "a", { mtime: 9 }),
        file("/d", 8, "a", { xattrs: 1 }),
      ],
    ]),
  );
  expect(found.changes).toEqual({ owner: 3, mode: 2, time: 4, xattrs: 8 });
  expect([...found.paths].map((path) => path.hidden[0]!.changed)).toEqual([
    ["xattrs"],
    ["time"],
    ["owner", "mode"],
    ["owner"],
  ]);
});

test("a path tells its copies, its layers and who hid what", () => {
  const found = measureWaste(
    stack([
      [file("/f", 3, "1")],
      [file("/g", 1)],
      [file("/f", 3, "1")],
      [whiteout("/f"), file("/h", 3, "1")],
    ]),
  );
  expect(found.paths).toHaveLength(1);
  expect(found.paths.at(0)).toMatchObject({
    path: "/f",
    stored: 6,
    visible: 0,
    waste: 6,
    copies: 2,
    layers: [0, 2],
    reason: "repeated",
    hidden: [
      { layer: 0, reason: "repeated", hiddenBy: 2, movedTo: undefined },
      { layer: 2, reason: "moved", hiddenBy: 3, movedTo: "/h" },
    ],
  });
  expect(found.layers.map((layer) => layer.hides)).toEqual([0, 0, 3, 3]);
});

test("a moved file is matched with its own name first, and to no copy that its layer hides itself", () => {
  const found = measureWaste(
    stack([
      [file("/a/one", 9), file("/a/two", 9), file("/a/three", 9, "c")],
      [whiteout("/a"), file("/b/two", 9), file("/b/one", 9), file("/b/three", 9, "c"), text("/b/three", "x")],
    ]),
  );
  const moved = [...found.paths].map(({ path, reason, hidden }) => [path, reason, hidden[0]!.movedTo]);
  expect(moved).toContainEqual(["/a/one", "moved", "/b/one"]);
  expect(moved).toContainEqual(["/a/two", "moved", "/b/two"]);
  expect(moved).toContainEqual(["/a/three", "removed", undefined]);
});

test("the compressed share follows the sizes", () => {
  const found = measureWaste(
    stack([[file("/f", 30), file("/g", 70)], [whiteout("/f")]], { compressed: [50, 10] }),
  );
  expect(found).toMatchObject({ compressed: 60, compressedWaste: 15 });
  expect(found.layers.map((layer) => layer.compressedWaste)).toEqual([15, 0]);
});

test("contents are read only where equal sizes meet", () => {
  const image = stack([
    [file("/a", 1), file("/b", 2), file("/c", 3), file("/empty", 0)],
    [file("/a", 5), whiteout("/b"), file("/d", 9), file("/empty", 0)],
  ]);
  measureWaste(image);
  expect(image.compared()).toBe(0);
});
