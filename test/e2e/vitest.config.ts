// Builds for real: not part of `npm test`, for it needs root, builders and minutes.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ["**/*.test.ts"],
    globalSetup: [`${import.meta.dirname}/setup/prepare.ts`],
    // One file for each builder: both at a time, each building one image after the other.
    maxWorkers: 2,
    // Minutes on a busy machine; seconds on a calm one.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: process.env.CI
      ? ["default", ["json", { outputFile: ".cache/e2e/results.json" }]]
      : ["default"],
  },
});
