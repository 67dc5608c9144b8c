// Commands and inline scripts that download what the knowledge lists as artifacts.
import { once } from "../../once.ts";
import { inlineScript } from "../../shell/inline.ts";
import { knownValue } from "../../shell/word.ts";
import { LARGE, type Size, UNKNOWN_SIZE, type WriteEffect } from "../effect.ts";
import type { Artifact, Knowledge } from "../knowledge/schema.ts";
import { atHome, placeOf, tree } from "../packages.ts";
import { joinPath, normalizePath } from "../path.ts";
import { type Call, effectBase } from "../program.ts";
import { pythonPrefix, sitePackages } from "./python-environment.ts";

/** Programs that may start an interpreter. */
const RUNNER = /^(uv|poetry|pdm|pipenv|conda|mamba|micromamba)$/;
const INTERPRETER = /^(python|pypy)[\d.]*$/;

/** The effect of a call that downloads an artifact; undefined for any other call. */
export function artifactDownload(call: Call): WriteEffect | undefined {
  const { knowledge } = call.situation;
  if (!startersOf(knowledge).has(call.name) && !INTERPRETER.test(call.name) && !RUNNER.test(call.name))
    return undefined;
  const { artifacts } = knowledge;
  const words = programWords(call);
  const artifact =
    artifacts.find((entry) => isCommand(words, entry)) ?? artifacts.find((entry) => isScript(call, entry));
  if (artifact === undefined) return undefined;
  const size: Size =
    artifact.bytes !== undefined
      ? { kind: "bytes", value: artifact.bytes, source: "known" }
      : artifact.large
        ? LARGE
        : UNKNOWN_SIZE;
  return {
    ...effectBase(call),
    kind: "write",
    how: "download",
    targets: tree(...targetPaths(call, artifact)),
    size,
    what: artifact.title,
    artifact: artifact.id,
  };
}

/** The programs whose calls are asked about: nearly all others are none of an artifact. */
const startersOf = once(
  ({ artifacts }: Knowledge): ReadonlySet<string> =>
    new Set(artifacts.flatMap(({ commands }) => commands.map(([program]) => program!))),
);

function isCommand(words: readonly (string | undefined)[], artifact: Artifact): boolean {
  return artifact.commands.some((command) => {
    if (command[0] !== words[0]) return false;
    let at = 1;
    for (const word of words.slice(1)) {
      if (at < command.length && word === command[at]) at += 1;
      else if (!word?.startsWith("-")) return at >= command.length;
    }
    return at >= command.length;
  });
}

function isScript(call: Call, artifact: Artifact): boolean {
  if (artifact.scripts.length === 0) return false;
  const script = scriptText(call);
  return (
    script !== undefined && artifact.scripts.some((marks) => marks.every((mark) => script.includes(mark)))
  );
}

/** The program and its known words; `python -m X` is X. */
function programWords(call: Call): readonly (string | undefined)[] {
  const words = call.words.map(knownValue);
  const module = INTERPRETER.test(call.name) ? words.indexOf("-m") : -1;
  return module >= 0 ? words.slice(module + 1) : [call.name, ...words];
}

/** Python's program: written in the Dockerfile, or a file that came from the build context. */
function scriptText(call: Call): string | undefined {
  if (!INTERPRETER.test(call.name) && !RUNNER.test(call.name)) return undefined;
  const inline = inlineScript(call.command)?.text;
  if (inline !== undefined || !INTERPRETER.test(call.name)) return inline;
  const file = call.words.find((word) => !word.text.startsWith("-"));
  const path = file === undefined ? undefined : call.path(file);
  return path === undefined ? undefined : call.situation.readFile(path);
}

/**
 * Where it is written: the folder of the distribution that it is written into, unless a variable leads elsewhere; both
 * when it hangs on the version. Whether that distribution is installed is for the rules to ask: it is what people
 * download into.
 */
function targetPaths(call: Call, artifact: Artifact): readonly string[] {
  const { writes } = artifact;
  const named = placeOf(call, writes.variables, "");
  const own = ownPath(call, writes.path);
  if (named === "") return [own];
  return writes.variablesFirst === undefined ? [named] : [own, named];
}

function ownPath(call: Call, path: string): string {
  if (path.startsWith("~/")) return atHome(call, path.slice(2));
  if (path.startsWith("/")) return normalizePath(path, "/") ?? "/";
  return joinPath(sitePackages(pythonPrefix(call)), path);
}
