// `dfdedupe image`: says what a built image stores and does not show.
import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import type { ImageFlags } from "../run-image.ts";
import { repeatable, withoutDash } from "./flags.ts";

export function registerImage(program: Command, io: Io, done: (code: 0 | 1) => void): void {
  program
    .command("image")
    .description("Say what a built image stores and does not show")
    .argument(
      "<image>",
      "an archive, an OCI layout folder, - for standard input, a daemon's image, or docker://, podman://, registry://",
    )
    .addOption(new Option("--format <format>", "how to say it (default: text)").choices(["text", "json"]))
    .option("--output <file>", "write the report to a file")
    .option("--platform <platform>", "which image of an index: linux/arm64, linux/arm/v7")
    .option("--select <reference>", "which image of several: a tag or a digest")
    .option("--verify", "check every digest")
    .option("--plain-http", "speak to registries without TLS")
    .option("--timeout <seconds>", "how long a daemon or registry may be silent (default: 30)")
    .option("--top <n>", "rows of packages, paths and duplicates (default: 10)")
    .addOption(repeatable("--layer <n>", "only paths that this layer stores or hides (repeatable)"))
    .addOption(repeatable("--path <glob>", "only these paths (repeatable)"))
    .addOption(
      new Option("--sort <order>", "order of paths (default: waste)").choices([
        "waste",
        "path",
        "copies",
        "layer",
      ]),
    )
    .option("--duplicates", "look for equal files at different paths in different layers, too")
    .option(
      "--base <image|n|auto>",
      "the base image, its number of layers, or what the image says; not judged",
    )
    .option("--max-waste <size>", "exit with 1 if more is wasted (100MB)")
    .option("--max-waste-percent <n>", "exit with 1 if more per cent of what is stored is wasted")
    .option("--min-efficiency <n>", "exit with 1 if visible / stored is less (0.95)")
    .addOption(
      new Option(
        "--fail-if <which>",
        "exit with 1 if any or only if all of those limits are exceeded (default: any)",
      ).choices(["any", "all"]),
    )
    .addOption(repeatable("--ignore <glob>", "paths whose waste is not judged (repeatable)"))
    .option("--ignore-churn", "do not judge databases, caches and logs of package managers")
    .option("--dive-ci <file>", "rules in dive's format (default: .dive-ci, if it is there)")
    .option("--no-dive-ci", "do not read .dive-ci")
    .option("--no-color", "no colours (also NO_COLOR; FORCE_COLOR for the opposite)")
    .addHelpText(
      "after",
      `
Examples:
  dfdedupe image app.tar                            an archive of docker save, or an OCI archive
  docker save app:1 | dfdedupe image -              in one pass
  dfdedupe image app:1                              an image of the Docker daemon, else of podman
  dfdedupe image registry://registry.example/app:1  straight from a registry
  dfdedupe image oci:layout:app --duplicates        a folder; equal files elsewhere, too
  dfdedupe image app.tar --layer 7 --path '/opt/**' where exactly
  dfdedupe image app.tar --max-waste 100MB --base base.tar`,
    )
    .action(async (name: string, flags: ImageFlags) => {
      const [{ runImage }, { fileImages }] = await Promise.all([
        import("../run-image.ts"),
        import("../images.ts"),
      ]);
      done(await runImage(name, withoutDash(flags), io, fileImages(io)));
    });
}
