// Builds every scenario with buildah, before and after its fix.
import { inject } from "vitest";
import { startBuildah } from "./builders/buildah.ts";
import { proveScenarios } from "./scenarios/prove.ts";

proveScenarios("buildah", startBuildah, inject("noBuilds"));
