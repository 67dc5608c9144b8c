// Text to syntax, line by line as BuildKit reads it.
import type { Problem } from "../finding.ts";
import { buildExcerpt, type Span } from "../text.ts";
import { checkDockerfile } from "./check.ts";
import { type HeredocToken, heredocTokens, lineEnd, readHeredoc } from "./heredoc.ts";
import { skipSpace, trimmedEnd } from "./space.ts";
import { readStatement, type Statement } from "./statement.ts";
import type { Directive, Dockerfile, Heredoc, Instruction } from "./syntax.ts";

interface Reader {
  readonly text: string;
  /** Where the next line begins. */
  at: number;
  escape: "\\" | "`";
  /** Only comments that are known directives came so far. */
  directivesMayFollow: boolean;
  readonly directives: Directive[];
  readonly comments: Span[];
  readonly problems: Problem[];
}

/** The one that was read last: its build context is looked for and then it is modelled, by two who ask for it. */
let last: Dockerfile | undefined;

/** Reads a Dockerfile; never throws. What BuildKit would refuse is in `problems`, and read as far as it goes. */
export function parseDockerfile(text: string): Dockerfile {
  if (last?.text !== text) last = read(text);
  return last;
}

function read(text: string): Dockerfile {
  const reader: Reader = {
    text,
    at: text.startsWith("\ufeff") ? 1 : 0,
    escape: "\\",
    directivesMayFollow: true,
    directives: [],
    comments: [],
    problems: [],
  };
  const instructions: Instruction[] = [];
  while (reader.at < text.length) {
    const line = nextLine(reader);
    if (line.start === line.end) reader.directivesMayFollow = false;
    else if (readDirective(reader, line)) continue;
    else if (text[line.start] === "#") reader.comments.push(line);
    else instructions.push(readInstruction(reader, line));
  }
  if (instructions.length === 0) {
    reader.problems.push({ message: "the file has no instructions", span: { start: 0, end: 0 } });
  }
  const { escape: escapeChar, directives, comments, problems } = reader;
  // What the reader stumbled over already needs no second complaint.
  const told = new Set(problems.map(({ span }) => span.start));
  const others = checkDockerfile({ text, escape: escapeChar, directives, comments, instructions }).filter(
    ({ span }) => !told.has(span.start),
  );
  const all = [...problems, ...others].sort((a, b) => a.span.start - b.span.start);
  return { text, escape: escapeChar, directives, comments, instructions, problems: all };
}

/** The next line without its break and the white space before it. */
function nextLine(reader: Reader): Span {
  const { text, at } = reader;
  const feed = text.indexOf("\n", at);
  reader.at = feed < 0 ? text.length : feed + 1;
  const end = lineEnd(text, at, reader.at);
  if (end - at > 21_845 && Buffer.byteLength(text.slice(at, reader.at)) > 65_536) {
    reader.problems.push({ message: "the line is longer than 65,535 bytes", span: { start: at, end } });
  }
  return { start: at + skipSpace(text.slice(at, end), 0), end };
}

function readDirective(reader: Reader, line: Span): boolean {
  if (!reader.directivesMayFollow) return false;
  const source = reader.text.slice(line.start, line.end);
  const match = /^#[\t\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\f\r ]*=[\t\f\r ]*([^\n]+)$/.exec(source);
  const name = match?.[1]?.toLowerCase() ?? "";
  if (match === null || !["syntax", "escape", "check"].includes(name)) {
    reader.directivesMayFollow = false;
    return false;
  }
  const value = match[2]!.slice(0, trimmedEnd(match[2]!, 0));
  if (reader.directives.some((directive) => directive.name === name)) {
    reader.problems.push({ message: `there may be only one ${name} directive`, span: line });
  } else if (name === "escape" && value !== "\\" && value !== "`") {
    reader.problems.push({ message: `the escape character must be \\ or \`, not ${value}`, span: line });
  } else if (name === "escape") {
    reader.escape = value as "\\" | "`";
  }
  reader.directives.push({ name, value, span: line });
  return true;
}

function readInstruction(reader: Reader, first: Span): Instruction {
  reader.directivesMayFollow = false;
  const { text } = reader;
  const parts: Span[] = [];
  let end = first.end;
  let cut = continuation(reader, first);
  parts.push({ start: first.start, end: cut ?? first.end });
  while (cut !== undefined && reader.at < text.length) {
    const start = reader.at;
    const line = nextLine(reader);
    end = line.end;
    if (line.start === line.end) continue;
    if (text[line.start] === "#") {
      reader.comments.push(line);
      continue;
    }
    cut = continuation(reader, line);
    parts.push({ start, end: cut ?? line.end });
  }
  const statement = readStatement(buildExcerpt(text, parts), reader.escape);
  reader.problems.push(...statement.problems);
  const heredocs: Heredoc[] = [];
  for (const token of tokensOf(statement, parts, text)) {
    const { heredoc, next, terminated } = readHeredoc(text, reader.at, token);
    reader.at = next;
    end = Math.max(end, heredoc.span.end);
    heredocs.push(heredoc);
    if (!terminated) {
      reader.problems.push({
        message: `the heredoc has no line ${token.name} to end it`,
        span: token.tokenSpan,
      });
    }
  }
  return finish(statement, first.start, end, heredocs);
}

/** Where the escape that continues the line stands; undefined if the line ends the instruction. */
function continuation(reader: Reader, line: Span): number | undefined {
  const { text } = reader;
  let at = line.end - 1;
  while (at > line.start && (text[at] === " " || text[at] === "\t")) at--;
  // A doubled escape does not continue a line; a tripled one does not either.
  if (text[at] !== reader.escape || (at > line.start && text[at - 1] === reader.escape)) return undefined;
  return at;
}

function tokensOf(statement: Statement, parts: readonly Span[], text: string): HeredocToken[] {
  const holder = statement.trigger ?? statement;
  if (!["ADD", "COPY", "RUN"].includes(holder.keyword) || holder.json !== undefined) return [];
  return heredocTokens(buildExcerpt(text, parts));
}

// Written out, since copying the rest of an object took a sixth of the time.
function finish(statement: Statement, start: number, end: number, heredocs: readonly Heredoc[]): Instruction {
  const { keyword, keywordSpan, flags, original, body, json, args, trigger } = statement;
  const span = { start, end };
  if (trigger === undefined)
    return { keyword, keywordSpan, span, flags, original, body, json, args, heredocs };
  const triggered = finish(trigger, trigger.keywordSpan.start, end, heredocs);
  return { keyword, keywordSpan, span, flags, original, body, json, args, heredocs, trigger: triggered };
}
