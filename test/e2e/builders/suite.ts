// One builder's tests: everything that is to be built with it, one image after the other.
import { afterAll, beforeAll, describe } from "vitest";
import { measureFacts } from "../facts/measure.ts";
import { proveGenerated } from "../generated/prove.ts";
import { proveScenarios } from "../scenarios/prove.ts";
import type { Builder, BuilderName } from "./builder.ts";

/** Registers them; `skip` is why there can be none, "" when there can. */
export function suite(name: BuilderName, start: () => Promise<Builder>, skip: string): void {
  describe.skipIf(skip !== "")(`${name}${skip === "" ? "" : ` (${skip})`}`, () => {
    let running: Builder | undefined;
    const builder = () => running!;
    beforeAll(async () => {
      running = await start();
    });
    afterAll(() => running?.close());
    describe("facts", () => measureFacts(builder));
    describe("scenarios", () => proveScenarios(builder, name));
    describe("generated", () => proveGenerated(builder, name));
  });
}
