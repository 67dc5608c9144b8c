// Which paths a base image surely has or surely lacks.
import type { Stage } from "../model.ts";
import { isBelow, isLiteral, parentPath, splitPath } from "../path.ts";

/** Folders that every Linux system has, and that of Debian's and Red Hat's kind have besides. */
const EVERYWHERE = new Set("/ /bin /dev /etc /home /root /tmp /usr /var".split(" "));
const FULL = new Set(
  (
    "/boot /lib /media /mnt /opt /proc /run /sbin /srv /sys /usr/bin /usr/lib /usr/sbin /usr/share /usr/local " +
    "/usr/local/bin /usr/local/lib /usr/local/share /var/lib /var/log /var/cache /var/tmp /var/spool"
  ).split(" "),
);
const DEBIAN = new Set(
  "/usr/src /usr/local/sbin /usr/local/etc /usr/local/src /usr/include /var/mail".split(" "),
);

/** Top folders that some image has. */
const TOP = new Set(
  "bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var go".split(
    " ",
  ),
);

/** Official images whose files lie in the usual folders only. */
const PLAIN =
  /^(docker\.io\/)?(library\/)?(debian|ubuntu|alpine|busybox|fedora|rockylinux|almalinux|amazonlinux|centos|oraclelinux|python|node|golang|rust|ruby|php|perl|openjdk|eclipse-temurin|amazoncorretto|gcc|buildpack-deps|nginx|httpd|haskell|erlang|elixir|julia|swift|pypy|bash|maven|gradle)([:@]|$)/;

/** Folders that one of these images has below a folder that is empty in the others. */
const KNOWN =
  /^\/(opt\/(java|yarn.*|java\/.*|ghc.*|cabal.*|stack.*|maven|gradle)|home\/(node|ubuntu|gradle))(\/|$)/;

/** Whether a stage starts from busybox, which has but a few folders. */
export function isBusybox({ base }: Stage): boolean {
  return base.kind === "image" && /(^|\/)busybox([:@]|$)/.test(base.image ?? "");
}

/** Whether the image that a stage's oldest ancestor starts from has this path. */
export function baseHas(base: Stage, path: string): "yes" | "no" | "unknown" {
  if (base.base.kind === "scratch") return path === "/" ? "yes" : "no";
  if (EVERYWHERE.has(path) || path === base.baseImage.workdir) return "yes";
  const name = base.base.kind === "image" ? (base.base.image ?? "") : "";
  const plain = PLAIN.test(name);
  if (plain && (isBelow(path, "/tmp") || isBelow(path, "/var/lib/apt/lists/*"))) return "no";
  if (!isLiteral(path) || !plain) return "unknown";
  const { family } = base.baseImage;
  if (family === "windows") return "unknown";
  if (FULL.has(path)) return isBusybox(base) ? "unknown" : "yes";
  if ((family === "debian" || family === "ubuntu") && DEBIAN.has(path)) return "yes";
  if (KNOWN.test(path)) return "unknown";
  const [, top = ""] = splitPath(path);
  if (!TOP.has(top)) return "no";
  if (["/srv", "/opt", "/home", "/mnt", "/media"].some((folder) => isBelow(path, folder))) return "no";
  return isBelow(path, "/usr/src") && parentPath(path) === "/usr/src" && !/linux|php|perl|python/.test(path)
    ? "no"
    : "unknown";
}

/** Users that images of these families bring (base-passwd of Debian; Alpine's and busybox's /etc/passwd). */
const USERS = "root daemon bin sys sync man lp mail news uucp www-data nobody games operator".split(" ");
const GROUPS = "root daemon bin sys adm tty disk lp mail news uucp man www-data users nogroup".split(" ");
const DEBIAN_GROUPS =
  "root daemon bin sys adm tty disk lp mail news uucp man www-data users nogroup staff games".split(" ");

/** Whether a plain image has this user or group by itself, so that no package needs to make it. */
export function baseKnows(base: Stage, kind: "user" | "group", name: string): boolean {
  if (name === "root") return true;
  const { family } = base.baseImage;
  if (family === "debian" || family === "ubuntu")
    return (kind === "user" ? USERS : DEBIAN_GROUPS).includes(name) && !/^(operator)$/.test(name);
  if (isBusybox(base))
    return (kind === "user" ? "daemon bin sys sync mail www-data operator nobody" : GROUPS.join(" "))
      .split(" ")
      .includes(name);
  return family === "alpine" && ["nobody", "bin", "daemon", "mail", "lp"].includes(name);
}
