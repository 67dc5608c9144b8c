// Copied trees that a later RUN changes: copied by that RUN itself, out of a mount, so that one layer holds them.

import type { Model } from "../model/model.ts";
import { isLiteral } from "../model/path.ts";
import { bindFlag, copiedBy, knowsMounts, mountSource, usesBetween } from "./copied.ts";
import { cutBare } from "./cut.ts";
import { hasFolder } from "./folders.ts";
import { joinParts, newPart, wholePart } from "./join.ts";
import type { Attempt, Late } from "./late.ts";
import { outline } from "./outline.ts";
import { onlyCopy } from "./rename-copy.ts";
import { insertFlags } from "./run-flags.ts";

/** Where the mount is seen; no image has it. */
const MOUNT = "/mnt/copied";

/** `COPY . /app` and `RUN sed -i … /app/x` become `RUN --mount=… cp -a /mnt/copied/. /app && sed -i … /app/x`. */
export function copyInside(model: Model, late: Late): Attempt {
  const { step, stage } = late;
  const copy = onlyCopy(late);
  if (typeof copy === "string") return copy;
  const copied = copiedBy(copy);
  if (typeof copied === "string") return copied;
  const [source] = copied.sources;
  if (copied.sources.length !== 1 || source === undefined) return "the COPY brings several things";
  if (copied.parts.chown !== undefined || copied.parts.chmod !== undefined)
    return "the COPY sets owner or mode, which a mount cannot";
  if (!/^(root|0)(:(root|0))?$/.test(step.user)) return "the RUN is not run by root, whose files they are";
  if (!knowsMounts(model)) return "the file's syntax knows no RUN --mount";
  const mount = mountSource(source);
  if (mount === undefined || mount.wide) return "what the instruction brings cannot be mounted";
  if (!isLiteral(source.path) || !/^[\w./+@-]+$/.test(source.path))
    return "it is not known where the files are";
  const folder =
    source.effect.entry === "directory" ||
    (source.effect.entry === undefined && source.effect.targets[0]?.extent === "tree");
  const uses = usesBetween(model, stage, copy, step);
  if (typeof uses === "string") return uses;
  const target = folder ? MOUNT : `${MOUNT}/${source.path.split("/").at(-1)}`;
  const flag = bindFlag(copied, mount.source, target);
  if (flag === undefined) return "its names cannot stand in a mount";
  const whole = wholePart(model, step);
  const shape = outline(model, step);
  if (typeof whole === "string") return whole;
  if (typeof shape === "string") return shape;
  const own = copy.instruction;
  const there =
    step.workdir === source.path || hasFolder(model, stage, copy, folder ? `${source.path}/x` : source.path);
  const make = there ? "" : `mkdir -p ${folder ? source.path : source.path.replace(/\/[^/]*$/, "")} && `;
  const text = `${make}cp -a ${folder ? `${MOUNT}/.` : target} ${source.path}`;
  const joined = joinParts(model, [newPart(whole.step, text), { ...whole, comments: [] }], [whole.text]);
  if (typeof joined === "string") return joined;
  return {
    title: "let the RUN that changes them copy the files itself, from a mount",
    edits: [
      ...cutBare(model.dockerfile, own),
      insertFlags(model, step, [flag]),
      { span: { start: shape.span.start, end: shape.tail.end }, text: joined.text },
    ],
    doubts: ["`cp -a` instead of COPY sets owners and modes", ...uses.doubts, ...joined.doubts],
    cost: 3,
  };
}
