// A tree seen through .dockerignore as a build context: measuring sources, listing their files, reading small ones.
import type { BuildContext, Measure } from "./context.ts";
import { type Budget, componentsOf, type Found, lookInto } from "./look.ts";
import { compilePatterns, type FolderState, type Matcher } from "./patterns.ts";
import type { Tree } from "./tree.ts";

const MOST_BYTES_READ = 1024 * 1024;

/** A further list of patterns on a walk; its paths count from the walk's start. */
interface Filter {
  readonly matcher: Matcher;
  readonly keeps: "matched" | "unmatched";
}

/** `limit`: how many entries one measurement looks at before it stops. */
export function viewTree(root: string, tree: Tree, ignore: Matcher, limit: number): BuildContext {
  const { children, sorted, locate, sources } = lookInto(tree, ignore, limit);
  const totals = new Map<string, Measure>();
  const measures = new Map<string, Measure | undefined>();

  /** The whole of a folder, kept so that several sources do not walk it twice. */
  function total(folder: Found, budget: Budget): Measure {
    const known = totals.get(folder.path);
    if (known !== undefined) return known;
    let bytes = 0;
    let files = 0;
    const own: Budget = { left: budget.left, complete: true };
    for (const child of children(folder, own)) {
      if (child.kind === "file") {
        bytes += tree.size(child.path);
        files++;
      } else if (child.kind === "folder") {
        const inner = total(child, own);
        bytes += inner.bytes;
        files += inner.files;
        if (!inner.complete) own.complete = false;
      }
    }
    budget.left = own.left;
    const measure = { bytes, files, complete: own.complete };
    if (measure.complete) totals.set(folder.path, measure);
    return measure;
  }

  /** The files below a folder that all filters keep, in order when `inOrder`. */
  function* walk(
    folder: Found,
    filters: readonly Filter[],
    budget: Budget,
    inOrder = false,
  ): Generator<string> {
    const from = folder.path === "" ? 0 : folder.path.length + 1;
    const visit = function* (at: Found, states: readonly FolderState[]): Generator<string> {
      for (const child of inOrder ? sorted(at) : children(at, budget)) {
        const path = child.path.slice(from);
        if (child.kind !== "folder") {
          const kept = filters.every(
            ({ matcher, keeps }, index) => matcher.matches(path, states[index]!) === (keeps === "matched"),
          );
          if (kept && child.kind === "file") yield child.path;
          continue;
        }
        const entered = filters.map(({ matcher }, index) => matcher.enter(path, states[index]!));
        const useless = filters.some(({ matcher, keeps }, index) => {
          if (keeps === "matched") return !entered[index]!.matched && !matcher.mayMatchBelow(path);
          return entered[index]!.matched && !matcher.hasExceptions;
        });
        const below = entered.map((one) => one.state);
        if (!useless) yield* visit(child, below);
      }
    };
    const roots = filters.map(({ matcher }) => matcher.root);
    yield* visit(folder, roots);
  }

  function* filesOf(
    found: Found,
    filters: readonly Filter[],
    budget: Budget,
    inOrder = false,
  ): Generator<string> {
    if (found.kind === "folder") yield* walk(found, filters, budget, inOrder);
    else if (found.kind === "file") yield found.path;
  }

  function sum(paths: Iterable<string>): Measure {
    let bytes = 0;
    let files = 0;
    for (const path of paths) {
      bytes += tree.size(path);
      files++;
    }
    return { bytes, files, complete: true };
  }

  function measureSource(source: string, exclude: readonly string[], parents: boolean): Measure | undefined {
    const filters: Filter[] = [];
    if (exclude.length > 0) filters.push({ matcher: compilePatterns(exclude), keeps: "unmatched" });
    let from = source;
    if (parents) {
      const pivot = source.indexOf("/./");
      from = pivot < 0 ? "" : source.slice(0, pivot);
      const pattern = componentsOf(pivot < 0 ? source : source.slice(pivot + 3)).join("/");
      if (pattern !== "") filters.push({ matcher: compilePatterns([pattern]), keeps: "matched" });
    }
    const found = sources(from);
    if (found.length === 0) return undefined;
    const budget: Budget = { left: limit, complete: true };
    let bytes = 0;
    let files = 0;
    for (const one of found) {
      const whole = one.kind === "folder" && filters.length === 0;
      const part = whole ? total(one, budget) : sum(filesOf(one, filters, budget));
      bytes += part.bytes;
      files += part.files;
      if (whole && !part.complete) budget.complete = false;
    }
    if (parents && files === 0 && budget.complete) return undefined;
    return { bytes, files, complete: budget.complete };
  }

  return {
    root,
    measure(source, exclude = [], parents = false) {
      const key = JSON.stringify([source, exclude, parents]);
      if (!measures.has(key)) measures.set(key, measureSource(source, exclude, parents));
      return measures.get(key);
    },
    has: (source) => sources(source).length > 0,
    isDirectory: (path) => locate(path)?.kind === "folder",
    files(source, limit) {
      const paths: string[] = [];
      for (const one of sources(source)) {
        for (const path of filesOf(one, [], { left: 0, complete: true }, true)) {
          if (paths.length >= limit) return paths;
          paths.push(path);
        }
      }
      return paths;
    },
    hasSpecialBits(source) {
      const budget: Budget = { left: limit, complete: true };
      const below = (found: Found): boolean =>
        (found.kind !== "link" && tree.isSpecial(found.path)) ||
        (found.kind === "folder" && [...children(found, budget)].some(below));
      return sources(source).some(below);
    },
    read(path) {
      const found = locate(path);
      if (found?.kind !== "file" || tree.size(found.path) > MOST_BYTES_READ) return undefined;
      return tree.text(found.path);
    },
  };
}
