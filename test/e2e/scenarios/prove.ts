// Registers the builds of all scenarios with one builder: before, after, same files, fewer bytes.
import { expect, test } from "vitest";
import type { Builder, BuilderName } from "../builders/builder.ts";
import { differences } from "../builders/compare.ts";
import type { BuiltImage } from "../builders/files.ts";
import { withContext } from "./context.ts";
import { scenarios } from "./index.ts";
import { claimedBytes, fixedBy, judge } from "./judge.ts";
import type { Scenario } from "./scenario.ts";

export function proveScenarios(builder: () => Builder, name: BuilderName): void {
  for (const scenario of scenarios) {
    const knows = scenario.builders?.includes(name) ?? true;
    if (knows) test(`${scenario.rule}: ${scenario.title}`, () => prove(builder(), scenario));
  }
}

async function prove(builder: Builder, scenario: Scenario): Promise<void> {
  await withContext(scenario.context, async (folder) => {
    const judged = judge(scenario, folder);
    const fix = fixedBy(scenario, judged);
    if (scenario.broken === true) {
      const { image } = await builder.build(scenario.dockerfile, folder);
      expect(image, "builds without the fix").toBeUndefined();
      await mustBuild(builder, fix.text, folder);
      return;
    }
    const before = await mustBuild(builder, scenario.dockerfile, folder);
    const untouched = fix.text === scenario.dockerfile;
    // Whatever it may change, what an unsafe fix makes can be built.
    if (scenario.fix === "any") await mustBuild(builder, judged.unsafe.text, folder);
    if (untouched && scenario.fix === "any") return;
    if (scenario.fix === "none" || scenario.fix === "left") {
      expect(fix.text).toBe(scenario.dockerfile);
      return;
    }
    expect(untouched, "the fix was not applied").toBe(false);
    const after = await mustBuild(builder, fix.text, folder);
    const { differs = [] } = scenario;
    const expected: readonly RegExp[] = "at" in differs ? differs : (differs[builder.name] ?? []);
    const unexpected = differences(before, after).filter(
      (line) => !expected.some((pattern) => pattern.test(line)),
    );
    expect(unexpected.slice(0, 40), `changed by\n${fix.text}`).toEqual([]);
    const saved = before.stored - after.stored;
    const { saves = 1 } = scenario;
    const least = typeof saves === "number" ? saves : saves[builder.name];
    expect(
      saved,
      `layers ${before.layers.join(", ")}, then ${after.layers.join(", ")}`,
    ).toBeGreaterThanOrEqual(least);
    const claimed = claimedBytes(fix);
    if (claimed !== undefined && least > 0) {
      expect(Math.abs(saved - claimed) / claimed, `saved ${saved}, said ${claimed}`).toBeLessThanOrEqual(
        0.01,
      );
    }
  });
}

async function mustBuild(builder: Builder, dockerfile: string, folder: string): Promise<BuiltImage> {
  const { image, log } = await builder.build(dockerfile, folder);
  expect(image, `does not build:\n${dockerfile}\n${log.slice(-3000)}`).toBeDefined();
  return image!;
}
