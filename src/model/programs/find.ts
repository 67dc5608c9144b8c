// find: which entries it finds, as far as its tests say, and what its actions do to them.
import type { Word } from "../../shell/command.ts";
import { knownValue, QUOTED, render } from "../../shell/word.ts";
import type { Effect } from "../effect.ts";
import { hasGlobSegment, joinPath, showPath, type Target } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { opaque, readTargets, removed, written } from "./effects.ts";
import { type Action, type Expression, type Narrowing, readExpression } from "./find-expression.ts";
import { type Found, foundPiece, placeFound, substitute } from "./found.ts";
import { innerEffects } from "./inner.ts";
import { filesOf } from "./places.ts";

const find: Program = (call) => {
  const search = readSearch(call);
  if (search === undefined) return undefined;
  const effects: Effect[] = [];
  for (const action of search.expression.actions) effects.push(...actionEffects(call, search, action));
  return effects;
};

interface Search {
  readonly starts: readonly string[];
  readonly expression: Expression;
}

function readSearch(call: Call): Search | undefined {
  const { words } = call;
  let at = 0;
  while (/^-([HLP]|O\d*|D.*)$/.test(text(words[at]))) at += text(words[at]) === "-D" ? 2 : 1;
  const begin = at;
  while (at < words.length && !/^(-.|[(!,]$)/.test(text(words[at]))) at += 1;
  const expression = readExpression(words.slice(at));
  if (expression === undefined) return undefined;
  const starts = at === begin ? [call.path(".")] : words.slice(begin, at).map((word) => call.path(word));
  return { starts: starts.filter((path) => path !== undefined), expression };
}

function actionEffects(call: Call, search: Search, action: Action): Effect[] {
  const found = foundBy(call, search, action.narrowing);
  switch (action.name) {
    case "-delete": {
      if (found.only === "directories" || found.only === "links") return [];
      return removed(call, found.entries, found.what);
    }
    case "-exec":
    case "-execdir":
    case "-ok":
    case "-okdir": {
      const words = substitute(action.words, "{}", [foundPiece]);
      const effects = innerEffects(call, words);
      if (effects === undefined) return [opaque(call)];
      return placeFound(call, effects, found);
    }
    case "-fprint":
    case "-fprint0":
    case "-fprintf":
    case "-fls":
      return written(call, "create", filesOf(call, action.words.slice(0, 1), "exact"), {
        kind: "negligible",
      });
    default:
      return readTargets(call, found.entries);
  }
}

/** What a find prints, for the command that reads its output; undefined when it prints other things. */
export function findPrints(call: Call): Found | undefined {
  const search = readSearch(call);
  if (search === undefined || search.starts.length === 0) return undefined;
  const { actions, narrowing } = search.expression;
  const printing = actions.filter(({ name }) => name === "-print" || name === "-print0");
  if (printing.length > 0) return foundBy(call, search, printing[0]!.narrowing);
  return actions.every(({ name }) => name === "-quit" || name === "-prune")
    ? foundBy(call, search, narrowing)
    : undefined;
}

function foundBy(call: Call, search: Search, narrowing: Narrowing): Found {
  const entries = search.starts.flatMap((start) => entriesBelow(call, start, search.expression, narrowing));
  const only = narrowing.only ?? (narrowing.differing ? "differing" : undefined);
  const names = narrowing.names.map((name) => showPath(name));
  const kind = narrowing.only === "directories" ? "folders" : "files";
  return {
    entries,
    ...(only === undefined ? {} : { only }),
    ...(names.length === 0 ? {} : { what: `${kind} named ${names.join(" or ")}` }),
  };
}

function entriesBelow(call: Call, start: string, depth: Expression, narrowing: Narrowing): Target[] {
  const { names, exceptNames, exceptPaths } = narrowing;
  const except = exceptPaths.flatMap((pattern) => call.path(pattern) ?? []);
  const left = (target: Target): Target => (except.length === 0 ? target : { ...target, except });
  const partly = narrowing.subset || exceptNames.some(hasGlobSegment);
  if (depth.maxDepth === 0) return [{ path: start, extent: "exact" }];
  if (depth.maxDepth === 1 && !partly) {
    if (names.length > 0) return names.map((name) => left({ path: joinPath(start, name), extent: "exact" }));
    const all = [...except, ...exceptNames.map((name) => joinPath(start, name))];
    const children: Target = {
      path: joinPath(start, "*"),
      extent: "exact",
      ...(all.length === 0 ? {} : { except: all }),
    };
    const itself = depth.minDepth === 0 && narrowing.only !== "files";
    return itself ? [{ path: start, extent: "exact" }, children] : [children];
  }
  if (partly || names.length > 0 || exceptNames.length > 0 || depth.minDepth > 1) {
    return [left({ path: start, extent: "some" })];
  }
  // Not the start itself.
  if (depth.minDepth === 1) return [left({ path: joinPath(start, "*"), extent: "tree" })];
  return [left({ path: start, extent: "tree" })];
}

function text(word: Word | undefined): string {
  return word === undefined ? "" : (knownValue(word) ?? render(word)).replaceAll(QUOTED, "");
}

export const findPrograms: ProgramTable = { find, gfind: find };
