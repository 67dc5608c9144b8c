// Whatever the words are, a package manager's call is translated without a throw, into effects that hold together.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/model/effect.ts";
import type { ProgramTable } from "../../src/model/program.ts";
import { androidPrograms } from "../../src/model/programs/android.ts";
import { apkPrograms } from "../../src/model/programs/apk.ts";
import { aptPrograms } from "../../src/model/programs/apt.ts";
import { brewPrograms } from "../../src/model/programs/brew.ts";
import { browserPrograms } from "../../src/model/programs/browsers.ts";
import { buildPrograms } from "../../src/model/programs/build.ts";
import { bunPrograms } from "../../src/model/programs/bun.ts";
import { cargoPrograms } from "../../src/model/programs/cargo.ts";
import { dnfPrograms } from "../../src/model/programs/dnf.ts";
import { dotnetPrograms } from "../../src/model/programs/dotnet.ts";
import { downloadPrograms } from "../../src/model/programs/downloads.ts";
import { dpkgPrograms } from "../../src/model/programs/dpkg.ts";
import { goPrograms } from "../../src/model/programs/go.ts";
import { installerPrograms } from "../../src/model/programs/installers.ts";
import { jupyterPrograms } from "../../src/model/programs/jupyter.ts";
import { jvmPrograms } from "../../src/model/programs/jvm.ts";
import { nixPrograms } from "../../src/model/programs/nix.ts";
import { nodeToolPrograms } from "../../src/model/programs/node-tools.ts";
import { npmPrograms } from "../../src/model/programs/npm.ts";
import { otherSystemPrograms } from "../../src/model/programs/os-other.ts";
import { phpPrograms } from "../../src/model/programs/php.ts";
import { pnpmPrograms } from "../../src/model/programs/pnpm.ts";
import { rPrograms } from "../../src/model/programs/r.ts";
import { rpmPrograms } from "../../src/model/programs/rpm.ts";
import { rubyPrograms } from "../../src/model/programs/ruby.ts";
import { rustupPrograms } from "../../src/model/programs/rustup.ts";
import { servicePrograms } from "../../src/model/programs/services.ts";
import { toolchainPrograms } from "../../src/model/programs/toolchains.ts";
import { yarnPrograms } from "../../src/model/programs/yarn.ts";
import { effectsOf } from "./package-calls.ts";

const tables: readonly ProgramTable[] = [
  androidPrograms,
  apkPrograms,
  aptPrograms,
  buildPrograms,
  bunPrograms,
  dotnetPrograms,
  downloadPrograms,
  goPrograms,
  installerPrograms,
  jupyterPrograms,
  jvmPrograms,
  nodeToolPrograms,
  npmPrograms,
  otherSystemPrograms,
  phpPrograms,
  pnpmPrograms,
  rPrograms,
  rpmPrograms,
  rubyPrograms,
  cargoPrograms,
  rustupPrograms,
  dnfPrograms,
  dpkgPrograms,
  nixPrograms,
  brewPrograms,
  browserPrograms,
  servicePrograms,
  toolchainPrograms,
  yarnPrograms,
];
const names = tables.flatMap((table) => Object.keys(table));

const VERBS =
  "install add update upgrade remove del clean cache purge ci build publish global require get mod run exec tool locals download labextension lab -S -Syu -i -e -x -c -g -o -C -t --root --prefix --version -y --target-dir CMD".split(
    " ",
  );
const OPERANDS = [
  "a",
  "a=1",
  "@s/n@1.2.3",
  "./x.deb",
  "/tmp/*.rpm",
  "$X",
  '"$X"',
  "a$X",
  "${X}/b",
  "$(cat l)",
  "~/x",
  "''",
  "../..",
  "'install.packages(\"a'",
  "--",
  "-",
  "x;y",
];

const script = fc
  .tuple(
    fc.constantFrom(...names),
    fc.array(fc.oneof(fc.constantFrom(...VERBS), fc.constantFrom(...OPERANDS), fc.string({ maxLength: 6 })), {
      maxLength: 6,
    }),
  )
  .map(([name, words]) =>
    [
      name,
      ...words.map((word) => word.replace(/[\n;|&<>()`'"\\]/g, (c) => (OPERANDS.includes(word) ? c : ""))),
    ].join(" "),
  );

describe("package managers", () => {
  test("no name stands in two tables", () => {
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test("an empty word is no package", () => {
    for (const text of ["yarn add ''", "npm install ''", "pnpm add '@1'", "gdebi /"])
      for (const effect of effectsOf(text, { from: "debian:12" }) ?? []) expectTidy(effect);
  });

  test("random words never throw, and every path is normalized", () => {
    fc.assert(
      fc.property(
        script,
        fc.constantFrom("debian:12", "scratch", "alpine", "jupyter/x", ""),
        (text, from) => {
          for (const effect of effectsOf(text, { from }) ?? []) expectTidy(effect);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function expectTidy(effect: Effect): void {
  const targets = "targets" in effect ? effect.targets : [];
  for (const { path } of targets) {
    expect(path).toMatch(/^[/\uE000]/);
    expect(path).not.toMatch(/\/\/|\/$(?<!^\/)|\/\.\.?(\/|$)|undefined/);
  }
  if (effect.kind === "install" || effect.kind === "uninstall") {
    expect(effect.environment).toMatch(/^[/\uE000]/);
    for (const { name } of effect.packages) expect(name ?? "x").not.toMatch(/[\uE000-\uE002]|^$/);
  }
  // `npx install a b` runs the install of coreutils, whose copies have no name.
  if (effect.kind === "write" && effect.how !== "duplicate") expect(effect.what).toBeTruthy();
}
