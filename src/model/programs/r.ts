// R: packages by install.packages and its kin, by littler's scripts, by R CMD INSTALL.
import type { Word } from "../../shell/command.ts";
import { knownValue, render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, LARGE, type PackageRequest } from "../effect.ts";
import {
  build,
  cache,
  exact,
  fileName,
  install,
  named,
  placeOf,
  requests,
  settled,
  some,
  tree,
  uninstall,
} from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets } from "./effects.ts";

/** Debian's R and rocker's both install into site-library. */
function library(call: Call): string {
  return placeOf(call, ["R_LIBS_SITE", "R_LIBS", "R_LIBS_USER"], "/usr/local/lib/R/site-library").replace(
    /:.*$/,
    "",
  );
}

function installing(call: Call, packages: readonly PackageRequest[], complete: boolean): Effect {
  const environment = library(call);
  return install(call, { manager: "r", environment, packages, complete, targets: some(environment) });
}

/** littler has no session folder of its own: what it downloads stays in /tmp. */
function leftovers(call: Call): Effect {
  return cache(call, tree("/tmp/downloaded_packages"), "downloaded R packages");
}

const FUNCTIONS =
  /\b(install\.packages|install_(?:cran|version|github|gitlab|git|bioc|url|local|deps)|pkg_install|pak|BiocManager::install|biocLite|renv::(?:restore|install)|tinytex::install_tinytex|install_tinytex|remove\.packages|update\.packages|webshot::install_phantomjs|keras::install_keras|torch::install_torch|reticulate::install_miniconda)\s*\(/g;

/** The effects of R code given with -e: only calls that install are known. */
function codeEffects(call: Call, code: string): Effect[] | undefined {
  const out: Effect[] = [];
  for (const match of code.matchAll(FUNCTIONS)) {
    const name = match[1]!.replace(/^\w+::/, "");
    const inside = argumentText(code, match.index + match[0].length);
    if (name === "install_tinytex") {
      out.push(
        build(call, tree(`${placeOf(call, ["HOME"], call.situation.home)}/.TinyTeX`), "TinyTeX", LARGE),
      );
    } else if (name === "remove.packages") {
      const environment = library(call);
      out.push(
        uninstall(call, {
          manager: "r",
          environment,
          packages: strings(inside).map((text) => named(text)),
          targets: some(environment),
        }),
      );
    } else {
      const names = strings(firstArgument(inside));
      const remote = /^(install_(git|url|local|deps)|restore|update\.packages)$/.test(name);
      const packages = remote
        ? []
        : names.map((text) => named(text.replace(/^.*\//, "").replace(/[@#].*$/, "")));
      out.push(installing(call, packages, !remote && packages.length > 0));
    }
  }
  if (out.length > 0) return out;
  // Printing and asking, as `Rscript -e 'R.version'`.
  return /^[\w.:()\s"',=]*$/.test(code) && !/(source|system|download|write|save|unlink|file\.)/.test(code)
    ? []
    : undefined;
}

/** What stands between a call's parentheses. */
function argumentText(code: string, start: number): string {
  let depth = 1;
  for (let at = start; at < code.length; at += 1) {
    const character = code[at];
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    if (depth === 0) return code.slice(start, at);
  }
  return code.slice(start);
}

/** Up to the first comma that stands in no parentheses and no string; `c("a", "b")` is one argument. */
function firstArgument(text: string): string {
  let depth = 0;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === "," && depth === 0) return text.slice(0, at);
  }
  return text;
}

function strings(text: string): string[] {
  return [...text.matchAll(/["']([^"']+)["']/g)].map((match) => match[1]!);
}

const rscript: Program = (call) => {
  const at = call.words.findIndex((word) => /^(-\w*e|--eval)$/.test(render(word)));
  if (at < 0) return call.words.some((word) => /^--?(version|help)/.test(render(word))) ? [] : undefined;
  const code = call.words
    .filter((_, index) => /^(-\w*e|--eval)$/.test(index === 0 ? "" : render(call.words[index - 1]!)))
    .map(knownValue);
  if (code.some((text) => text === undefined)) return [installing(call, [], false), opaque(call)];
  const effects = codeEffects(call, code.join("\n"));
  return effects === undefined || call.name !== "r" ? effects : [...effects, leftovers(call)];
};

const r: Program = (call) => {
  const [first, second, ...rest] = call.words;
  if (first === undefined || render(first) !== "CMD") {
    if (call.command.stdin?.kind === "heredoc" || call.command.stdin?.kind === "herestring") {
      const code = knownValue(call.command.stdin.content);
      return code === undefined ? undefined : codeEffects(call, code);
    }
    return rscript(call);
  }
  switch (second === undefined ? "" : render(second)) {
    case "INSTALL": {
      const { operands } = readArguments(rest, { valued: ["-l", "--library"] });
      const { packages, complete } = requests(call, operands, archive(call));
      const files = packages.flatMap(({ path }) => (path === undefined ? [] : [path]));
      return [...readTargets(call, tree(...files)), installing(call, packages, complete)];
    }
    case "REMOVE": {
      const environment = library(call);
      const { packages } = requests(call, rest, (text) => named(text));
      return [uninstall(call, { manager: "r", environment, packages, targets: some(environment) })];
    }
    case "javareconf":
    case "config":
    case "Rd2pdf":
      return [];
    default:
      return undefined;
  }
};

function archive(call: Call): (text: string, word: Word) => PackageRequest {
  return (text, word) => {
    const [name, version] = fileName(text)
      .replace(/\.tar\.gz$/, "")
      .split("_");
    const path = call.path(word.pieces.length === 0 ? text : word);
    return {
      name: name === undefined ? undefined : settled(name),
      ...(version === undefined ? {} : { version }),
      via: /\.tar\.gz$/.test(text) ? "archive" : "project",
      ...(path === undefined ? {} : { path }),
    };
  };
}

/** littler's scripts: install2.r, installGithub.r, installBioc.r, … */
const install2: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-r",
      "--repos",
      "-l",
      "--libloc",
      "-n",
      "--ncpus",
      "-d",
      "--deps",
      "-t",
      "--type",
      "-m",
      "--method",
    ],
  });
  const { packages, complete } = requests(call, args.operands, (text) =>
    named(text.replace(/^.*\//, "").replace(/[@#].*$/, "")),
  );
  const given = args.value("-l", "--libloc");
  const environment = (given && call.path(given)) ?? library(call);
  return [
    install(call, { manager: "r", environment, packages, complete, targets: some(environment) }),
    leftovers(call),
  ];
};

/** install_packages of rocker's scripts that only read the folder's DESCRIPTION. */
const installDeps: Program = (call) => {
  const folder = call.path(".");
  return [
    ...(folder === undefined ? [] : readTargets(call, exact(`${folder}/DESCRIPTION`))),
    installing(call, [], false),
    leftovers(call),
  ];
};

export const rPrograms: ProgramTable = {
  R: r,
  Rscript: rscript,
  r: rscript,
  "install2.r": install2,
  "install.r": install2,
  "installBioc.r": install2,
  "installGithub.r": install2,
  "installDeps.r": installDeps,
};
