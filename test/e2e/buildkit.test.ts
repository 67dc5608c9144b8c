// Builds every scenario with BuildKit, before and after its fix.
import { inject } from "vitest";
import { startBuildkit } from "./builders/buildkit.ts";
import { proveScenarios } from "./scenarios/prove.ts";

proveScenarios("buildkit", startBuildkit, inject("noBuildkit"));
