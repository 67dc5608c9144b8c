// The expression of find: its tests as a narrowing of what is found, and its actions.
import type { Word } from "../../shell/command.ts";
import { knownValue, QUOTED, render } from "../../shell/word.ts";
import type { RetouchEffect } from "../effect.ts";
import { hasGlobSegment } from "../path.ts";

/** What the tests before an action leave of all entries. */
export interface Narrowing {
  readonly only?: Exclude<RetouchEffect["only"], "differing" | undefined>;
  /** Only entries of which nothing more is known (by size, time, pattern of the whole path, …). */
  readonly subset: boolean;
  /** Only entries that have, or have not, some owner, group or mode. */
  readonly differing: boolean;
  /** Only entries with one of these names (patterns); empty for any. */
  readonly names: readonly string[];
  /** Not those with these names. */
  readonly exceptNames: readonly string[];
  /** Not what lies at or below these paths, as written. */
  readonly exceptPaths: readonly string[];
  /** Only entries whose whole path is one of these patterns; `subset` is set as well. */
  readonly paths: readonly string[];
}

export interface Action {
  /** "-delete", "-exec", "-print", … */
  readonly name: string;
  /** Its arguments: for -exec the command line. */
  readonly words: readonly Word[];
  readonly narrowing: Narrowing;
}

export interface Expression {
  readonly actions: readonly Action[];
  /** What passes the whole expression. */
  readonly narrowing: Narrowing;
  readonly minDepth: number;
  /** Infinity without a limit. */
  readonly maxDepth: number;
}

const EVERYTHING: Narrowing = {
  subset: false,
  differing: false,
  names: [],
  exceptNames: [],
  exceptPaths: [],
  paths: [],
};

type Node =
  | { readonly kind: "and" | "or"; readonly nodes: readonly Node[] }
  | { readonly kind: "not"; readonly node: Node }
  | { readonly kind: "primary"; readonly name: string; readonly words: readonly Word[] };

const ALONE =
  /^-(empty|executable|readable|writable|nouser|nogroup|true|false|depth|d|xdev|x|mount|follow|daystart|noleaf|warn|nowarn|(no)?ignore_readdir_race|print0?|ls|quit|prune|delete)$/;
const WITH_VALUE =
  /^-(i?name|i?path|i?wholename|i?regex|i?lname|x?type|user|group|uid|gid|perm|size|[amc](time|min)|newer\w*|[ac]newer|used|links|inum|samefile|fstype|maxdepth|mindepth|regextype|context|printf|fprint0?|fls|files0-from)$/;
const RUNNING = /^-(exec|ok)(dir)?$/;
const ACTION = /^-(print0?|printf|ls|fprint0?|fprintf|fls|quit|prune|delete|exec|execdir|ok|okdir)$/;

/** Reads the words behind the start paths; undefined when they are no expression that find would take. */
export function readExpression(words: readonly Word[]): Expression | undefined {
  const values = words.map((word) => (knownValue(word) ?? render(word)).replaceAll(QUOTED, ""));
  let at = 0;
  let minDepth = 0;
  let maxDepth = Number.POSITIVE_INFINITY;
  let broken = false;

  const alternatives = (): Node => {
    const nodes = [conjunction()];
    while (/^(-o|-or|,)$/.test(values[at] ?? "")) {
      at += 1;
      nodes.push(conjunction());
    }
    return nodes.length === 1 ? nodes[0]! : { kind: "or", nodes };
  };
  const conjunction = (): Node => {
    const nodes: Node[] = [];
    while (at < values.length && !broken && !/^(-o|-or|,|\))$/.test(values[at]!)) {
      if (/^(-a|-and)$/.test(values[at]!)) at += 1;
      else nodes.push(unary());
    }
    return nodes.length === 1 ? nodes[0]! : { kind: "and", nodes };
  };
  const unary = (): Node => {
    const value = values[at]!;
    at += 1;
    if (value === "!" || value === "-not") {
      if (at < values.length) return { kind: "not", node: unary() };
      broken = true;
    } else if (value === "(") {
      const node = alternatives();
      if (values[at] !== ")") broken = true;
      at += 1;
      return node;
    }
    return primary(value);
  };
  const primary = (name: string): Node => {
    const begin = at;
    if (RUNNING.test(name)) {
      while (at < values.length && values[at] !== ";" && !(values[at] === "+" && values[at - 1] === "{}"))
        at += 1;
      at += 1;
      return { kind: "primary", name, words: words.slice(begin, at - 1) };
    }
    const count = ALONE.test(name) ? 0 : name === "-fprintf" ? 2 : WITH_VALUE.test(name) ? 1 : undefined;
    // A variable may hold a test or two: something is narrowed.
    if (count === undefined && !name.includes("\uE000")) broken = true;
    at += count ?? 0;
    if (name === "-maxdepth" || name === "-mindepth") {
      const depth = Number(values[begin]);
      if (name === "-maxdepth") maxDepth = Number.isInteger(depth) ? depth : maxDepth;
      else minDepth = Number.isInteger(depth) ? depth : minDepth;
    }
    return { kind: "primary", name, words: words.slice(begin, at) };
  };

  const root = alternatives();
  if (broken || at < values.length) return undefined;
  const actions: Action[] = [];
  const narrowing = walk(root, EVERYTHING, false, actions);
  return { actions, narrowing, minDepth, maxDepth };
}

/** Collects the actions below a node, and tells what passes it of what came to it. */
function walk(node: Node, before: Narrowing, negated: boolean, actions: Action[]): Narrowing {
  if (node.kind === "not") return walk(node.node, before, !negated, actions);
  if (node.kind === "primary") {
    if (!ACTION.test(node.name)) return narrowed(before, node, negated);
    actions.push({ name: node.name, words: node.words, narrowing: before });
    return before;
  }
  if ((node.kind === "and") !== negated) {
    return node.nodes.reduce((narrowing, part) => walk(part, narrowing, negated, actions), before);
  }
  // Alternatives: what one prunes does not come to the next.
  let open = before;
  const passed: Narrowing[] = [];
  for (const part of node.nodes) {
    const own: Action[] = [];
    const after = walk(part, open, negated, own);
    const pruned = own.find(({ name }) => name === "-prune");
    actions.push(...own);
    if (pruned === undefined) passed.push(after);
    else open = without(open, pruned.narrowing, before);
  }
  return passed.length === 0 ? open : union(passed, open);
}

function without(open: Narrowing, pruned: Narrowing, before: Narrowing): Narrowing {
  const names = pruned.names.filter((name) => !before.names.includes(name));
  const paths = pruned.paths.filter((path) => !before.paths.includes(path)).map(folderOfPattern);
  const told = paths.filter((path) => path !== undefined);
  const vague = names.length > 0 || told.length < paths.length || (paths.length === 0 && pruned.subset);
  return { ...open, exceptPaths: [...open.exceptPaths, ...told], subset: open.subset || vague };
}

function union(parts: readonly Narrowing[], before: Narrowing): Narrowing {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const only = parts.every((part) => part.only === first.only) ? first.only : before.only;
  const free = parts.some((part) => !part.subset && !part.differing && part.names.length === 0);
  const named = parts.every((part) => part.names.length > 0);
  return {
    ...before,
    ...(only === undefined ? {} : { only }),
    subset: !free && parts.some((part) => part.subset || (!named && part.names.length > 0)),
    differing: !free && parts.some((part) => part.differing),
    names: named ? [...new Set(parts.flatMap((part) => part.names))] : before.names,
    paths: parts.every((part) => part.paths.length > 0) ? parts.flatMap((part) => part.paths) : before.paths,
  };
}

function narrowed(
  before: Narrowing,
  node: { readonly name: string; readonly words: readonly Word[] },
  negated: boolean,
): Narrowing {
  const word = node.words[0];
  // Quoted or not, the pattern is find's to expand.
  const value = word === undefined ? "" : render(word).replaceAll(QUOTED, "");
  switch (node.name.replace(/^-i(?=(name|path|wholename|regex)$)/, "-")) {
    case "-type":
    case "-xtype": {
      const only = ({ d: "directories", f: "files", l: "links" } as const)[value];
      if (negated) return value === "d" ? { ...before, only: "files" } : before;
      return only === undefined ? before : { ...before, only };
    }
    case "-name":
      if (value === "*") return before;
      if (!negated) return { ...before, names: [value] };
      return /^\.{1,2}$/.test(value) ? before : { ...before, exceptNames: [...before.exceptNames, value] };
    case "-path":
    case "-wholename": {
      if (!negated) return { ...before, subset: true, paths: [...before.paths, value] };
      // Without "/*" behind it, only the folder's own entry is left out.
      if (!value.endsWith("*")) return hasGlobSegment(value) ? { ...before, subset: true } : before;
      const folder = folderOfPattern(value);
      if (folder === undefined) return { ...before, subset: true };
      return { ...before, exceptPaths: [...before.exceptPaths, folder] };
    }
    case "-user":
    case "-group":
    case "-uid":
    case "-gid":
    case "-nouser":
    case "-nogroup":
      return { ...before, differing: true };
    case "-perm":
      return negated ? { ...before, differing: true } : { ...before, subset: true };
    case "-maxdepth":
    case "-mindepth":
    case "-regextype":
    case "-true":
    case "-false":
    case "-depth":
    case "-d":
    case "-x":
    case "-xdev":
    case "-mount":
    case "-follow":
    case "-daystart":
    case "-noleaf":
    case "-warn":
    case "-nowarn":
    case "-readable":
    case "-ignore_readdir_race":
    case "-noignore_readdir_race":
      return before;
    default:
      return { ...before, subset: true };
  }
}

/** The folder that a path pattern stands for, when it stands for one: "/x/*", "./x". */
function folderOfPattern(pattern: string): string | undefined {
  const folder = pattern.replace(/\/\*+$/, "");
  return hasGlobSegment(folder) || !/^(\.?\/|\uE000)/.test(folder) ? undefined : folder;
}
