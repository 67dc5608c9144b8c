// sdkmanager: each package of the Android SDK is a folder named like it.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { LARGE, type PackageRequest, UNKNOWN_SIZE } from "../effect.ts";
import {
  below,
  cut,
  install,
  named,
  placeOf,
  requests,
  settled,
  some,
  tree,
  uninstall,
  upgrade,
} from "../packages.ts";
import { parentPath } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";

/** First parts of package names that are at least 50 MB in every version (dl.google.com/android/repository). */
const LARGE_PACKAGES =
  /^(emulator|system-images|ndk|ndk-bundle|platforms|build-tools|tools|cmdline-tools|cmake|extras)$/;

const sdkmanager: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["--channel", "--proxy", "--proxy_host", "--proxy_port", "--package_file"],
  });
  if (args.has("--licenses", "--list", "--list_installed", "--version", "--help")) return [];
  const root = rootOf(call, args.text("--sdk_root"));
  if (root === undefined) return undefined;
  // One word may name several packages, as in a variable's value.
  const { packages, complete } = requests(call, args.operands, packageRequest);
  const places = packages.flatMap(({ name }) =>
    name === undefined ? [] : [below(root, name.replaceAll(";", "/"))],
  );
  const targets = complete ? tree(...places) : [...tree(...places), ...some(root)];
  if (args.has("--uninstall"))
    return [uninstall(call, { manager: "other", environment: root, packages, targets })];
  if (args.has("--update") && packages.length === 0) return [upgrade(call, "other", root)];
  if (packages.length === 0 && !args.has("--package_file")) return undefined;
  const large = packages.some(({ name }) => LARGE_PACKAGES.test(name?.split(";")[0] ?? ""));
  return [
    install(call, {
      manager: "other",
      environment: root,
      packages,
      complete: complete && !args.has("--package_file"),
      targets,
      size: large ? LARGE : UNKNOWN_SIZE,
    }),
  ];
};

/** `build-tools;34.0.0`: the last part is the version of most packages, yet versions lie side by side. */
function packageRequest(text: string): PackageRequest | undefined {
  return named(text.replace(/;+$/, ""));
}

/** --sdk_root, else the folder that holds the tools' own folder, else the variables. */
function rootOf(call: Call, given: string | undefined): string | undefined {
  if (given !== undefined) return call.path(given);
  const first = call.command.words[0];
  const program = first === undefined ? undefined : render(first);
  if (program?.includes("/")) {
    const path = call.path(program);
    const match =
      path === undefined ? undefined : /^(.+)\/(?:cmdline-tools\/[^/]+|tools)\/bin$/.exec(parentPath(path));
    if (match?.[1] !== undefined) return match[1];
  }
  return placeOf(
    call,
    ["ANDROID_HOME", "ANDROID_SDK_ROOT", "ANDROID_SDK", "ANDROID_SDK_HOME"],
    "/opt/android-sdk",
  );
}

/** The old tool: `android update sdk --no-ui --filter a,b`. */
const android: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["--filter", "-t", "--proxy-host"],
    aliases: { "-t": "--filter" },
  });
  const words = args.operands.map(render);
  if (words[0] !== "update" || words[1] !== "sdk") return words[0] === "list" ? [] : undefined;
  const root = rootOf(call, undefined);
  const filter = args.value("--filter");
  if (root === undefined) return undefined;
  const names = filter === undefined ? [] : render(filter).split(",");
  const packages = names.map((name) => named(cut(name, /@/)[0]));
  const complete = names.length > 0 && names.every((name) => settled(name) !== undefined);
  return [
    install(call, {
      manager: "other",
      environment: root,
      packages,
      complete,
      targets: some(root),
      size: LARGE,
    }),
  ];
};

export const androidPrograms: ProgramTable = { sdkmanager, android };
