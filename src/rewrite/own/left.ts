// What is left of a late change once COPY has flags: folders that were there, and files of its own RUN.
import type { RetouchEffect } from "../../model/effect.ts";
import { baseHas } from "../../model/final/base-files.ts";
import { lineage, type Model, type Step } from "../../model/model.ts";
import { looksLikeFile } from "../../model/names.ts";
import { isBelow, isLiteral, parentPath, showPath, type Target } from "../../model/path.ts";
import { render } from "../../shell/word.ts";
import type { Late } from "../late.ts";
import { type ChangeCommand, onPaths } from "./change-command.ts";
import { type FoundFiles, isSingleFile } from "./found-files.ts";
import type { Guilty } from "./guilty.ts";
import { isOctal } from "./mode.ts";
import { absolute, targetOf } from "./operands.ts";

export interface Left {
  /** What is left of the command; "" for nothing. */
  readonly text: string;
  readonly doubts: readonly string[];
  /** Whether all that it is about is there before the first of the flagged steps. */
  readonly early: boolean;
}

/** What of the command still has to be done where it stands: folders that were there, and files of its own RUN. */
export function leftOf(
  model: Model,
  late: Late,
  { effect, found }: Guilty,
  change: ChangeCommand,
  first: Step,
): Left {
  const { stage } = late;
  const base = lineage(model, stage)[0]!;
  const doubts: string[] = [];
  const whole: string[] = [];
  const single: string[] = [];
  let early = true;
  for (const operand of change.operands) {
    const target = targetOf(effect, change, operand);
    const mine = found.filter((one) => one.target === target);
    if (target === undefined || !mine.some(({ way }) => way === "copy" || way === "run")) {
      whole.push(operand.text);
      early = false;
      continue;
    }
    if (target.extent !== "tree") continue;
    // What the RUN itself may have put anywhere below needs the command as it is; the other files are like that by then.
    if (mine.some(({ way, stored }) => way === "own" && stored.target.path === target.path)) {
      whole.push(operand.text);
      early = false;
      continue;
    }
    const folders = new Set<string>();
    for (const { way, stored } of mine) {
      const { path, extent } = stored.target;
      const text = path === target.path ? operand.text : (absolute(path) ?? operand.text);
      if (way === "own" || way === "rest") {
        (extent === "exact" ? single : whole).push(text);
        early = false;
      }
    }
    for (const [path, maker] of isMode(effect) ? [] : foldersMadeBelow(model, late, target)) {
      folders.add(path === target.path ? operand.text : (absolute(path) ?? operand.text));
      if (maker.stage === stage.index && maker.index >= first.index) early = false;
    }
    const there = baseHas(base, target.path);
    if (there === "yes") {
      folders.add(operand.text);
      doubts.push(
        `what the base image has in ${showPath(target.path)} keeps its ${change.program === "chmod" ? "mode" : "owner"}`,
      );
    } else if (there === "unknown" && !folders.has(operand.text)) {
      doubts.push(
        `if the base image has ${showPath(target.path)}, what is there keeps its ${change.program === "chmod" ? "mode" : "owner"}`,
      );
    }
    if (change.program === "chmod" && !isOctal(render(change.change))) {
      for (const path of madeFolders(mine, target)) {
        folders.add(path === target.path ? operand.text : (absolute(path) ?? operand.text));
        early = false;
      }
    }
    single.push(...folders);
  }
  const source = model.dockerfile.text;
  const texts = [
    ...(whole.length === 0 ? [] : [onPaths(source, change, [...new Set(whole)], change.recursive)]),
    ...(single.length === 0
      ? []
      : [
          onPaths(
            source,
            change,
            [...new Set(single)].filter((path) => !whole.includes(path)),
            false,
          ),
        ]),
  ];
  return { text: texts.filter((text) => text !== "").join(" && "), doubts, early };
}

/** Folders below a path, itself included, that WORKDIR and mkdir made, and who: COPY does not change them. */
function foldersMadeBelow(model: Model, { stage, step }: Late, target: Target): ReadonlyMap<string, Step> {
  const out = new Map<string, Step>();
  for (const ancestor of lineage(model, stage)) {
    for (const maker of ancestor.steps) {
      if (ancestor === stage && maker.index >= step.index) break;
      for (const effect of maker.effects) {
        if (effect.kind !== "write" || effect.how !== "create" || effect.keeps !== true) continue;
        for (let { path } of effect.targets) {
          if (!isLiteral(path) || looksLikeFile(path)) continue;
          for (; isBelow(path, target.path) && path !== "/"; path = parentPath(path)) {
            if (!out.has(path)) out.set(path, maker);
          }
        }
      }
    }
  }
  return out;
}

/** A folder made with mode 755 needs no `chmod 755`. */
function isMode({ change }: RetouchEffect): boolean {
  return change.owner === undefined && change.group === undefined && /^0?755$/.test(change.mode ?? "");
}

/** The folders that COPY makes below a path: symbolic flags leave them as they are. */
function madeFolders(found: readonly FoundFiles[], target: Target): readonly string[] {
  const out = new Set<string>();
  for (const { way, stored } of found) {
    if (way !== "copy") continue;
    let path = isSingleFile(stored) ? parentPath(stored.target.path) : stored.target.path;
    for (; isBelow(path, target.path) && path !== "/"; path = parentPath(path)) out.add(path);
  }
  return [...out].sort();
}
