// One logical line, taken apart as BuildKit's line parsers do: keyword, flags, arguments.
import type { Problem } from "../finding.ts";
import { type Excerpt, excerptSpan, subExcerpt } from "../text.ts";
import { readFlags } from "./flags.ts";
import { readJson } from "./json.ts";
import { findGap, skipSpace, trimmedEnd } from "./space.ts";
import type { Instruction, JsonArgument } from "./syntax.ts";
import { blankWords, quotedWords } from "./words.ts";

/** An instruction before its heredocs and its last line are known. */
export interface Statement extends Omit<Instruction, "span" | "heredocs" | "trigger"> {
  readonly trigger?: Statement;
  /** Why BuildKit's parser refuses the line. */
  readonly problems: readonly Problem[];
}

interface Arguments {
  readonly args: readonly string[];
  readonly json?: readonly JsonArgument[] | undefined;
  readonly problem?: string;
}

/**
 * Reads a logical line; an empty one gives an empty keyword. An ONBUILD that is itself a trigger, which BuildKit
 * refuses, has no trigger.
 */
export function readStatement(line: Excerpt, escapeChar: string, triggered = false): Statement {
  const start = skipSpace(line.text, 0);
  const end = trimmedEnd(line.text, start);
  const gap = findGap(line.text, start);
  const keywordEnd = Math.min(gap?.start ?? end, end);
  const { flags, bodyStart } = readFlags(line, Math.min(gap?.end ?? end, end), end, escapeChar);
  const body = subExcerpt(line, Math.min(skipSpace(line.text, bodyStart), end), end);
  const keyword = line.text.slice(start, keywordEnd).toUpperCase();
  const keywordSpan = excerptSpan(line, start, keywordEnd);
  const original = line.text;
  if (keyword === "ONBUILD" && body.text !== "" && !triggered) {
    const trigger = readStatement(body, escapeChar, true);
    const args = [trigger.keyword, ...trigger.args];
    const { problems } = trigger;
    return { keyword, keywordSpan, flags, original, body, json: undefined, args, trigger, problems };
  }
  const { args, json, problem } = readArguments(keyword, body, escapeChar);
  const problems = problem === undefined ? [] : [{ message: problem, span: keywordSpan }];
  return { keyword, keywordSpan, flags, original, body, json, args, problems };
}

function readArguments(keyword: string, body: Excerpt, escapeChar: string): Arguments {
  const { text } = body;
  switch (keyword) {
    case "ADD":
    case "COPY":
    case "VOLUME":
      return readMaybeJson(
        body,
        blankWords(text).map((word) => word.text),
      );
    case "CMD":
    case "ENTRYPOINT":
    case "RUN":
    case "SHELL":
      return readMaybeJson(body, text === "" ? [] : [text]);
    case "EXPOSE":
    case "FROM":
      return { args: blankWords(text).map((word) => word.text) };
    case "ARG":
      return { args: quotedWords(text, escapeChar).map((word) => word.text) };
    case "ENV":
    case "LABEL":
      return readPairs(keyword, text, escapeChar);
    case "HEALTHCHECK":
      return readHealthcheck(body);
    case "MAINTAINER":
    case "ONBUILD":
    case "STOPSIGNAL":
    case "USER":
    case "WORKDIR":
      return { args: text === "" ? [] : [text] };
    default:
      return { args: [""] };
  }
}

function readMaybeJson(body: Excerpt, shellForm: readonly string[]): Arguments {
  const json = readJson(body);
  if (json === undefined) return { args: shellForm };
  if (json === "mixed")
    return { args: shellForm, problem: "a JSON array of arguments may hold strings only" };
  return { args: json.map((argument) => argument.value), json };
}

function readHealthcheck(body: Excerpt): Arguments {
  const { text } = body;
  if (text === "") return { args: [] };
  // Only here does BuildKit look for ASCII's white space alone.
  const type = /^[^\t-\r ]*/.exec(text)![0];
  const rest = text.slice(type.length).search(/[^\t-\r ]/);
  const command = subExcerpt(body, rest < 0 ? text.length : type.length + rest, text.length);
  const { args, ...form } = readMaybeJson(command, command.text === "" ? [] : [command.text]);
  return { ...form, args: [type, ...args] };
}

/** Name, value and `=` (or nothing, in the old form without it) of each pair, in one list. */
function readPairs(keyword: string, text: string, escapeChar: string): Arguments {
  const words = quotedWords(text, escapeChar);
  if (words.length === 0) return { args: [] };
  if (!words[0]!.text.includes("=")) {
    const gap = findGap(text, 0);
    if (gap === undefined) return { args: [], problem: `${keyword} needs a name and a value` };
    return { args: [text.slice(0, gap.start), text.slice(gap.end), ""] };
  }
  const args: string[] = [];
  for (const { text: word } of words) {
    const equals = word.indexOf("=");
    if (equals < 0) return { args, problem: `there is no = in ${word}: ${keyword} takes name=value` };
    args.push(word.slice(0, equals), word.slice(equals + 1), "=");
  }
  return { args };
}
