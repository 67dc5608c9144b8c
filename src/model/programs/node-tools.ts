// bower, and the tools that build projects of Node.js.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { anyBuild, atHome, below, cache, placeOf, some, tree, write } from "../packages.ts";
import type { Program, ProgramTable } from "../program.ts";
import { readTargets, removal } from "./effects.ts";

const bower: Program = (call) => {
  const args = readArguments(call.words, { valued: ["--config.directory", "--config.cwd"] });
  const [verb, ...words] = args.operands;
  const folder = call.path(".");
  if (folder === undefined) return undefined;
  if (verb === undefined || !/^(install|i|update)$/.test(render(verb))) {
    const [what, ...names] = words.map(render);
    const place = atHome(call, ".cache/bower");
    return verb !== undefined && render(verb) === "cache" && what === "clean"
      ? [removal(call, names.length > 0 ? some(place) : tree(place), "the bower cache")]
      : [];
  }
  const place = placeOf(call, ["bower_directory"], below(folder, "bower_components"));
  return [
    ...readTargets(call, [{ path: below(folder, "bower.json"), extent: "exact" }]),
    write(call, "install", tree(place), "bower_components"),
    cache(call, tree(atHome(call, ".cache/bower")), "the bower cache"),
  ];
};

/** Build tools that run a project's scripts. */
const script: Program = (call) => anyBuild(call, call.path("."));

export const nodeToolPrograms: ProgramTable = {
  bower,
  gulp: script,
  grunt: script,
  webpack: script,
  vite: script,
  next: script,
  lerna: script,
  nx: script,
  turbo: script,
  rush: script,
  tsc: script,
  ng: script,
};
