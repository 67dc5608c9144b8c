// COPY and ADD that give their files owner and mode at once, by --chown and --chmod.
import { copyParts } from "../../dockerfile/copy.ts";
import type { Flag } from "../../dockerfile/syntax.ts";
import type { Model, Stage, Step } from "../../model/model.ts";
import type { TextEdit } from "../../text.ts";
import { hasFolder } from "../copied.ts";
import { placeOf } from "../late.ts";
import { insertFlags } from "../run-flags.ts";
import { isOctal, oneMode } from "./mode.ts";
import { specialBits } from "./special-bits.ts";
import { knows, raiseSyntax, SYMBOLIC_MODES } from "./syntax-version.ts";

/** What a late command sets, in the words of a flag. */
export interface FlagChange {
  readonly owner?: string;
  /** "" for the group that the owner has at login. */
  readonly group?: string;
  readonly mode?: string;
}

export interface FlagEdits {
  readonly edits: readonly TextEdit[];
  readonly doubts: readonly string[];
  /** The flags that are new, for titles. */
  readonly flags: readonly string[];
}

export interface FlagScene {
  readonly model: Model;
  readonly stage: Stage;
  readonly step: Step;
  /** Whether all that it copies are single files. */
  readonly files: boolean;
  /** The number of a user or group that the file makes, when it says one. */
  numberOf(kind: "user" | "group", name: string): string | undefined;
}

/** Edits that put these changes, in their order, into the flags of a COPY or ADD; or why they cannot. */
export function changeFlags(scene: FlagScene, changes: readonly FlagChange[]): FlagEdits | string {
  const owner = ownerFlag(scene, changes);
  if (typeof owner === "string") return owner;
  const mode = modeFlag(scene, changes);
  if (typeof mode === "string") return mode;
  const set = [...owner.set, ...mode.set];
  return {
    edits: [...owner.edits, ...mode.edits, ...setFlags(scene, set)],
    doubts: [...owner.doubts, ...mode.doubts],
    flags: set.map(({ name, value }) => `--${name}=${value}`),
  };
}

interface Wanted {
  readonly set: readonly { readonly name: string; readonly value: string }[];
  readonly doubts: readonly string[];
  readonly edits: readonly TextEdit[];
}

const NOTHING: Wanted = { set: [], doubts: [], edits: [] };

function ownerFlag(scene: FlagScene, changes: readonly FlagChange[]): Wanted | string {
  const { model, step } = scene;
  const wanted = changes.filter(({ owner, group }) => owner !== undefined || group !== undefined);
  if (wanted.length === 0) return NOTHING;
  const parts = copyParts(step.instruction)!;
  const written = parts.chown?.text;
  const keeps = keepsOwners(step);
  const doubts: string[] = [];
  let [owner, group] = splitOwner(written);
  let login = written !== undefined && group === undefined && owner !== undefined && !/^\d+$/.test(owner);
  if (written !== undefined && group === undefined && /^\d+$/.test(owner ?? "")) group = owner;
  for (const change of wanted) {
    if (change.group === "") login = true;
    else if (change.group !== undefined) {
      group = change.group;
      login = false;
    } else if (login && change.owner !== undefined && change.owner !== owner) {
      return `${placeOf(model, step)} gives a group that only its user's name tells`;
    }
    owner = change.owner ?? owner;
  }
  if (keeps && written === undefined && owner === undefined) {
    doubts.push(`files that did not belong to root where ${placeOf(model, step)} copies them from would now`);
  }
  if (keeps && written === undefined && group === undefined && !login) {
    doubts.push(
      `files of another group than root's where ${placeOf(model, step)} copies them from would lose it`,
    );
  }
  if (login && /^\d+$/.test(owner ?? "")) {
    login = false;
    group = scene.numberOf("group", owner!) ?? owner!;
    doubts.push(`the user with the number ${owner} may have another group than ${group}`);
  }
  if (specialBits(model, step) === "maybe") {
    doubts.push("chown takes a setuid bit or a capability away, which COPY --chown keeps");
  }
  let value = login ? owner! : `${owner ?? "0"}:${group ?? "0"}`;
  if (value === written) return { set: [], doubts, edits: [] };
  if (!parts.link || /^\d+(:\d+)?$/.test(value))
    return { set: [{ name: "chown", value }], doubts, edits: [] };
  // A linked layer knows no names: BuildKit refuses them.
  const number = (kind: "user" | "group", name: string): string | undefined =>
    /^\d+$/.test(name) ? name : name === "root" ? "0" : scene.numberOf(kind, name);
  const user = number("user", owner ?? "0");
  const own = login ? scene.numberOf("group", owner!) : number("group", group ?? "0");
  if (user !== undefined && own !== undefined) {
    value = `${user}:${own}`;
    return { set: [{ name: "chown", value }], doubts, edits: [] };
  }
  doubts.push("COPY --link cannot look up names, so the fix leaves --link out");
  return { set: [{ name: "chown", value }], doubts, edits: dropFlag(scene, "link") };
}

/** Files of the context come without owner; what a stage, an image or an archive holds keeps its own. */
function keepsOwners(step: Step): boolean {
  return step.effects.some(
    (effect) =>
      effect.kind === "write" &&
      (effect.how === "unpack" || effect.origin?.kind === "stage" || effect.origin?.kind === "image"),
  );
}

/** The two sides of `user:group`; a colon inside `${}` does not split. */
export function splitOwner(text: string | undefined): [string | undefined, string | undefined] {
  if (text === undefined) return [undefined, undefined];
  const colon = text.replace(/\$\{[^}]*\}/g, (hole) => "x".repeat(hole.length)).indexOf(":");
  if (colon < 0) return [text, undefined];
  const [owner, group] = [text.slice(0, colon), text.slice(colon + 1)];
  return [owner === "" ? undefined : owner, group];
}

function modeFlag(scene: FlagScene, changes: readonly FlagChange[]): Wanted | string {
  const { model, step, files } = scene;
  const wanted = changes.flatMap(({ mode }) => (mode === undefined ? [] : [mode]));
  if (wanted.length === 0) return NOTHING;
  if (step.effects.some((effect) => effect.kind === "write" && effect.how === "unpack")) {
    return "ADD gives unpacked files the modes that they have in the archive";
  }
  const written = copyParts(step.instruction)!.chmod?.text;
  const one = oneMode(written === undefined ? wanted : [written, ...wanted]);
  if ("why" in one) return one.why;
  const { mode } = one;
  if (mode === written) return NOTHING;
  const set = (value: string): Wanted["set"] => [{ name: "chmod", value }];
  if (one.octal) return octalFlag(scene, mode, set(mode));
  const known = knows(model.dockerfile, SYMBOLIC_MODES);
  if (known === "yes") return { set: set(mode), doubts: [], edits: [] };
  if (files && wanted.every((each) => /^(a|u|ugo)?\+r?x$/.test(each))) {
    return { set: set("755"), doubts: ["another mode than 644 or 755 before would be lost"], edits: [] };
  }
  if (known === "no") {
    const raised = raiseSyntax(model.dockerfile, SYMBOLIC_MODES);
    if (raised.length === 0)
      return "symbolic modes need Dockerfile syntax 1.14, which the syntax line does not name";
    const why = "it raises the file's syntax to 1.14, where symbolic modes begin";
    return { set: set(mode), doubts: [why], edits: raised };
  }
  return {
    set: set(mode),
    doubts: ["symbolic modes in COPY need Dockerfile syntax 1.14, which older builders do not have built in"],
    edits: [],
  };
}

function octalFlag(scene: FlagScene, mode: string, set: Wanted["set"]): Wanted | string {
  const { model, step, files } = scene;
  if (!isOctal(mode)) return "the mode is not known";
  const bits = Number.parseInt(mode, 8);
  const doubts: string[] = [];
  if (bits > 0o777 && !files) return "COPY gives special bits to folders in another way";
  if (!files && specialBits(model, step) === "maybe") {
    doubts.push("chmod leaves the setgid bit of folders alone, which COPY --chmod takes away");
  }
  if (!isFolderThere(scene) && (bits & 0o111) === 0) {
    return "COPY --chmod would make the missing folder with that mode, too";
  }
  return { set, doubts, edits: [] };
}

/** Whether the folder that single files are copied into is there before. */
function isFolderThere({ model, stage, step }: FlagScene): boolean {
  return step.effects.every(
    (effect) =>
      effect.kind !== "write" || effect.targets.every(({ path }) => hasFolder(model, stage, step, path)),
  );
}

/** Values put in place of those that are there; new flags stand behind the others. */
function setFlags({ model, step }: FlagScene, set: Wanted["set"]): readonly TextEdit[] {
  const { flags } = step.instruction;
  const edits: TextEdit[] = [];
  const added: string[] = [];
  for (const { name, value } of set) {
    const there = flags.findLast((flag) => flag.name === name);
    if (there?.valueSpan === undefined) added.push(`--${name}=${value}`);
    else edits.push({ span: there.valueSpan, text: value });
  }
  return added.length === 0 ? edits : [...edits, insertFlags(model, step, added)];
}

function dropFlag({ step }: FlagScene, name: string): readonly TextEdit[] {
  const { flags, keywordSpan } = step.instruction;
  return flags.flatMap((flag: Flag, index): readonly TextEdit[] => {
    if (flag.name !== name) return [];
    const start = flags[index - 1]?.span.end ?? keywordSpan.end;
    return [{ span: { start, end: flag.span.end }, text: "" }];
  });
}
