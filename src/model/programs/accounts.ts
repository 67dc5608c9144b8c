// Programs that make users and groups: useradd, adduser, groupadd, addgroup, usermod, …
import type { Word } from "../../shell/command.ts";
import { knownValue, QUOTED, render } from "../../shell/word.ts";
import { type Arguments, type OptionRules, readArguments } from "../arguments.ts";
import { type AccountEffect, type Effect, NEGLIGIBLE } from "../effect.ts";
import type { Target } from "../path.ts";
import { type Call, effectBase, type Program, type ProgramTable } from "../program.ts";
import { removed, retouched, written } from "./effects.ts";

const USERS = "/etc/passwd /etc/shadow /etc/group /etc/gshadow".split(" ");
const GROUPS = "/etc/group /etc/gshadow".split(" ");

/** The databases of users and groups are written anew: a few KB. */
function database(call: Call, files: readonly string[]): Effect[] {
  const targets = files.map((path): Target => ({ path, extent: "exact" }));
  return written(call, "database", targets, NEGLIGIBLE, { what: "the account database" });
}

interface Account {
  readonly user?: Word | undefined;
  readonly group?: Word | undefined;
  readonly uid?: Word | undefined;
  readonly gid?: Word | undefined;
}

function account(call: Call, { user, group, uid, gid }: Account): AccountEffect {
  return {
    kind: "account",
    ...(user === undefined ? {} : { user: plain(user) }),
    ...(group === undefined ? {} : { group: plain(group) }),
    ...(uid === undefined ? {} : { uid: plain(uid) }),
    ...(gid === undefined ? {} : { gid: plain(gid) }),
    ...effectBase(call),
  };
}

function plain(word: Word): string {
  return render(word).replaceAll(QUOTED, "");
}

const useraddRules: OptionRules = {
  valued: (
    "-b -c -d -e -f -g -G -k -K -p -s -u -R -P -Z -F --base-dir --comment --home-dir --home --expiredate --inactive --gid " +
    "--groups --skel --key --password --shell --uid --root --prefix --selinux-user"
  ).split(" "),
  aliases: {
    "--home-dir": "-d",
    "--home": "-d",
    "--gid": "-g",
    "--uid": "-u",
    "--create-home": "-m",
    "--no-create-home": "-M",
    "--system": "-r",
    "--no-user-group": "-N",
    "--defaults": "-D",
  },
};

const useradd: Program = (call) => {
  const args = readArguments(call.words, useraddRules);
  const user = args.operands.at(-1);
  if (user === undefined) return args.has("-D") ? database(call, ["/etc/default/useradd"]) : undefined;
  const group = args.value("-g");
  const made: Account = {
    user,
    uid: args.value("-u"),
    // Without -g and -N the group of the user's own name is made, with the user's number if that is free.
    ...(group === undefined ? (args.has("-N") ? {} : { group: user }) : primaryGroup(group)),
  };
  return [
    account(call, made),
    ...database(call, USERS),
    ...(args.has("-m") ? home(call, user, args.value("-d")) : []),
  ];
};

/** A group given by name or by number. */
function primaryGroup(word: Word): Pick<Account, "group" | "gid"> {
  return /^\d+$/.test(knownValue(word) ?? "") ? { gid: word } : { group: word };
}

/** A home folder with the few files of /etc/skel. */
function home(call: Call, user: Word, folder: Word | undefined): Effect[] {
  const path = homeOf(call, user, folder);
  if (path === undefined) return [];
  return written(call, "create", [{ path, extent: "exact" }], NEGLIGIBLE, {
    owner: plain(user),
    keeps: true,
  });
}

function homeOf(call: Call, user: Word, folder: Word | undefined): string | undefined {
  if (folder !== undefined) return call.path(folder);
  return call.path(knownValue(user) === "root" ? "/root" : `/home/${render(user)}`);
}

/** adduser is three programs: Debian's (long options), busybox's (-D -H -S -h …), and Red Hat's, which is useradd. */
const adduser: Program = (call) => {
  if (["redhat", "suse"].includes(call.situation.base.family)) return useradd(call);
  const long = call.words.some(({ text }) => text.startsWith("--"));
  const rules: OptionRules = long
    ? {
        valued: (
          "--home --shell --uid --gid --firstuid --lastuid --firstgid --lastgid --gecos --comment --conf --ingroup " +
          "-h -g -s -G -u -k"
        ).split(" "),
        aliases: {
          "--ingroup": "-G",
          "--uid": "-u",
          "--home": "-h",
          "--no-create-home": "-H",
          "--gecos": "-g",
        },
      }
    : { valued: ["-h", "-g", "-s", "-G", "-u", "-k"] };
  const args = readArguments(call.words, rules);
  const [user, group] = args.operands;
  if (user === undefined) return undefined;
  if (group !== undefined) return database(call, GROUPS);
  const own = args.value("-G");
  const number = args.value("--gid");
  const system = args.has("--system", "-S");
  const made: Account = {
    user,
    uid: args.value("-u"),
    gid: number,
    // Debian's puts system users into nogroup.
    group: own ?? (number !== undefined || (system && long && !args.has("--group")) ? undefined : user),
  };
  const folder = args.value("-h");
  const makesHome = !args.has("-H") && !(system && folder === undefined && long);
  return [account(call, made), ...database(call, USERS), ...(makesHome ? home(call, user, folder) : [])];
};

const groupRules: OptionRules = {
  valued: [
    "-g",
    "--gid",
    "-K",
    "--key",
    "-p",
    "--password",
    "-R",
    "-P",
    "-U",
    "--users",
    "-n",
    "--new-name",
    "--conf",
  ],
  aliases: { "--gid": "-g" },
};

const groupadd: Program = (call) => {
  const args = readArguments(call.words, groupRules);
  const [first, second] = args.operands;
  if (first === undefined) return undefined;
  // `addgroup user group`: a membership.
  if (second !== undefined) return database(call, GROUPS);
  return [account(call, { group: first, gid: args.value("-g") }), ...database(call, GROUPS)];
};

const groupmod: Program = (call) => {
  const args = readArguments(call.words, groupRules);
  const group = args.value("-n", "--new-name") ?? args.operands[0];
  if (group === undefined) return undefined;
  return [account(call, { group, gid: args.value("-g") }), ...database(call, GROUPS)];
};

/** A new number re-owns what the user has in the home folder; -m moves that folder. */
const usermod: Program = (call) => {
  const args = readArguments(call.words, {
    valued: [...useraddRules.valued!, "-l", "--login", "--append-groups"],
    aliases: {
      ...useraddRules.aliases,
      "--login": "-l",
      "--move-home": "-m",
      "--append": "-a",
      "--non-unique": "-o",
    },
  });
  const user = args.operands.at(-1);
  if (user === undefined) return undefined;
  const name = args.value("-l");
  const effects: Effect[] = [];
  if (name !== undefined || args.has("-u"))
    effects.push(account(call, { user: name ?? user, uid: args.value("-u") }));
  effects.push(...database(call, USERS));
  const old = homeOf(call, user, undefined);
  const moved =
    args.has("-m") && args.value("-d") !== undefined ? homeOf(call, user, args.value("-d")) : undefined;
  if (old !== undefined && moved !== undefined) {
    effects.push({
      kind: "move",
      from: [{ path: old, extent: "tree" }],
      to: { path: moved, extent: "tree" },
      ...effectBase(call),
    });
  }
  const folder = moved ?? old;
  if (folder !== undefined) effects.push(...retouchedHome(call, args, folder));
  return effects;
};

function retouchedHome(call: Call, args: Arguments, folder: string): Effect[] {
  const [uid, group] = [args.value("-u"), args.value("-g")];
  if (uid === undefined && group === undefined) return [];
  const change = {
    ...(uid === undefined ? {} : { owner: plain(uid) }),
    ...(group === undefined ? {} : { group: plain(group) }),
  };
  return retouched(call, [{ path: folder, extent: "tree" }], change, "differing");
}

const userdel: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-R", "--root", "-P", "--prefix", "--backup-to", "--conf"],
  });
  const user = args.operands[0];
  if (user === undefined) return undefined;
  const folder = args.has("-r", "--remove", "--remove-home", "--remove-all-files")
    ? homeOf(call, user, undefined)
    : undefined;
  return [
    ...database(call, USERS),
    ...(folder === undefined
      ? []
      : removed(call, [{ path: folder, extent: "tree" }], "the user's home folder")),
  ];
};

const users: Program = (call) => database(call, USERS);
const groups: Program = (call) => database(call, GROUPS);

export const accountPrograms: ProgramTable = {
  useradd,
  adduser,
  groupadd,
  addgroup: groupadd,
  groupmod,
  usermod,
  userdel,
  deluser: userdel,
  groupdel: groups,
  delgroup: groups,
  gpasswd: groups,
  newgrp: () => [],
  passwd: users,
  chpasswd: users,
  chage: users,
  chsh: users,
  chfn: users,
  newusers: users,
  pwconv: users,
  vipw: users,
};
