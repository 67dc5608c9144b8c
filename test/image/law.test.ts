// The law on random stacks of layers, against a second accounting that knows nothing of the first: apply to a Map.
import fc from "fast-check";
import { expect, test } from "vitest";
import { measureWaste } from "../../src/image/waste.ts";
import { file, type StackEntry, stack, whiteout } from "./stack.ts";

interface Copy {
  readonly layer: number;
  readonly entry: StackEntry;
}

interface Shown {
  readonly kind: "directory" | "file" | "symlink" | "other";
  readonly copy?: Copy;
  readonly link?: string;
}

type Tree = Map<string, Shown>;

const under = (path: string, folder: string): boolean => path.startsWith(folder === "/" ? "/" : `${folder}/`);
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";
const join = (folder: string, name: string): string => (folder === "/" ? `/${name}` : `${folder}/${name}`);

function drop(tree: Tree, path: string, itself = true): void {
  for (const known of [...tree.keys()]) {
    if ((itself && known === path && path !== "/") || (known !== "/" && under(known, path)))
      tree.delete(known);
  }
}

/** The folder a path means; undefined when there is none and none is to be made. */
function folder(tree: Tree, path: string, make: boolean, blocked: ReadonlySet<string>): string | undefined {
  let at = "/";
  let rest = path.split("/");
  for (let links = 0; rest.length > 0; ) {
    const [name, ...more] = rest as [string, ...string[]];
    rest = more;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      at = parentOf(at);
      continue;
    }
    const here = join(at, name);
    const shown = tree.get(here);
    if (shown?.kind === "symlink" && links < 40 && !blocked.has(here)) {
      links++;
      if (shown.link!.startsWith("/")) at = "/";
      rest = [...shown.link!.split("/"), ...rest];
      continue;
    }
    if (shown?.kind !== "directory") {
      if (!make) return undefined;
      drop(tree, here);
      tree.set(here, { kind: "directory" });
    }
    at = here;
  }
  return at;
}

function place(
  tree: Tree,
  path: string,
  make: boolean,
  blocked: ReadonlySet<string> = new Set(),
): string | undefined {
  if (path === "/") return "/";
  const at = folder(tree, parentOf(path), make, blocked);
  return at === undefined ? undefined : join(at, path.slice(path.lastIndexOf("/") + 1));
}

function applyLayer(before: Tree, entries: readonly StackEntry[], layer: number, copies: Copy[]): Tree {
  const tree: Tree = new Map(before);
  const folders = new Set(entries.filter((entry) => entry.kind === "directory").map((entry) => entry.path));
  for (const entry of entries) {
    if (entry.kind !== "whiteout" && entry.kind !== "opaque") continue;
    const within = entry.kind === "opaque";
    const at = within ? folder(tree, entry.path, false, folders) : place(tree, entry.path, false, folders);
    if (at !== undefined) drop(tree, at, !within);
  }
  for (const entry of entries) {
    if (entry.kind === "whiteout" || entry.kind === "opaque") continue;
    let shown: Shown = { kind: "other" };
    if (entry.kind === "hardlink") {
      const target = place(tree, entry.link!, false);
      const now = target === undefined ? undefined : tree.get(target);
      const held = [target, entry.link].map((name) => before.get(name ?? ""));
      const then = held.find((one) => one?.kind === "file");
      if (now?.kind === "file" || now?.kind === "symlink") shown = now;
      else if (then !== undefined) shown = then;
    }
    const at = place(tree, entry.path, true)!;
    if (entry.kind === "directory") {
      if (tree.get(at)?.kind !== "directory") drop(tree, at);
      tree.set(at, { kind: "directory" });
      continue;
    }
    if (entry.kind === "file") {
      const copy = { layer, entry };
      copies.push(copy);
      shown = { kind: "file", copy };
    }
    if (entry.kind === "symlink") shown = { kind: "symlink", link: entry.link! };
    drop(tree, at);
    tree.set(at, shown);
  }
  return tree;
}

interface Naive {
  readonly copies: readonly Copy[];
  readonly hiddenBy: ReadonlyMap<Copy, number>;
  /** The tree behind each layer. */
  readonly trees: readonly Tree[];
}

function naive(layers: readonly (readonly StackEntry[])[]): Naive {
  const copies: Copy[] = [];
  const hiddenBy = new Map<Copy, number>();
  const trees: Tree[] = [];
  let tree: Tree = new Map();
  layers.forEach((entries, layer) => {
    tree = applyLayer(tree, entries, layer, copies);
    trees.push(tree);
    const seen = new Set([...tree.values()].map((shown) => shown.copy));
    for (const copy of copies) if (!seen.has(copy) && !hiddenBy.has(copy)) hiddenBy.set(copy, layer);
  });
  return { copies, hiddenBy, trees };
}

const names = fc.constantFrom("a", "b", "c");
const path = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
const linkText = fc.oneof(
  path,
  fc.constantFrom("a", "b", "../b", "..", "./c", "a/b", "../../..", "/", "b//c/"),
);
const meta = { mode: 0o644, uid: 0, gid: 0, mtime: 0, xattrs: 0, content: "", size: 0, link: undefined };
const stored = fc.record({
  kind: fc.constant("file" as const),
  path,
  size: fc.nat({ max: 3 }),
  content: fc.constantFrom("x", "y"),
  uid: fc.constantFrom(0, 0, 1),
});
const plain = fc.record({
  kind: fc.constantFrom("directory", "whiteout", "opaque", "fifo", "directory", "whiteout"),
  path,
});
const rootOpaque = fc.constant({ kind: "opaque", path: "/" });
const links = fc.record({ kind: fc.constant("symlink"), path, link: linkText });
const hardlinks = fc.record({ kind: fc.constant("hardlink"), path, link: path });

const layersOf = (...kinds: fc.Arbitrary<object>[]): fc.Arbitrary<StackEntry[][]> =>
  fc.array(
    fc.array(
      fc.oneof(...kinds).map((part) => ({ ...meta, ...part }) as StackEntry),
      { maxLength: 12 },
    ),
    { maxLength: 6 },
  );

const any = layersOf(stored, stored, stored, plain, plain, links, hardlinks, rootOpaque);

function agree(layers: StackEntry[][]): void {
  const found = measureWaste(stack(layers));
  const truth = naive(layers);
  const size = (copies: readonly Copy[]): number => copies.reduce((sum, copy) => sum + copy.entry.size, 0);
  const hidden = truth.copies.filter((copy) => truth.hiddenBy.has(copy));
  const seen = truth.copies.filter((copy) => !truth.hiddenBy.has(copy));

  expect(found.stored).toBe(size(truth.copies));
  expect(found.visible).toBe(size(seen));
  expect(found.waste).toBe(size(hidden));
  expect(found.stored).toBe(found.visible + found.waste);
  expect(Object.values(found.reasons).reduce((a, b) => a + b, 0)).toBe(found.waste);
  found.layers.forEach((layer, number) => {
    const own = (copies: readonly Copy[]) => size(copies.filter((copy) => copy.layer === number));
    expect([layer.stored, layer.visible, layer.waste]).toEqual([own(truth.copies), own(seen), own(hidden)]);
    expect(layer.stored).toBe(layer.visible + layer.waste);
    expect(layer.hides).toBe(size(hidden.filter((copy) => truth.hiddenBy.get(copy) === number)));
  });
  const paths = new Map([...found.paths].map((one) => [one.path, one]));
  for (const name of new Set(truth.copies.map((copy) => copy.entry.path))) {
    const own = (copies: readonly Copy[]) => size(copies.filter((copy) => copy.entry.path === name));
    const one = paths.get(name);
    expect(one?.waste ?? 0).toBe(own(hidden));
    if (one !== undefined) expect([one.stored, one.visible]).toEqual([own(truth.copies), own(seen)]);
  }
}

test("stored = visible + waste, and a naive second accounting agrees", () => {
  fc.assert(fc.property(any, agree), { numRuns: 1500 });
});

test("reasons follow from the trees before and after", () => {
  const simple = layersOf(stored, stored, plain).map((layers) =>
    layers.map((entries) => entries.filter((a, i) => entries.findIndex((b) => b.path === a.path) === i)),
  );
  fc.assert(
    fc.property(simple, (layers) => {
      const found = measureWaste(stack(layers));
      const truth = naive(layers);
      const reasons = { repeated: 0, retouched: 0, overwritten: 0, removed: 0, moved: 0 };
      for (const [copy, layer] of truth.hiddenBy) {
        const { path, size, content, uid } = copy.entry;
        const like = (other: StackEntry): boolean => other.size === size && other.content === content;
        const shown = truth.trees[layer]!.get(path);
        if (shown?.copy !== undefined) {
          const { entry } = shown.copy;
          reasons[!like(entry) ? "overwritten" : entry.uid === uid ? "repeated" : "retouched"] += size;
          continue;
        }
        const seen = [...truth.trees[layer]!.values()].some(
          (other) => other.copy?.layer === layer && like(other.copy.entry),
        );
        reasons[seen ? "moved" : shown === undefined ? "removed" : "overwritten"] += size;
      }
      expect(found.reasons).toEqual(reasons);
    }),
    { numRuns: 1500 },
  );
});

/** `size` folders of a hundred files each, a layer of whiteouts for four in five of them. */
function whiteouts(size: number): ReturnType<typeof stack> {
  return stack([
    Array.from({ length: size * 100 }, (_, index) =>
      file(`/srv/${index % size}/${index % 7}/file-${index}`, 100, "a"),
    ),
    ...Array.from({ length: 4 }, (_, layer) =>
      Array.from({ length: size / 5 }, (_, index) => whiteout(`/srv/${(layer * size) / 5 + index}`)),
    ),
  ]);
}

test("whiteouts cost linear time: 50,000 files, 400 of their folders removed", () => {
  const found = measureWaste(whiteouts(500));
  expect(found.waste).toBe(400 * 100 * 100);
  expect(found.visible).toBe(100 * 100 * 100);
  // The machine may be busy: five times as much must not take much more than five times the work, at best of five.
  const work = (size: number): number => {
    const image = whiteouts(size);
    const runs = Array.from({ length: 5 }, () => {
      const begun = process.cpuUsage();
      measureWaste(image);
      const { user, system } = process.cpuUsage(begun);
      return user + system;
    });
    return Math.min(...runs);
  };
  expect(work(500) / work(100)).toBeLessThan(15);
});
