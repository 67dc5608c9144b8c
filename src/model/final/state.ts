// The files of a stage as the fold keeps them: what was written by whom, with which owner and mode.
import { once } from "../../once.ts";
import { overlap, overlapsAny, type Target } from "../path.ts";
import { hashOf } from "./hash.ts";

/** Files that one command or COPY wrote. */
export interface Entry {
  /** What made them, with all that it depends on. */
  readonly id: string;
  readonly target: Target;
  /** Owner and group; "kept" when they are those of the files that were copied. */
  readonly owner: string;
  readonly group: string;
  /** Changes of mode since they were written; an octal one forgets those before it. */
  readonly modes: readonly string[];
  /** What was done to some of them later: a path and what. */
  readonly parts: readonly string[];
  /** Entries that lay there before; "all" for what a command made that saw all of them, which its `id` tells. */
  readonly over: readonly string[] | "all";
  /** A wanted download: it counts by its name alone. */
  readonly artifact: boolean;
  /** The path in the build context that it is a copy of, from "/" on. */
  readonly copied?: string;
  /** Only seen while a RUN mounts it. */
  readonly mounted?: boolean;
}

/** A change of files that no entry holds. */
export interface Mark {
  readonly text: string;
  readonly target: Target;
}

/** A folder's own entry. */
export interface Folder {
  readonly owners: readonly string[];
  readonly groups: readonly string[];
  readonly modes: readonly string[];
}

/** A user or group that a command made. */
export interface Account {
  readonly id: string;
  /** Its number, when the command gives it. */
  readonly number?: string;
  /** A user's group, by name or number. */
  readonly primary?: string;
}

export interface State {
  readonly entries: readonly Entry[];
  readonly folders: ReadonlyMap<string, Folder>;
  /** What was done to files of the base image, or of nobody knows whom, in order. */
  readonly marks: readonly Mark[];
  /** What was surely removed of them, by its text: when, and how often, makes no difference. */
  readonly gone: ReadonlyMap<string, Target>;
  /** Users and groups that were made, by "user app" and "group app". */
  readonly accounts: ReadonlyMap<string, Account>;
  /** What may have made users and groups that no command names, in order. */
  readonly makers: readonly string[];
  readonly volumes: readonly string[];
}

export const EMPTY: State = {
  entries: [],
  folders: new Map(),
  marks: [],
  gone: new Map(),
  accounts: new Map(),
  makers: [],
  volumes: [],
};

/** All of a state, in an order that does not hang on that of independent steps. */
export function signature(state: State): readonly string[] {
  return [
    ...state.entries.map(describe).sort(),
    "folders",
    ...[...state.folders].map(([path, folder]) => describeFolder(path, folder)).sort(),
    "marks",
    ...state.marks.map(({ text }) => text),
    "gone",
    ...[...state.gone.keys()].sort(),
    "accounts",
    ...describeAccounts(state),
  ];
}

/** All that later steps may see or change: states of one digest have one future. */
export function wholeSignature(state: State): string {
  const copied = state.entries.map(
    (entry) => `${describe(entry)} ${entry.copied ?? ""} ${entry.mounted ?? ""}`,
  );
  return hashOf(...signature(state), "", ...copied.sort(), "", ...state.volumes);
}

/** What a command sees that may look at anything. */
export function everything(state: State): string {
  return hashOf(
    seen(state, () => true, true),
    ...describeAccounts(state),
  );
}

/** What a command sees that reads these targets; with owners and modes when it may look at them. */
export function view(state: State, targets: readonly Target[], metadata: boolean): string {
  return seen(state, overlapsAny(targets), metadata);
}

function seen(state: State, met: (target: Target) => boolean, metadata: boolean): string {
  const entries = state.entries
    .filter(({ artifact, target }) => !artifact && met(target))
    .map((entry) => (metadata ? describe(entry) : describeContent(entry)));
  const folders = metadata
    ? [...state.folders]
        .filter(([path]) => met({ path, extent: "exact" }))
        .map(([path, folder]) => describeFolder(path, folder))
    : [];
  const marks = state.marks.filter(({ target }) => met(target)).map(({ text }) => text);
  const gone = [...state.gone].filter(([, target]) => met(target)).map(([text]) => text);
  return hashOf(...entries.sort(), "", ...folders.sort(), "", ...marks, "", ...gone.sort());
}

/** With a change of files that may be the base image's: what is already gone by then makes it another one. */
export function withMark(state: State, text: string, target: Target): State {
  const gone = [...state.gone].filter(([, removed]) => overlap(removed, target)).map(([removed]) => removed);
  const mark: Mark = { text: [text, ...gone.sort()].join(" "), target };
  return { ...state, marks: [...state.marks, mark] };
}

/** Every command that nobody knows sees all entries, and most of them stay as they are. */
const describeContent = once(({ id, target, parts, over }: Entry): string =>
  hashOf(id, describeTarget(target), ...parts.filter((part) => !part.startsWith("meta ")), "", String(over)),
);

const describe = once((entry: Entry): string => {
  const { id, owner, group, modes, parts } = entry;
  if (entry.artifact) return id;
  return hashOf(
    id,
    describeTarget(entry.target),
    owner,
    group,
    ...modes,
    "",
    ...parts,
    "",
    String(entry.over),
  );
});

export function describeTarget({ path, extent, except }: Target): string {
  return `${extent} ${path} ${(except ?? []).toSorted().join(" ")}`;
}

function describeFolder(path: string, { owners, groups, modes }: Folder): string {
  return [path, owners.join("|"), groups.join("|"), modes.join(",")].join(" ");
}

export function describeAccounts({ accounts, makers }: State): readonly string[] {
  return [...[...accounts].map(([name, { id }]) => `${name}=${id}`).sort(), ...makers];
}
