// `curl … | sh`: what well-known installation scripts put where. Any other script stays unknown.
import type { Word } from "../../shell/command.ts";
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, LARGE, type Size, UNKNOWN_SIZE } from "../effect.ts";
import { condaName } from "../names.ts";
import { atHome, below, build, placeOf, setting, tree, write } from "../packages.ts";
import { baseName } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { aptPrograms } from "./apt.ts";
import { callOf, pipedCommands } from "./calls.ts";
import { opaque, readTargets } from "./effects.ts";
import { downloadUrls } from "./fetch.ts";
import { rustupPrograms } from "./rustup.ts";

/** Effects of a script by a part of its address; undefined where more than these may happen. */
const INSTALLERS: readonly (readonly [RegExp, Program])[] = [
  [/\bsh\.rustup\.rs|static\.rust-lang\.org\/rustup/, (call) => rustupPrograms["rustup-init"]?.(call)],
  // Adds an apt source and updates the lists; the rpm one only adds a source.
  [/deb\.nodesource\.com\/setup/, (call) => aptPrograms["apt-get"]?.({ ...call, words: [updateWord(call)] })],
  [/rpm\.nodesource\.com\/setup/, () => []],
  [/pyenv\.run|pyenv-installer/, (call) => [into(call, ["PYENV_ROOT"], ".pyenv", "pyenv")]],
  [
    /nvm-sh\/nvm\/.*install\.sh/,
    (call) => {
      const root = placeOf(call, ["NVM_DIR"], atHome(call, ".nvm"));
      const node = build(call, tree(below(root, "versions/node")), "Node.js", LARGE);
      return [into(call, ["NVM_DIR"], ".nvm", "nvm"), ...(setting(call, "NODE_VERSION") ? [node] : [])];
    },
  ],
  [/get\.sdkman\.io/, (call) => [into(call, ["SDKMAN_DIR"], ".sdkman", "SDKMAN!")]],
  [/bun\.sh\/install/, (call) => [into(call, ["BUN_INSTALL"], ".bun/bin", "bun", LARGE)]],
  [/deno\.(land|com)\/.*install/, (call) => [into(call, ["DENO_INSTALL"], ".deno/bin", "deno", LARGE)]],
  [/get\.pnpm\.io/, (call) => [into(call, ["PNPM_HOME"], ".local/share/pnpm", "pnpm", LARGE)]],
  [
    /astral\.sh\/uv|astral\.sh\/ruff/,
    (call) => [into(call, ["UV_INSTALL_DIR"], ".local/bin", "a program of astral.sh")],
  ],
  [
    /ollama\.com\/install/,
    (call) => [write(call, "download", tree("/usr/local/lib/ollama"), "Ollama", LARGE)],
  ],
];

function updateWord(call: Call): Call["words"][number] {
  return {
    pieces: [{ kind: "text", text: "update", quoted: false }],
    text: "update",
    span: call.command.span,
  };
}

function into(
  call: Call,
  variables: readonly string[],
  home: string,
  what: string,
  size: Size = UNKNOWN_SIZE,
): Effect {
  const target = { path: placeOf(call, variables, atHome(call, home)), extent: "some" } as const;
  return write(call, "download", [target], what, size);
}

/**
 * `INSTALLER.sh -b -p PREFIX`: an installer made by conda's constructor, whatever its file is called (its header.sh
 * tells the options). Undefined for other scripts.
 */
function condaInstaller(call: Call, script: Word | undefined, words: readonly Word[]): Effect[] | undefined {
  if (script === undefined || !/\.sh$/.test(render(script))) return undefined;
  const args = readArguments(words, { valued: ["-p"] });
  if (!args.has("-b")) return undefined;
  const given = args.value("-p");
  const name = condaName(baseName(render(script)))?.toLowerCase();
  const usual = name === undefined ? undefined : atHome(call, `${name}3`);
  const prefix = given === undefined ? usual : call.path(given);
  if (prefix === undefined) return undefined;
  const path = call.path(script);
  return [
    ...(path === undefined ? [] : readTargets(call, [{ path, extent: "exact" }])),
    write(call, "install", tree(prefix), "the conda environment", LARGE),
  ];
}

/** An installer that is called by its own name. */
export const condaInstallerProgram: Program = (call) =>
  condaInstaller(call, call.command.words[0], call.words);

const shell: Program = (call) => {
  // `sh`, `sh -`, `bash -s -- -y`: the script comes through the pipe.
  const [first] = call.words;
  const installer = condaInstaller(call, first, call.words.slice(1));
  if (installer !== undefined) return installer;
  if (first !== undefined && !/^-(|s|\w*s|-|[eux]+)$/.test(render(first))) return undefined;
  for (const command of pipedCommands(call)) {
    for (const url of downloadUrls(callOf(call, command))) {
      const found = INSTALLERS.find(([pattern]) => pattern.test(render(url)));
      if (found !== undefined) return found[1](call);
    }
  }
  return undefined;
};

/** `php -- --install-dir=/usr/local/bin`, `php composer-setup.php`: composer's installer. */
export function composerInstaller(call: Call): Effect[] | undefined {
  const words = call.words.map(render);
  const piped = pipedCommands(call).some((command) =>
    downloadUrls(callOf(call, command)).some((url) => /getcomposer\.org/.test(render(url))),
  );
  if (!piped && !words.some((word) => /composer-(setup|installer)[\w.-]*\.php$/.test(word))) return undefined;
  const option = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const folder = call.path(option("install-dir") ?? ".");
  if (folder === undefined) return [opaque(call)];
  const path = below(folder, option("filename") ?? "composer.phar");
  const size = { kind: "bytes", value: 3_000_000, source: "known" } as const;
  return [write(call, "download", [{ path, extent: "exact" }], "composer", size)];
}

export const installerPrograms: ProgramTable = {
  sh: shell,
  bash: shell,
  dash: shell,
  ash: shell,
  zsh: shell,
};
