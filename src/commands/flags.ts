// The flags that check and fix share. Light: it is read before the command is known.
import { type Command, Option } from "commander";

/** A flag that may be given several times. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

/** `--output -` is standard output, as without the flag. */
export function withoutDash<T extends { readonly output?: string }>(flags: T): Omit<T, "output"> | T {
  const { output, ...rest } = flags;
  return output === "-" ? rest : flags;
}

export function addAnalysisFlags(command: Command): Command {
  return command
    .option("--context <dir>", "the build context (default: the folder that holds what is copied)")
    .option("--no-context", "look at no build context")
    .addOption(repeatable("--target <stage>", "a stage that is built (repeatable)"))
    .addOption(repeatable("--build-arg <name[=value]>", "a build argument (repeatable)"))
    .addOption(repeatable("--rule <id>", "only this rule (repeatable)"))
    .addOption(repeatable("--ignore <id>", "not this rule (repeatable)"))
    .option("--min-size <size>", "findings known to be smaller are infos (default: 1MB)")
    .option("--config <file>", "the configuration (default: the nearest .dfdedupe.json)")
    .option("--no-config", "read no configuration");
}

export function addSeverityFlags(command: Command, failOn: string): Command {
  const severities = ["error", "warning", "info"];
  const least = new Option("--min-severity <severity>", "leave out what is less severe (default: warning)");
  const fail = new Option("--fail-on <severity>", `exit with 1 from this severity on (default: ${failOn})`);
  return command.addOption(least.choices(severities)).addOption(fail.choices([...severities, "never"]));
}

export function addOutputFlags(command: Command): Command {
  return command
    .option("--no-color", "no colours (also NO_COLOR; FORCE_COLOR for the opposite)")
    .option("-q, --quiet", "only what is found, no summary");
}
