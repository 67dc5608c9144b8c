// Commands and inline scripts that download what the knowledge lists as artifacts.
import { inlineScript } from "../../shell/inline.ts";
import { knownValue } from "../../shell/word.ts";
import { LARGE, type Size, UNKNOWN_SIZE, type WriteEffect } from "../effect.ts";
import type { Artifact } from "../knowledge/schema.ts";
import { atHome, placeOf } from "../packages.ts";
import { joinPath, normalizePath } from "../path.ts";
import { type Call, effectBase } from "../program.ts";
import { pythonPrefix, sitePackages } from "./python-environment.ts";

/** The effect of a call that downloads an artifact; undefined for any other call. */
export function artifactDownload(call: Call): WriteEffect | undefined {
  const artifact = call.situation.knowledge.artifacts.find((entry) => isDownload(call, entry));
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
    targets: [{ path: targetPath(call, artifact), extent: "tree" }],
    size,
    what: artifact.title,
    artifact: artifact.id,
  };
}

function isDownload(call: Call, artifact: Artifact): boolean {
  const words = programWords(call);
  const matches = artifact.commands.some((command) => {
    if (command[0] !== words[0]) return false;
    let at = 1;
    for (const word of words.slice(1)) {
      if (at < command.length && word === command[at]) at += 1;
      else if (!word?.startsWith("-")) return at >= command.length;
    }
    return at >= command.length;
  });
  if (matches) return true;
  if (artifact.scripts.length === 0) return false;
  const script = inlineScript(call.command);
  return (
    script !== undefined &&
    artifact.scripts.some((marks) => marks.every((mark) => script.text.includes(mark)))
  );
}

/** The program and its known words; `python -m X` is X. */
function programWords(call: Call): readonly (string | undefined)[] {
  const words = call.words.map(knownValue);
  const module = /^(python|pypy)[\d.]*$/.test(call.name) ? words.indexOf("-m") : -1;
  return module >= 0 ? words.slice(module + 1) : [call.name, ...words];
}

/**
 * Where it is written: the folder of the distribution that it is written into, unless a variable leads elsewhere.
 * Whether that distribution is installed is for the rules to ask: it is what people download into.
 */
function targetPath(call: Call, artifact: Artifact): string {
  const { writes } = artifact;
  const named = placeOf(call, writes.variables, "");
  if (named !== "") return named;
  if (writes.path.startsWith("~/")) return atHome(call, writes.path.slice(2));
  if (writes.path.startsWith("/")) return normalizePath(writes.path, "/") ?? "/";
  return joinPath(sitePackages(pythonPrefix(call)), writes.path);
}
