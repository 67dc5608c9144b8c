// PHP: composer's packages and caches, pecl, and the official image's docker-php-* scripts.
import { render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { type Effect, LARGE, type PackageRequest } from "../effect.ts";
import {
  anyBuild,
  atHome,
  below,
  build,
  cache,
  cut,
  exact,
  install,
  named,
  placeOf,
  requests,
  setting,
  settled,
  some,
  tree,
  uninstall,
  write,
} from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { readTargets, removal } from "./effects.ts";
import { composerInstaller } from "./installers.ts";

const composer: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-d",
      "--working-dir",
      "--prefer-install",
      "--ignore-platform-req",
      "--repository",
      "--repository-url",
      "--stability",
      "-s",
      "--apcu-autoloader-prefix",
    ],
  });
  const first = args.operands[0] === undefined ? undefined : render(args.operands[0]);
  const everywhere = first === "global" || first === "g";
  const [command, ...words] = everywhere ? args.operands.slice(1) : args.operands;
  if (command === undefined) return args.options.size > 0 ? [] : undefined;
  const home = placeOf(call, ["COMPOSER_HOME"], atHome(call, ".composer"));
  const given = args.value("-d", "--working-dir");
  const folder = everywhere ? home : call.path(given ?? ".");
  if (folder === undefined) return undefined;
  const place = placeOf(call, ["COMPOSER_CACHE_DIR"], below(home, "cache"));
  const kept = args.has("--no-cache") ? [] : [cache(call, tree(place), "the composer cache")];
  const vendor = placeOf(call, ["COMPOSER_VENDOR_DIR"], below(folder, "vendor"));
  const verb = render(command);
  switch (verb) {
    case "install":
    case "i":
    case "update":
    case "u":
    case "upgrade":
      return [...installing(call, args, folder, vendor, /^u/.test(verb)), ...kept];
    case "require":
    case "r": {
      const { packages, complete } = requests(call, words, composerRequest);
      const places = packages.flatMap(({ name }) => (name === undefined ? [] : [below(vendor, name)]));
      const targets = [...tree(...places), ...some(vendor)];
      return [
        ...readTargets(call, exact(below(folder, "composer.json"))),
        install(call, { manager: "composer", environment: folder, packages, complete, targets }),
        ...kept,
      ];
    }
    case "remove": {
      const { packages } = requests(call, words, composerRequest);
      const places = packages.flatMap(({ name }) => (name === undefined ? [] : [below(vendor, name)]));
      return [
        uninstall(call, { manager: "composer", environment: folder, packages, targets: tree(...places) }),
      ];
    }
    case "create-project": {
      const to = words[1] === undefined ? undefined : call.path(words[1]);
      return to === undefined ? undefined : [write(call, "install", tree(to), "the project"), ...kept];
    }
    case "clear-cache":
    case "clearcache":
    case "cc":
      // --gc takes what is old.
      return [removal(call, args.has("--gc") ? some(place) : tree(place), "the composer cache")];
    case "run-script":
    case "run":
    case "exec":
      return anyBuild(call, folder);
    case "dump-autoload":
    case "dumpautoload":
    case "dump-env":
    case "config":
    case "diagnose":
    case "validate":
    case "show":
    case "info":
    case "self-update":
    case "selfupdate":
    case "check-platform-reqs":
    case "audit":
    case "about":
    case "init":
    case "licenses":
    case "status":
    case "outdated":
      return [];
    default:
      return undefined;
  }
};

/** Reads `vendor/name`, `vendor/name:^1.2`, `vendor/name=1.2.3`. */
function composerRequest(text: string): PackageRequest | undefined {
  const [name, tail] = cut(text, /[:=]/);
  const wanted = tail.slice(1);
  return named(name.toLowerCase(), /^v?\d+\.\d+\.\d+$/.test(wanted) ? wanted : undefined, wanted);
}

function installing(call: Call, args: Arguments, folder: string, vendor: string, newer: boolean): Effect[] {
  const path = below(folder, "composer.json");
  const listed = readComposer(
    call,
    path,
    !(args.has("--no-dev") || setting(call, "COMPOSER_NO_DEV") === "1"),
  );
  return [
    ...readTargets(call, exact(path, below(folder, "composer.lock"))),
    install(call, {
      manager: "composer",
      environment: folder,
      packages: listed ?? [],
      complete: listed !== undefined,
      targets: tree(vendor),
      ...(newer ? { force: "upgrade" as const } : {}),
    }),
  ];
}

function readComposer(call: Call, path: string, development: boolean): PackageRequest[] | undefined {
  const text = call.situation.readFile(path);
  if (text === undefined) return undefined;
  const fields = development ? ["require", "require-dev"] : ["require"];
  try {
    const json: unknown = JSON.parse(text);
    return fields.flatMap((field) => {
      const list = (json as Record<string, unknown> | null)?.[field];
      return Object.keys(typeof list === "object" && list !== null ? list : {})
        .filter((name) => name.includes("/"))
        .map((name): PackageRequest => {
          const at = text.indexOf(JSON.stringify(name));
          return {
            name,
            via: "file",
            file: { path, line: at < 0 ? 1 : text.slice(0, at).split("\n").length },
          };
        });
    });
  } catch {
    return undefined;
  }
}

const EXTENSIONS = "/usr/local/lib/php/extensions";

const pecl: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-D", "--configureoptions", "-d", "-c", "-C"] });
  const [command, ...words] = args.operands;
  switch (command === undefined ? "" : settled(render(command))) {
    case "install":
    case "i":
    case "upgrade": {
      const { packages, complete } = requests(call, words, (text) => {
        const [name, tail] = cut(text, /-(?=[\d\uE000])/);
        return named(name, tail.slice(1), tail);
      });
      return [
        install(call, {
          manager: "other",
          environment: "/usr/local/lib/php",
          packages,
          complete,
          targets: some(EXTENSIONS),
        }),
        // Sources and build folders stay behind.
        cache(call, tree("/tmp/pear"), "pecl's build folder"),
      ];
    }
    case "uninstall": {
      const { packages } = requests(call, words, (text) => named(text));
      return [
        uninstall(call, {
          manager: "other",
          environment: "/usr/local/lib/php",
          packages,
          targets: some(EXTENSIONS),
        }),
      ];
    }
    case "clear-cache":
      return [removal(call, tree("/tmp/pear/cache"), "pecl's cache")];
    case undefined:
      return undefined;
    default:
      return [];
  }
};

/** docker-php-ext-install unpacks PHP's source and deletes it in the same run, unless it was there before. */
const extensionInstall: Program = (call) => {
  const { operands } = readArguments(call.words, { valued: ["-j"] });
  return operands.length === 0 ? [] : [build(call, some(EXTENSIONS), "PHP extensions")];
};

const phpSource: Program = (call) => {
  const [verb] = call.words.map(render);
  if (verb === "extract") return [write(call, "unpack", tree("/usr/src/php"), "PHP's source", LARGE)];
  return verb === "delete" ? [removal(call, tree("/usr/src/php"), "PHP's source")] : undefined;
};

const harmless: Program = () => [];

/** What PHP code of one line may write. */
const PHP_WRITES =
  /\b(copy|fopen|file_put_contents|rename|unlink|mkdir|exec|system|passthru|shell_exec|chmod|chown|touch|symlink)\b/;

/** `php composer.phar install`, composer's installer, and `php -r` of code that only prints. */
const php: Program = (call) => {
  const [first, second, ...rest] = call.words;
  const text = first === undefined ? "" : render(first);
  if (/(^|\/)composer(\.phar)?$/.test(text)) {
    return composer({ ...call, name: "composer", words: call.words.slice(1) });
  }
  if (text === "-r" && rest.length === 0 && second !== undefined) {
    return PHP_WRITES.test(render(second)) ? undefined : [];
  }
  return /^(-v|--version|-i|-m|--ini)$/.test(text) ? [] : composerInstaller(call);
};

export const phpPrograms: ProgramTable = {
  composer,
  "composer.phar": composer,
  php,
  pecl,
  pear: pecl,
  "docker-php-ext-install": extensionInstall,
  "install-php-extensions": extensionInstall,
  "docker-php-source": phpSource,
  "docker-php-ext-enable": harmless,
  "docker-php-ext-configure": harmless,
};
