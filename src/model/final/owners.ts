// Whom a name means where it is used, and what a file's mode is after several changes.
import { HOLE_START } from "../../shell/word.ts";
import type { Stage } from "../model.ts";
import { baseKnows } from "./base-files.ts";
import { hashOf } from "./hash.ts";
import type { State } from "./state.ts";

/** The number that a name stands for, if it can be told; else the name and what it may hang on. */
export function resolve(state: State, base: Stage, kind: "user" | "group", name: string): string {
  if (name === "root") return "0";
  if (/^\d+$/.test(name)) return String(Number(name));
  const made = state.accounts.get(`${kind} ${name}`);
  if (made !== undefined) return made.number ?? `${name}@${made.id}`;
  if (baseKnows(base, kind, name)) return name;
  // A variable that is named for a number is one.
  if (name.startsWith(HOLE_START) && /(UID|GID|_ID)\W*$/i.test(name)) return name;
  return `${name}?${hashOf(...state.makers)}`;
}

/** The group that a user has at login. */
export function loginGroup(state: State, base: Stage, user: string): string {
  const made = state.accounts.get(`user ${user}`);
  if (made?.primary !== undefined) return resolve(state, base, "group", made.primary);
  return user === "root" || user === "0" ? "0" : `login group of ${resolve(state, base, "user", user)}`;
}

/** Owner and group of `--chown`: without a group, a number counts for both and a name brings its own group. */
export function flagOwners(state: State, base: Stage, spec: string): readonly [owner: string, group: string] {
  const at = spec.indexOf(":");
  const [user, group] = at < 0 ? [spec, ""] : [spec.slice(0, at), spec.slice(at + 1)];
  const owner = user === "" ? "0" : resolve(state, base, "user", user);
  if (group !== "") return [owner, resolve(state, base, "group", group)];
  return [owner, /^\d+$/.test(user) ? owner : loginGroup(state, base, user)];
}

/** Modes after one more change: an octal one forgets those before, a repeated one changes nothing. */
export function withMode(modes: readonly string[], mode: string): readonly string[] {
  const octal = /^[0-7]+$/.test(mode);
  const plain = octal ? mode.replace(/^0+(?=\d)/, "") : mode;
  if (octal) return [plain];
  return modes.at(-1) === plain ? modes : [...modes, plain];
}
