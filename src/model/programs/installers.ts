// `curl … | sh`: what well-known installation scripts put where. Any other script stays unknown.
import { render } from "../../shell/word.ts";
import { type Effect, LARGE, type Size, UNKNOWN_SIZE } from "../effect.ts";
import { atHome, below, build, opaque, placeOf, setting, tree, write } from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { aptPrograms } from "./apt.ts";
import { callOf, pipedCommands } from "./calls.ts";
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

const shell: Program = (call) => {
  // `sh`, `sh -`, `bash -s -- -y`: the script comes through the pipe.
  const [first] = call.words;
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
