// `dfdedupe rules`: the list, or one rule's page.
import { type Command, Option } from "commander";
import type { Io } from "../io.ts";

export function registerRules(program: Command, io: Io, done: (code: 0 | 1) => void): void {
  program
    .command("rules")
    .description("List the rules, or explain one")
    .argument("[id]", "the rule to explain")
    .addOption(new Option("--format <format>", "how to say it (default: text)").choices(["text", "json"]))
    .action(async (id: string | undefined, flags: { readonly format?: "text" | "json" }) => {
      const { runRules } = await import("../run-rules.ts");
      runRules(id, flags.format ?? "text", io);
      done(0);
    });
}
