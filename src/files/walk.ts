// The files below a folder that git would not ignore.
import { type Dirent, lstatSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import createIgnore, { type Ignore } from "ignore";
import { Failure, systemReason } from "../failure.ts";
import { readFound } from "../found-file.ts";

/** The rules of one ignore file and the folder that they hold for. */
interface Rules {
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * The paths of the files below `folder` that `wanted` accepts, sorted by folder. Left out is what the `.gitignore`
 * files of the repository leave out (those above `folder` count, too), `node_modules`, `.git`, and what is neither a
 * file nor a link to one. Links to folders are not followed. Folders that may not be read are passed over, unless it is
 * the first one.
 */
export function walk(folder: string, wanted: (path: string, name: string) => boolean): string[] {
  const found: string[] = [];
  const above = rulesAbove(folder);
  // Whoever starts in an ignored folder means it: the rules that ignore it have no say below it.
  visit(folder, ignored(folder, true, above) ? [] : above, true);
  return found;

  function visit(at: string, above: readonly Rules[], first: boolean): void {
    let entries: Dirent[];
    try {
      entries = readdirSync(at, { withFileTypes: true });
    } catch (error) {
      if (first) throw new Failure(`${folder}: ${systemReason(error)}`);
      return;
    }
    const names = new Set(entries.map((entry) => entry.name));
    const rules = [...(names.has(".git") ? [] : above), ...rulesOf(at, names)];
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) continue;
      if (!wanted(path, entry.name) || ignored(path, false, rules)) continue;
      if (entry.isFile() || (entry.isSymbolicLink() && leadsToFile(path))) found.push(path);
    }
    for (const entry of entries) {
      if (!entry.isDirectory() || entry.name === ".git" || entry.name === "node_modules") continue;
      const path = join(at, entry.name);
      if (!ignored(path, true, rules)) visit(path, rules, false);
    }
  }
}

/** The last ignore file that says something about a path decides. */
function ignored(path: string, isFolder: boolean, rules: readonly Rules[]): boolean {
  for (let at = rules.length - 1; at >= 0; at -= 1) {
    const { folder, rules: own } = rules[at]!;
    const inside = relative(folder, path).split(sep).join("/");
    const answer = own.test(isFolder ? `${inside}/` : inside);
    if (answer.ignored) return true;
    if (answer.unignored) return false;
  }
  return false;
}

/** The rules in force at a folder from outside it: those of its parents, up to the repository's root. */
function rulesAbove(folder: string): Rules[] {
  if (exists(join(folder, ".git"))) return [];
  const found: Rules[][] = [];
  for (let at = dirname(folder), below = folder; at !== below; below = at, at = dirname(at)) {
    const root = exists(join(at, ".git"));
    found.unshift(rulesOf(at, new Set([".gitignore", ...(root ? [".git"] : [])])));
    if (root) return found.flat();
  }
  // Outside a repository the folders above have no say.
  return [];
}

function rulesOf(folder: string, names: ReadonlySet<string>): Rules[] {
  const rules: Rules[] = [];
  const add = (file: string): void => {
    try {
      rules.push({ folder, rules: createIgnore().add(readFound(join(folder, file)).toString()) });
    } catch {
      // An ignore file that is not there, is no file or cannot be read ignores nothing.
    }
  };
  if (names.has(".git")) add(".git/info/exclude");
  if (names.has(".gitignore")) add(".gitignore");
  return rules;
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function leadsToFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
