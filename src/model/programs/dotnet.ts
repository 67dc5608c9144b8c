// dotnet and nuget: packages, tools and what they publish.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, LARGE } from "../effect.ts";
import {
  atHome,
  below,
  build,
  cache,
  install,
  named,
  placeOf,
  requests,
  settled,
  some,
  tree,
  uninstall,
  upgrade,
  write,
} from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets, removal } from "./effects.ts";

const OPTIONS = {
  valued: [
    "-o",
    "--output",
    "-c",
    "--configuration",
    "-r",
    "--runtime",
    "-f",
    "--framework",
    "-a",
    "--arch",
    "--os",
    "-v",
    "--verbosity",
    "-s",
    "--source",
    "--version",
    "--tool-path",
    "--add-source",
    "--configfile",
    "--packages",
    "-p",
    "--property",
    "--project",
    "--artifacts-path",
    "-n",
    "--name",
    "-lang",
    "--language",
  ],
  aliases: { "--output": "-o", "--global": "-g" },
};

const dotnet: Program = (call) => {
  const args = readArguments(call.words, OPTIONS);
  const [command, ...rest] = args.operands;
  if (command === undefined) return args.options.size > 0 ? [] : undefined;
  const verb = settled(render(command));
  const folder = call.path(".");
  if (verb === undefined || folder === undefined) return undefined;
  const inner = rest[0] === undefined ? "" : render(rest[0]);
  const given = args.value("-o");
  const out = given === undefined ? undefined : call.path(given);
  const restored = args.has("--no-restore") ? [] : [packages(call, args.value("--packages"))];
  switch (verb) {
    case "restore":
      return [...readTargets(call, tree(folder)), packages(call, args.value("--packages"))];
    case "build":
    case "publish":
    case "pack":
      return [
        ...readTargets(call, tree(folder)),
        ...restored,
        // Below the project: bin and obj.
        build(call, some(folder), "build output"),
        ...(out === undefined ? [] : [write(call, "build", tree(out), "the published program")]),
      ];
    case "test":
    case "run":
    case "msbuild":
    case "watch":
    case "cake":
      return [
        ...readTargets(call, tree(folder)),
        ...restored,
        build(call, some(folder), "build output"),
        opaque(call),
      ];
    case "tool":
      return tool(
        call,
        inner,
        args.operands.slice(2),
        args.has("-g"),
        args.value("--tool-path"),
        args.text("--version"),
      );
    case "workload":
      return /^(install|restore|update)$/.test(inner)
        ? [build(call, some("/usr/share/dotnet"), "a .NET workload")]
        : [];
    case "nuget":
      return inner === "locals" && args.has("--clear", "-c") ? clearing(call) : [];
    case "clean":
      return [removal(call, some(folder), "build output")];
    case "new":
      return [build(call, some(folder), "a project's files", { kind: "negligible" })];
    case "add":
    case "remove":
    case "sln":
    case "help":
    case "dev-certs":
    case "list":
    case "sdk":
    case "format":
    case "build-server":
    case "user-secrets":
      return [];
    default:
      return /\.dll$/.test(verb) ? undefined : undefined;
  }
};

function packageFolder(call: Call): string {
  return placeOf(call, ["NUGET_PACKAGES"], atHome(call, ".nuget/packages"));
}

function packages(call: Call, given?: ReturnType<ReturnType<typeof readArguments>["value"]>): Effect {
  const path = given === undefined ? undefined : call.path(given);
  return cache(call, tree(path ?? packageFolder(call)), "the NuGet packages");
}

function clearing(call: Call): Effect[] {
  const http = placeOf(call, ["NUGET_HTTP_CACHE_PATH"], atHome(call, ".local/share/NuGet/http-cache"));
  return [
    removal(call, tree(packageFolder(call)), "the NuGet packages"),
    removal(call, tree(http), "the NuGet cache"),
  ];
}

function tool(
  call: Call,
  verb: string,
  words: ReturnType<typeof readArguments>["operands"],
  everywhere: boolean,
  place: ReturnType<ReturnType<typeof readArguments>["value"]>,
  version: string | undefined,
): Effect[] | undefined {
  const given = place === undefined ? undefined : call.path(place);
  const environment = given ?? (everywhere ? atHome(call, ".dotnet/tools") : call.path("."));
  if (environment === undefined) return undefined;
  const asked = requests(call, words, (text) => named(text.toLowerCase(), version));
  const store = some(given !== undefined || everywhere ? environment : packageFolder(call));
  switch (verb) {
    case "install":
    case "update":
      return [
        install(call, {
          manager: "dotnet",
          environment,
          ...asked,
          targets: store,
          ...(verb === "update" ? { force: "upgrade" as const } : {}),
        }),
      ];
    case "uninstall":
      return [uninstall(call, { manager: "dotnet", environment, packages: asked.packages, targets: store })];
    case "restore":
      return [packages(call)];
    case "run":
      return undefined;
    default:
      return [];
  }
}

const nuget: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-OutputDirectory", "-Version", "-Source"],
    singleDash: true,
  });
  const [command, ...words] = args.operands;
  const folder = call.path(".");
  if (command === undefined || folder === undefined) return undefined;
  if (/^(install|restore|update)$/.test(render(command))) {
    const given = args.value("-OutputDirectory");
    const to = (given && call.path(given)) ?? below(folder, "packages");
    const asked = requests(call, words, (text) => named(text.toLowerCase()));
    if (render(command) === "update" && words.length === 0) return [upgrade(call, "dotnet", folder)];
    return [
      install(call, { manager: "dotnet", environment: to, ...asked, targets: some(to) }),
      packages(call),
    ];
  }
  return /^locals$/.test(render(command)) ? clearing(call) : [];
};

/** Microsoft's script: one version of the SDK, or with --runtime of the runtime. */
const dotnetInstall: Program = (call) => {
  const args = readArguments(call.words, {
    valued:
      "-v --version -Version -c --channel -Channel -i --install-dir -InstallDir -q --quality --runtime --architecture --os --jsonfile".split(
        " ",
      ),
    singleDash: true,
  });
  if (args.has("--dry-run", "--help", "-h", "-?")) return [];
  const given = args.value("-i", "--install-dir", "-InstallDir");
  const to = (given && call.path(given)) ?? placeOf(call, ["DOTNET_INSTALL_DIR"], atHome(call, ".dotnet"));
  return [write(call, "download", some(to), "the .NET SDK", LARGE)];
};

export const dotnetPrograms: ProgramTable = { dotnet, nuget, "dotnet-install.sh": dotnetInstall };
