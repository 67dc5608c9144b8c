// Programs that change owner, mode and attributes: chmod, chown, chgrp, setfacl, setcap, …
import type { Word } from "../../shell/command.ts";
import { HOLE_END, HOLE_START, knownValue, QUOTED, render } from "../../shell/word.ts";
import { type Arguments, type OptionRules, readArguments } from "../arguments.ts";
import type { Effect, Retouch } from "../effect.ts";
import type { Target } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { retouched, unlessTold } from "./effects.ts";
import { entriesOf, entryPath, filesOf } from "./places.ts";

const rules: OptionRules = {
  valued: ["--reference", "--from"],
  aliases: { "--recursive": "-R", "--no-dereference": "-h" },
};

const chmod: Program = (call) => {
  // "-x" is a mode, "-R" an option.
  const dashed = call.words.findIndex((word) => /^-[rwxXstugo]+([,+=-].*)?$/.test(knownValue(word) ?? ""));
  const end = call.words.findIndex((word) => word.text === "--");
  const isMode = dashed >= 0 && (end < 0 || dashed < end);
  const args = readArguments(isMode ? call.words.filter((_, index) => index !== dashed) : call.words, rules);
  const first = isMode ? call.words[dashed] : args.has("--reference") ? undefined : args.operands[0];
  if (first === undefined && !args.has("--reference")) return undefined;
  const files = first === undefined || isMode ? args.operands : args.operands.slice(1);
  const change: Retouch = { mode: first === undefined ? "as another file" : plain(render(first)) };
  const extent = args.has("-R") ? "tree" : "exact";
  const targets = args.has("-h") ? entriesOf(call, files, extent) : filesOf(call, files, extent);
  return [...retouched(call, targets, change), ...unlessTold(call, files)];
};

const chown: Program = (call) => {
  const args = readArguments(call.words, rules);
  const [files, change] = changeOf(args, ownerAndGroup);
  return change && owned(call, args, files, change);
};

const chgrp: Program = (call) => {
  const args = readArguments(call.words, rules);
  const [files, change] = changeOf(args, (group) => ({ group: plain(group) }));
  return change && owned(call, args, files, change);
};

function changeOf(args: Arguments, read: (text: string) => Retouch): [readonly Word[], Retouch | undefined] {
  if (args.has("--reference")) return [args.operands, { owner: "as another file" }];
  const [first, ...files] = args.operands;
  return [files, first === undefined ? undefined : read(render(first))];
}

function owned(call: Call, args: Arguments, files: readonly Word[], change: Retouch): Effect[] {
  const only = args.has("--from") ? "differing" : undefined;
  const targets = ownedTargets(call, args, files);
  return [...retouched(call, targets, change, only), ...unlessTold(call, files)];
}

function ownedTargets(call: Call, args: Arguments, files: readonly Word[]): Target[] {
  if (!args.has("-R"))
    return args.has("-h") ? entriesOf(call, files, "exact") : filesOf(call, files, "exact");
  if (args.has("-H", "-L")) return filesOf(call, files, "tree");
  // Recursion does not enter a link named on the command line, unless a slash stands behind it.
  return files.flatMap((word) => {
    const own = entryPath(call, word);
    const enters = own === call.path(word) || render(word).endsWith("/");
    if (enters) return filesOf(call, [word], "tree");
    return args.has("-h") ? entriesOf(call, [word], "exact") : filesOf(call, [word], "exact");
  });
}

/** "user:group", "user", ":group", "user:" (the user's login group, told as ""), and the old "user.group". */
export function ownerAndGroup(spec: string): Retouch {
  const text = plain(spec);
  const at = separatorIn(text, ":");
  const cut = at < 0 ? separatorIn(text, ".") : at;
  if (cut < 0) return { owner: text };
  const [owner, group] = [text.slice(0, cut), text.slice(cut + 1)];
  return owner === "" ? (group === "" ? {} : { group }) : { owner, group };
}

/** Where a character stands outside of holes; -1 if nowhere. */
function separatorIn(text: string, character: string): number {
  let inside = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === HOLE_START) inside = true;
    else if (text[at] === HOLE_END) inside = false;
    else if (!inside && text[at] === character) return at;
  }
  return -1;
}

function plain(text: string): string {
  return text.replaceAll(QUOTED, "");
}

const setfacl: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [
      "-m",
      "--modify",
      "-M",
      "--modify-file",
      "-x",
      "--remove",
      "-X",
      "--remove-file",
      "--set",
      "--set-file",
    ],
    aliases: { "--recursive": "-R" },
  });
  if (args.has("--restore", "--test")) return undefined;
  const targets = filesOf(call, args.operands, args.has("-R") ? "tree" : "exact");
  return [...retouched(call, targets, { attributes: "acl" }), ...unlessTold(call, args.operands)];
};

const setcap: Program = (call) => {
  const words = call.words.filter(({ text }) => !/^-[qnf]/.test(text));
  if (words.some(({ text }) => text === "-v")) return [];
  const files: Word[] = [];
  // "setcap CAPS FILE CAPS FILE", "setcap -r FILE".
  for (let at = 0; at + 1 < words.length; at += 2) files.push(words[at + 1]!);
  return [
    ...retouched(call, filesOf(call, files, "exact"), { attributes: "capabilities" }),
    ...unlessTold(call, files),
  ];
};

const chattr: Program = (call) => {
  const recursive = call.words.some(({ text }) => /^-\w*R/.test(text));
  const files = call.words.filter(({ text }) => !/^[-+=]/.test(text));
  return retouched(call, filesOf(call, files, recursive ? "tree" : "exact"), { attributes: "file flags" });
};

const setfattr: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-n", "--name", "-v", "--value", "-x", "--remove", "--restore"],
  });
  return retouched(call, filesOf(call, args.operands, "exact"), { attributes: "extended attributes" });
};

const chcon: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-u", "--user", "-r", "--role", "-t", "--type", "-l", "--range", "--reference"],
    aliases: { "--recursive": "-R" },
  });
  const whole = args.has("-u", "--user", "-r", "--role", "-t", "--type", "-l", "--range", "--reference");
  const files = whole ? args.operands : args.operands.slice(1);
  return retouched(call, filesOf(call, files, args.has("-R") ? "tree" : "exact"), {
    attributes: "SELinux context",
  });
};

/**
 * The helper of the Jupyter and the Software Collections images (docker-stacks' `fix-permissions`, s2i-base's of the
 * same name): group and group mode of everything below, where they are not yet so.
 */
const fixPermissions: Program = (call) => {
  const { operands } = readArguments(call.words);
  const rootGroup =
    call.situation.base.family === "redhat" || call.words.some(({ text }) => text.startsWith("-"));
  const change: Retouch = { group: rootGroup ? "0" : "users", mode: "g+rwX" };
  return [
    ...retouched(call, filesOf(call, operands, "tree"), change, "differing"),
    ...unlessTold(call, operands),
  ];
};

export const metadataPrograms: ProgramTable = {
  chmod,
  gchmod: chmod,
  chown,
  gchown: chown,
  chgrp,
  setfacl,
  setcap,
  chattr,
  setfattr,
  chcon,
  "fix-permissions": fixPermissions,
};
