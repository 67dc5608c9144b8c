// Every RUN of the real Dockerfiles: never throws, spans slice, lists nest.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parseDockerfile } from "../../src/dockerfile/parse.ts";
import type { Instruction } from "../../src/dockerfile/syntax.ts";
import type { ShellCommand } from "../../src/shell/command.ts";
import { readRun } from "../../src/shell/run.ts";
import { slice } from "../../src/text.ts";
import { checkPlaces } from "./laws.ts";

const folder = fileURLToPath(new URL("../../../shared/corpus/wild/", import.meta.url));
const there = existsSync(folder);
if (!there) console.log("skipped: no corpus of real Dockerfiles beside the project");

interface Found {
  readonly file: string;
  readonly text: string;
  readonly instruction: Instruction;
  readonly commands: readonly ShellCommand[];
  readonly understood: boolean;
}

it.skipIf(!there)(
  "reads every RUN of the corpus",
  () => {
    const runs: { file: string; text: string; instruction: Instruction; shell: string[] | undefined }[] = [];
    for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const text = readFileSync(`${name.parentPath}/${name.name}`, "utf8");
      let shell: string[] | undefined;
      for (const whole of parseDockerfile(text).instructions) {
        const instruction = whole.trigger ?? whole;
        if (instruction.keyword === "FROM") shell = undefined;
        if (instruction.keyword === "SHELL") shell = instruction.json?.map((word) => word.value);
        if (instruction.keyword === "RUN") runs.push({ file: name.name, text, instruction, shell });
      }
    }
    const started = performance.now();
    const found: Found[] = runs.map(({ file, text, instruction, shell }) => {
      const options = {
        file: { text },
        environment: new Map(),
        cwd: "/",
        ...(shell === undefined ? {} : { shell }),
      };
      return { file, text, instruction, ...readRun(instruction, options) };
    });
    const took = performance.now() - started;
    const commands = found.reduce((sum, run) => sum + run.commands.length, 0);
    console.log(`${runs.length} RUNs, ${commands} commands, ${Math.round(took)} ms`);
    const silent = found.filter((run) => !run.understood).length;
    console.log(`${silent} not (completely) understood`);
    // Under 2 s on a quiet machine; the limit is for blow-ups.
    expect(took).toBeLessThan(60_000);
    for (const { file, text, instruction, commands: all, understood } of found) {
      const wrong = all.filter(
        (command) => !inside(command, instruction) || (understood && !slices(text, command)),
      );
      expect(wrong.map((command) => `${file}: ${slice(text, command.span)}`)).toEqual([]);
      if (understood) checkPlaces(all);
    }
  },
  120_000,
);

function inside({ span }: ShellCommand, instruction: Instruction): boolean {
  return instruction.span.start <= span.start && span.start <= span.end && span.end <= instruction.span.end;
}

/** Whether the text at a command's and its words' spans is the command and the words. */
function slices(text: string, command: ShellCommand): boolean {
  const { span, words, wrappers, assignments, redirects, place } = command;
  const written = slice(text, span);
  if (written !== written.trim()) return false;
  // Words made by a script in quotes may be written otherwise.
  if (place.lists.some((list) => list.kind === "shell -c" || list.kind === "exec")) return true;
  const bare = wrappers.length + assignments.size + redirects.length === 0 && !written.includes("<<");
  if (bare && words[0] !== undefined && !written.startsWith(words[0].text.slice(0, 1))) return false;
  return words.every((word) => {
    const here = slice(text, word.span);
    return here.includes("\n") || here === word.text;
  });
}
