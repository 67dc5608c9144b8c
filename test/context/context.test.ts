// Build contexts on disk and in memory: what a source takes, links, limits, and which folder is the context.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findContext } from "../../src/context/find.ts";
import { memoryContext, openContext } from "../../src/context/open.ts";
import { diskTree } from "../../src/context/tree.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "context-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const small = {
  "app/main.py": "12345",
  "app/lib/a.py": "123",
  "app/lib/b.txt": "1",
  "data/big.bin": "1234567890",
  Dockerfile: "FROM x",
};

describe("measuring", () => {
  test.each<[string, number, number]>([
    [".", 25, 5],
    ["/", 25, 5],
    ["./app", 9, 3],
    ["/app/", 9, 3],
    ["app/../data", 10, 1],
    ["../../app/main.py", 5, 1],
    ["app/*.py", 5, 1],
    ["app/*", 9, 3],
    ["*/*", 19, 4],
    ["app/l?b/[ab].*", 4, 2],
    ["./app//lib/", 4, 2],
  ])("%s", (source, bytes, files) => {
    write(small);
    expect(openContext(root).measure(source)).toEqual({ bytes, files, complete: true });
    expect(memoryContext(small).measure(source)).toEqual({ bytes, files, complete: true });
  });

  test.each(["nothing", "app/*.c", "app/main.py/x", "*/nothing", "[", "app/main.py\0"])(
    "%j is not there",
    (source) => {
      write(small);
      const context = openContext(root);
      expect(context.measure(source)).toBeUndefined();
      expect(context.has(source)).toBe(false);
      expect(context.files(source, 9)).toEqual([]);
      expect(context.read(source)).toBeUndefined();
    },
  );

  test("an empty folder is there and weighs nothing", () => {
    const context = memoryContext({ "empty/": "" });
    expect(context.isDirectory("empty")).toBe(true);
    expect(context.measure("empty")).toEqual({ bytes: 0, files: 0, complete: true });
  });

  test("exclude counts from each source folder and leaves a file alone", () => {
    const context = memoryContext(small);
    const bytes = (source: string, ...exclude: string[]) => context.measure(source, exclude)?.bytes;
    expect(bytes("app", "*.py")).toBe(4);
    expect(bytes("app", "**/*.py")).toBe(1);
    expect(bytes("app", "app/lib")).toBe(9);
    expect(bytes("app", "lib", "!lib/b.txt")).toBe(6);
    expect(bytes(".", "app/lib", "data")).toBe(11);
    expect(bytes("*", "lib")).toBe(21);
    expect(bytes("app/main.py", "main.py")).toBe(5);
  });

  test("with parents, ** goes deep and the pivot is the root of the pattern", () => {
    const context = memoryContext(small);
    const files = (source: string, exclude: string[] = []) => context.measure(source, exclude, true)?.files;
    expect(files("**/*.py")).toBe(2);
    expect(files("./app/lib")).toBe(2);
    expect(files("app/./lib/*.py")).toBe(1);
    expect(files("app/./**/*.py", ["lib"])).toBe(1);
    expect(files("**/*.c")).toBeUndefined();
    expect(context.measure("**/*.py")?.files).toBe(1);
  });

  test("a walk that meets its limit says so", () => {
    write(Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`d${at % 5}/f${at}`, "x"])));
    const context = openContext(root, { limit: 20 });
    const measure = context.measure(".")!;
    expect(measure.complete).toBe(false);
    expect(measure.files).toBeLessThan(20);
    expect(context.measure("d1")).toEqual({ bytes: 10, files: 10, complete: true });
    expect(context.has("d4/f49")).toBe(true);
  });

  test("a folder that may not be read makes the measure a lower bound", () => {
    write({ "open/a": "123", "shut/b": "123" });
    const tree = diskTree(root);
    const list = (folder: string) => (folder === "shut" ? undefined : tree.list(folder));
    expect(openContext(root, { tree: { ...tree, list } }).measure(".")).toEqual({
      bytes: 3,
      files: 1,
      complete: false,
    });
  });
});

describe(".dockerignore", () => {
  test("takes away files, folders and what is below", () => {
    const context = memoryContext({ ...small, ".dockerignore": "data\n**/*.txt\nDockerfile\n.dockerignore" });
    expect(context.measure(".")).toEqual({ bytes: 8, files: 2, complete: true });
    expect(context.has("data")).toBe(false);
    expect(context.has("data/big.bin")).toBe(false);
    expect(context.read("app/lib/b.txt")).toBeUndefined();
    expect(context.isDirectory("app/lib")).toBe(true);
    expect(context.measure("d*")).toBeUndefined();
  });

  test("an exception brings back what lies in an ignored folder", () => {
    const context = memoryContext({ ...small, ".dockerignore": "*\n!app/lib/a.py" });
    expect(context.files(".", 9)).toEqual(["app/lib/a.py"]);
    expect(context.isDirectory("app")).toBe(true);
    expect(context.isDirectory("data")).toBe(false);
    expect(context.has("app/main.py")).toBe(false);
    expect(context.has("*")).toBe(true);
  });

  test("the Dockerfile's own ignore file comes before the root's", () => {
    write({
      ...small,
      ".dockerignore": "app",
      "docker/Dockerfile": "",
      "docker/Dockerfile.dockerignore": "data",
    });
    const own = openContext(root, { dockerfile: join(root, "docker/Dockerfile") });
    expect([own.has("app"), own.has("data")]).toEqual([true, false]);
    const other = openContext(root, { dockerfile: join(root, "Dockerfile") });
    expect([other.has("app"), other.has("data")]).toEqual([false, true]);
  });

  test("ignored folders are not read", () => {
    write({ ...small, ".dockerignore": "data" });
    const tree = diskTree(root);
    const listed: string[] = [];
    const watched = {
      ...tree,
      list: (folder: string) => {
        listed.push(folder);
        return tree.list(folder);
      },
    };
    const context = openContext(root, { tree: watched });
    context.measure(".");
    context.measure("app");
    context.measure("app/lib");
    expect(listed.sort()).toEqual(["", "app", "app/lib"]);
  });
});

describe("links", () => {
  const link = (target: string, path: string) => symlinkSync(target, join(root, path));

  test("a link counts nothing in a folder, and as a source is followed inside the root", () => {
    write(small);
    link("data/big.bin", "big");
    link("/app/lib", "lib");
    link("lib/../../data", "app/data");
    const context = openContext(root);
    expect(context.measure(".")).toEqual({ bytes: 25, files: 5, complete: true });
    expect(context.measure("big")?.bytes).toBe(10);
    expect(context.measure("lib")?.bytes).toBe(4);
    expect(context.measure("lib/*.py")?.bytes).toBe(3);
    expect(context.measure("bi*")?.bytes).toBe(10);
    expect(context.isDirectory("lib")).toBe(true);
    expect(context.read("lib/b.txt")).toBe("1");
    expect(context.measure("app/data")?.bytes).toBe(10);
  });

  test("no link leads out of the root, or for ever in a circle", () => {
    write({ "inside/a": "1", "outside/secret": "12" });
    link(join(root, "outside/secret"), "inside/absolute");
    link("../outside/secret", "inside/upward");
    link("../..", "inside/up");
    link("circle", "inside/circle");
    const context = openContext(join(root, "inside"));
    for (const path of ["absolute", "upward", "circle", "up/outside/secret", "../outside/secret"]) {
      expect(context.read(path)).toBeUndefined();
      expect(context.measure(path)).toBeUndefined();
    }
    expect(context.read("up/a")).toBe("1");
  });

  test("what a link points to must itself be in the context", () => {
    write({ ...small, ".dockerignore": "data" });
    link("data/big.bin", "big");
    expect(openContext(root).has("big")).toBe(false);
  });
});

test("large files and folders are not read", () => {
  write({ "edge.txt": "x".repeat(1024 * 1024), "large.txt": "x".repeat(1024 * 1024 + 1), "d/a": "" });
  const context = openContext(root);
  expect(context.read("edge.txt")?.length).toBe(1024 * 1024);
  expect(context.read("large.txt")).toBeUndefined();
  expect(context.read("d")).toBeUndefined();
});

test("files come in order, folders entered in place, and no more than asked for", () => {
  const context = memoryContext({ "b/2": "", "b/1": "", a: "", c: "" });
  expect(context.files(".", 3)).toEqual(["a", "b/1", "b/2"]);
  expect(context.files("b/*", 9)).toEqual(["b/1", "b/2"]);
  expect(context.files("c", 9)).toEqual(["c"]);
});

test("a root that is no folder is an error of one line", () => {
  write({ file: "" });
  for (const path of ["file", "nothing", "file/below"]) {
    expect(() => openContext(join(root, path))).toThrow(/^the build context [^\n]+ is not a folder$/);
  }
});

describe("findContext", () => {
  const find = (dockerfile: string, cwd: string, sources: string[]) => {
    const { context, reason } = findContext(join(root, dockerfile), join(root, cwd), sources);
    return { root: context?.root.slice(root.length + 1), reason };
  };

  test("the folder that holds more of the sources", () => {
    write({ "docker/Dockerfile": "", "docker/entry.sh": "", "src/a": "", "setup.py": "" });
    expect(find("docker/Dockerfile", "", ["src", "setup.py"]).root).toBe("");
    expect(find("docker/Dockerfile", "", ["entry.sh"]).root).toBe("docker");
    expect(find("docker/Dockerfile", "", ["src", "setup.py", "docker/entry.sh", "gone"]).root).toBe("");
    expect(find("docker/Dockerfile", "docker", ["entry.sh"]).root).toBe("docker");
  });

  test("none when neither holds more than half", () => {
    write({ "docker/Dockerfile": "", "docker/entry.sh": "", "src/a": "" });
    for (const sources of [["gone"], ["src", "gone"], ["src", "entry.sh"]]) {
      const found = find("docker/Dockerfile", "", sources);
      expect(found.root).toBeUndefined();
      expect(found.reason).toMatch(/^neither /);
    }
  });

  test("without a telling source, the Dockerfile's folder", () => {
    write({ "docker/Dockerfile": "" });
    for (const sources of [[], ["."], ["./", "*"]])
      expect(find("docker/Dockerfile", "", sources).root).toBe("docker");
  });
});
