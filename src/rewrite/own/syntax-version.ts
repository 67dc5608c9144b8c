// Which Dockerfile syntax the file is written in, so which flags may be used.
import type { Dockerfile } from "../../dockerfile/syntax.ts";

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
