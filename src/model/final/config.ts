// What the image's configuration says at the end of a stage.
import { assignments } from "../../dockerfile/assignments.ts";
import { volumePaths } from "../../dockerfile/plain.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import { lineage, type Model, type Stage, type Step } from "../model.ts";
import { expandRendered } from "../variables.ts";
import { hashOf } from "./hash.ts";

/** Instructions of which only the last one counts. */
const LAST = new Set([
  "CMD",
  "ENTRYPOINT",
  "HEALTHCHECK",
  "STOPSIGNAL",
  "USER",
  "WORKDIR",
  "SHELL",
  "MAINTAINER",
]);

/** A digest of all settings that the built image has. */
export function finalConfig(model: Model, stage: Stage): string {
  const { escape: escapeChar } = model.dockerfile;
  const last = new Map<string, string>();
  const named = new Map<string, string>();
  const sets = new Set<string>();
  const triggers: string[] = [];
  for (const ancestor of lineage(model, stage)) {
    triggers.length = 0;
    for (const step of ancestor.steps) {
      const { instruction } = step;
      const { keyword } = instruction;
      if (keyword === "ONBUILD") triggers.push(plainText(instruction));
      else if (keyword === "ENV" || keyword === "LABEL") {
        for (const { name, value } of assignments(instruction, escapeChar)) {
          named.set(
            `${keyword} ${expandRendered(name, step.scope, escapeChar)}`,
            expandRendered(value ?? "", step.scope, escapeChar),
          );
        }
      } else if (keyword === "EXPOSE" || keyword === "VOLUME") {
        for (const word of words(instruction)) {
          sets.add(`${keyword} ${expandRendered(word, step.scope, escapeChar)}`);
        }
      } else if (LAST.has(keyword)) last.set(keyword, setting(step, escapeChar));
      // A new ENTRYPOINT forgets the CMD that was set before it.
      if (keyword === "ENTRYPOINT") last.delete("CMD");
    }
  }
  const pairs = [...last, ...named].map(([name, value]) => `${name}=${value}`);
  const base = lineage(model, stage)[0]!;
  return hashOf(
    plainText(base.from).replace(/\sAS\s.*$/i, ""),
    ...pairs.sort(),
    ...[...sets].sort(),
    "",
    ...triggers,
  );
}

function setting(step: Step, escapeChar: "\\" | "`"): string {
  const { instruction, shell } = step;
  const text = plainText(instruction);
  const expands = /^(USER|WORKDIR|STOPSIGNAL)$/.test(instruction.keyword);
  if (expands) return expandRendered(text, step.scope, escapeChar) + (step.workdir ?? "?");
  // The shell form runs in the SHELL that is set there.
  return instruction.json === undefined ? `${JSON.stringify(shell ?? [])} ${text}` : text;
}

function words(instruction: Instruction): readonly string[] {
  if (instruction.keyword === "VOLUME") return volumePaths(instruction).map(({ text }) => text);
  return instruction.body.text.split(/\s+/).filter((word) => word !== "");
}

/** The words behind the keyword in one line. */
function plainText({ flags, body, json }: Instruction): string {
  const said =
    json === undefined
      ? body.text.replace(/\s+/g, " ").trim()
      : JSON.stringify(json.map(({ value }) => value));
  return [...flags.map(({ text }) => text), said].join(" ");
}
