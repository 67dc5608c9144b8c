// What of a tree is there after .dockerignore: children, paths through links, what a COPY source stands for.
import { compileGlob, isGlob } from "./glob.ts";
import type { FolderState, Matcher } from "./patterns.ts";
import type { Entry, EntryKind, Tree } from "./tree.ts";

const MOST_LINKS = 40;

/** Something that is there: its path without links, and for a folder what .dockerignore says of its children. */
export interface Found {
  readonly name: string;
  readonly path: string;
  readonly kind: EntryKind;
  readonly state: FolderState;
}

/** How many entries a walk may still look at, and whether it left something out. */
export interface Budget {
  left: number;
  complete: boolean;
}

export interface Sight {
  /** The children of a folder, in no order. */
  children(folder: Found, budget: Budget): Generator<Found>;
  /** The same by name. */
  sorted(folder: Found): Found[];
  /** Goes to a path, through links where there are any; undefined when it leads nowhere inside the root. */
  locate(path: string): Found | undefined;
  /** What a source stands for: itself, or what the glob matches. */
  sources(source: string): Found[];
}

/** `limit`: how many entries are looked at before an ignored folder is taken to hold something. */
export function lookInto(tree: Tree, ignore: Matcher, limit: number): Sight {
  const occupied = new Map<string, boolean>();
  const probe: Budget = { left: limit, complete: true };
  const top: Found = { name: "", path: "", kind: "folder", state: ignore.root };

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

  return { children, sorted, locate, sources };
}

function below(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** A path's names; "." is dropped and ".." goes up, though never above the root. */
export function componentsOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names;
}
