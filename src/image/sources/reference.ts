// How a reference given by a person meets the names and digests in an archive.

/**
 * Whether "registry.example/team/app:1" is meant by "1", "app:1", "team/app:1" or itself. A name without a tag
 * means "latest".
 */
export function matchesName(name: string, reference: string): boolean {
  const full = name.replace(/^docker\.io\/(library\/)?/, "");
  const asked = reference.replace(/^docker\.io\/(library\/)?/, "");
  const tagged = hasTag(asked) ? asked : `${asked}:latest`;
  if (full === asked || full === tagged || full.endsWith(`/${tagged}`)) return true;
  return full.endsWith(`:${asked}`) && !asked.includes("/");
}

function hasTag(name: string): boolean {
  return name.lastIndexOf(":") > name.lastIndexOf("/");
}

/** Whether a digest, or its hex digits, begin with what is asked for, six digits at least. */
export function matchesDigest(digest: string, reference: string): boolean {
  const hex = reference.replace(/^@?(sha256:)?/, "");
  return hex.length >= 6 && /^[0-9a-f]+$/.test(hex) && digest.replace(/^sha256:/, "").startsWith(hex);
}

/** Names to choose from, for a message of one line. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** Whether "linux/arm64/v8" is what "linux/arm64" asks for, "linux/arm/v7" what "linux/arm" does. */
export function matchesPlatform(platform: string | undefined, asked: string): boolean {
  return platform !== undefined && plainPlatform(platform) === plainPlatform(asked);
}

/** The same, but a variant counts only where both name one. */
export function mayBePlatform(platform: string, asked: string): boolean {
  const [its, wanted] = [plainPlatform(platform), plainPlatform(asked)];
  if (its === wanted) return true;
  const bothSay = [platform, asked].every((text) => text.split("/").length > 2);
  return !bothSay && withoutVariant(its) === withoutVariant(wanted);
}

const withoutVariant = (platform: string): string => platform.split("/", 2).join("/");

const armVariants: Readonly<Record<string, string>> = {
  "": "v7",
  "5": "v5",
  "6": "v6",
  "7": "v7",
  "8": "v8",
};

/** As containerd's platforms package normalizes them (database.go); an architecture alone is Linux's. */
function plainPlatform(platform: string): string {
  const words = platform.toLowerCase().split("/");
  if (words.length === 1 && words[0] === "linux") return hostPlatform();
  const [os = "", architecture = "", ...rest] = words.length === 1 ? ["linux", ...words] : words;
  const variant = rest.join("/");
  const named = (...parts: string[]) => [os === "macos" ? "darwin" : os, ...parts].filter(Boolean).join("/");
  switch (architecture) {
    case "i386":
      return named("386");
    case "x86_64":
    case "x86-64":
    case "amd64":
      return named("amd64", variant === "v1" ? "" : variant);
    case "aarch64":
    case "arm64":
      return named("arm64", variant === "8" || variant === "v8" ? "" : variant);
    case "armhf":
      return named("arm", "v7");
    case "armel":
      return named("arm", "v6");
    case "arm":
      return named("arm", armVariants[variant] ?? variant);
    default:
      return named(architecture, variant);
  }
}

/** The platform of containers that run here. */
export function hostPlatform(): string {
  const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", arm: "arm/v7" };
  return `linux/${architectures[process.arch] ?? process.arch}`;
}
