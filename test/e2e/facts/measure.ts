// Registers the measurement of all facts with one builder.
import { expect, test } from "vitest";
import type { Builder } from "../builders/builder.ts";
import { withContext } from "../scenarios/context.ts";
import { facts } from "./facts.ts";

export function measureFacts(builder: () => Builder): void {
  test.for(facts.map((fact) => [fact.title, fact] as const))("%s", ([, fact]) =>
    withContext(fact.context ?? {}, async (folder) => {
      const { image, log } = await builder().build(fact.dockerfile, folder);
      const seen = image === undefined ? "fails" : fact.look(image);
      expect(seen, log.slice(-1500)).toBe(fact.is[builder().name]);
    }),
  );
}
