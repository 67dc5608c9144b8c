// Which Dockerfile syntax the file is written in, so which flags may be used.
import type { Dockerfile } from "../../dockerfile/syntax.ts";
import { slice, type TextEdit } from "../../text.ts";

/** yes: the `# syntax=` line names one that knows it; builder: without such a line it hangs on the builder. */
export type Knows = "yes" | "no" | "builder";

export interface Since {
  /** The minor version 1.x of the stable channel. */
  readonly stable: number;
  /** That of the labs channel, when it came there first. */
  readonly labs?: number;
}

/** `COPY --chmod=g=u` (docs.docker.com/reference/dockerfile, "COPY --chown --chmod"). */
export const SYMBOLIC_MODES: Since = { stable: 14 };
/** `COPY --exclude` (Dockerfile release notes 1.7-labs and 1.19). */
export const EXCLUDE: Since = { stable: 19, labs: 7 };

/** Whether the file's syntax knows a feature. */
export function knows({ directives }: Dockerfile, { stable, labs }: Since): Knows {
  const syntax = directives.find(({ name }) => name === "syntax")?.value.trim();
  if (syntax === undefined) return "builder";
  const match = /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?::([^@]*))?(?:@.*)?$/.exec(syntax);
  if (match === null) return "builder";
  const tag = match[1] ?? "latest";
  if (/^(latest|labs|master|master-labs|1|1-labs)$/.test(tag)) return "yes";
  const version = /^1\.(\d+)(?:\.\d+)?(-.*)?$/.exec(tag);
  if (version === null) return "no";
  const minor = Number(version[1]);
  const first = version[2]?.includes("labs") === true ? (labs ?? stable) : stable;
  return minor >= first ? "yes" : "no";
}

/** Names a newer syntax in a line that names an older one of the stable channel. */
export function raiseSyntax({ directives, text }: Dockerfile, { stable }: Since): readonly TextEdit[] {
  const line = directives.find(({ name }) => name === "syntax");
  if (line === undefined) return [];
  const written = slice(text, line.span);
  const match = /(docker\/dockerfile:)1\.\d+(?:\.\d+)?(?:@\S+)?(?=\s*$)/.exec(written);
  if (match === null) return [];
  const start = line.span.start + match.index + match[1]!.length;
  return [{ span: { start, end: line.span.start + match.index + match[0].length }, text: `1.${stable}` }];
}
