// Flags and configuration file to options; a flag wins over the file.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { AnalyzeOptions } from "./analyze.ts";
import { parseBytes } from "./bytes.ts";
import type { Config } from "./config.ts";
import { Failure, systemReason } from "./failure.ts";
import type { Severity } from "./finding.ts";
import { readFound } from "./found-file.ts";
import type { Io } from "./io.ts";

/** As the command line gives them; a list is there as often as its flag. */
export interface Flags {
  readonly config?: string | false;
  readonly context?: string | false;
  readonly target?: readonly string[];
  readonly buildArg?: readonly string[];
  readonly rule?: readonly string[];
  readonly ignore?: readonly string[];
  readonly minSeverity?: Severity;
  readonly minSize?: string;
  readonly failOn?: Severity | "never";
}

export interface Options {
  readonly analysis: Omit<AnalyzeOptions, "context">;
  /** An absolute folder; false for none, undefined to find it. */
  readonly context: string | false | undefined;
  readonly minSeverity: Severity;
  readonly failOn: Severity | "never";
}

const CONFIG_NAME = ".dfdedupe.json";
const DEFAULT_MIN_SIZE = 1_000_000;

/** Throws a Failure for a wrong value, a rule that is not among `ruleIds`, or a configuration that cannot be used. */
export async function resolveOptions(flags: Flags, io: Io, ruleIds: readonly string[]): Promise<Options> {
  const file = configFile(flags.config, io.cwd);
  const config = file === undefined ? {} : await readConfig(file, flags.config);
  const ignore = knownRules(flags.ignore ?? config.ignore, ruleIds);
  const rules = knownRules(flags.rule ?? config.rules, ruleIds)?.filter((id) => !ignore?.includes(id));
  const failOn = flags.failOn ?? config.failOn ?? "warning";
  return {
    analysis: {
      targets: flags.target ?? config.targets ?? [],
      buildArgs: buildArgs(flags.buildArg ?? [], config.buildArgs ?? {}, io.env),
      ...(rules && { rules }),
      ...(ignore && { ignore }),
      minSize: minSize(flags.minSize, config.minSize),
      ...(config.knowledge && { knowledge: config.knowledge }),
    },
    context: context(flags, config, file, io.cwd),
    // Whoever lets infos fail wants to see them.
    minSeverity: flags.minSeverity ?? config.minSeverity ?? (failOn === "info" ? "info" : "warning"),
    failOn,
  };
}

/** The file named, or the nearest one from the current folder up to the repository's root. */
function configFile(named: string | false | undefined, cwd: string): string | undefined {
  if (named === false) return undefined;
  if (named !== undefined) return resolve(cwd, named);
  for (let folder = cwd, below = ""; folder !== below; below = folder, folder = dirname(folder)) {
    const file = join(folder, CONFIG_NAME);
    if (existsSync(file)) return file;
    if (existsSync(join(folder, ".git"))) return undefined;
  }
  return undefined;
}

/** A file that is named may be a pipe: `--config <(…)`. */
async function readConfig(file: string, named: string | false | undefined): Promise<Config> {
  const shown = named || CONFIG_NAME;
  let text: string;
  try {
    text = named ? readFileSync(file, "utf8") : readFound(file).toString();
  } catch (error) {
    throw new Failure(`${shown}: ${systemReason(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new Failure(`${shown}: not valid JSON: ${(error as Error).message}`);
  }
  // zod costs more to load than most runs take: only who has such a file pays for it.
  const { configSchema } = await import("./config.ts");
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join(".") ?? "";
  throw new Failure(`${shown}: ${place === "" ? "" : `${place}: `}${issue?.message}`);
}

function knownRules(
  ids: readonly string[] | undefined,
  known: readonly string[],
): readonly string[] | undefined {
  const wanted = ids?.flatMap((id) => id.split(",")).map((id) => id.trim());
  const wrong = wanted?.find((id) => !known.includes(id));
  if (wrong !== undefined) throw new Failure(`no rule is called "${wrong}"; \`dfdedupe rules\` lists them`);
  return wanted;
}

/** As `docker build` reads them: a name without a value takes it from the environment, if it is there. */
function buildArgs(
  words: readonly string[],
  config: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
): ReadonlyMap<string, string> {
  const values = new Map(Object.entries(config));
  for (const word of words) {
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    if (name === "") throw new Failure(`--build-arg "${word}": NAME=VALUE is wanted`);
    const value = equals < 0 ? env[name] : word.slice(equals + 1);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

function minSize(flag: string | undefined, config: string | number | undefined): number {
  if (flag === undefined && typeof config === "number") return config;
  const text = flag ?? config;
  const bytes = text === undefined ? DEFAULT_MIN_SIZE : parseBytes(String(text));
  if (bytes === undefined)
    throw new Failure(`--min-size "${text}": a size such as 500KB, 1MB or 2GiB is wanted`);
  return bytes;
}

function context(
  flags: Flags,
  config: Config,
  file: string | undefined,
  cwd: string,
): string | false | undefined {
  if (flags.context === false) return false;
  if (flags.context !== undefined) return resolve(cwd, flags.context);
  if (typeof config.context === "string") return resolve(dirname(file ?? cwd), config.context);
  return config.context;
}
