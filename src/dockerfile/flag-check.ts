// Which flags an instruction takes, and what they may say.
import type { Problem } from "../finding.ts";
import { readMount } from "./mounts.ts";
import type { Flag, Instruction } from "./syntax.ts";

type FlagKind = "switch" | "once" | "list";

const healthFlags = ["interval", "timeout", "start-period", "start-interval", "retries"];

/** The flags of docker/dockerfile:1 and of its labs channel. */
const flagsOf: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  ADD: {
    chmod: "once",
    checksum: "once",
    chown: "once",
    exclude: "list",
    "keep-git-dir": "switch",
    link: "switch",
    unpack: "switch",
  },
  COPY: { chmod: "once", chown: "once", exclude: "list", from: "once", link: "switch", parents: "switch" },
  FROM: { platform: "once" },
  HEALTHCHECK: Object.fromEntries(healthFlags.map((name) => [name, "once" as const])),
  RUN: { device: "list", mount: "list", network: "once", security: "once" },
};

/** BuildKit never looks at the flags of these. */
const unread = ["ARG", "STOPSIGNAL"];

export function flagProblems(instruction: Instruction): Problem[] {
  const { keyword, flags, args } = instruction;
  if (unread.includes(keyword)) return [];
  if (keyword === "HEALTHCHECK" && args[0]?.toUpperCase() === "NONE") return [];
  const kinds = flagsOf[keyword] ?? {};
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const flag of flags) {
    const kind = Object.hasOwn(kinds, flag.name) ? kinds[flag.name] : undefined;
    const message = flagComplaint(keyword, flag, kind, seen);
    seen.add(flag.name);
    if (message !== undefined) problems.push({ message, span: flag.span });
  }
  return problems;
}

function flagComplaint(
  keyword: string,
  flag: Flag,
  kind: FlagKind | undefined,
  seen: Set<string>,
): string | undefined {
  const { name, value } = flag;
  if (kind === undefined) return `${keyword} has no flag --${name}`;
  if (kind !== "list" && seen.has(name)) return `--${name} is given twice`;
  if (value === undefined) return kind === "switch" ? undefined : `--${name} needs a value`;
  if (kind === "switch") {
    return /^(true|false)$/i.test(value)
      ? undefined
      : `--${name} is either true or false, not ${value || "nothing"}`;
  }
  if (name === "mount") return readMount(flag).problems[0];
  if (name === "network") return oneOf(flag, ["default", "none", "host"]);
  if (name === "security") return oneOf(flag, ["sandbox", "insecure"]);
  if (name === "retries")
    return /^([+-]?0*|\+?\d+)$/.test(value) ? undefined : "--retries is a number of 0 or more";
  return healthFlags.includes(name) && !isDuration(value) ? `--${name} is a duration such as 30s` : undefined;
}

function oneOf({ name, value }: Flag, allowed: readonly string[]): string | undefined {
  return allowed.includes(value ?? "")
    ? undefined
    : `--${name} is one of ${allowed.join(", ")}, not ${value}`;
}

/** As Go writes durations; nothing and 0 stand for BuildKit's default, anything shorter than 1ms is refused. */
function isDuration(text: string): boolean {
  if (/^([+-]?0)?$/.test(text)) return true;
  if (!/^\+?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return false;
  return (
    /[1-9][\d.]*(ms|s|m|h)/.test(text) || !/[1-9]/.test(text) || /[1-9]\d{3,}[\d.]*(us|µs|μs)/.test(text)
  );
}
