// What a RUN, CMD or ENTRYPOINT runs: a script for the shell, or a program with its arguments.
import { buildExcerpt, type Excerpt, excerptSpan, type Span } from "../text.ts";
import { heredocWord } from "./heredoc.ts";
import type { Instruction, JsonArgument } from "./syntax.ts";

/**
 * `shell`: a text for the stage's shell. `file`: the only heredoc begins with `#!`, so it runs as a program of its
 * own, by that interpreter. `exec`: a program and its arguments, with no shell.
 */
export type RunScript =
  | { readonly kind: "shell"; readonly text: Excerpt }
  | { readonly kind: "file"; readonly text: Excerpt; readonly interpreter: string }
  | { readonly kind: "exec"; readonly words: readonly JsonArgument[] };

/**
 * What the instruction runs. A body that is nothing but a heredoc runs the heredoc's lines; other heredocs follow
 * the body in the script, as the shell expects them. Carriage returns before line feeds are left out.
 */
export function runScript(instruction: Instruction, file: { readonly text: string }): RunScript {
  const { body, json, heredocs } = instruction;
  if (json !== undefined) return { kind: "exec", words: json };
  const [first] = heredocs;
  if (first === undefined) return { kind: "shell", text: body };
  const { text } = file;
  if (heredocWord(body.text) !== undefined) {
    const script = buildExcerpt(text, withoutReturns(text, spansOf(first.content)));
    const interpreter = /^#!([^\n]*)/.exec(script.text)?.[1]?.trim();
    return interpreter === undefined
      ? { kind: "shell", text: script }
      : { kind: "file", text: script, interpreter };
  }
  // The break of the body's last line and those of the terminators are part of the script.
  const bodyEnd = excerptSpan(body, 0, body.text.length).end;
  const spans = [...spansOf(body)];
  let from = Math.max(bodyEnd, text.lastIndexOf("\n", first.span.start - 1));
  for (const { span } of heredocs) {
    spans.push({ start: from, end: span.end });
    from = span.end;
  }
  return { kind: "shell", text: buildExcerpt(text, withoutReturns(text, spans)) };
}

function spansOf(excerpt: Excerpt): Span[] {
  return excerpt.pieces.map(({ source, sourceLength }) => ({ start: source, end: source + sourceLength }));
}

/** The spans without the carriage returns that stand before a line feed. */
function withoutReturns(text: string, spans: readonly Span[]): Span[] {
  const kept: Span[] = [];
  for (const span of spans) {
    const part = text.slice(span.start, span.end);
    let start = span.start;
    for (let at = part.indexOf("\r\n"); at >= 0; at = part.indexOf("\r\n", at + 2)) {
      kept.push({ start, end: span.start + at });
      start = span.start + at + 1;
    }
    kept.push({ start, end: span.end });
  }
  return kept;
}
