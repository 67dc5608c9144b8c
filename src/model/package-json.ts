// package.json as installers read it: which packages it asks for, and which yarn the project uses.
import type { PackageRequest } from "./effect.ts";
import type { Call } from "./program.ts";

/** What a package.json says, as far as it matters. */
export interface Manifest {
  readonly packages: readonly PackageRequest[];
  /** `yarn@4.1.0`, `pnpm@9`. */
  readonly packageManager: string | undefined;
}

/** Which groups of dependencies an installation takes. */
export interface Groups {
  readonly development: boolean;
}

/** The package.json at an image path, when it came from the build context; undefined when it cannot be read. */
export function readManifest(call: Call, path: string | undefined, groups: Groups): Manifest | undefined {
  const text = path === undefined ? undefined : call.situation.readFile(path);
  if (text === undefined || path === undefined) return undefined;
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const fields = ["dependencies", "optionalDependencies", ...(groups.development ? ["devDependencies"] : [])];
  const packages = fields.flatMap((field) => {
    const list = objectOf(json[field]);
    return Object.entries(list ?? {}).map(([name, range]) => request(text, path, field, name, range));
  });
  const manager = json.packageManager;
  return { packages, packageManager: typeof manager === "string" ? manager : undefined };
}

function request(text: string, path: string, field: string, name: string, range: unknown): PackageRequest {
  const specifier = typeof range === "string" ? range : "";
  const version = /^=?v?(\d+\.\d+\.\d+[\w.+-]*)$/.exec(specifier)?.[1];
  const at = text.indexOf(JSON.stringify(name), Math.max(0, text.indexOf(JSON.stringify(field))));
  const line = at < 0 ? 1 : text.slice(0, at).split("\n").length;
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(specifier === "" ? {} : { specifier }),
    via: "file",
    file: { path, line },
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return objectOf(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
