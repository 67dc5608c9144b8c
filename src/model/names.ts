// What a file's name tells of it: small texts, archives, manifests.
import { baseName, hasGlobSegment } from "./path.ts";

const SMALL =
  /\.(py|pl|rb|lua|awk|sh|bash|zsh|fish|conf|cfg|cnf|ini|env|ya?ml|toml|json5?|jsonc|xml|properties|txt|md|rst|list|repo|service|timer|rules|sql|pem|crt|key|pub|asc|gpg|cron|plist|desktop|xinitrc|bashrc|profile|policy|tpl|tmpl|template|j2|in|patch|diff|lock|gitconfig|npmrc|condarc|csproj|fsproj|vbproj|sln|props|targets|gradle|kts|cabal|opam|cmake|php|js|ts|mjs|cjs|html|css|c|h|cpp|rs|r|jl|el|lisp|sed|bat|cmd|ps1|psm1|log|pid|site|ext|inc|sock|db-wal|sig|sha256|sha512|md5|dockerignore|gitignore|editorconfig|babelrc|eslintrc)$/i;
const SMALL_NAMES =
  /^(\.\w*(rc|profile)|\.env|(bash|zsh|csh|vim|[a-z]{4,})rc|profile|docker-entrypoint|entrypoint|docker-healthcheck|healthcheck|(Makefile|Gemfile|Rakefile|LICENSE|README|NOTICE|Pipfile|Procfile|(Docker|Container)file([-.]\w+)*|VERSION|gradlew|mvnw|artisan|passwd|group|shadow|hosts|sources\.list|crontab|pyproject\.toml|setup\.(py|cfg)|requirements[\w.-]*|package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|go\.(mod|sum)|Cargo\.(toml|lock|\*)|composer\.(json|lock)|pom\.xml|build\.gradle(\.kts)?|settings\.gradle(\.kts)?))$/i;

/** Folders of settings, of patches and of texts, and single files by the names that such files have. */
const SMALL_FOLDERS =
  /\/(\.?conf(ig)?s?|\w+\.d|patches|licenses|\.(jupyter|ssh|docker|aws|kube|bundle|vim|vscode|github|devcontainer)|docker-entrypoint-init\w*\.d|([\w.]+[-_])*(certs?|certificates|pki))(\/|$)/;
const SMALL_FILES =
  /^(config|credentials|known_hosts|authorized_keys|condarc|pinned|tini(-\w+)?|dumb-init|su-exec|console|rails|rake|checksums?|(sha|md)\d+sums?)$/i;

/** A script whose name says that it starts or prepares something. */
const SCRIPT_NAMES =
  /^(.*[-_.])?(entry-?point|start|stop|restart|run|init|setup|install|uninstall|bootstrap|health-?check|wrapper|launch|launcher|permissions|finish|cmd|command|script|startup|prestart|boot)([-_.].*)?$/i;

/** Packages that only name a repository or bring its keys; "Release" is how others say that a build is no test. */
const REPOSITORY_PACKAGES =
  /^(?!.*local)(.*[-_](release|keyring|repo)([-_.].*)?|(packages-microsoft-prod|mysql-apt-config|amdgpu-install|erlang-solutions|apt-config)[-_.].*)\.(deb|rpm)$/;

/** Scripts, settings and lists: a few KB, or hundreds at most, whoever wrote them. */
export function isSmallByName(path: string): boolean {
  const name = baseName(path).replace(/(?<=\w)\*$/, "");
  return (
    /^test[A-Z]\w*$/.test(name) ||
    SMALL.test(name) ||
    SMALL_NAMES.test(name) ||
    SMALL_FILES.test(name) ||
    REPOSITORY_PACKAGES.test(name)
  );
}

/**
 * What an installer that conda's constructor made is called, `Miniconda` of `Miniconda3-latest-Linux-x86_64.sh`: a
 * script with an archive behind it. Undefined for other names.
 */
export function condaName(name: string): string | undefined {
  return /((?:mini|ana|micro)conda|mini?forge|mambaforge).*\.sh$/i.exec(name)?.[1];
}

/** Whether what lies at a path of the image is small by where it lies, or by its name. */
export function isSmallPlace(path: string): boolean {
  return path.startsWith("/etc/") || SMALL_FOLDERS.test(path) || isSmallByName(path);
}

/** Whether a file without an ending, from the build context, is a script by its name. */
export function isScriptByName(path: string): boolean {
  const name = baseName(path);
  return !ARCHIVE.test(name) && SCRIPT_NAMES.test(name);
}

/** What builds and tests leave among the sources. */
export function isBuildOutput(path: string): boolean {
  return /^(build|dist|target|out|obj|coverage|node_modules|__pycache__|\.(pytest|mypy|ruff)_cache|\.cache|.*\.egg-info|tmp|log|logs)$/.test(
    baseName(path),
  );
}

/** A folder by whose name an application writes into it when it runs. */
export function isFilledLater(path: string): boolean {
  return /\/(storage|bootstrap\/cache|var|logs?|te?mp|cache|uploads?|runtime)$/.test(path);
}

/** A folder of the build context that holds scripts by its name. */
export function isScriptFolder(path: string): boolean {
  return /^(s?bin|scripts?|hooks|cmd|rootfs|entrypoint|entrypoints)$/.test(baseName(`/${path}`));
}

const ARCHIVE =
  /\.(tar|tgz|tbz2?|txz|tzst|zip|jar|war|7z|rar|gz|bz2|xz|zst|deb|rpm|apk|whl|egg|gem|cpio|run|AppImage)$/i;

/** Archives and packages by their endings. */
export function isArchive(path: string): boolean {
  return ARCHIVE.test(baseName(path));
}

/** Whether a name looks like that of a single file. */
export function looksLikeFile(path: string): boolean {
  const name = baseName(path);
  return (
    !hasGlobSegment(name) &&
    (isSmallByName(path) || isArchive(path) || /[^.]\.[A-Za-z][\w-]{0,7}$/.test(name))
  );
}

/** Whether a name without an ending is rather that of a folder. */
export function looksLikeFolder(path: string): boolean {
  return /(^|[-_.])(files|dirs?|data|v?env|conda|node_modules|logs?|scripts|plugins|templates|assets|static|public|models|certs|te?mp|cache|bin|lib|src|app|apps|www|html|uploads|storage|home|workspace|share|modules|extensions|results|output|volumes?)$/i.test(
    baseName(path),
  );
}

const SHARED = new Set(
  "/ /usr /usr/local /usr/local/bin /usr/local/lib /usr/local/share /usr/local/sbin /usr/bin /usr/sbin /usr/lib /usr/share /usr/src /bin /sbin /lib /etc /opt /var /var/lib /var/log /var/cache /var/tmp /tmp /home /root /srv /mnt /media /run".split(
    " ",
  ),
);

/** Whether a path is one of the folders right below the root that every system has, or lies in one of them. */
export function isSystemFolder(path: string): boolean {
  return /^\/(bin|boot|dev|etc|home|lib\w*|media|mnt|proc|root|run|sbin|sys|tmp|usr|var)(\/|$)/.test(path);
}

/** Folders of every system, in which many things of many origins lie. */
export function isSharedFolder(path: string): boolean {
  return SHARED.has(path);
}
