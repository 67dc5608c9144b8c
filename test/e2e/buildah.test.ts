// Builds everything with buildah.
import { inject } from "vitest";
import { startBuildah } from "./builders/buildah.ts";
import { suite } from "./builders/suite.ts";

suite("buildah", startBuildah, inject("noBuilds"));
