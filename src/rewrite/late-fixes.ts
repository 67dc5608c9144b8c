// The fix of each rule on late changes: which ways are tried, and what to do by hand when none works.
import type { Fix } from "../finding.ts";
import type { Model, Step } from "../model/model.ts";
import { appendCommands } from "./append-command.ts";
import { bindMount } from "./bind-mount.ts";
import { cacheMount } from "./cache-mount.ts";
import { copyInside } from "./copy-inside.ts";
import { type Attempt, fixOf, type Late, lineOf, placeOf, storingSteps } from "./late.ts";
import { mergeAttempts } from "./merge-runs.ts";
import { mountForUsers } from "./mount-for-users.ts";
import { excludeFromCopy, renameCopy } from "./rename-copy.ts";
import { downloadInside, mergeDownload, pipeDownload } from "./unpack-download.ts";

type Ways = readonly (() => Attempt)[];

/** Ways to bring the guilty RUN and those that stored the files together. */
function together(model: Model, late: Late): Ways {
  const steps = storingSteps(late);
  if (typeof steps === "string") return [() => steps];
  return mergeAttempts(model, late.stage, [...steps, late.step]);
}

/** Where the files were stored, for titles: "line 7" or "lines 7 and 9". */
function origins(model: Model, late: Late): string | undefined {
  const steps = storingSteps(late);
  if (typeof steps === "string") return undefined;
  const lines = steps.map((step) => lineOf(model, step.instruction.span.start));
  return lines.length === 1
    ? `line ${lines[0]}`
    : `lines ${lines.slice(0, -1).join(", ")} and ${lines.at(-1)}`;
}

function isCopied(late: Late): boolean {
  const steps = storingSteps(late);
  return (
    typeof steps !== "string" && steps.every(({ instruction }) => /^(COPY|ADD)$/.test(instruction.keyword))
  );
}

/** How ADD brought all of the files, when it did more than copy: neither can be mounted, and no COPY brings it. */
function addedBy(late: Late): "download" | "unpack" | undefined {
  if (!isCopied(late)) return undefined;
  const writes = late.files.flatMap(({ stored: { effect } }) => (effect?.kind === "write" ? [effect] : []));
  if (writes.length === 0) return undefined;
  if (writes.every(({ origin }) => origin?.kind === "remote")) return "download";
  return writes.every(({ how }) => how === "unpack") ? "unpack" : undefined;
}

/** Whether COPY or ADD is among the steps that stored the files. */
function isPartlyCopied(late: Late): boolean {
  const steps = storingSteps(late);
  return (
    typeof steps !== "string" && steps.some(({ instruction }) => /^(COPY|ADD)$/.test(instruction.keyword))
  );
}

/** The fix of `removed-later`; with `cacheMounts` a package cache goes into a mount wherever it can. */
export function fixRemoved(model: Model, late: Late, cacheMounts: boolean): Fix {
  const from = origins(model, late);
  const cached = cacheMounts ? cacheMount(model, late) : "nobody asked for a cache mount";
  if (typeof cached !== "string") return fixOf(cached.title, [() => cached]);
  if (isCopied(late)) {
    const added = addedBy(late);
    return fixOf(
      added === "download"
        ? `fetch the files in the RUN that needs them, and remove them there, instead of by ADD at ${from}`
        : added === "unpack"
          ? `unpack the archive in a RUN that mounts it (RUN --mount=type=bind), and remove there what is not wanted, instead of by ADD at ${from}`
          : `mount the files for the RUN that needs them (RUN --mount=type=bind), or leave them out of ${from} with COPY --exclude or .dockerignore`,
      [
        () => bindMount(model, late),
        () => mountForUsers(model, late),
        () => excludeFromCopy(model, late),
        () => copyInside(model, late),
      ],
    );
  }
  const packages = late.effects.some(({ kind }) => kind === "uninstall");
  const title =
    from === undefined
      ? `remove the files in the stage or image that stores them, or copy only what is wanted from it (COPY --from)`
      : packages
        ? `install, use and remove the packages in one RUN: merge ${placeOf(model, late.step)} with ${from}, or install them in a stage of their own`
        : isPartlyCopied(late)
          ? `bring the files in by the RUN that needs them, and remove them there, instead of at ${from}`
          : `remove the files at the end of the RUN that writes them (${from})`;
  return fixOf(title, [
    () => appendCommands(model, late, true),
    () => appendCommands(model, late, false),
    ...together(model, late),
  ]);
}

/** The fix of `removed-later` for packages that only brought others: to move their removal alone would save nothing. */
export function removeBrought(model: Model, late: Late): Fix {
  const from = origins(model, late) ?? "the RUN that installs them";
  return {
    applicability: "manual",
    title: `remove the packages with --auto-remove at the end of the RUN that installs them (${from})`,
    why: "what the packages brought may be needed later",
    edits: [],
  };
}

/** The fix of `moved-later`. */
export function fixMoved(model: Model, late: Late): Fix {
  const from = origins(model, late);
  if (isCopied(late)) {
    return fixOf(`copy the files to their final place at ${from}`, [
      () => renameCopy(model, late),
      () => copyInside(model, late),
    ]);
  }
  const title =
    from === undefined
      ? "put the files where they are wanted in the stage or image that stores them"
      : isPartlyCopied(late)
        ? `write the files to their final place at ${from} already`
        : `move the files in the RUN that writes them (${from}), or write them to their final place there`;
  return fixOf(title, [
    () => appendCommands(model, late, true),
    () => appendCommands(model, late, false),
    ...together(model, late),
  ]);
}

/** The fix of `rewritten-later`. */
export function fixRewritten(model: Model, late: Late): Fix {
  const from = origins(model, late);
  if (isCopied(late)) {
    const added = addedBy(late);
    return fixOf(
      added === "download"
        ? `fetch the files in the RUN that changes them, instead of by ADD at ${from}`
        : added === "unpack"
          ? `change the files before they are packed, or unpack them in the RUN that changes them, from a mount (RUN --mount=type=bind), instead of by ADD at ${from}`
          : `change the files before they are copied, or let the RUN copy them itself from a mount (RUN --mount=type=bind) instead of ${from}`,
      [() => copyInside(model, late)],
    );
  }
  const title =
    from === undefined
      ? "make the change in the stage or image that stores the files"
      : isPartlyCopied(late)
        ? `make the change where the files are written (${from})`
        : `make the change in the RUN that writes the files (${from})`;
  return fixOf(title, [
    () => appendCommands(model, late, true),
    () => appendCommands(model, late, false),
    ...together(model, late),
  ]);
}

/** The fix of `unpacked-later`. */
export function fixUnpacked(model: Model, late: Late): Fix {
  const from = origins(model, late);
  if (addedBy(late) === "download") {
    return fixOf(
      `fetch the archive in the RUN that unpacks it, and remove it there, instead of by ADD at ${from}`,
      [() => downloadInside(model, late)],
    );
  }
  if (isCopied(late)) {
    return fixOf(
      `mount the archive for the RUN that unpacks it (RUN --mount=type=bind) instead of copying it at ${from}`,
      [() => bindMount(model, late), () => downloadInside(model, late)],
    );
  }
  const title =
    from === undefined
      ? "unpack the archive where it is stored, or copy it from there with a mount"
      : isPartlyCopied(late)
        ? `bring the archive in by the RUN that unpacks it, and remove it there, instead of at ${from}`
        : `download, unpack and remove the archive in one RUN: merge ${placeOf(model, late.step)} with ${from}`;
  return fixOf(title, [...mergeDownload(model, late), () => pipeDownload(model, late)]);
}

/** The fix of `reinstalled-later`; `packages` as the finding names them. */
export function fixReinstalled(model: Model, late: Late, packages: readonly string[]): Fix {
  const from = origins(model, late);
  const names =
    packages.length === 0 ? "the packages" : packages.map((name) => name.replace(/ \(.*$/, "")).join(", ");
  // An install of a whole project asks for no version.
  const whole = late.effects.some((effect) => effect.kind === "install" && effect.development !== undefined);
  const title = whole
    ? "install once, and copy what is wanted at the end from a stage of its own"
    : from === undefined
      ? `ask for the wanted version of ${names} where the first one is installed, or leave it out there`
      : `ask for the wanted version of ${names} at ${from} already, or install both in one RUN`;
  return fixOf(title, together(model, late));
}

/** The fix of `base-upgraded`: only a newer base image helps. */
export function fixUpgraded(model: Model, step: Step, image: string): Fix {
  const name = image === "" ? "base image" : image.replace(/@sha256:.*$/, "");
  const pinned = /@sha256:|[-:.]20\d{6}\b/.test(image);
  const what = pinned ? `pin a newer ${name}` : `build on a fresh ${name} (docker build --pull)`;
  return {
    applicability: "manual",
    title: `${what} and drop the upgrade at ${placeOf(model, step)}, or upgrade in a base image that is rebuilt often`,
    why: "the old files are in the base image's layers, which no instruction of this file can change",
    edits: [],
  };
}
