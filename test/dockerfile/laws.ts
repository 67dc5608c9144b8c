// The laws that hold for every text: spans are ordered, lie inside their parent, and slice.
import type { Dockerfile, Instruction } from "../../src/dockerfile/syntax.ts";
import { type Excerpt, excerptSpan, type Span, slice, sourceOffset } from "../../src/text.ts";

/** The laws that a parsed text breaks, in words. */
export function brokenLaws(file: Dockerfile): string[] {
  const { text } = file;
  const broken: string[] = [];
  const whole = { start: 0, end: text.length };
  const law = (holds: boolean, name: string): void => {
    if (!holds) broken.push(name);
  };
  const inOrder = (spans: readonly Span[], parent: Span, name: string): void => {
    let at = parent.start;
    for (const span of spans) {
      law(
        span.start >= at && span.end >= span.start && span.end <= parent.end,
        `${name} ${span.start}-${span.end}`,
      );
      at = span.end;
    }
  };
  const comments = file.comments.map((span) => ({ span, kind: "comment" }));
  const directives = file.directives.map(({ span }) => ({ span, kind: "directive" }));
  const inside = (span: Span) =>
    file.instructions.some(
      (one) => one.span.start <= span.start && span.end <= one.span.end && one.span.end > one.span.start,
    );
  const top = [
    ...comments.filter(({ span }) => !inside(span)),
    ...directives,
    ...file.instructions.map(({ span }) => ({ span, kind: "instruction" })),
  ].sort((a, b) => a.span.start - b.span.start);
  inOrder(
    top.map(({ span }) => span),
    whole,
    "top level",
  );
  inOrder(file.comments, whole, "comments");
  law(
    comments.every(({ span }) => text[span.start] === "#"),
    "a comment begins with #",
  );
  // What is between the things is white space, so nothing of the file is lost.
  let at = 0;
  let rebuilt = "";
  for (const { span } of top) {
    const between = text.slice(at, span.start);
    law(
      /^[\s\u0085\ufeff]*$/.test(between),
      `only white space before ${span.start}: ${JSON.stringify(between.slice(0, 40))}`,
    );
    rebuilt += between + slice(text, span);
    at = span.end;
  }
  law(/^[\s\u0085\ufeff]*$/.test(text.slice(at)), "only white space at the end");
  law(rebuilt + text.slice(at) === text, "the file comes back");
  for (const instruction of file.instructions)
    instructionLaws(text, instruction, file.comments, law, inOrder);
  inOrderStarts(
    file.problems.map(({ span }) => span),
    whole,
    law,
  );
  return broken;
}

function inOrderStarts(
  spans: readonly Span[],
  parent: Span,
  law: (holds: boolean, name: string) => void,
): void {
  spans.forEach((span, at) => {
    law(
      span.start >= (spans[at - 1]?.start ?? 0) && span.end >= span.start && span.end <= parent.end,
      "a problem's place",
    );
  });
}

function instructionLaws(
  text: string,
  instruction: Instruction,
  comments: readonly Span[],
  law: (holds: boolean, name: string) => void,
  inOrder: (spans: readonly Span[], parent: Span, name: string) => void,
): void {
  const { keyword, keywordSpan, span, flags, body, heredocs, json } = instruction;
  const where = `${keyword} at ${span.start}`;
  // A keyword that a continuation cuts in two has the continuation in its span.
  const plain = slice(text, keywordSpan).toUpperCase() === keyword || /\n/.test(slice(text, keywordSpan));
  law(plain, `${where}: the keyword slices`);
  const bodySpan = excerptSpan(body, 0, body.text.length);
  inOrder(
    [keywordSpan, ...flags.map((flag) => flag.span), bodySpan, ...heredocs.map((one) => one.span)],
    span,
    where,
  );
  law(excerptSlices(text, body), `${where}: the body slices`);
  for (const flag of flags) {
    law(
      flag.text === slice(text, flag.span) || /\n/.test(slice(text, flag.span)),
      `${where}: ${flag.text} slices`,
    );
    if (flag.valueSpan !== undefined) inOrder([flag.valueSpan], flag.span, `${where}: ${flag.text}`);
  }
  inOrder(
    heredocs.map(({ tokenSpan }) => tokenSpan),
    span,
    `${where}: heredoc tokens`,
  );
  for (const heredoc of heredocs) {
    law(excerptSlices(text, heredoc.content), `${where}: ${heredoc.name} slices`);
    inOrder(
      [excerptSpan(heredoc.content, 0, heredoc.content.text.length)],
      heredoc.span,
      `${where}: ${heredoc.name}`,
    );
    law(
      !comments.some((one) => one.start >= heredoc.span.start && one.end <= heredoc.span.end),
      `${where}: no comment in a heredoc`,
    );
  }
  if (json !== undefined) {
    inOrder(
      json.map((one) => one.span),
      bodySpan,
      `${where}: JSON`,
    );
    for (const { value, excerpt, span: place } of json) {
      law(
        excerpt.text === value && text[place.start] === '"' && text[place.end - 1] === '"',
        `${where}: JSON quotes`,
      );
      inOrder(
        excerpt.pieces.map(({ source, sourceLength }) => ({ start: source, end: source + sourceLength })),
        place,
        `${where}: JSON`,
      );
    }
  }
  if (instruction.trigger !== undefined) {
    inOrder([instruction.trigger.span], bodySpan.end === span.end ? bodySpan : span, `${where}: trigger`);
    instructionLaws(text, instruction.trigger, comments, law, inOrder);
  }
}

/** Whether every character of an excerpt that is not decoded is the one at its place in the file. */
function excerptSlices(text: string, excerpt: Excerpt): boolean {
  return excerpt.pieces.every(({ at, length, source, sourceLength }) => {
    if (length !== sourceLength) return sourceOffset(excerpt, at) === source;
    return excerpt.text.slice(at, at + length) === text.slice(source, source + length);
  });
}
