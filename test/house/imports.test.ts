// Data flows one way: reads the import lines of src and insists on it.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const src = fileURLToPath(new URL("../../src", import.meta.url));
const joints = ["text", "finding", "failure", "found-file", "bytes", "io", "once", "version"];
const syntax = [...joints, "dockerfile", "shell"];
const effects = [...syntax, "context", "model"];
const analysis = [...effects, "rewrite", "rules", "analyze", "fix"];
const commands = [
  ...analysis,
  "files",
  "report",
  "config",
  "contexts",
  "inputs",
  "options",
  "image",
  "images",
  "evidence",
];

/** What each station, a folder or a file at the root of src, may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  text: [],
  finding: ["text"],
  failure: [],
  "found-file": [],
  bytes: [],
  io: [],
  once: [],
  version: [],
  dockerfile: joints,
  shell: syntax,
  context: [...joints, "dockerfile"],
  model: effects,
  rewrite: effects,
  rules: [...effects, "rewrite"],
  analyze: [...effects, "rules"],
  fix: [...effects, "rules", "analyze"],
  // Knows nothing of Dockerfiles.
  image: joints,
  evidence: [...analysis, "image"],
  files: joints,
  report: [...analysis, "image", "evidence"],
  config: [...joints, "model"],
  contexts: [...syntax, "context", "files"],
  options: [...analysis, "config"],
  engine: [],
  inputs: [...analysis, "files", "contexts", "options", "engine"],
  "run-check": commands,
  "run-fix": commands,
  "run-rules": commands,
  "run-image": [...joints, "image", "images", "files", "report"],
  images: [...joints, "image"],
  commands: [...commands, "run-check", "run-fix", "run-rules", "run-image", "images"],
  cli: [...joints, "commands", "report", "image"],
  index: [...analysis, "image", "evidence"],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
const texts = new Map(files.map((file) => [file, readFileSync(join(src, file), "utf8")]));
const imports = files.flatMap((from) => specifiers(texts.get(from)!).map((to): Import => ({ from, to })));
const inside = imports
  .filter(({ to }) => to.startsWith("."))
  .map(({ from, to }): Import => ({ from, to: relative(src, join(src, dirname(from), to)) }));

function specifiers(text: string): string[] {
  const found = text.matchAll(/^(?:import|export)\s(?:[^;"]*?\sfrom\s)?"([^"]+)"|\bimport\("([^"]+)"\)/gm);
  return [...found].map((match) => match[1] ?? match[2]!);
}

function station(file: string): string {
  return file.split(sep)[0]!.replace(/\.ts$/, "");
}

describe("imports", () => {
  test("are found at all", () => {
    expect(inside).toContainEqual({ from: "report/json.ts", to: "text.ts" });
    expect(inside).toContainEqual({ from: join("commands", "check.ts"), to: "run-check.ts" });
    expect(inside.filter(({ to }) => !texts.has(to))).toEqual([]);
  });

  test("every station has its place", () => {
    expect(Object.keys(mayImport).sort()).toEqual(
      expect.arrayContaining([...new Set(files.map(station))].sort()),
    );
  });

  test("point one way", () => {
    const wrong = inside.filter(({ from, to }) => {
      const [a, b] = [station(from), station(to)];
      return a !== b && !mayImport[a]?.includes(b);
    });
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test("form no cycle between stations", () => {
    const edges = new Map<string, Set<string>>();
    for (const { from, to } of inside) {
      if (station(from) === station(to)) continue;
      edges.set(station(from), (edges.get(station(from)) ?? new Set()).add(station(to)));
    }
    expect(cycle(edges)).toEqual([]);
  });

  test("form no cycle between files", () => {
    const edges = new Map<string, Set<string>>();
    for (const { from, to } of inside) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    expect(cycle(edges)).toEqual([]);
  });

  test("let one file read Dockerfiles with dockerfile-ast, and the shell station alone know unbash", () => {
    const importers = (name: string) => imports.filter(({ to }) => to === name).map(({ from }) => from);
    expect(importers("dockerfile-ast").length).toBeLessThanOrEqual(1);
    expect([...new Set(importers("unbash").map(station))]).toEqual(["shell"]);
  });
});

describe("files", () => {
  test("no folder is a heap", () => {
    const folders = new Set(files.flatMap((file) => dirname(file).split(sep)));
    for (const name of ["utils", "helpers", "core", "common", "types"]) expect(folders).not.toContain(name);
  });

  test("each opens with a line on its role", () => {
    expect(files.filter((file) => !/^\/\/ \S/.test(texts.get(file)!))).toEqual([]);
  });
});

/** The nodes of one cycle, or none. */
function cycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    done.add(node);
    for (const next of edges.get(node) ?? []) {
      const found = visit(next, [...path, node]);
      if (found.length > 0) return found;
    }
    return [];
  };
  for (const node of edges.keys()) {
    const found = visit(node, []);
    if (found.length > 0) return found;
  }
  return [];
}
