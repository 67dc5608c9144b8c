// What a step does to paths: the one vocabulary that programs produce and rules read.
import type { ShellCommand } from "../shell/command.ts";
import type { Span } from "../text.ts";
import type { Target } from "./path.ts";

/** How many bytes an effect stores. `large`: known to be at least 50 MB, without a number. */
export type Size =
  | { readonly kind: "bytes"; readonly value: number; readonly source: "context" | "known" }
  | { readonly kind: "large" }
  | { readonly kind: "negligible" }
  | { readonly kind: "unknown" };

export const UNKNOWN_SIZE: Size = { kind: "unknown" };
export const NEGLIGIBLE: Size = { kind: "negligible" };
export const LARGE: Size = { kind: "large" };

interface EffectBase {
  /** The command, or the source argument of a COPY, in the Dockerfile. */
  readonly span: Span;
  /** Whether it surely happens when the build succeeds. */
  readonly runs: "always" | "sometimes";
  /** The shell command it is from; absent for COPY, ADD, WORKDIR. */
  readonly command?: ShellCommand;
}

export type WriteMethod =
  | "copy"
  | "download"
  | "unpack"
  | "clone"
  | "install"
  | "create"
  | "build"
  | "cache"
  | "database"
  | "duplicate";

/** New files, or files put in the place of old ones. */
export interface WriteEffect extends EffectBase {
  readonly kind: "write";
  readonly how: WriteMethod;
  readonly targets: readonly Target[];
  readonly size: Size;
  /** What the files are, for messages: "the apt package lists", "node_modules". */
  readonly what?: string | undefined;
  /** Where copied files come from: paths of the context, of another stage or image, a URL, or of this image. */
  readonly origin?: Origin | undefined;
  /** Owner as given by --chown; undefined means the default (root, or for `duplicate` the user). */
  readonly owner?: string | undefined;
  /** Mode as given by --chmod, or as a linker gives it to its program. */
  readonly mode?: string | undefined;
  /** Whether each target is a file or a folder; undefined when that is not known. */
  readonly entry?: "file" | "directory" | undefined;
  /** Id of the artifact in the knowledge that this is a download of. */
  readonly artifact?: string;
  /** True when files that are there are left alone (a package manager's database is not). */
  readonly keeps?: boolean | undefined;
}

export type Origin =
  | { readonly kind: "context"; readonly sources: readonly string[] }
  | { readonly kind: "stage"; readonly stage: number; readonly sources: readonly string[] }
  | { readonly kind: "image"; readonly image: string; readonly sources: readonly string[] }
  | { readonly kind: "remote"; readonly url: string }
  | { readonly kind: "inline" }
  | { readonly kind: "path"; readonly sources: readonly Target[] };

/** Files edited in place: stored again whole. */
export interface EditEffect extends EffectBase {
  readonly kind: "edit";
  readonly targets: readonly Target[];
  /** "edits", "strips", "appends to": for messages. */
  readonly verb: string;
}

/** What a change of metadata sets; undefined members stay as they are. */
export interface Retouch {
  /** A name, a number, or a rendered word with holes. */
  readonly owner?: string;
  /** As the owner; "" for the owner's login group (`chown user:`). */
  readonly group?: string;
  /** As written: "755", "+x", "g=u". */
  readonly mode?: string;
  /** "capabilities", "acl", "times". */
  readonly attributes?: string;
}

/** Owner, mode or attributes changed. */
export interface RetouchEffect extends EffectBase {
  readonly kind: "retouch";
  readonly targets: readonly Target[];
  readonly change: Retouch;
  /** Only these entries are changed: directories, files, or those that differ (`! -user`, `--from`). */
  readonly only?: "directories" | "files" | "differing" | "links" | undefined;
}

export interface RemoveEffect extends EffectBase {
  readonly kind: "remove";
  readonly targets: readonly Target[];
  /** What is removed when no path says it: "packages that are no longer needed". */
  readonly what?: string | undefined;
}

export interface MoveEffect extends EffectBase {
  readonly kind: "move";
  readonly from: readonly Target[];
  readonly to: Target;
}

/** A symbolic link made: `path` leads to `target`. */
export interface LinkEffect extends EffectBase {
  readonly kind: "link";
  readonly path: string;
  readonly target: string;
}

/** Package managers whose packages are compared by name. */
export type Manager =
  | "pip"
  | "conda"
  | "apt"
  | "apk"
  | "rpm"
  | "npm"
  | "gem"
  | "cargo"
  | "go"
  | "composer"
  | "dotnet"
  | "r"
  | "pacman"
  | "nix"
  | "other";

/** One package that an installer was asked for. */
export interface PackageRequest {
  /** Normalized name; undefined when only the build knows it. */
  readonly name: string | undefined;
  /** The version when it is pinned and known. */
  readonly version?: string | undefined;
  /** The version requirement as text ("==1.2", ">=2"), holes rendered; absent without one. */
  readonly specifier?: string | undefined;
  readonly extras?: readonly string[] | undefined;
  /** PEP 508 marker as text. */
  readonly marker?: string | undefined;
  /** How it was asked for. */
  readonly via: "name" | "file" | "archive" | "project" | "url" | "dependency";
  /** For a local archive or folder: its path in the image or the mount. */
  readonly path?: string | undefined;
  /** For `file`: the requirements file in the build context, the line in it from 1, and the word that names it. */
  readonly file?: { readonly path: string; readonly line: number; readonly span?: Span };
}

/** Packages put into an environment. */
export interface InstallEffect extends EffectBase {
  readonly kind: "install";
  readonly manager: Manager;
  /**
   * The environment's prefix: "/usr/local" for the system Python, "/opt/venv", "/app" for node_modules below it;
   * "/" for the operating system's packages.
   */
  readonly environment: string;
  readonly packages: readonly PackageRequest[];
  /** False when there may be packages that could not be read (a missing requirements file, a hole). */
  readonly complete: boolean;
  /** reinstall: written again even if satisfied; upgrade: newer versions replace what is there. */
  readonly force?: "reinstall" | "upgrade" | undefined;
  /** Only the named packages, no dependencies. */
  readonly noDependencies?: boolean | undefined;
  /** For a whole project: whether what only its development needs comes, too; a project without it loses it. */
  readonly development?: boolean | undefined;
  /** Where the files go. */
  readonly targets: readonly Target[];
  readonly size: Size;
}

export interface UninstallEffect extends EffectBase {
  readonly kind: "uninstall";
  readonly manager: Manager;
  readonly environment: string;
  /** Empty with `unneeded`: autoremove. */
  readonly packages: readonly PackageRequest[];
  readonly unneeded?: boolean | undefined;
  /** What only the development of a project needs goes, too. */
  readonly development?: boolean | undefined;
  readonly targets: readonly Target[];
}

/** All packages of an environment brought to their newest versions. */
export interface UpgradeEffect extends EffectBase {
  readonly kind: "upgrade";
  readonly manager: Manager;
  readonly environment: string;
}

/** A user or group made. */
export interface AccountEffect extends EffectBase {
  readonly kind: "account";
  readonly user?: string;
  readonly group?: string;
  readonly uid?: string;
  readonly gid?: string;
  /** The user's home folder when the command names it. */
  readonly home?: string;
}

/** Files read; matters only for what may be moved or dropped. */
export interface ReadEffect extends EffectBase {
  readonly kind: "read";
  readonly targets: readonly Target[];
}

/** A command that nobody knows: it may read and write anything. Never makes a finding. */
export interface OpaqueEffect extends EffectBase {
  readonly kind: "opaque";
  readonly program: string;
}

export type Effect =
  | WriteEffect
  | EditEffect
  | RetouchEffect
  | RemoveEffect
  | MoveEffect
  | LinkEffect
  | InstallEffect
  | UninstallEffect
  | UpgradeEffect
  | AccountEffect
  | ReadEffect
  | OpaqueEffect;

/** Whether an effect stores bytes in its step's layer. */
export function stores(effect: Effect): effect is WriteEffect | InstallEffect | MoveEffect | EditEffect {
  return (
    effect.kind === "write" || effect.kind === "install" || effect.kind === "move" || effect.kind === "edit"
  );
}
