// `dfdedupe check`: says what is stored twice.
import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import type { CheckFlags } from "../run-check.ts";
import { addAnalysisFlags, addOutputFlags, addSeverityFlags, withoutDash } from "./flags.ts";

export function registerCheck(program: Command, io: Io, done: (code: 0 | 1) => void): void {
  const command = program
    .command("check")
    .description("Say what a Dockerfile stores twice")
    .argument("[files...]", "files, folders, globs, or - for standard input (default: all below this folder)")
    .addOption(new Option("--format <format>", "how to say it (default: text)").choices(["text", "json"]))
    .option("--output <file>", "write the report to a file")
    .option("--image <image>", "the image that was built from the file: its bytes are measured");
  addOutputFlags(addAnalysisFlags(addSeverityFlags(command, "warning")))
    .addHelpText(
      "after",
      `
Examples:
  dfdedupe check                                 all below this folder
  dfdedupe check docker/Dockerfile --context .   sizes from this build context
  dfdedupe check --format json "**/Dockerfile*"  for other programs
  dfdedupe check Dockerfile --image app.tar      bytes as that image has them
  dfdedupe check - < Dockerfile                  from standard input`,
    )
    .action(async (words: string[], flags: CheckFlags) => {
      const { runCheck } = await import("../run-check.ts");
      done(await runCheck(words, withoutDash(flags), io));
    });
}
