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

/** Whether "linux/arm64/v8" is what "linux/arm64" asks for; arm64 has one variant only. */
export function matchesPlatform(platform: string | undefined, asked: string): boolean {
  return platform !== undefined && plainPlatform(platform) === plainPlatform(asked);
}

export function plainPlatform(platform: string): string {
  return platform
    .replace(/^linux\/(x86_64|x86-64)$/, "linux/amd64")
    .replace(/^(linux\/)(?:aarch64|arm64)(?:\/v8)?$/, "$1arm64");
}

/** The platform of containers that run here. */
export function hostPlatform(): string {
  const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", arm: "arm/v7" };
  return `linux/${architectures[process.arch] ?? process.arch}`;
}
