// placeholder
import type { Problem } from "../finding.ts";
import type { Dockerfile } from "./syntax.ts";
export function checkDockerfile(_: Omit<Dockerfile, "problems">): Problem[] {
  return [];
}
