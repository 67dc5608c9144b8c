// `dfdedupe fix`: rewrites Dockerfiles so that they no longer store bytes twice.
import type { Command } from "commander";
import type { Io } from "../io.ts";
import type { FixFlags } from "../run-fix.ts";
import { addAnalysisFlags, addOutputFlags, addSeverityFlags } from "./flags.ts";

export function registerFix(program: Command, io: Io, done: (code: 0 | 1) => void): void {
  const command = program
    .command("fix")
    .description("Rewrite Dockerfiles so that they no longer store bytes twice")
    .argument("[files...]", "files, folders, globs, or - for standard input (default: all below this folder)")
    .option("--unsafe-fixes", "also fixes that may change what the image holds")
    .option("--cache-mounts", "keep package caches in RUN --mount=type=cache instead of removing them")
    .option("--diff", "print what would change as a unified diff, change nothing")
    .option("--check", "change nothing; exit with 1 if anything would change")
    .option("--stdout", "print the new text of one file, change nothing");
  addOutputFlags(addAnalysisFlags(addSeverityFlags(command, "never")))
    .addHelpText(
      "after",
      `
Examples:
  dfdedupe fix --diff                            what safe fixes would change
  dfdedupe fix docker/Dockerfile --context .     change one file
  dfdedupe fix --unsafe-fixes --rule ID          one rule, all its fixes
  dfdedupe fix - < Dockerfile > Dockerfile.new   from standard input`,
    )
    .action(async (words: string[], flags: FixFlags) => {
      const { runFix } = await import("../run-fix.ts");
      done(await runFix(words, flags, io));
    });
}
