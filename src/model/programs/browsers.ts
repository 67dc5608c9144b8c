// Browsers that test tools download: playwright, puppeteer, cypress.
import { render } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, UNKNOWN_SIZE } from "../effect.ts";
import { atHome, install, placeOf, some, tree } from "../packages.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { download, given } from "./downloads.ts";
import { removal } from "./effects.ts";

/** playwright.dev, "Managing browsers". */
export function playwrightFolder(call: Call): string {
  return placeOf(call, ["PLAYWRIGHT_BROWSERS_PATH"], atHome(call, ".cache/ms-playwright"));
}

const playwright: Program = (call) => {
  const args = readArguments(call.words, { valued: [] });
  const [command, ...browsers] = args.operands.map(render);
  const folder = playwrightFolder(call);
  switch (command) {
    case "install": {
      if (args.has("--dry-run", "--list")) return [];
      const system = args.has("--with-deps") ? [systemLibraries(call)] : [];
      if (browsers.length === 1 && browsers[0] === "ffmpeg")
        return [...system, download(call, some(folder), "Playwright's ffmpeg", UNKNOWN_SIZE)];
      return [...system, download(call, tree(folder), "the Playwright browsers")];
    }
    case "install-deps":
      return [systemLibraries(call)];
    case "uninstall":
      return [removal(call, tree(folder), "the Playwright browsers")];
    case undefined:
      return args.options.size > 0 ? [] : undefined;
    default:
      return undefined;
  }
};

/** What `--with-deps` asks apt for. */
function systemLibraries(call: Call): Effect {
  const packages = [{ name: undefined, via: "dependency" } as const];
  return install(call, {
    manager: "apt",
    environment: "/",
    packages,
    complete: false,
    targets: some("/usr"),
  });
}

/** pptr.dev: `puppeteer browsers install`, and `@puppeteer/browsers install`, which takes the current folder. */
const puppeteer: Program = (call) => {
  const args = readArguments(call.words, { valued: ["--path", "--platform"] });
  const words = args.operands.map(render).filter((word) => word !== "browsers");
  if (words[0] !== "install") return undefined;
  const folder =
    given(call, args, "--path") ??
    (call.name === "puppeteer"
      ? placeOf(call, ["PUPPETEER_CACHE_DIR"], atHome(call, ".cache/puppeteer"))
      : call.path("."));
  return folder === undefined ? undefined : [download(call, some(folder), "Puppeteer's browser")];
};

const cypress: Program = (call) => {
  const [verb] = readArguments(call.words).operands;
  const folder = placeOf(call, ["CYPRESS_CACHE_FOLDER"], atHome(call, ".cache/Cypress"));
  switch (verb === undefined ? "" : render(verb)) {
    case "install":
      return [download(call, tree(folder), "the Cypress binary")];
    case "cache":
      return [removal(call, tree(folder), "the Cypress binary")];
    case "verify":
    case "version":
    case "info":
      return [];
    default:
      return undefined;
  }
};

export const browserPrograms: ProgramTable = {
  playwright,
  puppeteer,
  // The last part of @puppeteer/browsers, as npx runs it.
  browsers: puppeteer,
  cypress,
};
