// mvn, gradle, sbt and their kin: build output and the repositories they fill.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import type { Effect } from "../effect.ts";
import { atHome, below, build, cache, placeOf, tree } from "../packages.ts";
import { parentPath } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets, removal } from "./effects.ts";

const mvn: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-f",
      "--file",
      "-pl",
      "--projects",
      "-s",
      "--settings",
      "-gs",
      "-T",
      "--threads",
      "-P",
      "--activate-profiles",
      "-rf",
      "-t",
      "-l",
    ],
    singleDash: true,
  });
  if (args.has("-v", "--version", "-version", "-h", "--help")) return [];
  const given = args.value("-f", "--file");
  const path = given === undefined ? undefined : call.path(given);
  const folder = path === undefined ? call.path(".") : /\.xml$/.test(path) ? parentPath(path) : path;
  const local = call.words.map(render).find((text) => /^-Dmaven\.repo\.local=/.test(text));
  const own = local === undefined ? undefined : call.path(local.replace(/^[^=]*=/, ""));
  const repository = own ?? below(mavenHome(call), "repository");
  if (folder === undefined) return [cache(call, tree(repository), "the Maven repository"), opaque(call)];
  const goals = args.operands.map(render);
  const makes = goals.some((goal) =>
    /^(compile|test|test-compile|package|verify|install|deploy|integration-test|process-\w+|spring-boot:|assembly:)/.test(
      goal,
    ),
  );
  const target = tree(below(folder, "target"));
  return [
    ...readTargets(call, tree(folder)),
    ...(goals.includes("clean") ? [removal(call, target, "build output")] : []),
    cache(call, tree(repository), "the Maven repository"),
    ...(makes ? [build(call, target, "build output"), opaque(call)] : []),
  ];
};

function mavenHome(call: Call): string {
  const config = placeOf(call, ["MAVEN_CONFIG"], "");
  return config.endsWith(".m2") ? config : atHome(call, ".m2");
}

const gradle: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-p",
      "--project-dir",
      "-b",
      "--build-file",
      "-g",
      "--gradle-user-home",
      "-x",
      "--exclude-task",
      "-I",
      "--init-script",
      "--max-workers",
      "-c",
    ],
  });
  if (args.has("-v", "--version", "-h", "--help")) return [];
  const given = args.value("-p", "--project-dir");
  const folder = call.path(given ?? ".");
  if (folder === undefined) return undefined;
  const home = args.value("-g", "--gradle-user-home");
  const user = (home && call.path(home)) ?? placeOf(call, ["GRADLE_USER_HOME"], atHome(call, ".gradle"));
  const goals = args.operands.map(render);
  const only =
    goals.length > 0 && goals.every((goal) => /^(clean|dependencies|tasks|wrapper|--stop)$/.test(goal));
  return [
    ...readTargets(call, tree(folder)),
    cache(call, tree(user), "the Gradle cache"),
    ...(goals.includes("clean") ? [removal(call, tree(below(folder, "build")), "build output")] : []),
    ...(only ? [] : [build(call, tree(below(folder, "build")), "build output"), opaque(call)]),
  ];
};

const sbt: Program = (call) => {
  const folder = call.path(".");
  if (folder === undefined) return undefined;
  const coursier = placeOf(call, ["COURSIER_CACHE"], atHome(call, ".cache/coursier"));
  const kept: Effect = cache(
    call,
    tree(coursier, atHome(call, ".ivy2"), atHome(call, ".sbt")),
    "sbt's caches",
  );
  return [
    ...readTargets(call, tree(folder)),
    kept,
    build(call, tree(below(folder, "target")), "build output"),
    opaque(call),
  ];
};

const lein: Program = (call) => {
  const folder = call.path(".");
  if (folder === undefined) return undefined;
  const kept = cache(
    call,
    tree(atHome(call, ".m2/repository"), atHome(call, ".lein")),
    "the Maven repository",
  );
  return [
    ...readTargets(call, tree(folder)),
    kept,
    build(call, tree(below(folder, "target")), "build output"),
    opaque(call),
  ];
};

export const jvmPrograms: ProgramTable = { mvn, mvnw: mvn, mvnd: mvn, gradle, gradlew: gradle, sbt, lein };
