// Registers builds of generated Dockerfiles: what `fix` makes of them without asking must show the same files.
import { expect, test } from "vitest";
import { analyze } from "../../../src/analyze.ts";
import { openContext } from "../../../src/context/open.ts";
import { fixText } from "../../../src/fix.ts";
import type { Builder, BuilderName } from "../builders/builder.ts";
import { differences } from "../builders/compare.ts";
import { withContext } from "../scenarios/context.ts";
import { generateDockerfile, generatedContext, randomFrom } from "./dockerfile.ts";

/** Twenty in all, most of them with the reference; DFDEDUPE_E2E_SEED and DFDEDUPE_E2E_COUNT (of each) try others. */
const COUNTS: Readonly<Record<BuilderName, number>> = { buildkit: 14, buildah: 6 };
const SEED = Number(process.env.DFDEDUPE_E2E_SEED ?? 20240501);

export function proveGenerated(builder: () => Builder, name: BuilderName): void {
  // The builders get different ones: every seed is worth the same.
  const from = SEED + (name === "buildkit" ? 0 : 1_000_000);
  const count = Number(process.env.DFDEDUPE_E2E_COUNT ?? COUNTS[name]);
  for (let at = 0; at < count; at++) test(`seed ${from + at}`, () => prove(builder(), from + at));
}

async function prove(builder: Builder, seed: number): Promise<void> {
  await withContext(generatedContext, async (folder) => {
    const options = { context: openContext(folder) };
    const random = randomFrom(seed);
    // What has nothing to fix proves nothing, and a user may not be allowed what a step wants: draw again.
    for (let tries = 0; tries < 200; tries++) {
      const dockerfile = generateDockerfile(random);
      if (analyze(dockerfile, options).findings.length === 0) continue;
      const { text } = fixText(dockerfile, options);
      if (text === dockerfile) continue;
      const before = await builder.build(dockerfile, folder);
      if (before.image === undefined) continue;
      const after = await builder.build(text, folder);
      expect(after.image, `before:\n${dockerfile}\nafter:\n${text}\n${after.log.slice(-2000)}`).toBeDefined();
      const changed = differences(before.image, after.image!);
      expect(changed.slice(0, 40), `before:\n${dockerfile}\nafter:\n${text}`).toEqual([]);
      expect(after.image!.stored).toBeLessThanOrEqual(before.image.stored);
      return;
    }
    expect.unreachable("no Dockerfile has a safe fix and can be built");
  });
}
