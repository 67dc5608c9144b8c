// Programs that keep the system's small files: ldconfig, locale-gen, update-alternatives, systemctl, …
import { knownValue } from "../../shell/word.ts";
import { readArguments } from "../arguments.ts";
import { type Effect, NEGLIGIBLE } from "../effect.ts";
import { joinPath, type Target } from "../path.ts";
import { type Call, effectBase, type Program, type ProgramTable } from "../program.ts";
import { edited, readWords, written } from "./effects.ts";
import { filesOf } from "./places.ts";

/** A program whose only trace is small files at known paths. */
function keeper(...paths: readonly string[]): Program {
  return (call) =>
    small(
      call,
      paths.map((path): Target => ({ path, extent: path.endsWith("/") ? "some" : "exact" })),
    );
}

function small(call: Call, targets: readonly Target[]): Effect[] {
  const tidy = targets.map((target) => ({ ...target, path: target.path.replace(/(?<=.)\/$/, "") }));
  return written(call, "database", tidy, NEGLIGIBLE);
}

/** `update-alternatives --install LINK NAME PATH PRIORITY [--slave LINK NAME PATH] …`: links that lead to PATH. */
const alternatives: Program = (call) => {
  const effects: Effect[] = small(call, [{ path: "/etc/alternatives", extent: "some" }]);
  call.words.forEach((word, at) => {
    if (word.text !== "--install" && word.text !== "--slave") return;
    const [link, target] = [call.words[at + 1], call.words[at + 3]];
    if (link === undefined || target === undefined) return;
    const [path, to] = [call.path(link), call.path(target)];
    if (path !== undefined && to !== undefined)
      effects.push({ kind: "link", path, target: to, ...effectBase(call) });
  });
  return effects;
};

/** openssl: the file behind -out; keys and certificates are small. */
const openssl: Program = (call) => {
  const args = readArguments(call.words, {
    valued:
      "-out -in -keyout -subj -days -newkey -config -extensions -passout -passin -CA -CAkey -inkey -certfile -addext".split(
        " ",
      ),
    singleDash: true,
  });
  const files = ["-out", "-keyout"].flatMap((name) => args.value(name) ?? []);
  const input = args.value("-in");
  return [
    ...(input === undefined ? [] : readWords(call, [input])),
    ...written(call, "create", filesOf(call, files, "exact"), NEGLIGIBLE),
  ];
};

const sshKeygen: Program = (call) => {
  const args = readArguments(call.words, { valued: "-t -b -f -N -C -P -m -a -R -F -H -l".split(" ") });
  const file = args.value("-f");
  if (args.has("-A")) return small(call, [{ path: "/etc/ssh", extent: "some" }]);
  return file === undefined ? [] : written(call, "create", filesOf(call, [file], "exact"), NEGLIGIBLE);
};

/** gpg: the file behind -o, and a key ring of a few KB. */
const gpg: Program = (call) => {
  const args = readArguments(call.words, {
    valued: (
      "-o --output --keyserver --homedir --keyring --import-options --keyserver-options --trust-model --passphrase " +
      "--pinentry-mode -u -r --default-key"
    ).split(" "),
    aliases: { "--output": "-o" },
  });
  const output = args.value("-o");
  const reads = args.has("--verify", "--import", "-d", "--decrypt", "--dearmor")
    ? readWords(call, args.operands)
    : [];
  const ring = args.value("--homedir");
  const folder = ring === undefined ? joinPath(call.situation.home, ".gnupg") : call.path(ring);
  return [
    ...reads,
    ...(output === undefined ? [] : written(call, "create", filesOf(call, [output], "exact"), NEGLIGIBLE)),
    ...(folder === undefined || !args.has("--import", "--recv-keys", "--recv-key", "--gen-key", "--batch")
      ? []
      : small(call, [{ path: folder, extent: "some" }])),
  ];
};

/** `keytool -import… -keystore FILE`: a key store of a few hundred KB. */
const keytool: Program = (call) => {
  const args = readArguments(call.words, {
    valued:
      "-keystore -alias -file -storepass -keypass -srckeystore -destkeystore -storetype -dname -validity".split(
        " ",
      ),
    singleDash: true,
  });
  if (args.has("-list", "-printcert", "-exportcert", "-export")) return [];
  const store = args.value("-keystore", "-destkeystore");
  return store === undefined ? [] : edited(call, filesOf(call, [store], "exact"), "edits");
};

/** systemctl, a2enmod and others of their kind: links in a configuration folder. */
const systemctl: Program = (call) => {
  const verb = readArguments(call.words, { valued: ["--root", "--preset-mode"] }).operands[0];
  return /^(enable|disable|mask|unmask|set-default|preset|preset-all|add-wants|link)$/.test(
    (verb && knownValue(verb)) ?? "",
  )
    ? small(call, [{ path: "/etc/systemd/system", extent: "some" }])
    : [];
};

const crontab: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-u"] });
  if (args.has("-l")) return [];
  return [...readWords(call, args.operands), ...small(call, [{ path: "/var/spool/cron", extent: "some" }])];
};

const libraryCache: Target = { path: "/etc/ld.so.cache", extent: "exact" };
const apache = keeper("/etc/apache2/");

export const systemPrograms: ProgramTable = {
  ldconfig: (call) => (call.words.some(({ text }) => /^-\w*p/.test(text)) ? [] : small(call, [libraryCache])),
  "locale-gen": keeper("/usr/lib/locale/", "/etc/locale.gen"),
  localedef: keeper("/usr/lib/locale/"),
  "update-locale": keeper("/etc/default/locale"),
  "update-ca-certificates": keeper("/etc/ssl/certs/"),
  "update-ca-trust": keeper("/etc/pki/ca-trust/extracted/"),
  trust: keeper("/etc/pki/ca-trust/"),
  "update-alternatives": alternatives,
  alternatives,
  "dpkg-reconfigure": keeper("/etc/", "/var/cache/debconf/"),
  "debconf-set-selections": keeper("/var/cache/debconf/config.dat"),
  "fc-cache": keeper("/var/cache/fontconfig/"),
  "update-mime-database": keeper("/usr/share/mime/"),
  "gtk-update-icon-cache": keeper("/usr/share/icons/"),
  "glib-compile-schemas": keeper("/usr/share/glib-2.0/schemas/"),
  mandb: keeper("/var/cache/man/"),
  depmod: keeper("/lib/modules/"),
  "dbus-uuidgen": keeper("/etc/machine-id", "/var/lib/dbus/machine-id"),
  "systemd-machine-id-setup": keeper("/etc/machine-id"),
  "setup-timezone": keeper("/etc/localtime"),
  "make-ssl-cert": keeper("/etc/ssl/certs/", "/etc/ssl/private/"),
  a2enmod: apache,
  a2dismod: apache,
  a2ensite: apache,
  a2dissite: apache,
  a2enconf: apache,
  a2disconf: apache,
  phpenmod: keeper("/etc/php/"),
  phpdismod: keeper("/etc/php/"),
  "update-rc.d": keeper("/etc/rc2.d/"),
  "rc-update": keeper("/etc/runlevels/"),
  chkconfig: keeper("/etc/rc.d/"),
  authconfig: keeper("/etc/pam.d/"),
  visudo: keeper("/etc/sudoers"),
  systemctl,
  crontab,
  openssl,
  "ssh-keygen": sshKeygen,
  gpg,
  gpg2: gpg,
  keytool,
  restorecon: () => [],
};
