// Putting scripts behind each other in one RUN, so that they do what they did one by one.
import { leadingComment } from "../dockerfile/layout.ts";
import type { Model, Step } from "../model/model.ts";
import { isLiteral } from "../model/path.ts";
import type { ShellCommand } from "../shell/command.ts";
import { slice, type TextEdit } from "../text.ts";
import { inheritance, needsFolder } from "./inherited.ts";
import { type Outline, outline } from "./outline.ts";
import { joint, type Style, styleOf } from "./style.ts";

/** A script, or some commands, to be put behind another. */
export interface Part {
  /** The step that it comes from. */
  readonly step: Step;
  readonly text: string;
  readonly commands: readonly ShellCommand[];
  /** Whether it is nothing but commands joined by `&&`. */
  readonly chain: boolean;
  /** Whether its last statement is one command. */
  readonly single: boolean;
  /** A comment each, from `#` on. */
  readonly comments: readonly string[];
  /** `set -e` is in force at its end. */
  readonly errexit: boolean;
  /** Whether it is all of its RUN. */
  readonly whole: boolean;
  /** The folder to go to first, when it is not the one that the RUN begins in. */
  readonly folder?: string;
}

export interface Joined {
  /** The whole script. */
  readonly text: string;
  readonly doubts: readonly string[];
}

/** A command that stands nowhere yet, to be joined to what a step does. */
export function newPart(step: Step, text: string): Part {
  return {
    step,
    text,
    commands: [],
    chain: true,
    single: true,
    comments: [],
    errexit: false,
    whole: false,
  };
}

/** A whole RUN as a part, with all the comments that are about it; or why it cannot be one. */
export function wholePart(model: Model, step: Step, insertion?: Insertion): Part | string {
  const shape = outline(model, step);
  if (typeof shape === "string") return shape;
  if (shape.form === "heredoc") return "a heredoc RUN takes part";
  return {
    step,
    text: inserted(model, shape, insertion),
    commands: step.script?.commands ?? [],
    chain: shape.chain,
    single: shape.operators.length === 0,
    comments: commentsAround(model, step, shape),
    errexit: step.script?.setsErrexit === true,
    whole: true,
  };
}

/** Text that is put into a script on its way. */
export interface Insertion {
  /** Offset in the file. */
  readonly at: number;
  readonly text: string;
}

function inserted({ dockerfile }: Model, { span }: Outline, insertion: Insertion | undefined): string {
  const text = slice(dockerfile.text, span);
  if (insertion === undefined || insertion.at < span.start || insertion.at > span.end) return text;
  const at = insertion.at - span.start;
  return text.slice(0, at) + insertion.text + text.slice(at);
}

/** The comments above an instruction, and those inside it that lie outside of its script. */
export function commentsAround({ dockerfile }: Model, { instruction }: Step, shape: Outline): string[] {
  const start = leadingComment(dockerfile, instruction)?.start ?? instruction.span.start;
  return dockerfile.comments
    .filter(
      (comment) =>
        comment.start >= start &&
        comment.end <= instruction.span.end &&
        (comment.end <= shape.span.start || comment.start >= shape.span.end),
    )
    .map((comment) => slice(dockerfile.text, comment).trimEnd());
}

/** Scripts one behind the other; the first one begins the RUN. Or why they cannot be joined. */
export function joinParts(
  model: Model,
  parts: readonly Part[],
  order: readonly string[] = [],
): Joined | string {
  const [first, ...rest] = parts;
  if (first === undefined) return "there is nothing to join";
  const style = styleOf(
    model.dockerfile,
    order.length > 0 ? order : parts.filter(({ whole }) => whole).map(({ text }) => text),
  );
  const doubts: string[] = [];
  const state = { text: first.text, errexit: first.errexit, single: first.single, listed: isListed(first) };
  const before: Part[] = [first];
  let current = leaves(first) ? undefined : first.step.workdir;
  for (const part of rest) {
    const folder = folderFor(current, first.step, part);
    if (typeof folder !== "string") return folder.why;
    for (const earlier of before) {
      if (!earlier.whole && earlier.step === part.step) continue;
      const left = inheritance(earlier.step, part);
      if (left.kind === "no") return left.why;
      doubts.push(...left.doubts);
    }
    if (folder !== "") {
      append(state, style, asCommand(`cd ${folder}`));
      current = folder;
    }
    const strict = state.errexit && !part.chain && !part.errexit;
    if (strict) doubts.push("`set -e` of the earlier RUN would hold for the later one, too");
    append(state, style, part);
    before.push(part);
    if (leaves(part)) current = undefined;
  }
  return { text: state.text, doubts: [...new Set(doubts)] };
}

function isListed({ text }: Part): boolean {
  return /;/.test(text);
}

interface Text {
  text: string;
  errexit: boolean;
  /** Whether the last statement is one command. */
  single: boolean;
  /** Whether its statements stand behind `;`. */
  listed: boolean;
}

type Appended = Pick<Part, "text" | "chain" | "single" | "comments" | "errexit">;

function asCommand(text: string): Appended {
  return { text, chain: true, single: true, comments: [], errexit: false };
}

/** `a && b` does not stop a script under `set -e` when `a` fails; so `;` may follow single commands only. */
function append(state: Text, style: Style, part: Appended): void {
  const semicolon = state.errexit && state.single && state.listed;
  const lastLine = state.text.slice(state.text.lastIndexOf("\n") + 1);
  let { text } = part;
  if (!part.chain && semicolon) text = withoutSameOptions(state.text, text);
  else if (!part.chain) text = `{ ${text}; }`;
  state.text += joint(style, semicolon ? ";" : "&&", part.comments, lastLine) + text;
  state.single = semicolon && part.single;
  state.errexit ||= part.errexit;
}

/** `set -eux;` need not be said twice. */
function withoutSameOptions(before: string, text: string): string {
  const own = /^set( -\S+)+[ \t]*;/.exec(text)?.[0];
  return own !== undefined && before.startsWith(own)
    ? text.slice(own.length).replace(/^[ \t]*(?:[\\`][ \t]*\r?\n[ \t]*)?/, "")
    : text;
}

/** Whether a part changes the folder for what follows it. */
function leaves({ commands }: Part): boolean {
  return commands.some(
    ({ words, place }) =>
      /^(cd|pushd|popd)$/.test(words[0]?.text ?? "") && !place.lists.some(({ kind }) => kind === "subshell"),
  );
}

/** "" when the part finds itself in its folder, else the folder; `current` is undefined where it is not known. */
function folderFor(current: string | undefined, start: Step, part: Part): string | { readonly why: string } {
  if (!needsFolder(part)) return "";
  const wanted = part.folder ?? part.step.workdir;
  if (wanted === current && current !== undefined) return "";
  if (part.folder === undefined && wanted === undefined && current === start.workdir && !part.whole)
    return "";
  if (wanted === undefined || !isLiteral(wanted) || !/^[\w./+@-]+$/.test(wanted))
    return { why: "it is not known in which folder it runs" };
  return wanted;
}

/** Puts parts behind the script of `step`, at its place; or why that cannot be. */
export function appendTo(
  model: Model,
  step: Step,
  parts: readonly Part[],
): { readonly edits: readonly TextEdit[]; readonly doubts: readonly string[] } | string {
  const shape = outline(model, step);
  if (typeof shape === "string") return shape;
  if (shape.form === "heredoc") return appendToHeredoc(model, step, shape, parts);
  const first = wholePart(model, step);
  if (typeof first === "string") return first;
  const joined = joinParts(model, [first, ...parts], [first.text, ...parts.map(({ text }) => text)]);
  if (typeof joined === "string") return joined;
  const span = { start: shape.span.end, end: shape.tail.end };
  return { edits: [{ span, text: joined.text.slice(first.text.length) }], doubts: joined.doubts };
}

/** New lines before the heredoc's end; without errexit, `&&` joins the first of them to what is there. */
function appendToHeredoc(
  model: Model,
  step: Step,
  shape: Outline,
  parts: readonly Part[],
): { readonly edits: readonly TextEdit[]; readonly doubts: readonly string[] } | string {
  const { text, escape: mark } = model.dockerfile;
  const errexit = step.script?.setsErrexit === true && shape.operators.length === 0;
  const first: Part = {
    step,
    text: "x",
    commands: step.script?.commands ?? [],
    chain: false,
    single: errexit,
    comments: [],
    errexit,
    whole: true,
  };
  if (
    parts.some(
      (part) => !part.chain || (/[\r\n]/.test(part.text) && (mark !== "\\" || /\n[ \t]*#/.test(part.text))),
    )
  )
    return "a heredoc RUN takes part";
  const joined = joinParts(model, [first, ...parts]);
  if (typeof joined === "string") return joined;
  const lineStart = text.lastIndexOf("\n", shape.starts.at(-1)! - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))![0];
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = parts.flatMap((part) => {
    const folder = folderFor(leaves(first) ? undefined : step.workdir, step, part);
    const go = typeof folder === "string" && folder !== "" ? [`cd ${folder}`] : [];
    return [...part.comments, ...go, part.text];
  });
  const joiner = errexit ? "" : " &&";
  const commands = lines.filter((line) => !line.startsWith("#"));
  const added = lines.map((line) => {
    const more = !errexit && !line.startsWith("#") && line !== commands.at(-1);
    return `${newline}${indent}${line}${more ? " &&" : ""}`;
  });
  const end = shape.span.end;
  const rest = text
    .slice(end, text.indexOf("\n", end) < 0 ? text.length : text.indexOf("\n", end))
    .replace(/\r$/, "");
  // A comment at the end of the last line stays there.
  return {
    edits: [
      {
        span: { start: end, end: end + rest.length },
        text: joiner + rest.replace(/^[ \t]*;/, "") + added.join(""),
      },
    ],
    doubts: joined.doubts,
  };
}
