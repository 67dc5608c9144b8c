// A tiny builder: runs the commands of generated Dockerfiles on a map of files.
import { analyze } from "../../src/analyze.ts";
import { copyParts } from "../../src/dockerfile/copy.ts";
import { workdirPath } from "../../src/dockerfile/plain.ts";
import type { Step } from "../../src/model/model.ts";
import type { ShellCommand } from "../../src/shell/command.ts";
import { knownValue } from "../../src/shell/word.ts";
import { generatedContext } from "../generated.ts";

export interface Entry {
  readonly content: string | undefined;
  mode: string;
  owner: string;
}

type Files = Map<string, Entry>;

interface Machine {
  readonly files: Files;
  /** What mounts show. */
  readonly mounted: Files;
  cwd: string;
}

/** The files at the end of the last stage; throws where a build would fail. */
export function simulate(text: string): ReadonlyMap<string, Entry> {
  const { model } = analyze(text);
  const stage = model.stages.at(-1)!;
  const files: Files = new Map();
  for (const folder of ["/", "/tmp", "/opt", "/srv", "/dev"]) files.set(folder, directory());
  files.set("/dev/null", { content: "", mode: "666", owner: "0" });
  let workdir = "/";
  for (const step of stage.steps) {
    const { instruction } = step;
    if (instruction.keyword === "WORKDIR") {
      workdir = workdirPath(instruction)!.text;
      makeFolder(files, workdir);
    } else if (instruction.keyword === "COPY") copy(files, step);
    else if (instruction.keyword === "RUN") run(files, step, workdir);
  }
  return files;
}

function directory(): Entry {
  return { content: undefined, mode: "755", owner: "0" };
}

function makeFolder(files: Files, path: string): void {
  const parts = path.split("/").filter(Boolean);
  for (let i = 1; i <= parts.length; i += 1) {
    const folder = `/${parts.slice(0, i).join("/")}`;
    if (!files.has(folder)) files.set(folder, directory());
  }
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** What a path of the context holds, by path below it ("" for a file). */
function contextAt(source: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const [path, content] of Object.entries(generatedContext.files)) {
    if (path === source) out.set("", content);
    else if (source === "." || path.startsWith(`${source}/`))
      out.set(source === "." ? path : path.slice(source.length + 1), content);
  }
  if (generatedContext.archives[source] !== undefined) out.set("", `archive ${source}`);
  if (out.size === 0) throw new Error(`no ${source} in the context`);
  return out;
}

function copy(files: Files, { instruction }: Step): void {
  const parts = copyParts(instruction)!;
  const excluded = parts.exclude.map(({ text }) => text);
  for (const source of parts.sources) {
    const target = parts.destination.text;
    for (const [rest, content] of contextAt(source.text)) {
      if (excluded.some((one) => rest === one || rest.startsWith(`${one}/`))) continue;
      const path = rest === "" ? target : `${target}/${rest}`;
      makeFolder(files, parent(path));
      files.set(path, { content, mode: "644", owner: "0" });
    }
  }
}

function run(files: Files, step: Step, workdir: string): void {
  const mounted: Files = new Map();
  for (const { mount, target } of step.mounts) {
    for (const [rest, content] of contextAt(mount.source ?? ".")) {
      mounted.set(rest === "" ? target! : `${target}/${rest}`, { content, mode: "644", owner: "0" });
    }
  }
  const machine: Machine = { files, mounted, cwd: workdir };
  const commands = step.script!.commands;
  for (const [index, command] of commands.entries()) {
    const piping = command.pipedFrom === undefined ? undefined : commands[command.pipedFrom];
    if (index >= 0) execute(machine, command, piping);
  }
}

function execute(machine: Machine, command: ShellCommand, piping: ShellCommand | undefined): void {
  const [name, ...rest] = command.words.map((word) => {
    const value = knownValue(word);
    if (value === undefined) throw new Error(`${word.text} is not known`);
    return value;
  });
  const operands = rest.filter((word) => !word.startsWith("-"));
  const at = (path: string): string =>
    path.startsWith("/") ? path : `${machine.cwd === "/" ? "" : machine.cwd}/${path}`;
  const { files, mounted } = machine;
  const read = (path: string): Entry => {
    const entry = mounted.get(at(path)) ?? files.get(at(path));
    if (entry?.content === undefined) throw new Error(`${name}: no file ${at(path)}`);
    return entry;
  };
  const write = (path: string, content: string): void => {
    if (path === "/dev/null") return;
    if (files.get(parent(at(path)))?.content !== undefined || !files.has(parent(at(path))))
      throw new Error(`${name}: no folder for ${at(path)}`);
    if (mounted.has(at(path))) throw new Error(`${name}: ${at(path)} is read-only`);
    const before = files.get(at(path));
    files.set(at(path), before === undefined ? { content, mode: "644", owner: "0" } : { ...before, content });
  };
  const output = (content: string): void => {
    for (const { operator, target } of command.redirects) {
      const path = knownValue(target)!;
      const had = operator === ">>" ? (files.get(at(path))?.content ?? "") : "";
      write(path, had + content);
    }
  };
  switch (name) {
    case "set":
    case "true":
    case "yes":
      return;
    case "cd":
      if (files.get(at(operands[0]!)) === undefined) throw new Error(`cd: no ${at(operands[0]!)}`);
      machine.cwd = at(operands[0]!);
      return;
    case "mkdir":
      for (const path of operands) makeFolder(files, at(path));
      return;
    case "head":
      output(`${piping?.words.map((word) => knownValue(word)).join(" ")}`);
      return;
    case "echo":
      output(`${rest.join(" ")}\n`);
      return;
    case "cat":
      read(operands[0]!);
      output("");
      return;
    case "rm":
      for (const path of operands) {
        if (mounted.has(at(path))) throw new Error(`rm: ${at(path)} is a mount`);
        if (!files.delete(at(path)) && !rest.includes("-f")) throw new Error(`rm: no ${at(path)}`);
      }
      return;
    case "mv":
    case "cp": {
      const [from, to] = rest.filter((word) => !word.startsWith("-"));
      if (rest[0] === "-a") {
        const folder = at(from!).replace(/\/\.$/, "");
        for (const [path, entry] of [...files, ...mounted]) {
          if (path !== folder && !path.startsWith(`${folder}/`)) continue;
          const target = `${at(to!)}${path.slice(folder.length)}`;
          makeFolder(files, parent(target));
          files.set(target, { ...entry });
        }
        return;
      }
      const entry = read(from!);
      if (name === "cp") write(to!, entry.content!);
      else {
        if (mounted.has(at(from!))) throw new Error("mv: a mount");
        files.delete(at(from!));
        if (!files.has(parent(at(to!)))) throw new Error(`mv: no folder for ${to}`);
        files.set(at(to!), { ...entry });
      }
      return;
    }
    case "chmod":
    case "chown":
      for (const path of operands.slice(1)) {
        const entry = read(path);
        if (mounted.has(at(path))) throw new Error(`${name}: a mount`);
        files.set(
          at(path),
          name === "chmod" ? { ...entry, mode: operands[0]! } : { ...entry, owner: operands[0]! },
        );
      }
      return;
    case "tar": {
      const archive = read(rest[rest.findIndex((word) => /^-\w*f$/.test(word)) + 1]!).content!;
      const target = at(rest[rest.indexOf("-C") + 1]!);
      if (!files.has(target)) throw new Error(`tar: no ${target}`);
      for (const [path, content] of Object.entries(
        generatedContext.archives[archive.slice("archive ".length)]!,
      )) {
        makeFolder(files, parent(`${target}/${path}`));
        files.set(`${target}/${path}`, { content, mode: "644", owner: "0" });
      }
      return;
    }
    default:
      throw new Error(`${name} is not simulated`);
  }
}
