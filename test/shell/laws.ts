// What holds for the places of any script's commands.
import { expect } from "vitest";
import type { EnclosingList, ShellCommand } from "../../src/shell/command.ts";
import type { Span } from "../../src/text.ts";

export function within(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.start <= inner.end && inner.end <= outer.end;
}

/** Behind these the text goes on elsewhere: in a function's body, a heredoc, a variable's value. */
function jumps(list: EnclosingList): boolean {
  return list.kind === "function" || list.kind === "shell -c" || list.kind === "substitution";
}

/** Throws if items or separators are out of order, or if lists and commands do not nest. */
export function checkPlaces(commands: readonly ShellCommand[]): void {
  const fail = (what: string, command: ShellCommand): void => {
    expect.fail(`${what}: ${JSON.stringify(command.span)} in ${JSON.stringify(command.place.lists)}`);
  };
  for (const command of commands) {
    const { lists } = command.place;
    for (const [index, list] of lists.entries()) {
      const item = list.items[list.index];
      if (item === undefined) fail("no item", command);
      for (const [at, one] of list.items.entries()) {
        if (!within(one, list.span)) fail("item outside", command);
        const next = list.items[at + 1];
        if (next !== undefined && next.start < one.end) fail("items overlap", command);
        const separator = list.separators[at];
        if (separator === undefined) continue;
        if (separator.span.start < one.end) fail("separator before its item", command);
        if (next !== undefined && separator.span.end > next.start)
          fail("separator behind the next item", command);
      }
      if (item === undefined || jumps(list)) continue;
      const next = lists[index + 1];
      // What a heredoc's content runs lies behind the command.
      const below = next?.kind === "shell -c" || next?.kind === "substitution";
      if (next !== undefined && !below && !within(next.span, item)) fail("lists do not nest", command);
    }
    const last = lists.at(-1);
    const home = last?.items[last.index];
    if (home !== undefined && last !== undefined && !jumps(last) && !within(command.span, home)) {
      const redirects = command.words.length === 0;
      if (!redirects) fail("command outside its item", command);
    }
    for (const word of command.words) {
      if (word.span.start > word.span.end) fail("word", command);
    }
  }
  for (const [index, command] of commands.entries()) {
    if (command.pipedTo === undefined) continue;
    expect(commands[command.pipedTo]?.pipedFrom).toBe(index);
  }
}
