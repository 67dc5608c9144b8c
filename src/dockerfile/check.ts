// What BuildKit refuses in single instructions and in their order, before it builds anything.
import type { Problem } from "../finding.ts";
import { slice } from "../text.ts";
import { copyParts } from "./copy.ts";
import { flagProblems } from "./flag-check.ts";
import { heredocWord } from "./heredoc.ts";
import type { Dockerfile, Instruction } from "./syntax.ts";

type Complaint = (instruction: Instruction) => string | undefined;

const atLeastOne: Complaint = ({ keyword, args }) =>
  args.length === 0 ? `${keyword} needs at least one argument` : undefined;
const exactlyOne: Complaint = ({ keyword, args }) =>
  args.length === 0 ? `${keyword} needs an argument` : undefined;
const nothing: Complaint = () => undefined;

/** Every instruction that BuildKit knows, with what its arguments must be. */
const complaints: Readonly<Record<string, Complaint>> = {
  ADD: copyComplaint,
  ARG: (instruction) => atLeastOne(instruction) ?? blankName(instruction),
  CMD: nothing,
  COPY: copyComplaint,
  ENTRYPOINT: nothing,
  ENV: (instruction) => atLeastOne(instruction) ?? blankName(instruction),
  EXPOSE: atLeastOne,
  FROM: fromComplaint,
  HEALTHCHECK: healthcheckComplaint,
  LABEL: (instruction) => atLeastOne(instruction) ?? blankName(instruction),
  MAINTAINER: exactlyOne,
  ONBUILD: onbuildComplaint,
  RUN: nothing,
  SHELL: shellComplaint,
  STOPSIGNAL: exactlyOne,
  USER: exactlyOne,
  VOLUME: volumeComplaint,
  WORKDIR: exactlyOne,
};

/** The problems of all instructions, in order, at most one of each; a row of unknown words is one problem. */
export function checkDockerfile(file: Omit<Dockerfile, "problems">): Problem[] {
  const problems: Problem[] = [];
  let inUnknownRow = false;
  let inStage = false;
  let saidStageless = false;
  for (const instruction of file.instructions) {
    const known = isInstruction(instruction);
    const problem = known ? instructionProblem(instruction) : unknownWord(file.text, instruction);
    if (problem !== undefined && (known || !inUnknownRow)) problems.push(problem);
    inUnknownRow = !known;
    if (instruction.keyword === "FROM") inStage = true;
    else if (known && !inStage && instruction.keyword !== "ARG" && !saidStageless) {
      saidStageless = true;
      problems.push({
        message: `${instruction.keyword} stands before the first FROM`,
        span: instruction.keywordSpan,
      });
    }
  }
  return problems;
}

/** Whether its keyword is one that BuildKit knows. */
export function isInstruction({ keyword }: Instruction): boolean {
  return Object.hasOwn(complaints, keyword);
}

function unknownWord(text: string, { keyword, keywordSpan, span }: Instruction): Problem {
  if (keyword === "") return { message: "an instruction is missing", span };
  return { message: `there is no instruction ${slice(text, keywordSpan)}`, span: keywordSpan };
}

function instructionProblem(instruction: Instruction): Problem | undefined {
  const message = complaints[instruction.keyword]?.(instruction);
  if (message !== undefined) return { message, span: instruction.keywordSpan };
  return flagProblems(instruction)[0];
}

function copyComplaint(instruction: Instruction): string | undefined {
  const { keyword, args } = instruction;
  if (args.length < 2) return `${keyword} needs at least one source and a destination`;
  const destination = copyParts(instruction)?.destination.text ?? "";
  return heredocWord(destination) === undefined ? undefined : `${keyword} cannot write into a heredoc`;
}

function blankName({ keyword, args }: Instruction): string | undefined {
  const blank =
    keyword === "ARG"
      ? args.some((arg) => arg.startsWith("="))
      : args.some((arg, at) => at % 3 === 0 && arg === "");
  return blank ? `a name in ${keyword} is empty` : undefined;
}

function fromComplaint({ args }: Instruction): string | undefined {
  const named = args.length === 3 && args[1]!.toLowerCase() === "as";
  if (!named && args.length !== 1) return "FROM takes an image, or an image AS a name";
  if (!named || /^[a-z][a-z0-9\-_.]*$/.test(args[2]!.toLowerCase())) return undefined;
  return `${args[2]} cannot name a stage: a name begins with a letter, and has letters, digits, "-", "_" and "."`;
}

function healthcheckComplaint(instruction: Instruction): string | undefined {
  const [type, ...command] = instruction.args;
  if (type === undefined) return atLeastOne(instruction);
  if (type.toUpperCase() === "NONE")
    return command.length > 0 ? "HEALTHCHECK NONE takes no arguments" : undefined;
  if (type.toUpperCase() !== "CMD") return `HEALTHCHECK takes CMD or NONE, not ${type}`;
  return command.length === 0 ? "HEALTHCHECK CMD needs a command" : undefined;
}

function onbuildComplaint(instruction: Instruction): string | undefined {
  const trigger = instruction.trigger?.keyword;
  if (trigger === undefined) return atLeastOne(instruction);
  return ["ONBUILD", "MAINTAINER", "FROM"].includes(trigger)
    ? `${trigger} cannot be a trigger of ONBUILD`
    : undefined;
}

function shellComplaint(instruction: Instruction): string | undefined {
  if (instruction.args.length === 0) return atLeastOne(instruction);
  return instruction.json === undefined ? "SHELL takes a JSON array" : undefined;
}

function volumeComplaint(instruction: Instruction): string | undefined {
  if (instruction.args.some((arg) => arg.trim() === "")) return "a path in VOLUME is empty";
  return atLeastOne(instruction);
}
