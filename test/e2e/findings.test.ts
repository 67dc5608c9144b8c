// What check and fix say of every scenario; no builds.
import { describe, expect, test } from "vitest";
import { withContext } from "./scenarios/context.ts";
import { scenarios } from "./scenarios/index.ts";
import { fixedBy, judge } from "./scenarios/judge.ts";
import type { Scenario } from "./scenarios/scenario.ts";

describe("scenarios", () => {
  test.for(scenarios.map((scenario) => [`${scenario.rule}: ${scenario.title}`, scenario] as const))(
    "%s: is found",
    ([, scenario]) =>
      withContext(scenario.context, (folder) => {
        expect(judge(scenario, folder).found).toEqual(scenario.finds);
      }),
  );

  test.for(scenarios.map((scenario) => [`${scenario.rule}: ${scenario.title}`, scenario] as const))(
    "%s: is fixed as it should",
    ([, scenario]) => withContext(scenario.context, (folder) => fixes(scenario, folder)),
  );
});

function fixes(scenario: Scenario, folder: string): void {
  const judged = judge(scenario, folder);
  const changed = {
    safe: judged.safe.text !== scenario.dockerfile,
    unsafe: judged.unsafe.text !== scenario.dockerfile,
  };
  if (scenario.fix !== "any") {
    const safe = scenario.fix === "safe";
    const said = [...judged.unsafe.refused.map(({ why }) => why), judged.unsafe.text].join("\n");
    expect(changed, said).toEqual({ safe, unsafe: safe || scenario.fix === "unsafe" });
  }
  const { text } = fixedBy(scenario, judged);
  if (text !== scenario.dockerfile) for (const pattern of scenario.has ?? []) expect(text).toMatch(pattern);
  for (const pattern of scenario.lacks ?? []) expect(text).not.toMatch(pattern);
}
