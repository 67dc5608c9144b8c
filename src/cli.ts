// The command line: words to an exit code.
import { Command, CommanderError } from "commander";
import { registerCheck } from "./commands/check.ts";
import { registerFix } from "./commands/fix.ts";
import { registerImage } from "./commands/image.ts";
import { registerRules } from "./commands/rules.ts";
import { Failure, systemReason } from "./failure.ts";
import { type Io, processIo } from "./io.ts";
import { note } from "./report/note.ts";
import { version } from "./version.ts";

/**
 * Runs one command. 0: nothing at or above the threshold; 1: something; 2: it could not do what was asked, and one
 * line on standard error says why. Never throws, unless DFDEDUPE_DEBUG is set and the program itself is wrong.
 */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<0 | 1 | 2> {
  const code = await run(argv, io);
  const unwritten = await io.flush?.();
  if (unwritten === undefined) return code;
  note(io, `the output cannot be written: ${systemReason(unwritten)}`);
  return 2;
}

async function run(argv: readonly string[], io: Io): Promise<0 | 1 | 2> {
  let code: 0 | 1 | 2 = 0;
  const program = createProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return commanderResult(error, argv, io);
    const known = error instanceof Failure;
    if (!known && io.env.DFDEDUPE_DEBUG) throw error;
    note(io, known ? error.message : unknownLine(error));
    return 2;
  }
}

function createProgram(io: Io, done: (code: 0 | 1) => void): Command {
  const program = new Command("dfdedupe")
    .description("Find bytes that a container image stores twice, name the line, rewrite it.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: () => {},
    })
    .version(version(), "--version", "print the version")
    .addHelpText(
      "after",
      `
Examples:
  dfdedupe check                   look at every Dockerfile below this folder
  dfdedupe fix --diff              see what fixes would change
  dfdedupe rules retouched-later   read about a rule

Exit codes:
  0  nothing found (fix: done)
  1  something found (fix --check: something would change)
  2  it could not be done`,
    );
  registerCheck(program, io, done);
  registerFix(program, io, done);
  registerImage(program, io, done);
  registerRules(program, io, done);
  return program;
}

/** Help and version have been printed by now; anything else is told in one line. */
function commanderResult(error: CommanderError, argv: readonly string[], io: Io): 0 | 2 {
  if (argv.length > 0 && error.exitCode === 0) return 0;
  if (error.code === "commander.help") return 2;
  note(io, error.message.replace(/^error: /, ""));
  return 2;
}

function unknownLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `a mistake in dfdedupe: ${message} (DFDEDUPE_DEBUG=1 shows where)`;
}
