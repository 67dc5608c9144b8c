// A tree seen through .dockerignore: finding sources, following links inside the root, walking, measuring.
import type { BuildContext, Measure } from "./context.ts";
import { compileGlob, isGlob } from "./glob.ts";
import { compilePatterns, type FolderState, type Matcher } from "./patterns.ts";
import type { Entry, EntryKind, Tree } from "./tree.ts";

const MOST_LINKS = 40;
const MOST_BYTES_READ = 1024 * 1024;

/** Something that is there: its path without links, and for a folder what .dockerignore says of its children. */
interface Found {
  readonly name: string;
  readonly path: string;
  readonly kind: EntryKind;
  readonly state: FolderState;
}

/** A further list of patterns on a walk; its paths count from the walk's start. */
interface Filter {
  readonly matcher: Matcher;
  readonly keeps: "matched" | "unmatched";
}

/** How many entries a walk may still look at, and whether it left something out. */
interface Budget {
  left: number;
  complete: boolean;
}

/** `limit`: how many entries one measurement looks at before it stops. */
export function viewTree(root: string, tree: Tree, ignore: Matcher, limit: number): BuildContext {
  const totals = new Map<string, Measure>();
  const measures = new Map<string, Measure | undefined>();
  const occupied = new Map<string, boolean>();
  const probe: Budget = { left: limit, complete: true };
  const top: Found = { name: "", path: "", kind: "folder", state: ignore.root };

  /** The children of a folder that are there after .dockerignore. */
  function* children(folder: Found, budget: Budget): Generator<Found> {
    const entries = tree.list(folder.path);
    if (entries === undefined) budget.complete = false;
    for (const entry of entries ?? []) {
      if (budget.left <= 0) {
        budget.complete = false;
        return;
      }
      budget.left--;
      const child = seen(folder, entry);
      if (child !== undefined) yield child;
    }
  }

  /** An entry as .dockerignore leaves it. An ignored folder is there if an exception may bring something back. */
  function seen(folder: Found, entry: Entry): Found | undefined {
    const { name, kind } = entry;
    const path = below(folder.path, name);
    if (kind !== "folder") {
      return ignore.matches(path, folder.state) ? undefined : { name, path, kind, state: folder.state };
    }
    const { matched, state } = ignore.enter(path, folder.state);
    const found: Found = { name, path, kind, state };
    return !matched || (ignore.hasExceptionBelow(path) && holdsAny(found)) ? found : undefined;
  }

  /** Whether an ignored folder holds anything that is there; when that takes too long, it is taken to. */
  function holdsAny(folder: Found): boolean {
    let answer = occupied.get(folder.path);
    if (answer === undefined) {
      answer = children(folder, probe).next().done !== true || probe.left <= 0;
      occupied.set(folder.path, answer);
    }
    return answer;
  }

  /** Goes to a path, through links where there are any; undefined when it leads nowhere inside the root. */
  function locate(path: string): Found | undefined {
    let rest = componentsOf(path);
    const way = [top];
    for (let links = 0; rest.length > 0; ) {
      const at = way.at(-1)!;
      const [name, ...more] = rest as [string, ...string[]];
      rest = more;
      if (at.kind !== "folder") return undefined;
      if (name === "" || name === ".") continue;
      if (name === "..") {
        if (way.length > 1) way.pop();
        continue;
      }
      const kind = tree.kind(below(at.path, name));
      const child = kind === undefined ? undefined : seen(at, { name, kind });
      if (child === undefined) return undefined;
      if (child.kind !== "link") {
        way.push(child);
        continue;
      }
      const target = tree.link(child.path);
      if (target === undefined || ++links > MOST_LINKS) return undefined;
      // An absolute target counts from the context's root, as it would in a chroot.
      if (target.startsWith("/")) way.length = 1;
      rest = [...target.split("/"), ...more];
    }
    return way.at(-1);
  }

  /** What a source stands for: itself, or what the glob matches. */
  function sources(source: string): Found[] {
    const names = componentsOf(source);
    const firstGlob = names.findIndex(isGlob);
    if (firstGlob < 0) {
      const found = locate(source);
      return found === undefined ? [] : [found];
    }
    const start = locate(names.slice(0, firstGlob).join("/"));
    let level = start?.kind === "folder" ? [start] : [];
    for (const name of names.slice(firstGlob)) {
      const expression = compileGlob(name);
      if (expression === undefined) return [];
      level = level.flatMap((folder) =>
        folder.kind === "folder" ? sorted(folder).filter((child) => expression.test(child.name)) : [],
      );
    }
    return level.map((found) => locate(found.path)).filter((found) => found !== undefined);
  }

  function sorted(folder: Found): Found[] {
    const all = [...children(folder, { left: limit, complete: true })];
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

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
        if (!useless)
          yield* visit(
            child,
            entered.map((one) => one.state),
          );
      }
    };
    yield* visit(
      folder,
      filters.map(({ matcher }) => matcher.root),
    );
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
      if (one.kind === "folder" && filters.length === 0) {
        const whole = total(one, budget);
        bytes += whole.bytes;
        files += whole.files;
        if (!whole.complete) budget.complete = false;
        continue;
      }
      for (const path of one.kind === "folder"
        ? walk(one, filters, budget)
        : one.kind === "file"
          ? [one.path]
          : []) {
        bytes += tree.size(path);
        files++;
      }
    }
    return parents && files === 0 && budget.complete
      ? undefined
      : { bytes, files, complete: budget.complete };
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
        const below = one.kind === "folder" ? walk(one, [], { left: 0, complete: true }, true) : [one.path];
        for (const path of one.kind === "folder" || one.kind === "file" ? below : []) {
          if (paths.length >= limit) return paths;
          paths.push(path);
        }
      }
      return paths;
    },
    read(path) {
      const found = locate(path);
      if (found?.kind !== "file" || tree.size(found.path) > MOST_BYTES_READ) return undefined;
      return tree.text(found.path);
    },
  };
}

function below(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** A path's names; "." is dropped and ".." goes up, though never above the root. */
function componentsOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names;
}
