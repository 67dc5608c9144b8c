// Builds everything with BuildKit, the reference.
import { inject } from "vitest";
import { startBuildkit } from "./builders/buildkit.ts";
import { suite } from "./builders/suite.ts";

suite("buildkit", startBuildkit, inject("noBuildkit"));
