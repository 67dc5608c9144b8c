// Layers to instructions: what the config's history says each layer was built by, in a Dockerfile's words.
import type { HistoryEntry } from "./image.ts";

/** What built a layer. */
export interface Origin {
  /** The history's own words; "" when it says nothing. */
  readonly createdBy: string;
  /** The same as a Dockerfile would have it ("RUN apt-get update"), on one line; undefined when nothing is said. */
  readonly instruction: string | undefined;
}

/**
 * One origin per layer. A history that names fewer layers than there are belongs to the upper ones (its base had
 * none); one that names more belongs to no layer in particular.
 */
export function layerOrigins(history: readonly HistoryEntry[], layers: number): Origin[] {
  const filled = history.filter((entry) => !entry.emptyLayer);
  const lead = layers - filled.length;
  return Array.from({ length: layers }, (_, index) => {
    const createdBy = lead < 0 ? "" : (filled[index - lead]?.createdBy ?? "");
    return { createdBy, instruction: readCreatedBy(createdBy) };
  });
}

/**
 * A history line as an instruction. BuildKit writes "RUN |1 A=b /bin/sh -c make # buildkit" and
 * "COPY /src /dst # buildkit"; the classic builder and buildah write "|1 A=b /bin/sh -c make" and
 * "/bin/sh -c #(nop) COPY file:… in /dst"; others write what they like, which stays as it is.
 */
export function readCreatedBy(createdBy: string): string | undefined {
  const line = createdBy.replace(/\s+/g, " ").trim();
  if (line === "") return undefined;
  const plain = line.replace(/ # buildkit$/, "");
  const nop = plain.indexOf(NOP);
  if (nop >= 0 && /^\||^\S*$/.test(plain.slice(0, nop))) {
    return plain.slice(nop + NOP.length).trim() || undefined;
  }
  if (plain.startsWith("RUN ")) return `RUN ${withoutShell(withoutArguments(plain.slice(4)))}`;
  if (/^\|\d+ /.test(plain) || SHELL.test(plain)) return `RUN ${withoutShell(withoutArguments(plain))}`;
  return plain;
}

/** How the classic builder marks an instruction that runs nothing. */
const NOP = "sh -c #(nop) ";

/** A shell with its options up to the command: "/bin/sh -c ", "/bin/bash -o pipefail -ec ". */
const SHELL = /^\/\S*\/(?:ba|da|a|z|k)?sh(?: -[a-z]*o [a-z]+| -[a-z]+| --[a-z]+)*? -[a-z]*c /;

function withoutShell(command: string): string {
  return command.replace(SHELL, "");
}

/** Takes off the build arguments that stand before a command, "|2 A=1 B=two words ". */
function withoutArguments(command: string): string {
  const counted = /^\|(\d+) /.exec(command);
  if (counted === null) return command;
  let rest = command.slice(counted[0].length);
  // Their values are not quoted: the command begins at the first shell behind them, if there is one.
  for (let at = 0; at >= 0; at = rest.indexOf(" /", at + 1)) {
    const tail = rest.slice(at === 0 ? 0 : at + 1);
    if (SHELL.test(tail)) return tail;
  }
  for (let left = Number(counted[1]); left > 0 && /^\w+=/.test(rest); left--)
    rest = rest.replace(/^\S+ ?/, "");
  return rest;
}
