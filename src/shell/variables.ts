// Variables along a script: a journal of assignments, so that any moment of it can be asked or returned to.
import type { Environment, Lookup, Piece } from "./command.ts";
import { quotedPieces, renderPieces } from "./word.ts";

/**
 * What a variable holds. Pieces are quoted, but for those of a loop variable or a parameter that stand for the files
 * matching a glob. `unset` means surely unset; a name without a value may still be set in the base image.
 */
export type Value =
  | { readonly kind: "scalar"; readonly pieces: readonly Piece[] }
  | { readonly kind: "array"; readonly items: readonly (readonly Piece[])[] }
  | { readonly kind: "unset" };

interface Entry {
  readonly at: number;
  readonly value: Value | undefined;
  readonly exported: boolean;
}

export interface Variables {
  /** The present moment, for `value`, `rollback` and `changedSince`. */
  now(): number;
  value(name: string, at?: number): Value | undefined;
  exported(name: string, at?: number): boolean;
  /** Keeps a name exported that is so already. */
  set(name: string, value: Value | undefined, exported?: boolean): void;
  /** Names assigned since that moment. */
  changedSince(at: number): ReadonlySet<string>;
  /** Gives every name the value it had at that moment. */
  rollback(at: number): void;
  /** What a new process would see, but for `beyond`. */
  environment(): Environment;
  /** Exported variables that were not written down at the beginning. */
  readonly beyond: Lookup | undefined;
}

/** `lookup` tells what is set beyond the environment. */
export function createVariables(environment: Environment, lookup?: Lookup): Variables {
  const histories = new Map<string, Entry[]>();
  const journal: string[] = [];
  // Few scripts ask for many of the variables that are there.
  const outer = (name: string): Entry[] | undefined => {
    const pieces = environment.get(name) ?? lookup?.(name);
    if (pieces === undefined) return undefined;
    const history: Entry[] = [
      { at: 0, value: { kind: "scalar", pieces: quotedPieces(pieces) }, exported: true },
    ];
    histories.set(name, history);
    return history;
  };
  const entry = (name: string, at: number): Entry | undefined => {
    const history = histories.get(name) ?? outer(name);
    if (history === undefined) return undefined;
    let low = 0;
    let high = history.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (history[middle]!.at <= at) low = middle + 1;
      else high = middle;
    }
    return history[low - 1];
  };
  const write = (name: string, value: Value | undefined, exported: boolean): void => {
    journal.push(name);
    const history = histories.get(name) ?? outer(name) ?? [];
    history.push({ at: journal.length, value, exported });
    histories.set(name, history);
  };
  const variables: Variables = {
    beyond: lookup,
    now: () => journal.length,
    value: (name, at = journal.length) => entry(name, at)?.value,
    exported: (name, at = journal.length) => entry(name, at)?.exported ?? false,
    set: (name, value, exported) => write(name, value, exported ?? variables.exported(name)),
    changedSince: (at) => new Set(journal.slice(at)),
    rollback(at) {
      for (const name of variables.changedSince(at)) {
        const before = entry(name, at);
        const present = entry(name, journal.length);
        if (before === present) continue;
        if (before?.exported === present?.exported && sameValue(before?.value, present?.value)) continue;
        write(name, before?.value, before?.exported ?? false);
      }
    },
    environment() {
      const seen = new Map(environment);
      for (const [name, history] of histories) {
        const last = history.at(-1)!;
        if (last.exported && last.value?.kind === "scalar") seen.set(name, last.value.pieces);
        else seen.delete(name);
      }
      return seen;
    },
  };
  return variables;
}

/** The value as one word: the first item of an array; undefined if unset or never set. */
export function scalarPieces(value: Value | undefined): readonly Piece[] | undefined {
  if (value === undefined || value.kind === "unset") return undefined;
  return value.kind === "scalar" ? value.pieces : (value.items[0] ?? []);
}

/** Whether two values are surely the same. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  if (a.kind === "scalar" && b.kind === "scalar") return renderPieces(a.pieces) === renderPieces(b.pieces);
  if (a.kind === "array" && b.kind === "array") {
    return (
      a.items.length === b.items.length &&
      a.items.every((item, index) => renderPieces(item) === renderPieces(b.items[index]!))
    );
  }
  return true;
}
