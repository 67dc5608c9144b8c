// Runs before all tests: makes the bases, or says what is missing.
import type { TestProject } from "vitest/node";
import { makeBases } from "./bases.ts";
import { program } from "./places.ts";
import { sweepWork } from "./work.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Why there can be no builds at all; "" when there can. */
    noBuilds: string;
    /** Why there can be none with BuildKit; "" when there can. */
    noBuildkit: string;
  }
}

export default async function prepare(project: TestProject): Promise<void> {
  const missing = ["buildah", "skopeo", "debootstrap", "dpkg-deb", "tar"].filter(
    (name) => program(name) === undefined,
  );
  let noBuilds = missing.length === 0 ? "" : `not installed: ${missing.join(", ")}`;
  if (process.getuid?.() !== 0) noBuilds = "builds need root";
  if (noBuilds === "") {
    await sweepWork();
    await makeBases();
  }
  const without = ["buildkitd", "buildctl", "runc"].filter((name) => program(name) === undefined);
  const noBuildkit = noBuilds || (without.length === 0 ? "" : `not installed: ${without.join(", ")}`);
  if (noBuilds !== "") console.warn(`all builds are skipped: ${noBuilds}`);
  else if (noBuildkit !== "") console.warn(`builds with BuildKit are skipped: ${noBuildkit}`);
  project.provide("noBuilds", noBuilds);
  project.provide("noBuildkit", noBuildkit);
}
